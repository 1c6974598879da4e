-- The twin of sqlite/0001-ground.sql. Ids are UUIDv7; times (_at) microseconds since 1970 UTC; days (_on) days since
-- 1970-01-01; money (_minor) minor units beside its ISO 4217 currency; JSON is text.

CREATE TABLE tenants (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    default_region TEXT NOT NULL DEFAULT 'US',
    default_currency TEXT NOT NULL DEFAULT 'USD',
    time_zone TEXT NOT NULL DEFAULT 'UTC',
    created_at BIGINT NOT NULL
);

-- Keys and secrets of the installation: token signing, cursor signing.
CREATE TABLE installation_keys (
    name TEXT NOT NULL PRIMARY KEY,
    value BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE teams (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    parent_id UUID,
    manager_id UUID,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT teams_name UNIQUE (tenant_id, name),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES teams (tenant_id, id)
);

-- Every team with each of its ancestors, itself (depth 0) included.
CREATE TABLE team_closure (
    tenant_id UUID NOT NULL,
    ancestor_id UUID NOT NULL,
    descendant_id UUID NOT NULL,
    depth BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, ancestor_id, descendant_id),
    FOREIGN KEY (tenant_id, ancestor_id) REFERENCES teams (tenant_id, id),
    FOREIGN KEY (tenant_id, descendant_id) REFERENCES teams (tenant_id, id)
);

CREATE TABLE users (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    id UUID NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('platform_operator', 'company_admin', 'executive', 'manager',
        'salesperson', 'warrior', 'partner', 'support_agent', 'operations_analyst')),
    password_hash TEXT,
    team_id UUID,
    territory TEXT,
    away_until BIGINT,
    deactivated_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT users_email UNIQUE (tenant_id, email),
    FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id)
);
CREATE INDEX users_by_team ON users (tenant_id, team_id);

CREATE TABLE sessions (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    csrf TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX sessions_by_user ON sessions (tenant_id, user_id);

-- A family is one sign-in; using a token twice revokes the family.
CREATE TABLE refresh_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    tenant_id UUID NOT NULL,
    user_id UUID NOT NULL,
    family_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (tenant_id, family_id);

CREATE TABLE api_keys (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    user_id UUID NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

-- Failed sign-ins by account; a success deletes the row.
CREATE TABLE sign_in_failures (
    tenant_id UUID NOT NULL,
    email TEXT NOT NULL,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    locked_until BIGINT,
    PRIMARY KEY (tenant_id, email)
);

-- The feed: append-only, read in order of seq.
CREATE TABLE events (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The transaction: the feed is read in the order of commits, not of numbers.
    xact XID8 NOT NULL DEFAULT pg_current_xact_id(),
    tenant_id UUID NOT NULL,
    at BIGINT NOT NULL,
    name TEXT NOT NULL,
    subject_id UUID,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'form', 'import', 'system')),
    actor_id UUID,
    change_id UUID NOT NULL,
    imported BOOLEAN NOT NULL DEFAULT FALSE,
    data TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX events_by_subject ON events (tenant_id, subject_id, seq);
CREATE INDEX events_by_change ON events (tenant_id, change_id);
CREATE INDEX events_by_commit ON events (xact, seq);
CREATE FUNCTION events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only';
END $$;
CREATE TRIGGER events_stay BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION events_are_append_only();

CREATE TABLE stages (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('open', 'on_hold', 'won', 'lost')),
    probability BIGINT NOT NULL CHECK (probability BETWEEN 0 AND 100),
    stalled_after_days BIGINT CHECK (stalled_after_days > 0),
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, key)
);

CREATE TABLE custom_fields (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('text', 'number', 'date', 'boolean', 'choice')),
    choices TEXT NOT NULL DEFAULT '[]',
    position BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, key)
);

CREATE TABLE leads (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    id UUID NOT NULL,
    company TEXT,
    contact_name TEXT,
    email TEXT,
    phone TEXT,
    phone_raw TEXT,
    external_id TEXT,
    source TEXT NOT NULL,
    campaign TEXT,
    attribution TEXT NOT NULL DEFAULT '{}',
    product TEXT,
    territory TEXT,
    value_minor BIGINT,
    currency TEXT NOT NULL,
    owner_id UUID,
    owner_reason TEXT NOT NULL DEFAULT '',
    stage TEXT NOT NULL,
    stage_entered_at BIGINT NOT NULL,
    held_from TEXT,
    resume_on BIGINT,
    demo_at BIGINT,
    lost_reason TEXT CHECK (lost_reason IN ('price_too_high', 'competitor', 'budget', 'timing',
        'feature_gaps', 'other')),
    lost_note TEXT,
    closed_at BIGINT,
    score BIGINT,
    next_follow_up_at BIGINT,
    next_follow_up_kind TEXT,
    last_activity_at BIGINT,
    tags TEXT NOT NULL DEFAULT '[]',
    custom TEXT NOT NULL DEFAULT '{}',
    notes TEXT,
    touches BIGINT NOT NULL DEFAULT 1,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, stage) REFERENCES stages (tenant_id, key),
    CHECK (company IS NOT NULL OR contact_name IS NOT NULL OR email IS NOT NULL OR phone_raw IS NOT NULL
        OR external_id IS NOT NULL)
);
CREATE UNIQUE INDEX leads_email ON leads (tenant_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX leads_phone ON leads (tenant_id, phone) WHERE phone IS NOT NULL;
CREATE UNIQUE INDEX leads_external_id ON leads (tenant_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX leads_by_created ON leads (tenant_id, created_at);
-- The order of a board's column: what is due first; without a next step last.
CREATE INDEX leads_by_owner ON leads (tenant_id, owner_id, stage,
    COALESCE(next_follow_up_at, 9000000000000000000));
CREATE INDEX leads_by_stage ON leads (tenant_id, stage, COALESCE(next_follow_up_at, 9000000000000000000));

-- Customers come newest first.
CREATE INDEX leads_by_closed ON leads (tenant_id, COALESCE(closed_at, 0)) WHERE closed_at IS NOT NULL;

-- How many leads each owner has in each stage, and their worth: what boards and menus show
-- without counting a hundred thousand rows. Kept by the triggers below; nobody is the id of zeros.
CREATE TABLE lead_totals (
    tenant_id UUID NOT NULL,
    stage TEXT NOT NULL,
    owner_id UUID NOT NULL,
    currency TEXT NOT NULL,
    leads BIGINT NOT NULL,
    value_minor BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, stage, owner_id, currency)
);
CREATE FUNCTION count_lead_in(tenant UUID, its_stage TEXT, owner UUID, its_currency TEXT, worth BIGINT)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO lead_totals VALUES (tenant, its_stage,
        COALESCE(owner, '00000000-0000-0000-0000-000000000000'), its_currency, 1, COALESCE(worth, 0))
    ON CONFLICT (tenant_id, stage, owner_id, currency) DO UPDATE SET leads = lead_totals.leads + 1,
        value_minor = lead_totals.value_minor + excluded.value_minor
$$;
CREATE FUNCTION leads_total_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_lead_in(NEW.tenant_id, NEW.stage, NEW.owner_id, NEW.currency, NEW.value_minor);
    RETURN NULL;
END $$;
CREATE TRIGGER leads_total_in AFTER INSERT ON leads FOR EACH ROW EXECUTE FUNCTION leads_total_in();
CREATE FUNCTION leads_total_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE lead_totals SET leads = leads - 1, value_minor = value_minor - COALESCE(OLD.value_minor, 0)
    WHERE tenant_id = OLD.tenant_id AND stage = OLD.stage AND currency = OLD.currency
        AND owner_id = COALESCE(OLD.owner_id, '00000000-0000-0000-0000-000000000000');
    PERFORM count_lead_in(NEW.tenant_id, NEW.stage, NEW.owner_id, NEW.currency, NEW.value_minor);
    RETURN NULL;
END $$;
CREATE TRIGGER leads_total_move AFTER UPDATE OF stage, owner_id, currency, value_minor ON leads FOR EACH ROW
WHEN (NEW.stage <> OLD.stage OR NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.currency <> OLD.currency
    OR NEW.value_minor IS DISTINCT FROM OLD.value_minor)
EXECUTE FUNCTION leads_total_move();

CREATE TABLE lead_co_owners (
    tenant_id UUID NOT NULL,
    lead_id UUID NOT NULL,
    user_id UUID NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, lead_id, user_id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX lead_co_owners_by_user ON lead_co_owners (tenant_id, user_id, lead_id);

CREATE TABLE stage_intervals (
    tenant_id UUID NOT NULL,
    lead_id UUID NOT NULL,
    number BIGINT NOT NULL,
    stage TEXT NOT NULL,
    entered_at BIGINT NOT NULL,
    entered_by UUID,
    left_at BIGINT,
    left_by UUID,
    PRIMARY KEY (tenant_id, lead_id, number),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);

CREATE TABLE activities (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    lead_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('call', 'email', 'whatsapp', 'meeting', 'note')),
    outcome TEXT,
    notes TEXT,
    duration_minutes BIGINT,
    at BIGINT NOT NULL,
    user_id UUID,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
CREATE INDEX activities_by_lead ON activities (tenant_id, lead_id, at);

CREATE TABLE follow_ups (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    lead_id UUID NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('call', 'email', 'whatsapp', 'meeting')),
    due_at BIGINT NOT NULL,
    notes TEXT,
    owner_id UUID,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
    outcome TEXT,
    closed_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX follow_ups_by_lead ON follow_ups (tenant_id, lead_id, state, due_at);
CREATE INDEX follow_ups_by_owner ON follow_ups (tenant_id, owner_id, state, due_at);

-- Lists that people have filtered, sorted and named for themselves.
CREATE TABLE personal_views (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    name TEXT NOT NULL,
    place TEXT NOT NULL CHECK (place IN ('leads', 'pipeline')),
    query TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT personal_views_name UNIQUE (tenant_id, user_id, name),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);

-- A won lead is a customer; its history stays the lead's.
CREATE TABLE customers (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    lead_id UUID NOT NULL,
    name TEXT NOT NULL,
    won_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT customers_lead UNIQUE (tenant_id, lead_id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);

CREATE TABLE assignment_rules (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    source TEXT,
    territory TEXT,
    product TEXT,
    value_min BIGINT,
    value_max BIGINT,
    user_id UUID,
    team_id UUID,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    -- The fallback is the rule that matches what no other did; it is last and has no conditions.
    fallback BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id),
    CHECK ((user_id IS NULL) <> (team_id IS NULL))
);

-- Whose turn was last in a team's round robin.
CREATE TABLE assignment_turns (
    tenant_id UUID NOT NULL,
    team_id UUID NOT NULL,
    last_user_id UUID NOT NULL,
    turns BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, team_id)
);

CREATE TABLE forms (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    source TEXT NOT NULL,
    product TEXT,
    territory TEXT,
    origins TEXT NOT NULL DEFAULT '[]',
    thank_you TEXT,
    active BOOLEAN NOT NULL DEFAULT TRUE,
    submissions BIGINT NOT NULL DEFAULT 0,
    last_submission_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

-- Whatever arrives from outside, raw, before it is answered; then exactly one outcome.
CREATE TABLE inbox (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    received_at BIGINT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('form', 'api', 'import')),
    source TEXT NOT NULL,
    form_id UUID,
    import_id UUID,
    row_number BIGINT,
    payload TEXT,
    remote TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'created', 'merged', 'quarantined', 'refused')),
    reason TEXT,
    lead_id UUID,
    settled_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX inbox_waiting ON inbox (received_at) WHERE outcome = 'waiting';
CREATE INDEX inbox_open ON inbox (tenant_id, outcome, id) WHERE outcome IN ('waiting', 'quarantined', 'refused');
CREATE UNIQUE INDEX inbox_import_rows ON inbox (tenant_id, import_id, row_number) WHERE import_id IS NOT NULL;

-- The ledger's counters, moved in the same transaction as the entries they count.
CREATE TABLE inbox_ledger (
    tenant_id UUID NOT NULL,
    channel TEXT NOT NULL,
    received BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL DEFAULT 0,
    merged BIGINT NOT NULL DEFAULT 0,
    quarantined BIGINT NOT NULL DEFAULT 0,
    refused BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, channel)
);

CREATE TABLE imports (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    file_name TEXT NOT NULL,
    file TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('csv', 'xlsx')),
    sheet TEXT,
    mapping TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('checking', 'checked', 'waiting', 'running', 'done', 'failed',
        'cancelled')),
    rows_total BIGINT NOT NULL DEFAULT 0,
    rows_done BIGINT NOT NULL DEFAULT 0,
    last_row BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL DEFAULT 0,
    merged BIGINT NOT NULL DEFAULT 0,
    rejected BIGINT NOT NULL DEFAULT 0,
    problem TEXT,
    user_id UUID,
    -- Who runs it now: another process must not take it while this lease lasts.
    lease_until BIGINT,
    lease_token UUID,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX imports_by_state ON imports (state);

-- What each row of a file will become (dry run) or became.
CREATE TABLE import_rows (
    tenant_id UUID NOT NULL,
    import_id UUID NOT NULL,
    number BIGINT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('create', 'duplicate', 'rejected')),
    title TEXT,
    detail TEXT,
    lead_id UUID,
    PRIMARY KEY (tenant_id, import_id, number),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id)
);

-- The answer to a POST that carried an Idempotency-Key, kept for a day.
CREATE TABLE idempotency_keys (
    tenant_id UUID NOT NULL,
    caller_id UUID NOT NULL,
    key TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, caller_id, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

-- Row-level security, the second lock: a transaction touches the rows of the tenant that it has
-- set, or of all when it says so, and of none when it says nothing. The tables' owner is not the
-- role that statements run under.
CREATE FUNCTION keep_to_tenant(guarded REGCLASS, tenant_column TEXT DEFAULT 'tenant_id')
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format(
        $policy$CREATE POLICY own_tenant ON %s USING (
            %I = (SELECT NULLIF(current_setting('iperform.tenant', true), '')::uuid)
            OR (SELECT current_setting('iperform.everyone', true)) = 'on')$policy$,
        guarded, tenant_column);
END $$;
SELECT keep_to_tenant('tenants', 'id');
SELECT keep_to_tenant(named::regclass) FROM unnest(ARRAY[
    'teams', 'team_closure', 'users', 'sessions', 'refresh_tokens', 'api_keys', 'sign_in_failures',
    'events', 'stages', 'custom_fields', 'leads', 'lead_totals', 'lead_co_owners',
    'stage_intervals', 'activities', 'follow_ups', 'personal_views', 'customers',
    'assignment_rules', 'assignment_turns', 'forms', 'inbox', 'inbox_ledger', 'imports',
    'import_rows', 'idempotency_keys'
]) AS named;
