-- The twin of sqlite/0005-import-jobs.sql.
-- Imports are worked on by jobs, which have leases. An import says which job is its: what
-- another one would write is not kept.
ALTER TABLE imports DROP COLUMN lease_until;
ALTER TABLE imports RENAME COLUMN lease_token TO job_id;
-- Nobody looks for imports across companies any more.
DROP INDEX imports_by_state;

-- Those that are under way have a job from now on, with an id like theirs.
UPDATE imports
SET job_id = CASE WHEN state IN ('checking', 'waiting', 'running') THEN id END;
INSERT INTO jobs (tenant_id, id, kind, payload, state, run_at, created_at, changed_at)
SELECT tenant_id, job_id, 'imports.run', '{"run":"' || id::text || '"}', 'waiting', created_at,
    created_at, created_at
FROM imports WHERE job_id IS NOT NULL;
