-- Lists of who sees a part of the company: the walk in the list's order asks each lead for its
-- id, its owner and whether it was ever handed on, in a stage for its value, and finds them in the
-- index. Only of those that were handed on it asks to whom.
ALTER TABLE leads ADD COLUMN was_shared INTEGER NOT NULL DEFAULT 0;
UPDATE leads SET was_shared = 1
WHERE EXISTS (SELECT 1 FROM lead_shares c WHERE c.tenant_id = leads.tenant_id AND c.lead_id = leads.id);
CREATE TRIGGER lead_shares_mark AFTER INSERT ON lead_shares BEGIN
    UPDATE leads SET was_shared = 1
    WHERE tenant_id = NEW.tenant_id AND id = NEW.lead_id AND was_shared = 0;
END;
DROP INDEX leads_by_created;
CREATE INDEX leads_by_created ON leads (tenant_id, created_at, id, owner_id, was_shared);
DROP INDEX leads_by_stage_created;
CREATE INDEX leads_by_stage_created ON leads (tenant_id, stage, created_at, id, owner_id, was_shared,
    value_minor);

-- When a lead is due: far in the future without a next step. A column of its own, since a place in
-- a list, which is a row of two values, is sought by columns, and not by expressions.
ALTER TABLE leads ADD COLUMN due_at INTEGER NOT NULL DEFAULT 9000000000000000000;
UPDATE leads SET due_at = next_follow_up_at WHERE next_follow_up_at IS NOT NULL;
DROP INDEX leads_by_stage;
CREATE INDEX leads_by_stage ON leads (tenant_id, stage, due_at, id, owner_id, was_shared);
DROP INDEX leads_by_owner;
CREATE INDEX leads_by_owner ON leads (tenant_id, owner_id, stage, due_at);

CREATE INDEX teams_by_manager ON teams (tenant_id, manager_id) WHERE manager_id IS NOT NULL;

-- As 0002 has it: by hand, and so the same everywhere.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('leads', 'leads_by_created', '100000 100000 1 1 1 1'),
    ('leads', 'leads_by_stage_created', '100000 100000 9000 1 1 1 1 1'),
    ('leads', 'leads_by_owner', '100000 100000 2000 200 20'),
    ('leads', 'leads_by_stage', '100000 100000 9000 100 1 1 1'),
    ('lead_shares', 'lead_shares', '20000 20000 1'),
    ('lead_shares', 'lead_shares_by_lead', '20000 20000 2 1 1'),
    ('lead_shares', 'lead_shares_by_user', '20000 20000 100 1 1 1'),
    ('lead_shares', 'lead_shares_by_partner', '5000 5000 500 1 1'),
    ('teams', 'teams_by_manager', '10 10 1');
ANALYZE sqlite_schema;
