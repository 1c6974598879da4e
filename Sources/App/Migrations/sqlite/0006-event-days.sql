-- How many events of each name there were on each day (days since 1970-01-01, UTC), counted by a
-- reader of the feed; last_seq is the last event that is in the count.
CREATE TABLE event_days (
    tenant_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    name TEXT NOT NULL,
    events INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, name)
) STRICT, WITHOUT ROWID;

-- For counting them without looking at what else is over.
CREATE INDEX jobs_dead ON jobs (kind, tenant_id) WHERE state = 'dead';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('event_days', 'event_days', '100000 5000 20 1'),
    ('jobs', 'jobs_dead', '1000 100 10');
ANALYZE sqlite_schema;
