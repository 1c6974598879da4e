-- What happened to who may do what, and who took what away: sealed from the feed, entry by entry,
-- each with a hash over itself and the hash before it. Entries go only from the beginning, and
-- only up to where the head says that they were removed.
CREATE TABLE audit (
    tenant_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    -- Who acted, or whose API key did.
    person_id BLOB,
    remote TEXT,
    action TEXT NOT NULL,
    subject_kind TEXT,
    subject_id BLOB,
    -- The event that it was sealed from.
    event_seq INTEGER NOT NULL,
    detail TEXT NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (tenant_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_by_time ON audit (tenant_id, at);
CREATE INDEX audit_by_person ON audit (tenant_id, person_id, number);
CREATE INDEX audit_by_subject ON audit (tenant_id, subject_id, number);
CREATE INDEX audit_by_action ON audit (tenant_id, action, number);

-- Where each company's chain ends and begins, apart from it: so that a missing end is noticed.
CREATE TABLE audit_heads (
    tenant_id BLOB NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    -- The last event that was sealed.
    last_seq INTEGER NOT NULL,
    -- The last entry that retention removed, and its hash.
    removed_number INTEGER NOT NULL,
    removed_hash BLOB NOT NULL,
    CHECK (removed_number <= number)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_goes_by_retention BEFORE DELETE ON audit
WHEN OLD.number > COALESCE(
    (SELECT removed_number FROM audit_heads WHERE tenant_id = OLD.tenant_id), 0)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_heads_stay BEFORE DELETE ON audit_heads
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- For how many days entries are kept; forever unless it says.
ALTER TABLE tenants ADD COLUMN audit_days INTEGER CHECK (audit_days >= 90);

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('audit', 'audit', '100000 20000 1'),
    ('audit', 'audit_by_time', '100000 20000 1 1'),
    ('audit', 'audit_by_person', '100000 20000 1000 1'),
    ('audit', 'audit_by_subject', '100000 20000 20 1'),
    ('audit', 'audit_by_action', '100000 20000 1000 1'),
    ('audit_heads', 'audit_heads', '5 1');
ANALYZE sqlite_schema;
