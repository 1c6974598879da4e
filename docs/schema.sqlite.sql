-- The schema that the migrations make; they, and never this file, are changed by hand.
-- Written by IPERFORM_WRITE_SCHEMA=1 swift test --filter SchemaFilesTests

CREATE TABLE access_links (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'password_reset')),
    token_hash BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id, purpose),
    CONSTRAINT access_links_token UNIQUE (token_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE activities (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('call', 'email', 'whatsapp', 'meeting', 'note')),
    outcome TEXT,
    notes TEXT,
    duration_minutes INTEGER,
    at INTEGER NOT NULL,
    user_id BLOB,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX activities_by_lead ON activities (tenant_id, lead_id, at);
CREATE TABLE api_keys (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    user_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER, rights TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE assignment_holds (
    tenant_id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    rule_id BLOB NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER NOT NULL,
    looked_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignment_holds_by_look ON assignment_holds (tenant_id, looked_at);
CREATE TABLE assignment_members (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    weight INTEGER NOT NULL DEFAULT 1,
    skills TEXT NOT NULL DEFAULT '[]',
    languages TEXT NOT NULL DEFAULT '[]',
    day_max INTEGER,
    week_max INTEGER,
    open_max INTEGER,
    -- Whether turns that pass while they are away are given back.
    paid_back INTEGER NOT NULL DEFAULT 0,
    -- Their own week, as a calendar's; null is the company's.
    hours TEXT,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE assignment_rules (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    user_id BLOB,
    team_id BLOB,
    active INTEGER NOT NULL DEFAULT 1,
    -- The fallback is the rule that matches what no other did; it is last and has no conditions.
    fallback INTEGER NOT NULL DEFAULT 0, conditions TEXT NOT NULL DEFAULT '[]', manner TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id),
    CHECK ((user_id IS NULL) <> (team_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE TABLE assignment_tallies (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    day_leads INTEGER NOT NULL,
    week_leads INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE assignment_turns (
    tenant_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    standings TEXT NOT NULL,
    PRIMARY KEY (tenant_id, team_id)
) STRICT, WITHOUT ROWID;
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
CREATE INDEX audit_by_action ON audit (tenant_id, action, number);
CREATE INDEX audit_by_person ON audit (tenant_id, person_id, number);
CREATE INDEX audit_by_subject ON audit (tenant_id, subject_id, number);
CREATE INDEX audit_by_time ON audit (tenant_id, at);
CREATE TRIGGER audit_goes_by_retention BEFORE DELETE ON audit
WHEN OLD.number > COALESCE(
    (SELECT removed_number FROM audit_heads WHERE tenant_id = OLD.tenant_id), 0)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
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
CREATE TRIGGER audit_heads_stay BEFORE DELETE ON audit_heads
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
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
CREATE INDEX break_glass_by_operator ON break_glass (operator_tenant_id, operator_id, began_at);
CREATE INDEX break_glass_by_time ON break_glass (tenant_id, began_at, id);
CREATE TABLE calendars (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    owner_id BLOB NOT NULL,
    -- IANA name; null is the company's.
    time_zone TEXT,
    week TEXT NOT NULL,
    holidays TEXT NOT NULL,
    PRIMARY KEY (tenant_id, owner_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE clock_entries (
    tenant_id BLOB NOT NULL,
    clock_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('started', 'paused', 'resumed', 'stopped', 'retargeted', 'breached')),
    at INTEGER NOT NULL,
    target_seconds INTEGER NOT NULL,
    worked_seconds INTEGER NOT NULL,
    -- The event that caused it, if one did.
    event_seq INTEGER,
    PRIMARY KEY (tenant_id, clock_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX clock_entries_by_event ON clock_entries (tenant_id, event_seq) WHERE event_seq IS NOT NULL;
CREATE TABLE clock_policies (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    kind TEXT NOT NULL CHECK (kind IN ('first_response')),
    target_seconds INTEGER NOT NULL,
    active INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE clocks (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    subject_kind TEXT NOT NULL CHECK (subject_kind IN ('lead')),
    subject_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('first_response')),
    target_seconds INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    -- Null while it is paused, and once it is stopped.
    running_since INTEGER,
    -- Working seconds until then; all of them when it does not run.
    worked_seconds INTEGER NOT NULL,
    due_at INTEGER,
    stopped_at INTEGER,
    breached_at INTEGER,
    -- How many entries it has, and the last event that made one.
    entries INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX clocks_by_subject ON clocks (tenant_id, subject_kind, subject_id, kind);
CREATE INDEX clocks_running ON clocks (tenant_id, due_at) WHERE running_since IS NOT NULL AND breached_at IS NULL;
CREATE TABLE consents (
    tenant_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    form_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    text_hash TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    remote TEXT,
    -- When the address was confirmed by mail, where the form asks that.
    confirmed_at INTEGER,
    PRIMARY KEY (tenant_id, entry_id),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES inbox (tenant_id, id),
    FOREIGN KEY (tenant_id, form_id, version) REFERENCES form_consents (tenant_id, form_id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE custom_fields (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    key TEXT NOT NULL,
    label TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('text', 'number', 'date', 'boolean', 'choice')),
    choices TEXT NOT NULL DEFAULT '[]',
    position INTEGER NOT NULL, sensitive INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE customers (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    name TEXT NOT NULL,
    won_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT customers_lead UNIQUE (tenant_id, lead_id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE duplicate_pairs (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    low_id BLOB NOT NULL,
    high_id BLOB NOT NULL,
    -- Of 10,000.
    score_bp INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'dismissed', 'merged')),
    found_at INTEGER NOT NULL,
    settled_at INTEGER,
    settled_by BLOB,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT duplicate_pairs_leads UNIQUE (tenant_id, low_id, high_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX duplicate_pairs_by_high ON duplicate_pairs (tenant_id, high_id);
CREATE INDEX duplicate_pairs_by_score ON duplicate_pairs (tenant_id, state, score_bp, id);
CREATE TABLE duplicate_scans (
    tenant_id BLOB NOT NULL,
    place BLOB,
    leads INTEGER NOT NULL,
    pairs INTEGER NOT NULL,
    crowded INTEGER NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER, round TEXT NOT NULL DEFAULT 'pairs'
    CHECK (round IN ('keys', 'pairs')),
    PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE entry_files (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    -- The form's field, and what the sender calls the file.
    field TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    key TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES inbox (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_files_by_entry ON entry_files (tenant_id, entry_id);
CREATE TABLE event_days (
    tenant_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    name TEXT NOT NULL,
    events INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, day, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE "events" (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id BLOB NOT NULL,
    at INTEGER NOT NULL,
    name TEXT NOT NULL,
    subject_id BLOB,
    actor_kind TEXT NOT NULL
        CHECK (actor_kind IN ('user', 'api_key', 'form', 'import', 'system', 'operator', 'connection')),
    actor_id BLOB,
    change_id BLOB NOT NULL,
    imported INTEGER NOT NULL DEFAULT 0,
    data TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX events_by_change ON events (tenant_id, change_id);
CREATE INDEX events_by_subject ON events (tenant_id, subject_id, seq);
CREATE TRIGGER events_never_go BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TABLE feed_readers (
    name TEXT NOT NULL PRIMARY KEY,
    xact INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    paused_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    retry_at INTEGER,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE files (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    key TEXT NOT NULL,
    -- What it belongs to, as 'import'.
    purpose TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    -- In hexadecimal digits; none before the store has it all.
    sha256 TEXT CHECK (length(sha256) = 64),
    created_at INTEGER NOT NULL,
    -- From then on it is removed; none for what is to stay.
    expires_at INTEGER,
    PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_expiry ON files (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE follow_ups (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('call', 'email', 'whatsapp', 'meeting')),
    due_at INTEGER NOT NULL,
    notes TEXT,
    owner_id BLOB,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
    outcome TEXT,
    closed_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX follow_ups_by_lead ON follow_ups (tenant_id, lead_id, state, due_at);
CREATE INDEX follow_ups_by_owner ON follow_ups (tenant_id, owner_id, state, due_at);
CREATE TABLE form_confirmations (
    tenant_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    token_hash BLOB NOT NULL,
    email TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    PRIMARY KEY (tenant_id, entry_id),
    CONSTRAINT form_confirmations_token UNIQUE (token_hash),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES inbox (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX form_confirmations_by_email ON form_confirmations (tenant_id, email, created_at);
CREATE INDEX form_confirmations_by_expiry ON form_confirmations (expires_at);
CREATE TABLE form_consents (
    tenant_id BLOB NOT NULL,
    form_id BLOB NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    -- SHA-256 in hexadecimal digits.
    text_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, form_id, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE form_uses (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    hash BLOB NOT NULL,
    -- Of what was sent with it: the same once more is a double click.
    payload_hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX form_uses_by_expiry ON form_uses (expires_at);
CREATE TABLE forms (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    token_hash BLOB NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    source TEXT NOT NULL,
    product TEXT,
    territory TEXT,
    origins TEXT NOT NULL DEFAULT '[]',
    thank_you TEXT,
    active INTEGER NOT NULL DEFAULT 1,
    submissions INTEGER NOT NULL DEFAULT 0,
    last_submission_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL, definition TEXT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency_keys (
    tenant_id BLOB NOT NULL,
    caller_id BLOB NOT NULL,
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, caller_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
CREATE TABLE import_changes (
    tenant_id BLOB NOT NULL,
    import_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    lead_id BLOB NOT NULL,
    -- The lead's after this row: one that has another now was changed since.
    version INTEGER NOT NULL,
    -- The fields that it changed, as they were and as they are: {"company": ["before", "after"]}.
    changes TEXT NOT NULL,
    PRIMARY KEY (tenant_id, import_id, number),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_changes_by_lead ON import_changes (tenant_id, import_id, lead_id, number);
CREATE TABLE import_mappings (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT import_mappings_name UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE "import_rows" (
    tenant_id BLOB NOT NULL,
    import_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('create', 'update', 'duplicate', 'rejected')),
    title TEXT,
    detail TEXT,
    lead_id BLOB,
    -- Of an update: {"company": ["before", "after"]}.
    changes TEXT,
    PRIMARY KEY (tenant_id, import_id, number),
    FOREIGN KEY (tenant_id, import_id) REFERENCES imports (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE "imports" (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    file_name TEXT NOT NULL,
    file TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('csv', 'xlsx', 'json', 'xml')),
    sheet TEXT,
    mapping TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('checking', 'checked', 'waiting', 'running', 'done', 'failed',
        'cancelled', 'undoing', 'undone')),
    rows_total INTEGER NOT NULL DEFAULT 0,
    rows_done INTEGER NOT NULL DEFAULT 0,
    last_row INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL DEFAULT 0,
    merged INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    problem TEXT,
    user_id BLOB,
    -- Its one job; what another would write is not kept.
    job_id BLOB,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    api_key_id BLOB,
    -- Of those that were merged, the ones that changed something.
    updated INTEGER NOT NULL DEFAULT 0,
    -- Taking it back goes from the last row to the first: rows from this one on are done.
    undone_from INTEGER,
    undone_by BLOB,
    -- Rows that were taken back, and those whose leads were changed since and stay.
    undone INTEGER NOT NULL DEFAULT 0,
    kept INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE "inbox" (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('form', 'api', 'import', 'facebook', 'partner', 'erp')),
    source TEXT NOT NULL,
    form_id BLOB,
    import_id BLOB,
    row_number INTEGER,
    payload TEXT,
    remote TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'created', 'merged', 'quarantined', 'refused')),
    reason TEXT,
    lead_id BLOB,
    settled_at INTEGER,
    -- By what connection, and what the other side calls it.
    connection_id BLOB,
    external_id TEXT,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_asking ON inbox (tenant_id, outcome, id)
    WHERE outcome IN ('waiting', 'quarantined', 'refused') AND import_id IS NULL;
CREATE INDEX inbox_by_form ON inbox (tenant_id, form_id, id) WHERE form_id IS NOT NULL;
CREATE INDEX inbox_by_lead ON inbox (tenant_id, lead_id) WHERE lead_id IS NOT NULL;
CREATE UNIQUE INDEX inbox_external_id ON inbox (tenant_id, channel, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX inbox_import_rows ON inbox (tenant_id, import_id, row_number) WHERE import_id IS NOT NULL;
CREATE INDEX inbox_open ON inbox (tenant_id, outcome, id) WHERE outcome IN ('waiting', 'quarantined', 'refused');
CREATE INDEX inbox_waiting ON inbox (received_at) WHERE outcome = 'waiting';
CREATE TABLE inbox_ledger (
    tenant_id BLOB NOT NULL,
    channel TEXT NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL DEFAULT 0,
    merged INTEGER NOT NULL DEFAULT 0,
    quarantined INTEGER NOT NULL DEFAULT 0,
    refused INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE installation_keys (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE job_counts (
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    hour_at INTEGER NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    run_microseconds INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, kind, hour_at)
) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    -- Lower goes first among the waiting jobs of a kind and tenant.
    priority INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('scheduled', 'waiting', 'running', 'dead', 'cancelled')),
    run_at INTEGER NOT NULL,
    -- At most one job with this key is scheduled or waiting.
    unique_key TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    -- Who runs it, until when; claims is the fencing token: it grows with every claim.
    worker_id BLOB,
    lease_until INTEGER,
    claims INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK ((state = 'running') = (worker_id IS NOT NULL)),
    CHECK ((state = 'running') = (lease_until IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_dead ON jobs (kind, tenant_id) WHERE state = 'dead';
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE state = 'running';
CREATE INDEX jobs_over ON jobs (changed_at) WHERE state IN ('dead', 'cancelled');
CREATE INDEX jobs_running ON jobs (worker_id) WHERE state = 'running';
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'scheduled';
CREATE UNIQUE INDEX jobs_unique ON jobs (tenant_id, unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('scheduled', 'waiting');
CREATE INDEX jobs_waiting ON jobs (kind, tenant_id, priority, run_at, id) WHERE state = 'waiting';
CREATE TABLE lead_aliases (
    tenant_id BLOB NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'external_id')),
    value TEXT NOT NULL,
    lead_id BLOB NOT NULL,
    merge_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_aliases_by_lead ON lead_aliases (tenant_id, lead_id);
CREATE INDEX lead_aliases_by_merge ON lead_aliases (tenant_id, merge_id);
CREATE TABLE lead_keys (
    tenant_id BLOB NOT NULL,
    -- A hash of a kind and a text: leads that share none are not compared.
    key INTEGER NOT NULL,
    lead_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, key, lead_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lead_keys_by_lead ON lead_keys (tenant_id, lead_id, key);
CREATE TABLE lead_shares (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    user_id BLOB,
    partner_id BLOB,
    relation TEXT NOT NULL CHECK (relation IN ('co_owner', 'watcher', 'warrior', 'partner')),
    -- Of 10,000; the owner has what is left.
    credit_bp INTEGER NOT NULL DEFAULT 0 CHECK (credit_bp BETWEEN 0 AND 10000),
    ends_at INTEGER,
    shared_by BLOB,
    shared_at INTEGER NOT NULL, follow_up_id BLOB,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id),
    CHECK ((relation = 'partner') = (partner_id IS NOT NULL)),
    CHECK ((user_id IS NULL) <> (partner_id IS NULL)),
    CHECK (credit_bp = 0 OR relation = 'co_owner')
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX lead_shares_by_follow_up ON lead_shares (tenant_id, follow_up_id)
    WHERE follow_up_id IS NOT NULL;
CREATE UNIQUE INDEX lead_shares_by_lead ON lead_shares (tenant_id, lead_id, user_id, partner_id);
CREATE INDEX lead_shares_by_partner ON lead_shares (tenant_id, partner_id, lead_id, ends_at)
    WHERE partner_id IS NOT NULL;
CREATE INDEX lead_shares_by_user ON lead_shares (tenant_id, user_id, lead_id, relation, ends_at)
    WHERE user_id IS NOT NULL;
CREATE TRIGGER lead_shares_mark AFTER INSERT ON lead_shares BEGIN
    UPDATE leads SET was_shared = 1
    WHERE tenant_id = NEW.tenant_id AND id = NEW.lead_id AND was_shared = 0;
END;
CREATE TABLE lead_totals (
    tenant_id BLOB NOT NULL,
    stage TEXT NOT NULL,
    owner_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    leads INTEGER NOT NULL,
    value_minor INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, stage, owner_id, currency)
) STRICT, WITHOUT ROWID;
CREATE TABLE leads (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
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
    value_minor INTEGER,
    currency TEXT NOT NULL,
    owner_id BLOB,
    owner_reason TEXT NOT NULL DEFAULT '',
    stage TEXT NOT NULL,
    stage_entered_at INTEGER NOT NULL,
    held_from TEXT,
    resume_on INTEGER,
    demo_at INTEGER,
    lost_reason TEXT CHECK (lost_reason IN ('price_too_high', 'competitor', 'budget', 'timing',
        'feature_gaps', 'other')),
    lost_note TEXT,
    closed_at INTEGER,
    score INTEGER,
    next_follow_up_at INTEGER,
    next_follow_up_kind TEXT,
    last_activity_at INTEGER,
    tags TEXT NOT NULL DEFAULT '[]',
    custom TEXT NOT NULL DEFAULT '{}',
    notes TEXT,
    touches INTEGER NOT NULL DEFAULT 1,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, was_shared INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL DEFAULT 9000000000000000000, respond_by INTEGER,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, stage) REFERENCES stages (tenant_id, key),
    CHECK (company IS NOT NULL OR contact_name IS NOT NULL OR email IS NOT NULL OR phone_raw IS NOT NULL
        OR external_id IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX leads_by_closed ON leads (tenant_id, COALESCE(closed_at, 0)) WHERE closed_at IS NOT NULL;
CREATE INDEX leads_by_created ON leads (tenant_id, created_at, id, owner_id, was_shared);
CREATE INDEX leads_by_owner ON leads (tenant_id, owner_id, stage, due_at);
CREATE INDEX leads_by_owner_created ON leads (tenant_id, owner_id, created_at);
CREATE INDEX leads_by_reply ON leads (tenant_id, respond_by) WHERE respond_by IS NOT NULL;
CREATE INDEX leads_by_stage ON leads (tenant_id, stage, due_at, id, owner_id, was_shared);
CREATE INDEX leads_by_stage_created ON leads (tenant_id, stage, created_at, id, owner_id, was_shared,
    value_minor);
CREATE UNIQUE INDEX leads_email ON leads (tenant_id, email) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX leads_external_id ON leads (tenant_id, external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX leads_phone ON leads (tenant_id, phone) WHERE phone IS NOT NULL;
CREATE TRIGGER leads_total_in AFTER INSERT ON leads BEGIN
    INSERT INTO lead_totals VALUES (NEW.tenant_id, NEW.stage, COALESCE(NEW.owner_id, x'00'), NEW.currency, 1,
        COALESCE(NEW.value_minor, 0))
    ON CONFLICT DO UPDATE SET leads = leads + 1, value_minor = value_minor + excluded.value_minor;
END;
CREATE TRIGGER leads_total_move AFTER UPDATE OF stage, owner_id, currency, value_minor ON leads
WHEN NEW.stage <> OLD.stage OR NEW.owner_id IS NOT OLD.owner_id OR NEW.currency <> OLD.currency
    OR NEW.value_minor IS NOT OLD.value_minor
BEGIN
    UPDATE lead_totals SET leads = leads - 1, value_minor = value_minor - COALESCE(OLD.value_minor, 0)
    WHERE tenant_id = OLD.tenant_id AND stage = OLD.stage AND owner_id = COALESCE(OLD.owner_id, x'00')
        AND currency = OLD.currency;
    INSERT INTO lead_totals VALUES (NEW.tenant_id, NEW.stage, COALESCE(NEW.owner_id, x'00'), NEW.currency, 1,
        COALESCE(NEW.value_minor, 0))
    ON CONFLICT DO UPDATE SET leads = leads + 1, value_minor = value_minor + excluded.value_minor;
END;
CREATE TRIGGER leads_total_out AFTER DELETE ON leads BEGIN
    UPDATE lead_totals SET leads = leads - 1, value_minor = value_minor - COALESCE(OLD.value_minor, 0)
    WHERE tenant_id = OLD.tenant_id AND stage = OLD.stage AND owner_id = COALESCE(OLD.owner_id, x'00')
        AND currency = OLD.currency;
END;
CREATE TABLE managed_users (
    tenant_id BLOB NOT NULL,
    manager_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    PRIMARY KEY (tenant_id, manager_id, user_id),
    FOREIGN KEY (tenant_id, manager_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX managed_users_by_user ON managed_users (tenant_id, user_id);
CREATE TABLE merges (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    survivor_id BLOB NOT NULL,
    merged_id BLOB NOT NULL,
    title TEXT NOT NULL,
    image TEXT NOT NULL,
    merged_at INTEGER NOT NULL,
    merged_by BLOB,
    undone_at INTEGER,
    undone_by BLOB,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX merges_by_survivor ON merges (tenant_id, survivor_id);
CREATE UNIQUE INDEX merges_standing ON merges (tenant_id, merged_id) WHERE undone_at IS NULL;
CREATE TABLE meta_connections (
    tenant_id BLOB NOT NULL PRIMARY KEY REFERENCES tenants (id),
    id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'reconnect_needed')),
    -- What Facebook said when it went wrong.
    fault TEXT,
    -- When the page token was set: what was asked with an older one says nothing of this one.
    token_at INTEGER NOT NULL,
    -- The last characters of the page token.
    token_hint TEXT NOT NULL,
    -- Which question of a form is which field of a lead, as JSON.
    mapping TEXT NOT NULL DEFAULT '{}',
    page_id TEXT,
    page_name TEXT,
    -- Whether the page tells us of its leads; null until that was asked.
    is_subscribed INTEGER,
    checked_at INTEGER,
    -- Failures in a row of what may pass by itself, and until when nothing is asked.
    failures INTEGER NOT NULL DEFAULT 0,
    paused_until INTEGER,
    -- The last test lead that was asked for.
    test_leadgen_id TEXT,
    test_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE meta_form_days (
    tenant_id BLOB NOT NULL,
    form_id TEXT NOT NULL,
    day_on INTEGER NOT NULL,
    leads INTEGER NOT NULL,
    counted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, form_id, day_on)
) STRICT, WITHOUT ROWID;
CREATE TABLE meta_forms (
    tenant_id BLOB NOT NULL,
    form_id TEXT NOT NULL,
    name TEXT,
    -- Up to where Facebook's own list of its leads was read; null from the beginning.
    read_to INTEGER,
    read_at INTEGER,
    fault TEXT,
    PRIMARY KEY (tenant_id, form_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE meta_leads (
    tenant_id BLOB NOT NULL,
    leadgen_id TEXT NOT NULL,
    form_id TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, leadgen_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX meta_leads_by_form ON meta_leads (tenant_id, form_id, sent_at);
CREATE TABLE openid_attempts (
    token_hash BLOB NOT NULL PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB,
    next_path TEXT,
    expires_at INTEGER NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX openid_attempts_by_end ON openid_attempts (expires_at);
CREATE TABLE openid_identities (
    tenant_id BLOB NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    user_id BLOB NOT NULL,
    linked_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, issuer, subject),
    CONSTRAINT openid_identities_user UNIQUE (tenant_id, user_id, issuer),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE openid_providers (
    tenant_id BLOB NOT NULL PRIMARY KEY REFERENCES tenants (id),
    issuer TEXT NOT NULL,
    client_id TEXT NOT NULL,
    label TEXT NOT NULL,
    passwords TEXT NOT NULL CHECK (passwords IN ('everybody', 'admins')),
    second_step TEXT NOT NULL CHECK (second_step IN ('here', 'provider')),
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE "outbox" (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    -- None for somebody outside.
    user_id BLOB,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT,
    body_html TEXT,
    link TEXT,
    useful_until INTEGER,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'failed')),
    tries INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_by_age ON outbox (created_at);
CREATE INDEX outbox_by_change ON outbox (tenant_id, changed_at, id);
CREATE INDEX outbox_by_user ON outbox (tenant_id, user_id);
CREATE INDEX outbox_running_out ON outbox (useful_until) WHERE body_text IS NOT NULL;
CREATE TABLE partners (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    deactivated_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT partners_name UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE personal_views (
    tenant_id BLOB NOT NULL,
    id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    name TEXT NOT NULL,
    place TEXT NOT NULL CHECK (place IN ('leads', 'pipeline')),
    query TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT personal_views_name UNIQUE (tenant_id, user_id, name),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE recovery_codes (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    code_hash BLOB NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (tenant_id, user_id, code_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    family_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER, remote TEXT, user_agent TEXT,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (tenant_id, family_id);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (tenant_id, user_id);
CREATE TABLE roles (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    base TEXT NOT NULL CHECK (base IN ('company_admin', 'executive', 'manager', 'salesperson',
        'warrior', 'partner', 'support_agent', 'operations_analyst')),
    -- The spans of the rights that are narrower than the base's, as JSON: {"leads.read": ["own"]}.
    changes TEXT NOT NULL,
    -- What is masked besides what the base's is, as JSON: ["contacts"].
    masks TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_name UNIQUE (tenant_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE schedule_slots (
    name TEXT NOT NULL PRIMARY KEY,
    slot_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE score_counts (
    tenant_id BLOB NOT NULL,
    trait TEXT NOT NULL,
    value TEXT NOT NULL,
    won INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, trait, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE score_models (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    features TEXT NOT NULL,
    quality TEXT,
    rebuilt_at INTEGER,
    PRIMARY KEY (tenant_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE score_outcomes (
    tenant_id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    won INTEGER NOT NULL,
    -- A value for each trait that is known.
    traits TEXT NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE second_steps (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    -- The time step of the last code: each is good once.
    last_step INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE secrets (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    purpose TEXT NOT NULL,
    record_id BLOB NOT NULL,
    key_id BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (tenant_id, purpose, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX secrets_by_key ON secrets (key_id);
CREATE TABLE sessions (
    token_hash BLOB NOT NULL PRIMARY KEY,
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    csrf TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    id BLOB NOT NULL,
    last_used_at INTEGER NOT NULL,
    remote TEXT,
    user_agent TEXT, is_strong INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (tenant_id, user_id);
CREATE TABLE sign_in_failures (
    tenant_id BLOB NOT NULL,
    email TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    locked_until INTEGER,
    PRIMARY KEY (tenant_id, email)
) STRICT, WITHOUT ROWID;
CREATE TABLE stage_intervals (
    tenant_id BLOB NOT NULL,
    lead_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    stage TEXT NOT NULL,
    entered_at INTEGER NOT NULL,
    entered_by BLOB,
    left_at INTEGER,
    left_by BLOB,
    PRIMARY KEY (tenant_id, lead_id, number),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE stages (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('open', 'on_hold', 'won', 'lost')),
    probability INTEGER NOT NULL CHECK (probability BETWEEN 0 AND 100),
    stalled_after_days INTEGER CHECK (stalled_after_days > 0),
    version INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE team_closure (
    tenant_id BLOB NOT NULL,
    ancestor_id BLOB NOT NULL,
    descendant_id BLOB NOT NULL,
    depth INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, ancestor_id, descendant_id),
    FOREIGN KEY (tenant_id, ancestor_id) REFERENCES teams (tenant_id, id),
    FOREIGN KEY (tenant_id, descendant_id) REFERENCES teams (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE team_memberships (
    tenant_id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    team_id BLOB NOT NULL,
    from_at INTEGER NOT NULL,
    -- Exclusive; none for the team they are in.
    until_at INTEGER,
    -- Of a team that is gone.
    team_name TEXT,
    PRIMARY KEY (tenant_id, user_id, from_at),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    CHECK (until_at > from_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX team_memberships_by_team ON team_memberships (tenant_id, team_id, from_at);
CREATE UNIQUE INDEX team_memberships_present ON team_memberships (tenant_id, user_id)
    WHERE until_at IS NULL;
CREATE TABLE teams (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    parent_id BLOB,
    manager_id BLOB,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT teams_name UNIQUE (tenant_id, name),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES teams (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX teams_by_manager ON teams (tenant_id, manager_id) WHERE manager_id IS NOT NULL;
CREATE TABLE tenants (
    id BLOB NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    default_region TEXT NOT NULL DEFAULT 'US',
    default_currency TEXT NOT NULL DEFAULT 'USD',
    time_zone TEXT NOT NULL DEFAULT 'UTC',
    created_at INTEGER NOT NULL
, file_quota_bytes INTEGER NOT NULL DEFAULT 21474836480
    CHECK (file_quota_bytes >= 0), audit_days INTEGER CHECK (audit_days >= 90), second_step_required_at INTEGER, allowed_addresses TEXT, touch_guard_hours INTEGER NOT NULL DEFAULT 24
    CHECK (touch_guard_hours BETWEEN 0 AND 720), break_glass_forbidden_at INTEGER) STRICT;
CREATE TABLE territories (
    tenant_id BLOB NOT NULL,
    name TEXT NOT NULL,
    parent TEXT,
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE users (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    id BLOB NOT NULL,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('platform_operator', 'company_admin', 'executive', 'manager',
        'salesperson', 'warrior', 'partner', 'support_agent', 'operations_analyst')),
    password_hash TEXT,
    team_id BLOB,
    territory TEXT,
    away_until INTEGER,
    deactivated_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL, partner_id BLOB, manager_id BLOB, custom_role_id BLOB,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT users_email UNIQUE (tenant_id, email),
    FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX users_by_custom_role ON users (tenant_id, custom_role_id)
    WHERE custom_role_id IS NOT NULL;
CREATE INDEX users_by_manager ON users (tenant_id, manager_id) WHERE manager_id IS NOT NULL;
CREATE INDEX users_by_team ON users (tenant_id, team_id);
