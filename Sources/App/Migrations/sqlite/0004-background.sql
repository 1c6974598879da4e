-- Work that outlives the process that asked for it. The installation's own jobs have the tenant
-- of sixteen zero bytes. A job that is done is deleted; job_counts tells how many there were.
CREATE TABLE jobs (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- Lower goes first among the waiting jobs of a kind and tenant.
    priority INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('scheduled', 'waiting', 'running', 'dead', 'cancelled')),
    run_at INTEGER NOT NULL,
    -- At most one job with this key is scheduled or waiting.
    unique_key TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    -- Who runs it, until when; claims is the fencing token: it grows with every claim.
    worker_id BLOB,
    lease_until INTEGER,
    claims INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'running') = (worker_id IS NOT NULL)),
    CHECK ((state = 'running') = (lease_until IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_waiting ON jobs (kind, tenant_id, priority, run_at, id) WHERE state = 'waiting';
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'scheduled';
CREATE INDEX jobs_running ON jobs (worker_id) WHERE state = 'running';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_over ON jobs (changed_at) WHERE state IN ('dead', 'cancelled');
CREATE UNIQUE INDEX jobs_unique ON jobs (tenant_id, unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'waiting');

-- What was done in each hour (microseconds of its beginning).
CREATE TABLE job_counts (
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    hour_at INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    run_microseconds INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, kind, hour_at)
) STRICT, WITHOUT ROWID;

-- The last slot of each entry of the schedule that was given out.
CREATE TABLE schedule_slots (
    name TEXT NOT NULL PRIMARY KEY,
    slot_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far each reader of the feed is.
CREATE TABLE feed_readers (
    name TEXT NOT NULL PRIMARY KEY,
    xact INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    paused_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    retry_at INTEGER,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('jobs', 'jobs', '100000 1000 1'),
    ('jobs', 'jobs_waiting', '50000 5000 500 400 20 1'),
    ('jobs', 'jobs_scheduled', '50000 1'),
    ('jobs', 'jobs_running', '100 20'),
    ('jobs', 'jobs_leased', '100 1'),
    ('jobs', 'jobs_over', '1000 1'),
    ('jobs', 'jobs_unique', '50000 500 1');
ANALYZE sqlite_schema;
