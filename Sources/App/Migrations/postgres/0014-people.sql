-- The twin of sqlite/0014-people.sql.
-- Who was in which team, and when: for reports on the past. Kept by what changes users.team_id.
CREATE TABLE team_memberships (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    team_id UUID NOT NULL,
    from_at BIGINT NOT NULL,
    -- Exclusive; none for the team they are in.
    until_at BIGINT,
    -- Of a team that is gone.
    team_name TEXT,
    PRIMARY KEY (tenant_id, user_id, from_at),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    CHECK (until_at > from_at)
);
SELECT keep_to_tenant('team_memberships');
CREATE INDEX team_memberships_by_team ON team_memberships (tenant_id, team_id, from_at);
CREATE UNIQUE INDEX team_memberships_present ON team_memberships (tenant_id, user_id)
    WHERE until_at IS NULL;
INSERT INTO team_memberships (tenant_id, user_id, team_id, from_at)
SELECT tenant_id, id, team_id, created_at FROM users WHERE team_id IS NOT NULL;

-- The follow-up for which alone somebody has the lead: the share ends with it.
ALTER TABLE lead_shares ADD COLUMN follow_up_id UUID;
CREATE UNIQUE INDEX lead_shares_by_follow_up ON lead_shares (tenant_id, follow_up_id)
    WHERE follow_up_id IS NOT NULL;

-- For how long a colleague's call is told before the next one; 0 tells nothing.
ALTER TABLE tenants ADD COLUMN touch_guard_hours BIGINT NOT NULL DEFAULT 24
    CHECK (touch_guard_hours BETWEEN 0 AND 720);
