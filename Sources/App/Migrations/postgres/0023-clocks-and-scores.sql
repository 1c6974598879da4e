-- The twin of sqlite/0023-clocks-and-scores.sql.
CREATE TABLE clocks (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('lead')),
    subject_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('first_response')),
    target_seconds BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    running_since BIGINT,
    worked_seconds BIGINT NOT NULL,
    due_at BIGINT,
    stopped_at BIGINT,
    breached_at BIGINT,
    entries BIGINT NOT NULL,
    last_seq BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX clocks_by_subject ON clocks (tenant_id, subject_kind, subject_id, kind);
CREATE INDEX clocks_running ON clocks (tenant_id, due_at) WHERE running_since IS NOT NULL AND breached_at IS NULL;
SELECT keep_to_tenant('clocks');

CREATE TABLE clock_entries (
    tenant_id UUID NOT NULL,
    clock_id UUID NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('started', 'paused', 'resumed', 'stopped', 'retargeted', 'breached')),
    at BIGINT NOT NULL,
    target_seconds BIGINT NOT NULL,
    worked_seconds BIGINT NOT NULL,
    event_seq BIGINT,
    PRIMARY KEY (tenant_id, clock_id, number)
);
CREATE INDEX clock_entries_by_event ON clock_entries (tenant_id, event_seq) WHERE event_seq IS NOT NULL;
SELECT keep_to_tenant('clock_entries');

CREATE TABLE clock_policies (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    kind TEXT NOT NULL CHECK (kind IN ('first_response')),
    target_seconds BIGINT NOT NULL,
    active BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind)
);
SELECT keep_to_tenant('clock_policies');

ALTER TABLE leads ADD COLUMN respond_by BIGINT;
CREATE INDEX leads_by_reply ON leads (tenant_id, respond_by) WHERE respond_by IS NOT NULL;

-- Leads that were there before there were clocks have none.
INSERT INTO feed_readers (name, xact, seq, changed_at)
SELECT 'clocks', CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint), 0, 0
WHERE EXISTS (SELECT 1 FROM events);

CREATE TABLE score_models (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    features TEXT NOT NULL,
    quality TEXT,
    rebuilt_at BIGINT,
    PRIMARY KEY (tenant_id)
);
SELECT keep_to_tenant('score_models');

CREATE TABLE score_outcomes (
    tenant_id UUID NOT NULL,
    lead_id UUID NOT NULL,
    won BIGINT NOT NULL,
    traits TEXT NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
);
SELECT keep_to_tenant('score_outcomes');

CREATE TABLE score_counts (
    tenant_id UUID NOT NULL,
    trait TEXT NOT NULL,
    value TEXT NOT NULL,
    won BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, trait, value)
);
SELECT keep_to_tenant('score_counts');
