-- The twin of sqlite/0015-break-glass.sql.
-- How a platform operator got into a company: for a while, for a reason, to look. Who it was stands
-- here in words, because the person is of another company.
CREATE TABLE break_glass (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    id UUID NOT NULL,
    operator_tenant_id UUID NOT NULL,
    operator_id UUID NOT NULL,
    operator_name TEXT NOT NULL,
    operator_email TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (length(reason) >= 10),
    token_hash BYTEA NOT NULL,
    began_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    -- Before its time, by an admin or the operator.
    ended_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT break_glass_token UNIQUE (token_hash)
);
CREATE INDEX break_glass_by_time ON break_glass (tenant_id, began_at, id);
CREATE INDEX break_glass_by_operator ON break_glass (operator_tenant_id, operator_id, began_at);
SELECT keep_to_tenant('break_glass');

-- Since when the company lets no operator in.
ALTER TABLE tenants ADD COLUMN break_glass_forbidden_at BIGINT;

-- Values of such a field are for few, and who looks at them is noted.
ALTER TABLE custom_fields ADD COLUMN sensitive BOOLEAN NOT NULL DEFAULT FALSE;

-- Events may be of an operator now.
ALTER TABLE events DROP CONSTRAINT events_actor_kind_check;
ALTER TABLE events ADD CONSTRAINT events_actor_kind_check
    CHECK (actor_kind IN ('user', 'api_key', 'form', 'import', 'system', 'operator'));
