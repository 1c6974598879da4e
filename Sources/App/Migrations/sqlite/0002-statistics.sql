-- Lists of a stage and of a person come newest first unless told; without these the whole stage
-- would be sorted for its first page.
CREATE INDEX leads_by_stage_created ON leads (tenant_id, stage, created_at);
CREATE INDEX leads_by_owner_created ON leads (tenant_id, owner_id, created_at);

-- What the planner is to think of the data: one large company, as it will be, and not the empty
-- file that a new installation is. Without it a condition on a company alone passes for
-- selective, and whole companies are scanned. Written by hand and not by ANALYZE, so that
-- every installation has the same plans, and those that are tested.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('leads', 'leads', '100000 100000 1'),
    ('leads', 'leads_email', '80000 80000 1'),
    ('leads', 'leads_phone', '80000 80000 1'),
    ('leads', 'leads_external_id', '50000 50000 1'),
    ('leads', 'leads_by_created', '100000 100000 1'),
    ('leads', 'leads_by_owner', '100000 100000 2000 200 20'),
    ('leads', 'leads_by_stage', '100000 100000 9000 100'),
    ('leads', 'leads_by_stage_created', '100000 100000 9000 1'),
    ('leads', 'leads_by_owner_created', '100000 100000 2000 1'),
    ('leads', 'leads_by_closed', '20000 20000 1'),
    ('lead_totals', 'lead_totals', '500 500 50 1 1'),
    ('lead_co_owners', 'lead_co_owners', '5000 5000 2 1'),
    ('lead_co_owners', 'lead_co_owners_by_user', '5000 5000 100 1'),
    ('stage_intervals', 'stage_intervals', '300000 300000 3 1'),
    ('activities', 'activities', '300000 300000 1'),
    ('activities', 'activities_by_lead', '300000 300000 5 1'),
    ('follow_ups', 'follow_ups', '100000 100000 1'),
    ('follow_ups', 'follow_ups_by_lead', '100000 100000 2 1 1'),
    ('follow_ups', 'follow_ups_by_owner', '100000 100000 2000 1000 1'),
    ('customers', 'customers', '10000 10000 1'),
    ('customers', 'sqlite_autoindex_customers_2', '10000 10000 1'),
    ('personal_views', 'personal_views', '200 200 1'),
    ('personal_views', 'sqlite_autoindex_personal_views_2', '200 200 4 1'),
    ('events', 'events_by_subject', '1000000 1000000 10 1'),
    ('events', 'events_by_change', '1000000 1000000 2'),
    ('inbox', 'inbox', '200000 200000 1'),
    ('inbox', 'inbox_open', '1000 1000 300 1'),
    ('inbox', 'inbox_import_rows', '100000 100000 10000 1'),
    ('users', 'users', '50 50 1'),
    ('users', 'users_by_team', '50 50 5'),
    ('users', 'sqlite_autoindex_users_2', '50 50 1'),
    ('teams', 'teams', '10 10 1'),
    ('team_closure', 'team_closure', '30 30 3 1'),
    ('stages', 'stages', '11 11 1');
-- Takes effect on the connection that wrote it.
ANALYZE sqlite_schema;
