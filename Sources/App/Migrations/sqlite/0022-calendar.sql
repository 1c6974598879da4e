-- When a company works: the open hours of a week and its holidays, each as the API reads them. Kept
-- under the id of what it is for, the company's own; a company without a row has the usual week.
CREATE TABLE calendars (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    owner_id BLOB NOT NULL,
    -- IANA name; null is the company's.
    time_zone TEXT,
    week TEXT NOT NULL,
    holidays TEXT NOT NULL,
    PRIMARY KEY (tenant_id, owner_id)
) STRICT, WITHOUT ROWID;
