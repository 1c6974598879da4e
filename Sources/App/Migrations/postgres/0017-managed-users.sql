-- The twin of sqlite/0017-managed-users.sql.
CREATE TABLE managed_users (
    tenant_id UUID NOT NULL,
    manager_id UUID NOT NULL,
    user_id UUID NOT NULL,
    PRIMARY KEY (tenant_id, manager_id, user_id),
    FOREIGN KEY (tenant_id, manager_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
SELECT keep_to_tenant('managed_users');
CREATE INDEX managed_users_by_user ON managed_users (tenant_id, user_id);
INSERT INTO managed_users (tenant_id, manager_id, user_id)
WITH RECURSIVE above (tenant_id, manager_id, user_id) AS (
    SELECT tenant_id, manager_id, id FROM users WHERE manager_id IS NOT NULL
    UNION
    SELECT above.tenant_id, m.manager_id, above.user_id
    FROM above
    JOIN users m ON m.tenant_id = above.tenant_id AND m.id = above.manager_id
    WHERE m.manager_id IS NOT NULL
)
SELECT tenant_id, id, id FROM users
UNION
SELECT t.tenant_id, t.manager_id, u.id
FROM teams t
JOIN team_closure c ON c.tenant_id = t.tenant_id AND c.ancestor_id = t.id
JOIN users u ON u.tenant_id = c.tenant_id AND u.team_id = c.descendant_id
WHERE t.manager_id IS NOT NULL
UNION
SELECT tenant_id, manager_id, user_id FROM above;
