-- The identity provider by which a company's people sign in. Its secret is in `secrets`.
CREATE TABLE openid_providers (
    tenant_id BLOB NOT NULL PRIMARY KEY REFERENCES tenants (id),
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    label TEXT NOT NULL,
    passwords TEXT NOT NULL CHECK (passwords IN ('everybody', 'admins')),
    second_step TEXT NOT NULL CHECK (second_step IN ('here', 'provider')),
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which account there is whose here: a person has one at each provider.
CREATE TABLE openid_identities (
    tenant_id BLOB NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BLOB NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, issuer, subject),
    CONSTRAINT openid_identities_user UNIQUE (tenant_id, user_id, issuer),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Sign-ins on their way to a provider and back, by the hash of what the browser's cookie holds;
-- with a person, what is missing is the code of the second step.
CREATE TABLE openid_attempts (
    token_hash BLOB NOT NULL PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB,
    next_path TEXT,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX openid_attempts_by_end ON openid_attempts (expires_at);

-- Whether the second step was passed at the provider.
ALTER TABLE sessions ADD COLUMN is_strong INTEGER NOT NULL DEFAULT 0;

-- Where a company's people and programs may come from, a range a line; from anywhere unless it says.
ALTER TABLE tenants ADD COLUMN allowed_addresses TEXT;
