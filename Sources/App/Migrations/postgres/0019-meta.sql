-- The twin of sqlite/0019-meta.sql.
-- A company's connection to Facebook's lead ads, at most one. Its secrets are in `secrets`.
CREATE TABLE meta_connections (
    tenant_id UUID NOT NULL PRIMARY KEY REFERENCES tenants (id),
    id UUID NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'reconnect_needed')),
    -- What Facebook said when it went wrong.
    fault TEXT,
    -- When the page token was set: what was asked with an older one says nothing of this one.
    token_at BIGINT NOT NULL,
    -- The last characters of the page token.
    token_hint TEXT NOT NULL,
    -- Which question of a form is which field of a lead, as JSON.
    mapping TEXT NOT NULL DEFAULT '{}',
    page_id TEXT,
    page_name TEXT,
    -- Whether the page tells us of its leads; null until that was asked.
    is_subscribed BIGINT,
    checked_at BIGINT,
    -- Failures in a row of what may pass by itself, and until when nothing is asked.
    failures BIGINT NOT NULL DEFAULT 0,
    paused_until BIGINT,
    -- The last test lead that was asked for.
    test_leadgen_id TEXT,
    test_at BIGINT,
    created_at BIGINT NOT NULL
);

-- The forms that are known, by their leads or by their page.
CREATE TABLE meta_forms (
    tenant_id UUID NOT NULL,
    form_id TEXT NOT NULL,
    name TEXT,
    -- Up to where Facebook's own list of its leads was read; null from the beginning.
    read_to BIGINT,
    read_at BIGINT,
    fault TEXT,
    PRIMARY KEY (tenant_id, form_id)
);

-- Leads that have come, by form and by when they were sent: our side of the comparison.
CREATE TABLE meta_leads (
    tenant_id UUID NOT NULL,
    leadgen_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, leadgen_id)
);
CREATE INDEX meta_leads_by_form ON meta_leads (tenant_id, form_id, sent_at);

-- How many leads of a form Facebook has of a day: its side of the comparison.
CREATE TABLE meta_form_days (
    tenant_id UUID NOT NULL,
    form_id TEXT NOT NULL,
    day_on BIGINT NOT NULL,
    leads BIGINT NOT NULL,
    counted_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, form_id, day_on)
);

SELECT keep_to_tenant('meta_connections');
SELECT keep_to_tenant('meta_forms');
SELECT keep_to_tenant('meta_leads');
SELECT keep_to_tenant('meta_form_days');
