-- Rules ask any field of a lead: a list of conditions as the API says them, and how somebody of a
-- team is chosen. What was asked so far is said as conditions.
ALTER TABLE assignment_rules ADD COLUMN conditions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE assignment_rules ADD COLUMN manner TEXT NOT NULL DEFAULT '{}';
UPDATE assignment_rules SET conditions = (
    SELECT json_group_array(json_object('field', c.field, 'op', c.op, 'values', json_array(c.value)))
    FROM (
        SELECT 'source' AS field, 'is' AS op, assignment_rules.source AS value
        UNION ALL SELECT 'territory', 'is', assignment_rules.territory
        UNION ALL SELECT 'product', 'is', assignment_rules.product
        UNION ALL SELECT 'value', 'at_least', CAST(assignment_rules.value_min AS TEXT)
        UNION ALL SELECT 'value', 'at_most', CAST(assignment_rules.value_max AS TEXT)
    ) AS c WHERE c.value IS NOT NULL);
ALTER TABLE assignment_rules DROP COLUMN source;
ALTER TABLE assignment_rules DROP COLUMN territory;
ALTER TABLE assignment_rules DROP COLUMN product;
ALTER TABLE assignment_rules DROP COLUMN value_min;
ALTER TABLE assignment_rules DROP COLUMN value_max;

-- How the people of a team stand with their turns: by id, the credit and the turns owed.
DROP TABLE assignment_turns;
CREATE TABLE assignment_turns (
    tenant_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    standings TEXT NOT NULL,
    PRIMARY KEY (tenant_id, team_id)
) STRICT, WITHOUT ROWID;

-- How much somebody takes, and what they are good for. Who has no row is as usual.
CREATE TABLE assignment_members (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    weight INTEGER NOT NULL DEFAULT 1,
    skills TEXT NOT NULL DEFAULT '[]',
    languages TEXT NOT NULL DEFAULT '[]',
    day_max INTEGER,
    week_max INTEGER,
    open_max INTEGER,
    -- Whether turns that pass while they are away are given back.
    paid_back INTEGER NOT NULL DEFAULT 0,
    -- Their own week, as a calendar's; null is the company's.
    hours TEXT,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Leads that somebody got by rule, on the last day that they got any and in its week.
CREATE TABLE assignment_tallies (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    day_leads INTEGER NOT NULL,
    week_leads INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Leads that nobody can take yet. A lead may be given by hand meanwhile, or go: then its row goes
-- when it is next looked at.
CREATE TABLE assignment_holds (
    tenant_id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    rule_id BLOB NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    looked_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignment_holds_by_look ON assignment_holds (tenant_id, looked_at);

-- What a territory is part of. Leads and people name territories in words.
CREATE TABLE territories (
    tenant_id BLOB NOT NULL,
    name TEXT NOT NULL,
    parent TEXT,
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('assignment_members', 'assignment_members', '500 500 1'),
    ('assignment_tallies', 'assignment_tallies', '500 500 1'),
    ('assignment_turns', 'assignment_turns', '50 50 1'),
    ('assignment_holds', 'assignment_holds', '200 200 1'),
    ('assignment_holds', 'assignment_holds_by_look', '200 200 1'),
    ('territories', 'territories', '100 100 1');
ANALYZE sqlite_schema;
