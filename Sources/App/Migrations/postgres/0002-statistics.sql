-- The twin of sqlite/0002-statistics.sql; PostgreSQL gathers its own statistics.
CREATE INDEX leads_by_stage_created ON leads (tenant_id, stage, created_at);
CREATE INDEX leads_by_owner_created ON leads (tenant_id, owner_id, created_at);
