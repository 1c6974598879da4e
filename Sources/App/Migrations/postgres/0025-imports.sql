-- The twin of sqlite/0025-imports.sql.
-- Imports read JSON and XML, change leads that are there, and can be taken back.
ALTER TABLE imports DROP CONSTRAINT imports_format_check;
ALTER TABLE imports ADD CONSTRAINT imports_format_check
    CHECK (format IN ('csv', 'xlsx', 'json', 'xml'));
ALTER TABLE imports DROP CONSTRAINT imports_state_check;
ALTER TABLE imports ADD CONSTRAINT imports_state_check
    CHECK (state IN ('checking', 'checked', 'waiting', 'running', 'done', 'failed',
        'cancelled', 'undoing', 'undone'));
-- Of those that were merged, the ones that changed something.
ALTER TABLE imports ADD COLUMN updated BIGINT NOT NULL DEFAULT 0;
-- Taking it back goes from the last row to the first: rows from this one on are done.
ALTER TABLE imports ADD COLUMN undone_from BIGINT;
ALTER TABLE imports ADD COLUMN undone_by UUID;
-- Rows that were taken back, and those whose leads were changed since and stay.
ALTER TABLE imports ADD COLUMN undone BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;

ALTER TABLE import_rows DROP CONSTRAINT import_rows_outcome_check;
ALTER TABLE import_rows ADD CONSTRAINT import_rows_outcome_check
    CHECK (outcome IN ('create', 'update', 'duplicate', 'rejected'));
-- Of an update: {"company": ["before", "after"]}.
ALTER TABLE import_rows ADD COLUMN changes TEXT;

-- What rows of imports did to leads that were there, to take it back.
CREATE TABLE import_changes (
    tenant_id UUID NOT NULL,
    import_id UUID NOT NULL,
    number BIGINT NOT NULL,
    lead_id UUID NOT NULL,
    -- The lead's after this row: one that has another now was changed since.
    version BIGINT NOT NULL,
    -- The fields that it changed, as they were and as they are: {"company": ["before", "after"]}.
    changes TEXT NOT NULL,
    PRIMARY KEY (tenant_id, import_id, number),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id)
);
CREATE INDEX import_changes_by_lead ON import_changes (tenant_id, import_id, lead_id, number);
SELECT keep_to_tenant('import_changes');

-- Mappings that a company keeps for files of the same kind.
CREATE TABLE import_mappings (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT import_mappings_name UNIQUE (tenant_id, name)
);
SELECT keep_to_tenant('import_mappings');

-- What of the inbox asks for a look: rows of files have a page of their own.
CREATE INDEX inbox_asking ON inbox (tenant_id, outcome, id)
    WHERE outcome IN ('waiting', 'quarantined', 'refused') AND import_id IS NULL;
