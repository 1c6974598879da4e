-- The twin of sqlite/0026-scan-rounds.sql.
-- A scan for duplicates goes through all leads twice: for their keys, and for who shares one.
ALTER TABLE duplicate_scans ADD COLUMN round TEXT NOT NULL DEFAULT 'pairs'
    CHECK (round IN ('keys', 'pairs'));
-- One that had begun begins anew: it knew of one round only.
DELETE FROM duplicate_scans WHERE ended_at IS NULL;
