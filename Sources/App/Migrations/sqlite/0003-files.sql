-- What the file store holds, and what it is about to hold or to lose: a row is there before the
-- first byte is, and until after the last one is gone.
CREATE TABLE files (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    key TEXT NOT NULL,
    -- What it belongs to, as 'import'.
    purpose TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    -- In hexadecimal digits; none before the store has it all.
    sha256 TEXT CHECK (length(sha256) = 64),
    created_at INTEGER NOT NULL,
    -- From then on it is removed; none for what is to stay.
    expires_at INTEGER,
    PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_expiry ON files (expires_at) WHERE expires_at IS NOT NULL;

-- What a company's files may take in all: 20 GiB unless told.
ALTER TABLE tenants ADD COLUMN file_quota_bytes INTEGER NOT NULL DEFAULT 21474836480
    CHECK (file_quota_bytes >= 0);

-- Files of earlier imports lie under these keys in the data directory's `files`. How long they
-- are is not written down anywhere: they take no room. They stay for 90 days, as all do.
INSERT INTO files (tenant_id, key, purpose, bytes, created_at, expires_at)
SELECT tenant_id, substr(file, 7), 'import', 0, created_at, finished_at + 7776000000000
FROM imports
WHERE file LIKE 'files/%';
