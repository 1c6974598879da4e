-- Leads that may be one: what they have in common, the pairs that are likely enough, and what
-- was decided about them.
CREATE TABLE lead_keys (
    tenant_id BLOB NOT NULL,
    -- A hash of a kind and a text: leads that share none are not compared.
    key INTEGER NOT NULL,
    lead_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, key, lead_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_keys_by_lead ON lead_keys (tenant_id, lead_id, key);
CREATE TABLE duplicate_pairs (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    low_id BLOB NOT NULL,
    high_id BLOB NOT NULL,
    -- Of 10,000.
    score_bp INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'dismissed', 'merged')),
    found_at INTEGER NOT NULL,
    settled_at INTEGER,
    settled_by BLOB,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT duplicate_pairs_leads UNIQUE (tenant_id, low_id, high_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_pairs_by_high ON duplicate_pairs (tenant_id, high_id);
CREATE INDEX duplicate_pairs_by_score ON duplicate_pairs (tenant_id, state, score_bp, id);
CREATE TABLE duplicate_scans (
    tenant_id BLOB NOT NULL,
    place BLOB,
    leads INTEGER NOT NULL,
    pairs INTEGER NOT NULL,
    crowded INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;

-- A lead that was merged is no row of leads any more. What it was stands here, so that it can
-- come back; and its id leads to the one that it went into.
CREATE TABLE merges (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    survivor_id BLOB NOT NULL,
    merged_id BLOB NOT NULL,
    title TEXT NOT NULL,
    image TEXT NOT NULL,
    merged_at INTEGER NOT NULL,
    merged_by BLOB,
    undone_at INTEGER,
    undone_by BLOB,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX merges_standing ON merges (tenant_id, merged_id) WHERE undone_at IS NULL;
CREATE INDEX merges_by_survivor ON merges (tenant_id, survivor_id);
-- What a lead was known by before a merge, and is found by still.
CREATE TABLE lead_aliases (
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'external_id')),
    value TEXT NOT NULL,
    lead_id BLOB NOT NULL,
    merge_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_aliases_by_lead ON lead_aliases (tenant_id, lead_id);
CREATE INDEX lead_aliases_by_merge ON lead_aliases (tenant_id, merge_id);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('lead_keys', 'lead_keys', '5000000 5000000 2 1'),
    ('lead_keys', 'lead_keys_by_lead', '5000000 5000000 6 1'),
    ('duplicate_pairs', 'duplicate_pairs', '20000 20000 1'),
    ('duplicate_pairs', 'sqlite_autoindex_duplicate_pairs_2', '20000 20000 2 1'),
    ('duplicate_pairs', 'duplicate_pairs_by_high', '20000 20000 2'),
    ('duplicate_pairs', 'duplicate_pairs_by_score', '20000 20000 10000 10 1'),
    ('merges', 'merges', '10000 10000 1'),
    ('merges', 'merges_standing', '10000 10000 1'),
    ('merges', 'merges_by_survivor', '10000 10000 1'),
    ('lead_aliases', 'lead_aliases', '10000 10000 5000 1'),
    ('lead_aliases', 'lead_aliases_by_lead', '10000 10000 2'),
    ('lead_aliases', 'lead_aliases_by_merge', '10000 10000 2');
ANALYZE sqlite_schema;
