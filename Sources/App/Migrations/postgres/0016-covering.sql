-- The twin of sqlite/0016-covering.sql. The ids make the order total.
ALTER TABLE leads ADD COLUMN was_shared BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE leads SET was_shared = TRUE
WHERE EXISTS (SELECT 1 FROM lead_shares c WHERE c.tenant_id = leads.tenant_id AND c.lead_id = leads.id);
CREATE FUNCTION lead_shares_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE leads SET was_shared = TRUE
    WHERE tenant_id = NEW.tenant_id AND id = NEW.lead_id AND NOT was_shared;
    RETURN NULL;
END $$;
CREATE TRIGGER lead_shares_mark AFTER INSERT ON lead_shares
    FOR EACH ROW EXECUTE FUNCTION lead_shares_mark();
DROP INDEX leads_by_created;
CREATE INDEX leads_by_created ON leads (tenant_id, created_at, id) INCLUDE (owner_id, was_shared);
DROP INDEX leads_by_stage_created;
CREATE INDEX leads_by_stage_created ON leads (tenant_id, stage, created_at, id)
    INCLUDE (owner_id, was_shared, value_minor);

ALTER TABLE leads ADD COLUMN due_at BIGINT NOT NULL DEFAULT 9000000000000000000;
UPDATE leads SET due_at = next_follow_up_at WHERE next_follow_up_at IS NOT NULL;
DROP INDEX leads_by_stage;
CREATE INDEX leads_by_stage ON leads (tenant_id, stage, due_at, id) INCLUDE (owner_id, was_shared);
DROP INDEX leads_by_owner;
CREATE INDEX leads_by_owner ON leads (tenant_id, owner_id, stage, due_at);

CREATE INDEX teams_by_manager ON teams (tenant_id, manager_id) WHERE manager_id IS NOT NULL;
