-- The twin of sqlite/0022-calendar.sql.
CREATE TABLE calendars (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    owner_id UUID NOT NULL,
    time_zone TEXT,
    week TEXT NOT NULL,
    holidays TEXT NOT NULL,
    PRIMARY KEY (tenant_id, owner_id)
);
SELECT keep_to_tenant('calendars');
