-- For each person those whose work they answer for, themselves included: kept by what changes teams
-- and managers (ManagedUsers), so that a list need not ask who they are.
CREATE TABLE managed_users (
    tenant_id BLOB NOT NULL,
    manager_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, manager_id, user_id),
    FOREIGN KEY (tenant_id, manager_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
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

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('managed_users', 'managed_users', '5000 5000 100 1'),
    ('managed_users', 'managed_users_by_user', '5000 5000 5 1');
ANALYZE sqlite_schema;
