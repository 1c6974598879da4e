-- Clocks that run in working time, each with the target that was in force when it started. What they
-- run on is a lead; a ticket will be another kind of subject. Kept by a reader of the feed.
CREATE TABLE clocks (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('lead')),
    subject_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('first_response')),
    target_seconds INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    -- Null while it is paused, and once it is stopped.
    running_since INTEGER,
    -- Working seconds until then; all of them when it does not run.
    worked_seconds INTEGER NOT NULL,
    due_at INTEGER,
    stopped_at INTEGER,
    breached_at INTEGER,
    -- How many entries it has, and the last event that made one.
    entries INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX clocks_by_subject ON clocks (tenant_id, subject_kind, subject_id, kind);
CREATE INDEX clocks_running ON clocks (tenant_id, due_at) WHERE running_since IS NOT NULL AND breached_at IS NULL;

-- What befell a clock, one entry behind the other.
CREATE TABLE clock_entries (
    tenant_id BLOB NOT NULL,
    clock_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('started', 'paused', 'resumed', 'stopped', 'retargeted', 'breached')),
    at INTEGER NOT NULL,
    target_seconds INTEGER NOT NULL,
    worked_seconds INTEGER NOT NULL,
    -- The event that caused it, if one did.
    event_seq INTEGER,
    PRIMARY KEY (tenant_id, clock_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX clock_entries_by_event ON clock_entries (tenant_id, event_seq) WHERE event_seq IS NOT NULL;

-- What a company asks of first responses; without a row, the usual.
CREATE TABLE clock_policies (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    kind TEXT NOT NULL CHECK (kind IN ('first_response')),
    target_seconds INTEGER NOT NULL,
    active INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, kind)
) STRICT, WITHOUT ROWID;

-- Until when somebody should respond, while the clock runs: a copy for lists, kept by its reader.
ALTER TABLE leads ADD COLUMN respond_by INTEGER;
CREATE INDEX leads_by_reply ON leads (tenant_id, respond_by) WHERE respond_by IS NOT NULL;

-- Leads that were there before there were clocks have none.
INSERT INTO feed_readers (name, xact, seq, changed_at)
SELECT 'clocks', 0, MAX(seq), 0 FROM events HAVING MAX(seq) IS NOT NULL;

-- What the company's score goes by, and how good it was when it was last made anew.
CREATE TABLE score_models (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    features TEXT NOT NULL,
    quality TEXT,
    rebuilt_at INTEGER,
    PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;

-- What each decided lead counts as, so that it can be counted otherwise or no more.
CREATE TABLE score_outcomes (
    tenant_id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    won INTEGER NOT NULL,
    -- A value for each trait that is known.
    traits TEXT NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
) STRICT, WITHOUT ROWID;

-- How many leads with a value of a trait were won and lost; of all of them, under no trait.
CREATE TABLE score_counts (
    tenant_id BLOB NOT NULL,
    trait TEXT NOT NULL,
    value TEXT NOT NULL,
    won INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, trait, value)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('clocks', 'clocks', '100000 100000 1'),
    ('clocks', 'clocks_by_subject', '100000 100000 100000 1 1'),
    ('clocks', 'clocks_running', '500 500 1'),
    ('clock_entries', 'clock_entries', '200000 200000 2 1'),
    ('clock_entries', 'clock_entries_by_event', '200000 200000 1'),
    ('leads', 'leads_by_reply', '500 500 1'),
    ('score_outcomes', 'score_outcomes', '50000 50000 1'),
    ('score_counts', 'score_counts', '500 500 50 1');
ANALYZE sqlite_schema;
