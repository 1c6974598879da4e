-- The twin of sqlite/0004-background.sql.
-- Work that outlives the process that asked for it. The installation's own jobs have the tenant
-- of all zeros. A job that is done is deleted; job_counts tells how many there were.
CREATE TABLE jobs (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- Lower goes first among the waiting jobs of a kind and tenant.
    priority BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('scheduled', 'waiting', 'running', 'dead', 'cancelled')),
    run_at BIGINT NOT NULL,
    -- At most one job with this key is scheduled or waiting.
    unique_key TEXT,
    failures BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    -- Who runs it, until when; claims is the fencing token: it grows with every claim.
    worker_id UUID,
    lease_until BIGINT,
    claims BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'running') = (worker_id IS NOT NULL)),
    CHECK ((state = 'running') = (lease_until IS NOT NULL))
);
CREATE INDEX jobs_waiting ON jobs (kind, tenant_id, priority, run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'scheduled';
CREATE INDEX jobs_running ON jobs (worker_id) WHERE state = 'running';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_over ON jobs (changed_at) WHERE state IN ('dead', 'cancelled');
CREATE UNIQUE INDEX jobs_unique ON jobs (tenant_id, unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'waiting');

-- What was done in each hour (microseconds of its beginning).
CREATE TABLE job_counts (
    tenant_id UUID NOT NULL,
    kind TEXT NOT NULL,
    hour_at BIGINT NOT NULL,
    done BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0,
    run_microseconds BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, kind, hour_at)
);

-- The last slot of each entry of the schedule that was given out.
CREATE TABLE schedule_slots (
    name TEXT NOT NULL PRIMARY KEY,
    slot_at BIGINT NOT NULL
);

-- How far each reader of the feed is.
CREATE TABLE feed_readers (
    name TEXT NOT NULL PRIMARY KEY,
    xact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    paused_at BIGINT,
    failures BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    retry_at BIGINT,
    changed_at BIGINT NOT NULL
);

SELECT keep_to_tenant('jobs');
SELECT keep_to_tenant('job_counts');
