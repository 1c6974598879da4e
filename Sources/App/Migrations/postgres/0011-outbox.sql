-- The twin of sqlite/0011-outbox.sql.
-- Messages to people, stored with their cause and sent by a job. What they say goes once they are
-- sent, for there are secrets in it.
CREATE TABLE outbox (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    user_id UUID NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT,
    body_html TEXT,
    link TEXT,
    useful_until BIGINT,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    tries BIGINT NOT NULL DEFAULT 0,
    error TEXT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX outbox_by_change ON outbox (tenant_id, changed_at, id);
CREATE INDEX outbox_by_user ON outbox (tenant_id, user_id);
CREATE INDEX outbox_by_age ON outbox (created_at);
CREATE INDEX outbox_running_out ON outbox (useful_until) WHERE body_text IS NOT NULL;

-- Links by which people get in without a password, once: at most one of each purpose.
CREATE TABLE access_links (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'password_reset')),
    token_hash BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id, purpose),
    CONSTRAINT access_links_token UNIQUE (token_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

SELECT keep_to_tenant('outbox');
SELECT keep_to_tenant('access_links');
