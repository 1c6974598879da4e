-- Secrets that are needed in the clear, such as the seeds of one-time codes: sealed under a master
-- key that is not in the database. `key_id` says under which.
CREATE TABLE secrets (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    purpose TEXT NOT NULL,
    record_id BLOB NOT NULL,
    key_id BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tenant_id, purpose, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX secrets_by_key ON secrets (key_id);

-- One-time codes (RFC 6238) as the second step of a sign-in. Not confirmed: being set up.
CREATE TABLE second_steps (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    -- The time step of the last code: each is good once.
    last_step INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_codes (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    code_hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (tenant_id, user_id, code_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Since when everybody of the company needs a second step.
ALTER TABLE tenants ADD COLUMN second_step_required_at INTEGER;

-- Sessions can be told apart by who looks at them, and ended one by one.
ALTER TABLE sessions RENAME TO sessions_before;
CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    csrf TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    id BLOB NOT NULL,
    last_used_at INTEGER NOT NULL,
    remote TEXT,
    user_agent TEXT,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO sessions (token_hash, tenant_id, user_id, csrf, created_at, expires_at, id, last_used_at)
SELECT token_hash, tenant_id, user_id, csrf, created_at, expires_at, randomblob(16), created_at
FROM sessions_before;
DROP TABLE sessions_before;
CREATE INDEX sessions_by_user ON sessions (tenant_id, user_id);

-- The same of programs: every token of a family says where the sign-in came from.
ALTER TABLE refresh_tokens ADD COLUMN remote TEXT;
ALTER TABLE refresh_tokens ADD COLUMN user_agent TEXT;
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (tenant_id, user_id);
