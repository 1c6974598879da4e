-- How a platform operator got into a company: for a while, for a reason, to look. Who it was stands
-- here in words, because the person is of another company.
CREATE TABLE break_glass (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
    operator_tenant_id BLOB NOT NULL,
    operator_id BLOB NOT NULL,
    operator_name TEXT NOT NULL,
    operator_email TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (length(reason) >= 10),
    token_hash BLOB NOT NULL,
    began_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    -- Before its time, by an admin or the operator.
    ended_at INTEGER,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT break_glass_token UNIQUE (token_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX break_glass_by_time ON break_glass (tenant_id, began_at, id);
CREATE INDEX break_glass_by_operator ON break_glass (operator_tenant_id, operator_id, began_at);

-- Since when the company lets no operator in.
ALTER TABLE tenants ADD COLUMN break_glass_forbidden_at INTEGER;

-- Values of such a field are for few, and who looks at them is noted.
ALTER TABLE custom_fields ADD COLUMN sensitive INTEGER NOT NULL DEFAULT 0;

-- Events may be of an operator now. A check cannot be changed, so the table is made anew.
CREATE TABLE events_anew (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    subject_id BLOB,
    actor_kind TEXT NOT NULL
        CHECK (actor_kind IN ('user', 'api_key', 'form', 'import', 'system', 'operator')),
    actor_id BLOB,
    change_id BLOB NOT NULL,
    imported INTEGER NOT NULL DEFAULT 0,
    data TEXT NOT NULL DEFAULT '{}'
) STRICT;
INSERT INTO events_anew (seq, tenant_id, at, name, subject_id, actor_kind, actor_id, change_id,
    imported, data)
SELECT seq, tenant_id, at, name, subject_id, actor_kind, actor_id, change_id, imported, data
FROM events ORDER BY seq;
DROP TABLE events;
ALTER TABLE events_anew RENAME TO events;
CREATE INDEX events_by_subject ON events (tenant_id, subject_id, seq);
CREATE INDEX events_by_change ON events (tenant_id, change_id);
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;

-- What the planner knew of them went with the old table.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('events', 'events_by_subject', '1000000 1000000 10 1'),
    ('events', 'events_by_change', '1000000 1000000 2');
ANALYZE sqlite_schema;
