-- The twin of sqlite/0010-sign-in.sql.
-- Secrets that are needed in the clear, such as the seeds of one-time codes: sealed under a master
-- key that is not in the database. `key_id` says under which.
CREATE TABLE secrets (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    purpose TEXT NOT NULL,
    record_id UUID NOT NULL,
    key_id BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, purpose, record_id)
);
SELECT keep_to_tenant('secrets');
CREATE INDEX secrets_by_key ON secrets (key_id);

-- One-time codes (RFC 6238) as the second step of a sign-in. Not confirmed: being set up.
CREATE TABLE second_steps (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    -- The time step of the last code: each is good once.
    last_step BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
SELECT keep_to_tenant('second_steps');

CREATE TABLE recovery_codes (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    code_hash BYTEA NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, user_id, code_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
SELECT keep_to_tenant('recovery_codes');

-- Since when everybody of the company needs a second step.
ALTER TABLE tenants ADD COLUMN second_step_required_at BIGINT;

-- Sessions can be told apart by who looks at them, and ended one by one.
ALTER TABLE sessions ADD COLUMN id UUID;
ALTER TABLE sessions ADD COLUMN last_used_at BIGINT;
ALTER TABLE sessions ADD COLUMN remote TEXT;
ALTER TABLE sessions ADD COLUMN user_agent TEXT;
UPDATE sessions SET id = gen_random_uuid(), last_used_at = created_at;
ALTER TABLE sessions ALTER COLUMN id SET NOT NULL;
ALTER TABLE sessions ALTER COLUMN last_used_at SET NOT NULL;

-- The same of programs: every token of a family says where the sign-in came from.
ALTER TABLE refresh_tokens ADD COLUMN remote TEXT;
ALTER TABLE refresh_tokens ADD COLUMN user_agent TEXT;
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (tenant_id, user_id);
