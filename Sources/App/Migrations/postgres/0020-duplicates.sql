-- The twin of sqlite/0020-duplicates.sql.
-- Leads that may be one: what they have in common, the pairs that are likely enough, and what
-- was decided about them.
CREATE TABLE lead_keys (
    tenant_id UUID NOT NULL,
    -- A hash of a kind and a text: leads that share none are not compared.
    key BIGINT NOT NULL,
    lead_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, key, lead_id)
);
SELECT keep_to_tenant('lead_keys');
CREATE INDEX lead_keys_by_lead ON lead_keys (tenant_id, lead_id, key);
CREATE TABLE duplicate_pairs (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    low_id UUID NOT NULL,
    high_id UUID NOT NULL,
    -- Of 10,000.
    score_bp BIGINT NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'dismissed', 'merged')),
    found_at BIGINT NOT NULL,
    settled_at BIGINT,
    settled_by UUID,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT duplicate_pairs_leads UNIQUE (tenant_id, low_id, high_id)
);
SELECT keep_to_tenant('duplicate_pairs');
CREATE INDEX duplicate_pairs_by_high ON duplicate_pairs (tenant_id, high_id);
CREATE INDEX duplicate_pairs_by_score ON duplicate_pairs (tenant_id, state, score_bp, id);
CREATE TABLE duplicate_scans (
    tenant_id UUID NOT NULL,
    place UUID,
    leads BIGINT NOT NULL,
    pairs BIGINT NOT NULL,
    crowded BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (tenant_id)
);
SELECT keep_to_tenant('duplicate_scans');

-- A lead that was merged is no row of leads any more. What it was stands here, so that it can
-- come back; and its id leads to the one that it went into.
CREATE TABLE merges (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    survivor_id UUID NOT NULL,
    merged_id UUID NOT NULL,
    title TEXT NOT NULL,
    image TEXT NOT NULL,
    merged_at BIGINT NOT NULL,
    merged_by UUID,
    undone_at BIGINT,
    undone_by UUID,
    PRIMARY KEY (tenant_id, id)
);
SELECT keep_to_tenant('merges');
CREATE UNIQUE INDEX merges_standing ON merges (tenant_id, merged_id) WHERE undone_at IS NULL;
CREATE INDEX merges_by_survivor ON merges (tenant_id, survivor_id);
-- What a lead was known by before a merge, and is found by still.
CREATE TABLE lead_aliases (
    tenant_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'external_id')),
    value TEXT NOT NULL,
    lead_id UUID NOT NULL,
    merge_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, kind, value)
);
SELECT keep_to_tenant('lead_aliases');
CREATE INDEX lead_aliases_by_lead ON lead_aliases (tenant_id, lead_id);
CREATE INDEX lead_aliases_by_merge ON lead_aliases (tenant_id, merge_id);
