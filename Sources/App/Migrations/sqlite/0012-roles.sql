-- Roles that companies make of one of the nine: narrower, never wider.
CREATE TABLE roles (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    base TEXT NOT NULL CHECK (base IN ('company_admin', 'executive', 'manager', 'salesperson',
        'warrior', 'partner', 'support_agent', 'operations_analyst')),
    -- The spans of the rights that are narrower than the base's, as JSON: {"leads.read": ["own"]}.
    changes TEXT NOT NULL,
    -- What is masked besides what the base's is, as JSON: ["contacts"].
    masks TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_name UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;

-- The company's own role of somebody; `role` is its base then.
ALTER TABLE users ADD COLUMN custom_role_id BLOB;
CREATE INDEX users_by_custom_role ON users (tenant_id, custom_role_id)
    WHERE custom_role_id IS NOT NULL;

-- The rights that a key has of its maker's, as JSON: ["leads.read"]. Null is all of them.
ALTER TABLE api_keys ADD COLUMN rights TEXT;
-- The key that started an import, which then may no more than that key.
ALTER TABLE imports ADD COLUMN api_key_id BLOB;
