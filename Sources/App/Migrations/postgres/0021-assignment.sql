-- The twin of sqlite/0021-assignment.sql.
ALTER TABLE assignment_rules ADD COLUMN conditions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE assignment_rules ADD COLUMN manner TEXT NOT NULL DEFAULT '{}';
UPDATE assignment_rules SET conditions = (
    SELECT COALESCE(jsonb_agg(jsonb_build_object('field', c.field, 'op', c.op,
        'values', jsonb_build_array(c.value))), '[]')::text
    FROM (
        SELECT 'source' AS field, 'is' AS op, assignment_rules.source AS value
        UNION ALL SELECT 'territory', 'is', assignment_rules.territory
        UNION ALL SELECT 'product', 'is', assignment_rules.product
        UNION ALL SELECT 'value', 'at_least', assignment_rules.value_min::text
        UNION ALL SELECT 'value', 'at_most', assignment_rules.value_max::text
    ) AS c WHERE c.value IS NOT NULL);
ALTER TABLE assignment_rules DROP COLUMN source;
ALTER TABLE assignment_rules DROP COLUMN territory;
ALTER TABLE assignment_rules DROP COLUMN product;
ALTER TABLE assignment_rules DROP COLUMN value_min;
ALTER TABLE assignment_rules DROP COLUMN value_max;

DROP TABLE assignment_turns;
CREATE TABLE assignment_turns (
    tenant_id UUID NOT NULL,
    team_id UUID NOT NULL,
    standings TEXT NOT NULL,
    PRIMARY KEY (tenant_id, team_id)
);
SELECT keep_to_tenant('assignment_turns');

CREATE TABLE assignment_members (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    weight BIGINT NOT NULL DEFAULT 1,
    skills TEXT NOT NULL DEFAULT '[]',
    languages TEXT NOT NULL DEFAULT '[]',
    day_max BIGINT,
    week_max BIGINT,
    open_max BIGINT,
    paid_back BOOLEAN NOT NULL DEFAULT FALSE,
    hours TEXT,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
SELECT keep_to_tenant('assignment_members');

CREATE TABLE assignment_tallies (
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    day BIGINT NOT NULL,
    day_leads BIGINT NOT NULL,
    week_leads BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
SELECT keep_to_tenant('assignment_tallies');

CREATE TABLE assignment_holds (
    tenant_id UUID NOT NULL,
    lead_id UUID NOT NULL,
    rule_id UUID NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    looked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
);
SELECT keep_to_tenant('assignment_holds');
CREATE INDEX assignment_holds_by_look ON assignment_holds (tenant_id, looked_at);

CREATE TABLE territories (
    tenant_id UUID NOT NULL,
    name TEXT NOT NULL,
    parent TEXT,
    position BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);
SELECT keep_to_tenant('territories');
