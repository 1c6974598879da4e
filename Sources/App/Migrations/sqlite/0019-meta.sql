-- A company's connection to Facebook's lead ads, at most one. Its secrets are in `secrets`.
CREATE TABLE meta_connections (
    tenant_id BLOB NOT NULL PRIMARY KEY REFERENCES tenants (id),
    id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'reconnect_needed')),
    -- What Facebook said when it went wrong.
    fault TEXT,
    -- When the page token was set: what was asked with an older one says nothing of this one.
    token_at INTEGER NOT NULL,
    -- The last characters of the page token.
    token_hint TEXT NOT NULL,
    -- Which question of a form is which field of a lead, as JSON.
    mapping TEXT NOT NULL DEFAULT '{}',
    page_id TEXT,
    page_name TEXT,
    -- Whether the page tells us of its leads; null until that was asked.
    is_subscribed INTEGER,
    checked_at INTEGER,
    -- Failures in a row of what may pass by itself, and until when nothing is asked.
    failures INTEGER NOT NULL DEFAULT 0,
    paused_until INTEGER,
    -- The last test lead that was asked for.
    test_leadgen_id TEXT,
    test_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The forms that are known, by their leads or by their page.
CREATE TABLE meta_forms (
    tenant_id BLOB NOT NULL,
    form_id TEXT NOT NULL,
    name TEXT,
    -- Up to where Facebook's own list of its leads was read; null from the beginning.
    read_to INTEGER,
    read_at INTEGER,
    fault TEXT,
    PRIMARY KEY (tenant_id, form_id)
) STRICT, WITHOUT ROWID;

-- Leads that have come, by form and by when they were sent: our side of the comparison.
CREATE TABLE meta_leads (
    tenant_id BLOB NOT NULL,
    leadgen_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, leadgen_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX meta_leads_by_form ON meta_leads (tenant_id, form_id, sent_at);

-- How many leads of a form Facebook has of a day: its side of the comparison.
CREATE TABLE meta_form_days (
    tenant_id BLOB NOT NULL,
    form_id TEXT NOT NULL,
    day_on INTEGER NOT NULL,
    leads INTEGER NOT NULL,
    counted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, form_id, day_on)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('meta_leads', 'meta_leads', '50000 50000 1'),
    ('meta_leads', 'meta_leads_by_form', '50000 50000 2000 1');
ANALYZE sqlite_schema;
