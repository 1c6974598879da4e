-- Imports read JSON and XML, change leads that are there, and can be taken back. A check cannot be
-- changed, so the tables are made anew.
CREATE TABLE imports_anew (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    file_name TEXT NOT NULL,
    file TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('csv', 'xlsx', 'json', 'xml')),
    sheet TEXT,
    mapping TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('checking', 'checked', 'waiting', 'running', 'done', 'failed',
        'cancelled', 'undoing', 'undone')),
    rows_total INTEGER NOT NULL DEFAULT 0,
    rows_done INTEGER NOT NULL DEFAULT 0,
    last_row INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL DEFAULT 0,
    merged INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    user_id BLOB,
    -- Its one job; what another would write is not kept.
    job_id BLOB,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    api_key_id BLOB,
    -- Of those that were merged, the ones that changed something.
    updated INTEGER NOT NULL DEFAULT 0,
    -- Taking it back goes from the last row to the first: rows from this one on are done.
    undone_from INTEGER,
    undone_by BLOB,
    -- Rows that were taken back, and those whose leads were changed since and stay.
    undone INTEGER NOT NULL DEFAULT 0,
    kept INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO imports_anew (tenant_id, id, file_name, file, format, sheet, mapping, state, rows_total,
    rows_done, last_row, created, merged, rejected, problem, user_id, job_id, version, created_at,
    finished_at, api_key_id)
SELECT tenant_id, id, file_name, file, format, sheet, mapping, state, rows_total,
    rows_done, last_row, created, merged, rejected, problem, user_id, job_id, version, created_at,
    finished_at, api_key_id
FROM imports;
CREATE TABLE import_rows_anew (
    tenant_id BLOB NOT NULL,
    import_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('create', 'update', 'duplicate', 'rejected')),
    title TEXT,
    detail TEXT,
    lead_id BLOB,
    -- Of an update: {"company": ["before", "after"]}.
    changes TEXT,
    PRIMARY KEY (tenant_id, import_id, number),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO import_rows_anew (tenant_id, import_id, number, outcome, title, detail, lead_id)
SELECT tenant_id, import_id, number, outcome, title, detail, lead_id FROM import_rows;
DROP TABLE import_rows;
DROP TABLE imports;
ALTER TABLE imports_anew RENAME TO imports;
ALTER TABLE import_rows_anew RENAME TO import_rows;

-- What rows of imports did to leads that were there, to take it back.
CREATE TABLE import_changes (
    tenant_id BLOB NOT NULL,
    import_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    lead_id BLOB NOT NULL,
    -- The lead's after this row: one that has another now was changed since.
    version INTEGER NOT NULL,
    -- The fields that it changed, as they were and as they are: {"company": ["before", "after"]}.
    changes TEXT NOT NULL,
    PRIMARY KEY (tenant_id, import_id, number),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_changes_by_lead ON import_changes (tenant_id, import_id, lead_id, number);

-- Mappings that a company keeps for files of the same kind.
CREATE TABLE import_mappings (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT import_mappings_name UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;

-- What of the inbox asks for a look: rows of files have a page of their own.
CREATE INDEX inbox_asking ON inbox (tenant_id, outcome, id)
    WHERE outcome IN ('waiting', 'quarantined', 'refused') AND import_id IS NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('inbox', 'inbox_asking', '1000 1000 300 1'),
    ('import_changes', 'import_changes', '50000 50000 5000 1'),
    ('import_changes', 'import_changes_by_lead', '50000 50000 5000 2 1');
ANALYZE sqlite_schema;
