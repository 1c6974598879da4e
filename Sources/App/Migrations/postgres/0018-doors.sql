-- The twin of sqlite/0018-doors.sql.
-- Leads come in by more doors: Facebook, partners, ERPs. And the inbox keeps what the other side
-- calls an arrival, so that it is taken once.
ALTER TABLE inbox DROP CONSTRAINT inbox_channel_check;
ALTER TABLE inbox ADD CONSTRAINT inbox_channel_check
    CHECK (channel IN ('form', 'api', 'import', 'facebook', 'partner', 'erp'));
-- By what connection, and what the other side calls it.
ALTER TABLE inbox ADD COLUMN connection_id UUID;
ALTER TABLE inbox ADD COLUMN external_id TEXT;
CREATE UNIQUE INDEX inbox_external_id ON inbox (tenant_id, channel, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX inbox_by_lead ON inbox (tenant_id, lead_id) WHERE lead_id IS NOT NULL;

-- A connection to another system acts, too.
ALTER TABLE events DROP CONSTRAINT events_actor_kind_check;
ALTER TABLE events ADD CONSTRAINT events_actor_kind_check
    CHECK (actor_kind IN ('user', 'api_key', 'form', 'import', 'system', 'operator', 'connection'));

-- A lead goes out of the table when an import is taken back, or when it is merged into another.
CREATE FUNCTION leads_total_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE lead_totals SET leads = leads - 1, value_minor = value_minor - COALESCE(OLD.value_minor, 0)
    WHERE tenant_id = OLD.tenant_id AND stage = OLD.stage AND currency = OLD.currency
        AND owner_id = COALESCE(OLD.owner_id, '00000000-0000-0000-0000-000000000000');
    RETURN NULL;
END $$;
CREATE TRIGGER leads_total_out AFTER DELETE ON leads FOR EACH ROW EXECUTE FUNCTION leads_total_out();
