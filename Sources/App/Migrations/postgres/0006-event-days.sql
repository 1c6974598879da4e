-- The twin of sqlite/0006-event-days.sql.
-- How many events of each name there were on each day (days since 1970-01-01, UTC), counted by a
-- reader of the feed; last_seq is the last event that is in the count.
CREATE TABLE event_days (
    tenant_id UUID NOT NULL,
    day BIGINT NOT NULL,
    name TEXT NOT NULL,
    events BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, day, name)
);

-- For counting them without looking at what else is over.
CREATE INDEX jobs_dead ON jobs (kind, tenant_id) WHERE state = 'dead';

SELECT keep_to_tenant('event_days');
