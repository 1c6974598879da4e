-- The twin of sqlite/0009-audit.sql.
-- What happened to who may do what, and who took what away: sealed from the feed, entry by entry,
-- each with a hash over itself and the hash before it. Entries go only from the beginning, and
-- only up to where the head says that they were removed.
CREATE TABLE audit (
    tenant_id UUID NOT NULL,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    -- Who acted, or whose API key did.
    person_id UUID,
    remote TEXT,
    action TEXT NOT NULL,
    subject_kind TEXT,
    subject_id UUID,
    -- The event that it was sealed from.
    event_seq BIGINT NOT NULL,
    detail TEXT NOT NULL,
    previous BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, number)
);
CREATE INDEX audit_by_time ON audit (tenant_id, at);
CREATE INDEX audit_by_person ON audit (tenant_id, person_id, number);
CREATE INDEX audit_by_subject ON audit (tenant_id, subject_id, number);
CREATE INDEX audit_by_action ON audit (tenant_id, action, number);

-- Where each company's chain ends and begins, apart from it: so that a missing end is noticed.
CREATE TABLE audit_heads (
    tenant_id UUID NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    -- The last event that was sealed.
    last_seq BIGINT NOT NULL,
    -- The last entry that retention removed, and its hash.
    removed_number BIGINT NOT NULL,
    removed_hash BYTEA NOT NULL,
    CHECK (removed_number <= number)
);

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'audit' AND TG_OP = 'DELETE' THEN
        IF OLD.number <= COALESCE(
            (SELECT removed_number FROM audit_heads WHERE tenant_id = OLD.tenant_id), 0)
        THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_heads_stay BEFORE DELETE ON audit_heads
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();

-- For how many days entries are kept; forever unless it says.
ALTER TABLE tenants ADD COLUMN audit_days BIGINT CHECK (audit_days >= 90);

SELECT keep_to_tenant('audit');
SELECT keep_to_tenant('audit_heads');
