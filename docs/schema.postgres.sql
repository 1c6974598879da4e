-- The schema that the migrations make; they, and never this file, are changed by hand.
-- Written by IPERFORM_WRITE_SCHEMA=1 swift test --filter SchemaFilesTests

CREATE TABLE access_links (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    token_hash bytea NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    CONSTRAINT access_links_pkey PRIMARY KEY (tenant_id, user_id, purpose),
    CONSTRAINT access_links_token UNIQUE (token_hash),
    CONSTRAINT access_links_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
    CONSTRAINT access_links_purpose_check CHECK ((purpose = ANY (ARRAY['invitation'::text, 'password_reset'::text])))
);
ALTER TABLE access_links ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON access_links AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON access_links TO iperform_app;

CREATE TABLE activities (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    kind text NOT NULL,
    outcome text,
    notes text,
    duration_minutes bigint,
    at bigint NOT NULL,
    user_id uuid,
    created_at bigint NOT NULL,
    CONSTRAINT activities_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT activities_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads(tenant_id, id),
    CONSTRAINT activities_kind_check CHECK ((kind = ANY (ARRAY['call'::text, 'email'::text, 'whatsapp'::text, 'meeting'::text, 'note'::text])))
);
CREATE INDEX activities_by_lead ON public.activities USING btree (tenant_id, lead_id, at);
ALTER TABLE activities ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON activities AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON activities TO iperform_app;

CREATE TABLE api_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    hint text NOT NULL,
    user_id uuid NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint,
    revoked_at bigint,
    rights text,
    CONSTRAINT api_keys_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_keys_token_hash_key UNIQUE (token_hash),
    CONSTRAINT api_keys_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
ALTER TABLE api_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON api_keys AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON api_keys TO iperform_app;

CREATE TABLE assignment_holds (
    tenant_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    rule_id uuid NOT NULL,
    since bigint NOT NULL,
    until bigint NOT NULL,
    looked_at bigint NOT NULL,
    CONSTRAINT assignment_holds_pkey PRIMARY KEY (tenant_id, lead_id)
);
CREATE INDEX assignment_holds_by_look ON public.assignment_holds USING btree (tenant_id, looked_at);
ALTER TABLE assignment_holds ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON assignment_holds AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON assignment_holds TO iperform_app;

CREATE TABLE assignment_members (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    weight bigint NOT NULL DEFAULT 1,
    skills text NOT NULL DEFAULT '[]'::text,
    languages text NOT NULL DEFAULT '[]'::text,
    day_max bigint,
    week_max bigint,
    open_max bigint,
    paid_back boolean NOT NULL DEFAULT false,
    hours text,
    CONSTRAINT assignment_members_pkey PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT assignment_members_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
ALTER TABLE assignment_members ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON assignment_members AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON assignment_members TO iperform_app;

CREATE TABLE assignment_rules (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    "position" bigint NOT NULL,
    name text NOT NULL,
    user_id uuid,
    team_id uuid,
    active boolean NOT NULL DEFAULT true,
    fallback boolean NOT NULL DEFAULT false,
    conditions text NOT NULL DEFAULT '[]'::text,
    manner text NOT NULL DEFAULT '{}'::text,
    CONSTRAINT assignment_rules_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT assignment_rules_tenant_id_team_id_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES teams(tenant_id, id),
    CONSTRAINT assignment_rules_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
    CONSTRAINT assignment_rules_check CHECK (((user_id IS NULL) <> (team_id IS NULL)))
);
ALTER TABLE assignment_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON assignment_rules AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON assignment_rules TO iperform_app;

CREATE TABLE assignment_tallies (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    day bigint NOT NULL,
    day_leads bigint NOT NULL,
    week_leads bigint NOT NULL,
    CONSTRAINT assignment_tallies_pkey PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT assignment_tallies_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
ALTER TABLE assignment_tallies ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON assignment_tallies AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON assignment_tallies TO iperform_app;

CREATE TABLE assignment_turns (
    tenant_id uuid NOT NULL,
    team_id uuid NOT NULL,
    standings text NOT NULL,
    CONSTRAINT assignment_turns_pkey PRIMARY KEY (tenant_id, team_id)
);
ALTER TABLE assignment_turns ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON assignment_turns AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON assignment_turns TO iperform_app;

CREATE TABLE audit (
    tenant_id uuid NOT NULL,
    number bigint NOT NULL,
    at bigint NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    person_id uuid,
    remote text,
    action text NOT NULL,
    subject_kind text,
    subject_id uuid,
    event_seq bigint NOT NULL,
    detail text NOT NULL,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_pkey PRIMARY KEY (tenant_id, number)
);
CREATE INDEX audit_by_action ON public.audit USING btree (tenant_id, action, number);
CREATE INDEX audit_by_person ON public.audit USING btree (tenant_id, person_id, number);
CREATE INDEX audit_by_subject ON public.audit USING btree (tenant_id, subject_id, number);
CREATE INDEX audit_by_time ON public.audit USING btree (tenant_id, at);
CREATE TRIGGER audit_stays BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON audit AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON audit TO iperform_app;

CREATE TABLE audit_heads (
    tenant_id uuid NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    last_seq bigint NOT NULL,
    removed_number bigint NOT NULL,
    removed_hash bytea NOT NULL,
    CONSTRAINT audit_heads_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT audit_heads_check CHECK ((removed_number <= number))
);
CREATE TRIGGER audit_heads_stay BEFORE DELETE ON public.audit_heads FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON audit_heads AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON audit_heads TO iperform_app;

CREATE TABLE break_glass (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    operator_tenant_id uuid NOT NULL,
    operator_id uuid NOT NULL,
    operator_name text NOT NULL,
    operator_email text NOT NULL,
    reason text NOT NULL,
    token_hash bytea NOT NULL,
    began_at bigint NOT NULL,
    ends_at bigint NOT NULL,
    ended_at bigint,
    CONSTRAINT break_glass_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT break_glass_token UNIQUE (token_hash),
    CONSTRAINT break_glass_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT break_glass_reason_check CHECK ((length(reason) >= 10))
);
CREATE INDEX break_glass_by_operator ON public.break_glass USING btree (operator_tenant_id, operator_id, began_at);
CREATE INDEX break_glass_by_time ON public.break_glass USING btree (tenant_id, began_at, id);
ALTER TABLE break_glass ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON break_glass AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON break_glass TO iperform_app;

CREATE TABLE calendars (
    tenant_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    time_zone text,
    week text NOT NULL,
    holidays text NOT NULL,
    CONSTRAINT calendars_pkey PRIMARY KEY (tenant_id, owner_id),
    CONSTRAINT calendars_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
ALTER TABLE calendars ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON calendars AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON calendars TO iperform_app;

CREATE TABLE clock_entries (
    tenant_id uuid NOT NULL,
    clock_id uuid NOT NULL,
    number bigint NOT NULL,
    kind text NOT NULL,
    at bigint NOT NULL,
    target_seconds bigint NOT NULL,
    worked_seconds bigint NOT NULL,
    event_seq bigint,
    CONSTRAINT clock_entries_pkey PRIMARY KEY (tenant_id, clock_id, number),
    CONSTRAINT clock_entries_kind_check CHECK ((kind = ANY (ARRAY['started'::text, 'paused'::text, 'resumed'::text, 'stopped'::text, 'retargeted'::text, 'breached'::text])))
);
CREATE INDEX clock_entries_by_event ON public.clock_entries USING btree (tenant_id, event_seq) WHERE (event_seq IS NOT NULL);
ALTER TABLE clock_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON clock_entries AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON clock_entries TO iperform_app;

CREATE TABLE clock_policies (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    target_seconds bigint NOT NULL,
    active bigint NOT NULL,
    CONSTRAINT clock_policies_pkey PRIMARY KEY (tenant_id, kind),
    CONSTRAINT clock_policies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT clock_policies_kind_check CHECK ((kind = 'first_response'::text))
);
ALTER TABLE clock_policies ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON clock_policies AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON clock_policies TO iperform_app;

CREATE TABLE clocks (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    kind text NOT NULL,
    target_seconds bigint NOT NULL,
    started_at bigint NOT NULL,
    running_since bigint,
    worked_seconds bigint NOT NULL,
    due_at bigint,
    stopped_at bigint,
    breached_at bigint,
    entries bigint NOT NULL,
    last_seq bigint NOT NULL,
    CONSTRAINT clocks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT clocks_kind_check CHECK ((kind = 'first_response'::text)),
    CONSTRAINT clocks_subject_kind_check CHECK ((subject_kind = 'lead'::text))
);
CREATE UNIQUE INDEX clocks_by_subject ON public.clocks USING btree (tenant_id, subject_kind, subject_id, kind);
CREATE INDEX clocks_running ON public.clocks USING btree (tenant_id, due_at) WHERE ((running_since IS NOT NULL) AND (breached_at IS NULL));
ALTER TABLE clocks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON clocks AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON clocks TO iperform_app;

CREATE TABLE consents (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    form_id uuid NOT NULL,
    version bigint NOT NULL,
    text_hash text NOT NULL,
    given_at bigint NOT NULL,
    remote text,
    confirmed_at bigint,
    CONSTRAINT consents_pkey PRIMARY KEY (tenant_id, entry_id),
    CONSTRAINT consents_tenant_id_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES inbox(tenant_id, id),
    CONSTRAINT consents_tenant_id_form_id_version_fkey FOREIGN KEY (tenant_id, form_id, version) REFERENCES form_consents(tenant_id, form_id, version)
);
ALTER TABLE consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON consents AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON consents TO iperform_app;

CREATE TABLE custom_fields (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    label text NOT NULL,
    type text NOT NULL,
    choices text NOT NULL DEFAULT '[]'::text,
    "position" bigint NOT NULL,
    sensitive boolean NOT NULL DEFAULT false,
    CONSTRAINT custom_fields_pkey PRIMARY KEY (tenant_id, key),
    CONSTRAINT custom_fields_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT custom_fields_type_check CHECK ((type = ANY (ARRAY['text'::text, 'number'::text, 'date'::text, 'boolean'::text, 'choice'::text])))
);
ALTER TABLE custom_fields ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON custom_fields AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON custom_fields TO iperform_app;

CREATE TABLE customers (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    name text NOT NULL,
    won_at bigint NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT customers_lead UNIQUE (tenant_id, lead_id),
    CONSTRAINT customers_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads(tenant_id, id)
);
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON customers AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON customers TO iperform_app;

CREATE TABLE duplicate_pairs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    low_id uuid NOT NULL,
    high_id uuid NOT NULL,
    score_bp bigint NOT NULL,
    evidence text NOT NULL,
    state text NOT NULL,
    found_at bigint NOT NULL,
    settled_at bigint,
    settled_by uuid,
    CONSTRAINT duplicate_pairs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT duplicate_pairs_leads UNIQUE (tenant_id, low_id, high_id),
    CONSTRAINT duplicate_pairs_state_check CHECK ((state = ANY (ARRAY['open'::text, 'dismissed'::text, 'merged'::text])))
);
CREATE INDEX duplicate_pairs_by_high ON public.duplicate_pairs USING btree (tenant_id, high_id);
CREATE INDEX duplicate_pairs_by_score ON public.duplicate_pairs USING btree (tenant_id, state, score_bp, id);
ALTER TABLE duplicate_pairs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON duplicate_pairs AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON duplicate_pairs TO iperform_app;

CREATE TABLE duplicate_scans (
    tenant_id uuid NOT NULL,
    place uuid,
    leads bigint NOT NULL,
    pairs bigint NOT NULL,
    crowded bigint NOT NULL,
    began_at bigint NOT NULL,
    ended_at bigint,
    round text NOT NULL DEFAULT 'pairs'::text,
    CONSTRAINT duplicate_scans_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT duplicate_scans_round_check CHECK ((round = ANY (ARRAY['keys'::text, 'pairs'::text])))
);
ALTER TABLE duplicate_scans ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON duplicate_scans AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON duplicate_scans TO iperform_app;

CREATE TABLE entry_files (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    entry_id uuid NOT NULL,
    field text NOT NULL,
    name text NOT NULL,
    media_type text NOT NULL,
    bytes bigint NOT NULL,
    key text NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT entry_files_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT entry_files_tenant_id_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES inbox(tenant_id, id)
);
CREATE INDEX entry_files_by_entry ON public.entry_files USING btree (tenant_id, entry_id);
ALTER TABLE entry_files ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON entry_files AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON entry_files TO iperform_app;

CREATE TABLE event_days (
    tenant_id uuid NOT NULL,
    day bigint NOT NULL,
    name text NOT NULL,
    events bigint NOT NULL,
    last_seq bigint NOT NULL,
    CONSTRAINT event_days_pkey PRIMARY KEY (tenant_id, day, name)
);
ALTER TABLE event_days ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON event_days AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON event_days TO iperform_app;

CREATE TABLE events (
    seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
    tenant_id uuid NOT NULL,
    at bigint NOT NULL,
    name text NOT NULL,
    subject_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    change_id uuid NOT NULL,
    imported boolean NOT NULL DEFAULT false,
    data text NOT NULL DEFAULT '{}'::text,
    CONSTRAINT events_pkey PRIMARY KEY (seq),
    CONSTRAINT events_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['user'::text, 'api_key'::text, 'form'::text, 'import'::text, 'system'::text, 'operator'::text, 'connection'::text])))
);
CREATE INDEX events_by_change ON public.events USING btree (tenant_id, change_id);
CREATE INDEX events_by_commit ON public.events USING btree (xact, seq);
CREATE INDEX events_by_subject ON public.events USING btree (tenant_id, subject_id, seq);
CREATE TRIGGER events_stay BEFORE DELETE OR UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION events_are_append_only();
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON events AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON events TO iperform_app;

CREATE TABLE feed_readers (
    name text NOT NULL,
    xact bigint NOT NULL,
    seq bigint NOT NULL,
    paused_at bigint,
    failures bigint NOT NULL DEFAULT 0,
    error text,
    retry_at bigint,
    changed_at bigint NOT NULL,
    CONSTRAINT feed_readers_pkey PRIMARY KEY (name)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON feed_readers TO iperform_app;

CREATE TABLE files (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    purpose text NOT NULL,
    bytes bigint NOT NULL,
    sha256 text,
    created_at bigint NOT NULL,
    expires_at bigint,
    CONSTRAINT files_pkey PRIMARY KEY (tenant_id, key),
    CONSTRAINT files_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT files_bytes_check CHECK ((bytes >= 0)),
    CONSTRAINT files_sha256_check CHECK ((length(sha256) = 64))
);
CREATE INDEX files_by_expiry ON public.files USING btree (expires_at) WHERE (expires_at IS NOT NULL);
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON files AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON files TO iperform_app;

CREATE TABLE follow_ups (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    kind text NOT NULL,
    due_at bigint NOT NULL,
    notes text,
    owner_id uuid,
    state text NOT NULL,
    outcome text,
    closed_at bigint,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    CONSTRAINT follow_ups_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT follow_ups_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads(tenant_id, id),
    CONSTRAINT follow_ups_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES users(tenant_id, id),
    CONSTRAINT follow_ups_kind_check CHECK ((kind = ANY (ARRAY['call'::text, 'email'::text, 'whatsapp'::text, 'meeting'::text]))),
    CONSTRAINT follow_ups_state_check CHECK ((state = ANY (ARRAY['open'::text, 'done'::text, 'cancelled'::text])))
);
CREATE INDEX follow_ups_by_lead ON public.follow_ups USING btree (tenant_id, lead_id, state, due_at);
CREATE INDEX follow_ups_by_owner ON public.follow_ups USING btree (tenant_id, owner_id, state, due_at);
ALTER TABLE follow_ups ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON follow_ups AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON follow_ups TO iperform_app;

CREATE TABLE form_confirmations (
    tenant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    email text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    confirmed_at bigint,
    CONSTRAINT form_confirmations_pkey PRIMARY KEY (tenant_id, entry_id),
    CONSTRAINT form_confirmations_token UNIQUE (token_hash),
    CONSTRAINT form_confirmations_tenant_id_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES inbox(tenant_id, id)
);
CREATE INDEX form_confirmations_by_email ON public.form_confirmations USING btree (tenant_id, email, created_at);
CREATE INDEX form_confirmations_by_expiry ON public.form_confirmations USING btree (expires_at);
ALTER TABLE form_confirmations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON form_confirmations AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON form_confirmations TO iperform_app;

CREATE TABLE form_consents (
    tenant_id uuid NOT NULL,
    form_id uuid NOT NULL,
    version bigint NOT NULL,
    text text NOT NULL,
    text_hash text NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT form_consents_pkey PRIMARY KEY (tenant_id, form_id, version)
);
ALTER TABLE form_consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON form_consents AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON form_consents TO iperform_app;

CREATE TABLE form_uses (
    tenant_id uuid NOT NULL,
    hash bytea NOT NULL,
    payload_hash bytea NOT NULL,
    expires_at bigint NOT NULL,
    CONSTRAINT form_uses_pkey PRIMARY KEY (tenant_id, hash),
    CONSTRAINT form_uses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
CREATE INDEX form_uses_by_expiry ON public.form_uses USING btree (expires_at);
ALTER TABLE form_uses ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON form_uses AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON form_uses TO iperform_app;

CREATE TABLE forms (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    token_hash bytea NOT NULL,
    hint text NOT NULL,
    source text NOT NULL,
    product text,
    territory text,
    origins text NOT NULL DEFAULT '[]'::text,
    thank_you text,
    active boolean NOT NULL DEFAULT true,
    submissions bigint NOT NULL DEFAULT 0,
    last_submission_at bigint,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    definition text,
    CONSTRAINT forms_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT forms_token_hash_key UNIQUE (token_hash),
    CONSTRAINT forms_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
ALTER TABLE forms ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON forms AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON forms TO iperform_app;

CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL,
    caller_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status bigint NOT NULL,
    headers text NOT NULL,
    body bytea NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (tenant_id, caller_id, key)
);
CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING btree (created_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON idempotency_keys AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON idempotency_keys TO iperform_app;

CREATE TABLE import_changes (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    number bigint NOT NULL,
    lead_id uuid NOT NULL,
    version bigint NOT NULL,
    changes text NOT NULL,
    CONSTRAINT import_changes_pkey PRIMARY KEY (tenant_id, import_id, number),
    CONSTRAINT import_changes_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES imports(tenant_id, id)
);
CREATE INDEX import_changes_by_lead ON public.import_changes USING btree (tenant_id, import_id, lead_id, number);
ALTER TABLE import_changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON import_changes AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON import_changes TO iperform_app;

CREATE TABLE import_mappings (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    mapping text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    CONSTRAINT import_mappings_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT import_mappings_name UNIQUE (tenant_id, name),
    CONSTRAINT import_mappings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
ALTER TABLE import_mappings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON import_mappings AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON import_mappings TO iperform_app;

CREATE TABLE import_rows (
    tenant_id uuid NOT NULL,
    import_id uuid NOT NULL,
    number bigint NOT NULL,
    outcome text NOT NULL,
    title text,
    detail text,
    lead_id uuid,
    changes text,
    CONSTRAINT import_rows_pkey PRIMARY KEY (tenant_id, import_id, number),
    CONSTRAINT import_rows_tenant_id_import_id_fkey FOREIGN KEY (tenant_id, import_id) REFERENCES imports(tenant_id, id),
    CONSTRAINT import_rows_outcome_check CHECK ((outcome = ANY (ARRAY['create'::text, 'update'::text, 'duplicate'::text, 'rejected'::text])))
);
ALTER TABLE import_rows ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON import_rows AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON import_rows TO iperform_app;

CREATE TABLE imports (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    file_name text NOT NULL,
    file text NOT NULL,
    format text NOT NULL,
    sheet text,
    mapping text NOT NULL,
    state text NOT NULL,
    rows_total bigint NOT NULL DEFAULT 0,
    rows_done bigint NOT NULL DEFAULT 0,
    last_row bigint NOT NULL DEFAULT 0,
    created bigint NOT NULL DEFAULT 0,
    merged bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    problem text,
    user_id uuid,
    job_id uuid,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    finished_at bigint,
    api_key_id uuid,
    updated bigint NOT NULL DEFAULT 0,
    undone_from bigint,
    undone_by uuid,
    undone bigint NOT NULL DEFAULT 0,
    kept bigint NOT NULL DEFAULT 0,
    CONSTRAINT imports_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT imports_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text, 'json'::text, 'xml'::text]))),
    CONSTRAINT imports_state_check CHECK ((state = ANY (ARRAY['checking'::text, 'checked'::text, 'waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text, 'undoing'::text, 'undone'::text])))
);
ALTER TABLE imports ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON imports AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON imports TO iperform_app;

CREATE TABLE inbox (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    received_at bigint NOT NULL,
    channel text NOT NULL,
    source text NOT NULL,
    form_id uuid,
    import_id uuid,
    row_number bigint,
    payload text,
    remote text,
    outcome text NOT NULL,
    reason text,
    lead_id uuid,
    settled_at bigint,
    connection_id uuid,
    external_id text,
    CONSTRAINT inbox_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT inbox_channel_check CHECK ((channel = ANY (ARRAY['form'::text, 'api'::text, 'import'::text, 'facebook'::text, 'partner'::text, 'erp'::text]))),
    CONSTRAINT inbox_outcome_check CHECK ((outcome = ANY (ARRAY['waiting'::text, 'created'::text, 'merged'::text, 'quarantined'::text, 'refused'::text])))
);
CREATE INDEX inbox_asking ON public.inbox USING btree (tenant_id, outcome, id) WHERE ((outcome = ANY (ARRAY['waiting'::text, 'quarantined'::text, 'refused'::text])) AND (import_id IS NULL));
CREATE INDEX inbox_by_form ON public.inbox USING btree (tenant_id, form_id, id) WHERE (form_id IS NOT NULL);
CREATE INDEX inbox_by_lead ON public.inbox USING btree (tenant_id, lead_id) WHERE (lead_id IS NOT NULL);
CREATE UNIQUE INDEX inbox_external_id ON public.inbox USING btree (tenant_id, channel, external_id) WHERE (external_id IS NOT NULL);
CREATE UNIQUE INDEX inbox_import_rows ON public.inbox USING btree (tenant_id, import_id, row_number) WHERE (import_id IS NOT NULL);
CREATE INDEX inbox_open ON public.inbox USING btree (tenant_id, outcome, id) WHERE (outcome = ANY (ARRAY['waiting'::text, 'quarantined'::text, 'refused'::text]));
CREATE INDEX inbox_waiting ON public.inbox USING btree (received_at) WHERE (outcome = 'waiting'::text);
ALTER TABLE inbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON inbox AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON inbox TO iperform_app;

CREATE TABLE inbox_ledger (
    tenant_id uuid NOT NULL,
    channel text NOT NULL,
    received bigint NOT NULL DEFAULT 0,
    created bigint NOT NULL DEFAULT 0,
    merged bigint NOT NULL DEFAULT 0,
    quarantined bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    CONSTRAINT inbox_ledger_pkey PRIMARY KEY (tenant_id, channel)
);
ALTER TABLE inbox_ledger ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON inbox_ledger AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON inbox_ledger TO iperform_app;

CREATE TABLE installation_keys (
    name text NOT NULL,
    value bytea NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT installation_keys_pkey PRIMARY KEY (name)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON installation_keys TO iperform_app;

CREATE TABLE job_counts (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    hour_at bigint NOT NULL,
    done bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    run_microseconds bigint NOT NULL DEFAULT 0,
    CONSTRAINT job_counts_pkey PRIMARY KEY (tenant_id, kind, hour_at)
);
ALTER TABLE job_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON job_counts AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON job_counts TO iperform_app;

CREATE TABLE jobs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    payload text NOT NULL,
    priority bigint NOT NULL DEFAULT 0,
    state text NOT NULL,
    run_at bigint NOT NULL,
    unique_key text,
    failures bigint NOT NULL DEFAULT 0,
    error text,
    worker_id uuid,
    lease_until bigint,
    claims bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT jobs_check CHECK (((state = 'running'::text) = (worker_id IS NOT NULL))),
    CONSTRAINT jobs_check1 CHECK (((state = 'running'::text) = (lease_until IS NOT NULL))),
    CONSTRAINT jobs_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'waiting'::text, 'running'::text, 'dead'::text, 'cancelled'::text])))
);
CREATE INDEX jobs_dead ON public.jobs USING btree (kind, tenant_id) WHERE (state = 'dead'::text);
CREATE INDEX jobs_leased ON public.jobs USING btree (lease_until) WHERE (state = 'running'::text);
CREATE INDEX jobs_over ON public.jobs USING btree (changed_at) WHERE (state = ANY (ARRAY['dead'::text, 'cancelled'::text]));
CREATE INDEX jobs_running ON public.jobs USING btree (worker_id) WHERE (state = 'running'::text);
CREATE INDEX jobs_scheduled ON public.jobs USING btree (run_at) WHERE (state = 'scheduled'::text);
CREATE UNIQUE INDEX jobs_unique ON public.jobs USING btree (tenant_id, unique_key) WHERE ((unique_key IS NOT NULL) AND (state = ANY (ARRAY['scheduled'::text, 'waiting'::text])));
CREATE INDEX jobs_waiting ON public.jobs USING btree (kind, tenant_id, priority, run_at, id) WHERE (state = 'waiting'::text);
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON jobs AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON jobs TO iperform_app;

CREATE TABLE lead_aliases (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    lead_id uuid NOT NULL,
    merge_id uuid NOT NULL,
    CONSTRAINT lead_aliases_pkey PRIMARY KEY (tenant_id, kind, value),
    CONSTRAINT lead_aliases_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text, 'external_id'::text])))
);
CREATE INDEX lead_aliases_by_lead ON public.lead_aliases USING btree (tenant_id, lead_id);
CREATE INDEX lead_aliases_by_merge ON public.lead_aliases USING btree (tenant_id, merge_id);
ALTER TABLE lead_aliases ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON lead_aliases AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON lead_aliases TO iperform_app;

CREATE TABLE lead_keys (
    tenant_id uuid NOT NULL,
    key bigint NOT NULL,
    lead_id uuid NOT NULL,
    CONSTRAINT lead_keys_pkey PRIMARY KEY (tenant_id, key, lead_id)
);
CREATE INDEX lead_keys_by_lead ON public.lead_keys USING btree (tenant_id, lead_id, key);
ALTER TABLE lead_keys ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON lead_keys AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON lead_keys TO iperform_app;

CREATE TABLE lead_shares (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    lead_id uuid NOT NULL,
    user_id uuid,
    partner_id uuid,
    relation text NOT NULL,
    credit_bp bigint NOT NULL DEFAULT 0,
    ends_at bigint,
    shared_by uuid,
    shared_at bigint NOT NULL,
    follow_up_id uuid,
    CONSTRAINT lead_shares_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT lead_shares_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads(tenant_id, id),
    CONSTRAINT lead_shares_tenant_id_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES partners(tenant_id, id),
    CONSTRAINT lead_shares_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
    CONSTRAINT lead_shares_check CHECK (((relation = 'partner'::text) = (partner_id IS NOT NULL))),
    CONSTRAINT lead_shares_check1 CHECK (((user_id IS NULL) <> (partner_id IS NULL))),
    CONSTRAINT lead_shares_check2 CHECK (((credit_bp = 0) OR (relation = 'co_owner'::text))),
    CONSTRAINT lead_shares_credit_bp_check CHECK (((credit_bp >= 0) AND (credit_bp <= 10000))),
    CONSTRAINT lead_shares_relation_check CHECK ((relation = ANY (ARRAY['co_owner'::text, 'watcher'::text, 'warrior'::text, 'partner'::text])))
);
CREATE UNIQUE INDEX lead_shares_by_follow_up ON public.lead_shares USING btree (tenant_id, follow_up_id) WHERE (follow_up_id IS NOT NULL);
CREATE UNIQUE INDEX lead_shares_by_lead ON public.lead_shares USING btree (tenant_id, lead_id, user_id, partner_id);
CREATE INDEX lead_shares_by_partner ON public.lead_shares USING btree (tenant_id, partner_id, lead_id, ends_at) WHERE (partner_id IS NOT NULL);
CREATE INDEX lead_shares_by_user ON public.lead_shares USING btree (tenant_id, user_id, lead_id, relation, ends_at) WHERE (user_id IS NOT NULL);
CREATE TRIGGER lead_shares_mark AFTER INSERT ON public.lead_shares FOR EACH ROW EXECUTE FUNCTION lead_shares_mark();
ALTER TABLE lead_shares ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON lead_shares AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON lead_shares TO iperform_app;

CREATE TABLE lead_totals (
    tenant_id uuid NOT NULL,
    stage text NOT NULL,
    owner_id uuid NOT NULL,
    currency text NOT NULL,
    leads bigint NOT NULL,
    value_minor bigint NOT NULL,
    CONSTRAINT lead_totals_pkey PRIMARY KEY (tenant_id, stage, owner_id, currency)
);
ALTER TABLE lead_totals ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON lead_totals AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON lead_totals TO iperform_app;

CREATE TABLE leads (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    company text,
    contact_name text,
    email text,
    phone text,
    phone_raw text,
    external_id text,
    source text NOT NULL,
    campaign text,
    attribution text NOT NULL DEFAULT '{}'::text,
    product text,
    territory text,
    value_minor bigint,
    currency text NOT NULL,
    owner_id uuid,
    owner_reason text NOT NULL DEFAULT ''::text,
    stage text NOT NULL,
    stage_entered_at bigint NOT NULL,
    held_from text,
    resume_on bigint,
    demo_at bigint,
    lost_reason text,
    lost_note text,
    closed_at bigint,
    score bigint,
    next_follow_up_at bigint,
    next_follow_up_kind text,
    last_activity_at bigint,
    tags text NOT NULL DEFAULT '[]'::text,
    custom text NOT NULL DEFAULT '{}'::text,
    notes text,
    touches bigint NOT NULL DEFAULT 1,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    was_shared boolean NOT NULL DEFAULT false,
    due_at bigint NOT NULL DEFAULT '9000000000000000000'::bigint,
    respond_by bigint,
    CONSTRAINT leads_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT leads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT leads_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id) REFERENCES users(tenant_id, id),
    CONSTRAINT leads_tenant_id_stage_fkey FOREIGN KEY (tenant_id, stage) REFERENCES stages(tenant_id, key),
    CONSTRAINT leads_check CHECK (((company IS NOT NULL) OR (contact_name IS NOT NULL) OR (email IS NOT NULL) OR (phone_raw IS NOT NULL) OR (external_id IS NOT NULL))),
    CONSTRAINT leads_lost_reason_check CHECK ((lost_reason = ANY (ARRAY['price_too_high'::text, 'competitor'::text, 'budget'::text, 'timing'::text, 'feature_gaps'::text, 'other'::text])))
);
CREATE INDEX leads_by_closed ON public.leads USING btree (tenant_id, COALESCE(closed_at, (0)::bigint)) WHERE (closed_at IS NOT NULL);
CREATE INDEX leads_by_created ON public.leads USING btree (tenant_id, created_at, id) INCLUDE (owner_id, was_shared);
CREATE INDEX leads_by_owner ON public.leads USING btree (tenant_id, owner_id, stage, due_at);
CREATE INDEX leads_by_owner_created ON public.leads USING btree (tenant_id, owner_id, created_at);
CREATE INDEX leads_by_reply ON public.leads USING btree (tenant_id, respond_by) WHERE (respond_by IS NOT NULL);
CREATE INDEX leads_by_stage ON public.leads USING btree (tenant_id, stage, due_at, id) INCLUDE (owner_id, was_shared);
CREATE INDEX leads_by_stage_created ON public.leads USING btree (tenant_id, stage, created_at, id) INCLUDE (owner_id, was_shared, value_minor);
CREATE UNIQUE INDEX leads_email ON public.leads USING btree (tenant_id, email) WHERE (email IS NOT NULL);
CREATE UNIQUE INDEX leads_external_id ON public.leads USING btree (tenant_id, external_id) WHERE (external_id IS NOT NULL);
CREATE UNIQUE INDEX leads_phone ON public.leads USING btree (tenant_id, phone) WHERE (phone IS NOT NULL);
CREATE TRIGGER leads_total_in AFTER INSERT ON public.leads FOR EACH ROW EXECUTE FUNCTION leads_total_in();
CREATE TRIGGER leads_total_move AFTER UPDATE OF stage, owner_id, currency, value_minor ON public.leads FOR EACH ROW WHEN (((new.stage <> old.stage) OR (new.owner_id IS DISTINCT FROM old.owner_id) OR (new.currency <> old.currency) OR (new.value_minor IS DISTINCT FROM old.value_minor))) EXECUTE FUNCTION leads_total_move();
CREATE TRIGGER leads_total_out AFTER DELETE ON public.leads FOR EACH ROW EXECUTE FUNCTION leads_total_out();
ALTER TABLE leads ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON leads AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON leads TO iperform_app;

CREATE TABLE managed_users (
    tenant_id uuid NOT NULL,
    manager_id uuid NOT NULL,
    user_id uuid NOT NULL,
    CONSTRAINT managed_users_pkey PRIMARY KEY (tenant_id, manager_id, user_id),
    CONSTRAINT managed_users_tenant_id_manager_id_fkey FOREIGN KEY (tenant_id, manager_id) REFERENCES users(tenant_id, id),
    CONSTRAINT managed_users_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
CREATE INDEX managed_users_by_user ON public.managed_users USING btree (tenant_id, user_id);
ALTER TABLE managed_users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON managed_users AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON managed_users TO iperform_app;

CREATE TABLE merges (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    survivor_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    title text NOT NULL,
    image text NOT NULL,
    merged_at bigint NOT NULL,
    merged_by uuid,
    undone_at bigint,
    undone_by uuid,
    CONSTRAINT merges_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX merges_by_survivor ON public.merges USING btree (tenant_id, survivor_id);
CREATE UNIQUE INDEX merges_standing ON public.merges USING btree (tenant_id, merged_id) WHERE (undone_at IS NULL);
ALTER TABLE merges ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON merges AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON merges TO iperform_app;

CREATE TABLE meta_connections (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    state text NOT NULL,
    fault text,
    token_at bigint NOT NULL,
    token_hint text NOT NULL,
    mapping text NOT NULL DEFAULT '{}'::text,
    page_id text,
    page_name text,
    is_subscribed bigint,
    checked_at bigint,
    failures bigint NOT NULL DEFAULT 0,
    paused_until bigint,
    test_leadgen_id text,
    test_at bigint,
    created_at bigint NOT NULL,
    CONSTRAINT meta_connections_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT meta_connections_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT meta_connections_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'reconnect_needed'::text])))
);
ALTER TABLE meta_connections ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON meta_connections AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON meta_connections TO iperform_app;

CREATE TABLE meta_form_days (
    tenant_id uuid NOT NULL,
    form_id text NOT NULL,
    day_on bigint NOT NULL,
    leads bigint NOT NULL,
    counted_at bigint NOT NULL,
    CONSTRAINT meta_form_days_pkey PRIMARY KEY (tenant_id, form_id, day_on)
);
ALTER TABLE meta_form_days ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON meta_form_days AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON meta_form_days TO iperform_app;

CREATE TABLE meta_forms (
    tenant_id uuid NOT NULL,
    form_id text NOT NULL,
    name text,
    read_to bigint,
    read_at bigint,
    fault text,
    CONSTRAINT meta_forms_pkey PRIMARY KEY (tenant_id, form_id)
);
ALTER TABLE meta_forms ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON meta_forms AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON meta_forms TO iperform_app;

CREATE TABLE meta_leads (
    tenant_id uuid NOT NULL,
    leadgen_id text NOT NULL,
    form_id text NOT NULL,
    sent_at bigint NOT NULL,
    CONSTRAINT meta_leads_pkey PRIMARY KEY (tenant_id, leadgen_id)
);
CREATE INDEX meta_leads_by_form ON public.meta_leads USING btree (tenant_id, form_id, sent_at);
ALTER TABLE meta_leads ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON meta_leads AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON meta_leads TO iperform_app;

CREATE TABLE openid_attempts (
    token_hash bytea NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid,
    next_path text,
    expires_at bigint NOT NULL,
    CONSTRAINT openid_attempts_pkey PRIMARY KEY (token_hash),
    CONSTRAINT openid_attempts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT openid_attempts_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
CREATE INDEX openid_attempts_by_end ON public.openid_attempts USING btree (expires_at);
ALTER TABLE openid_attempts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON openid_attempts AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON openid_attempts TO iperform_app;

CREATE TABLE openid_identities (
    tenant_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL,
    linked_at bigint NOT NULL,
    CONSTRAINT openid_identities_pkey PRIMARY KEY (tenant_id, issuer, subject),
    CONSTRAINT openid_identities_user UNIQUE (tenant_id, user_id, issuer),
    CONSTRAINT openid_identities_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
ALTER TABLE openid_identities ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON openid_identities AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON openid_identities TO iperform_app;

CREATE TABLE openid_providers (
    tenant_id uuid NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    label text NOT NULL,
    passwords text NOT NULL,
    second_step text NOT NULL,
    changed_at bigint NOT NULL,
    CONSTRAINT openid_providers_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT openid_providers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT openid_providers_passwords_check CHECK ((passwords = ANY (ARRAY['everybody'::text, 'admins'::text]))),
    CONSTRAINT openid_providers_second_step_check CHECK ((second_step = ANY (ARRAY['here'::text, 'provider'::text])))
);
ALTER TABLE openid_providers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON openid_providers AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON openid_providers TO iperform_app;

CREATE TABLE outbox (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    recipient text NOT NULL,
    subject text NOT NULL,
    body_text text,
    body_html text,
    link text,
    useful_until bigint,
    state text NOT NULL,
    tries bigint NOT NULL DEFAULT 0,
    error text,
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT outbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT outbox_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
    CONSTRAINT outbox_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text])))
);
CREATE INDEX outbox_by_age ON public.outbox USING btree (created_at);
CREATE INDEX outbox_by_change ON public.outbox USING btree (tenant_id, changed_at, id);
CREATE INDEX outbox_by_user ON public.outbox USING btree (tenant_id, user_id);
CREATE INDEX outbox_running_out ON public.outbox USING btree (useful_until) WHERE (body_text IS NOT NULL);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON outbox AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON outbox TO iperform_app;

CREATE TABLE partners (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    deactivated_at bigint,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    CONSTRAINT partners_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT partners_name UNIQUE (tenant_id, name),
    CONSTRAINT partners_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
ALTER TABLE partners ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON partners AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON partners TO iperform_app;

CREATE TABLE personal_views (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    place text NOT NULL,
    query text NOT NULL,
    created_at bigint NOT NULL,
    CONSTRAINT personal_views_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT personal_views_name UNIQUE (tenant_id, user_id, name),
    CONSTRAINT personal_views_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
    CONSTRAINT personal_views_place_check CHECK ((place = ANY (ARRAY['leads'::text, 'pipeline'::text])))
);
ALTER TABLE personal_views ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON personal_views AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON personal_views TO iperform_app;

CREATE TABLE recovery_codes (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    used_at bigint,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (tenant_id, user_id, code_hash),
    CONSTRAINT recovery_codes_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
ALTER TABLE recovery_codes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON recovery_codes AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON recovery_codes TO iperform_app;

CREATE TABLE refresh_tokens (
    token_hash bytea NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    family_id uuid NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint,
    revoked_at bigint,
    remote text,
    user_agent text,
    CONSTRAINT refresh_tokens_pkey PRIMARY KEY (token_hash),
    CONSTRAINT refresh_tokens_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
CREATE INDEX refresh_tokens_by_family ON public.refresh_tokens USING btree (tenant_id, family_id);
CREATE INDEX refresh_tokens_by_user ON public.refresh_tokens USING btree (tenant_id, user_id);
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON refresh_tokens AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON refresh_tokens TO iperform_app;

CREATE TABLE roles (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    base text NOT NULL,
    changes text NOT NULL,
    masks text NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    CONSTRAINT roles_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_name UNIQUE (tenant_id, name),
    CONSTRAINT roles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT roles_base_check CHECK ((base = ANY (ARRAY['company_admin'::text, 'executive'::text, 'manager'::text, 'salesperson'::text, 'warrior'::text, 'partner'::text, 'support_agent'::text, 'operations_analyst'::text])))
);
ALTER TABLE roles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON roles AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON roles TO iperform_app;

CREATE TABLE schedule_slots (
    name text NOT NULL,
    slot_at bigint NOT NULL,
    CONSTRAINT schedule_slots_pkey PRIMARY KEY (name)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON schedule_slots TO iperform_app;

CREATE TABLE score_counts (
    tenant_id uuid NOT NULL,
    trait text NOT NULL,
    value text NOT NULL,
    won bigint NOT NULL,
    lost bigint NOT NULL,
    CONSTRAINT score_counts_pkey PRIMARY KEY (tenant_id, trait, value)
);
ALTER TABLE score_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON score_counts AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON score_counts TO iperform_app;

CREATE TABLE score_models (
    tenant_id uuid NOT NULL,
    features text NOT NULL,
    quality text,
    rebuilt_at bigint,
    CONSTRAINT score_models_pkey PRIMARY KEY (tenant_id),
    CONSTRAINT score_models_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
ALTER TABLE score_models ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON score_models AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON score_models TO iperform_app;

CREATE TABLE score_outcomes (
    tenant_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    won bigint NOT NULL,
    traits text NOT NULL,
    CONSTRAINT score_outcomes_pkey PRIMARY KEY (tenant_id, lead_id)
);
ALTER TABLE score_outcomes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON score_outcomes AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON score_outcomes TO iperform_app;

CREATE TABLE second_steps (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at bigint NOT NULL,
    confirmed_at bigint,
    last_step bigint NOT NULL DEFAULT 0,
    CONSTRAINT second_steps_pkey PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT second_steps_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
ALTER TABLE second_steps ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON second_steps AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON second_steps TO iperform_app;

CREATE TABLE secrets (
    tenant_id uuid NOT NULL,
    purpose text NOT NULL,
    record_id uuid NOT NULL,
    key_id bytea NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT secrets_pkey PRIMARY KEY (tenant_id, purpose, record_id),
    CONSTRAINT secrets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id)
);
CREATE INDEX secrets_by_key ON public.secrets USING btree (key_id);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON secrets AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON secrets TO iperform_app;

CREATE TABLE sessions (
    token_hash bytea NOT NULL,
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    csrf text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    id uuid NOT NULL,
    last_used_at bigint NOT NULL,
    remote text,
    user_agent text,
    is_strong bigint NOT NULL DEFAULT 0,
    CONSTRAINT sessions_pkey PRIMARY KEY (token_hash),
    CONSTRAINT sessions_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id)
);
CREATE INDEX sessions_by_user ON public.sessions USING btree (tenant_id, user_id);
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON sessions AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON sessions TO iperform_app;

CREATE TABLE sign_in_failures (
    tenant_id uuid NOT NULL,
    email text NOT NULL,
    failures bigint NOT NULL,
    last_at bigint NOT NULL,
    locked_until bigint,
    CONSTRAINT sign_in_failures_pkey PRIMARY KEY (tenant_id, email)
);
ALTER TABLE sign_in_failures ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON sign_in_failures AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON sign_in_failures TO iperform_app;

CREATE TABLE stage_intervals (
    tenant_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    number bigint NOT NULL,
    stage text NOT NULL,
    entered_at bigint NOT NULL,
    entered_by uuid,
    left_at bigint,
    left_by uuid,
    CONSTRAINT stage_intervals_pkey PRIMARY KEY (tenant_id, lead_id, number),
    CONSTRAINT stage_intervals_tenant_id_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads(tenant_id, id)
);
ALTER TABLE stage_intervals ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON stage_intervals AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON stage_intervals TO iperform_app;

CREATE TABLE stages (
    tenant_id uuid NOT NULL,
    key text NOT NULL,
    name text NOT NULL,
    "position" bigint NOT NULL,
    class text NOT NULL,
    probability bigint NOT NULL,
    stalled_after_days bigint,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT stages_pkey PRIMARY KEY (tenant_id, key),
    CONSTRAINT stages_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT stages_class_check CHECK ((class = ANY (ARRAY['open'::text, 'on_hold'::text, 'won'::text, 'lost'::text]))),
    CONSTRAINT stages_probability_check CHECK (((probability >= 0) AND (probability <= 100))),
    CONSTRAINT stages_stalled_after_days_check CHECK ((stalled_after_days > 0))
);
ALTER TABLE stages ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON stages AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON stages TO iperform_app;

CREATE TABLE team_closure (
    tenant_id uuid NOT NULL,
    ancestor_id uuid NOT NULL,
    descendant_id uuid NOT NULL,
    depth bigint NOT NULL,
    CONSTRAINT team_closure_pkey PRIMARY KEY (tenant_id, ancestor_id, descendant_id),
    CONSTRAINT team_closure_tenant_id_ancestor_id_fkey FOREIGN KEY (tenant_id, ancestor_id) REFERENCES teams(tenant_id, id),
    CONSTRAINT team_closure_tenant_id_descendant_id_fkey FOREIGN KEY (tenant_id, descendant_id) REFERENCES teams(tenant_id, id)
);
ALTER TABLE team_closure ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON team_closure AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON team_closure TO iperform_app;

CREATE TABLE team_memberships (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    team_id uuid NOT NULL,
    from_at bigint NOT NULL,
    until_at bigint,
    team_name text,
    CONSTRAINT team_memberships_pkey PRIMARY KEY (tenant_id, user_id, from_at),
    CONSTRAINT team_memberships_tenant_id_user_id_fkey FOREIGN KEY (tenant_id, user_id) REFERENCES users(tenant_id, id),
    CONSTRAINT team_memberships_check CHECK ((until_at > from_at))
);
CREATE INDEX team_memberships_by_team ON public.team_memberships USING btree (tenant_id, team_id, from_at);
CREATE UNIQUE INDEX team_memberships_present ON public.team_memberships USING btree (tenant_id, user_id) WHERE (until_at IS NULL);
ALTER TABLE team_memberships ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON team_memberships AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON team_memberships TO iperform_app;

CREATE TABLE teams (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    parent_id uuid,
    manager_id uuid,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    CONSTRAINT teams_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT teams_name UNIQUE (tenant_id, name),
    CONSTRAINT teams_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT teams_tenant_id_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES teams(tenant_id, id)
);
CREATE INDEX teams_by_manager ON public.teams USING btree (tenant_id, manager_id) WHERE (manager_id IS NOT NULL);
ALTER TABLE teams ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON teams AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON teams TO iperform_app;

CREATE TABLE tenants (
    id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    default_region text NOT NULL DEFAULT 'US'::text,
    default_currency text NOT NULL DEFAULT 'USD'::text,
    time_zone text NOT NULL DEFAULT 'UTC'::text,
    created_at bigint NOT NULL,
    file_quota_bytes bigint NOT NULL DEFAULT '21474836480'::bigint,
    audit_days bigint,
    second_step_required_at bigint,
    allowed_addresses text,
    touch_guard_hours bigint NOT NULL DEFAULT 24,
    break_glass_forbidden_at bigint,
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT tenants_slug_key UNIQUE (slug),
    CONSTRAINT tenants_audit_days_check CHECK ((audit_days >= 90)),
    CONSTRAINT tenants_file_quota_bytes_check CHECK ((file_quota_bytes >= 0)),
    CONSTRAINT tenants_touch_guard_hours_check CHECK (((touch_guard_hours >= 0) AND (touch_guard_hours <= 720)))
);
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON tenants AS PERMISSIVE FOR ALL TO public
    USING (((id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON tenants TO iperform_app;

CREATE TABLE territories (
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    parent text,
    "position" bigint NOT NULL,
    CONSTRAINT territories_pkey PRIMARY KEY (tenant_id, name)
);
ALTER TABLE territories ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON territories AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON territories TO iperform_app;

CREATE TABLE users (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    password_hash text,
    team_id uuid,
    territory text,
    away_until bigint,
    deactivated_at bigint,
    version bigint NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    partner_id uuid,
    manager_id uuid,
    custom_role_id uuid,
    CONSTRAINT users_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT users_email UNIQUE (tenant_id, email),
    CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
    CONSTRAINT users_tenant_id_team_id_fkey FOREIGN KEY (tenant_id, team_id) REFERENCES teams(tenant_id, id),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['platform_operator'::text, 'company_admin'::text, 'executive'::text, 'manager'::text, 'salesperson'::text, 'warrior'::text, 'partner'::text, 'support_agent'::text, 'operations_analyst'::text])))
);
CREATE INDEX users_by_custom_role ON public.users USING btree (tenant_id, custom_role_id) WHERE (custom_role_id IS NOT NULL);
CREATE INDEX users_by_manager ON public.users USING btree (tenant_id, manager_id) WHERE (manager_id IS NOT NULL);
CREATE INDEX users_by_team ON public.users USING btree (tenant_id, team_id);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON users AS PERMISSIVE FOR ALL TO public
    USING (((tenant_id = ( SELECT (NULLIF(current_setting('iperform.tenant'::text, true), ''::text))::uuid AS "nullif")) OR (( SELECT current_setting('iperform.everyone'::text, true) AS current_setting) = 'on'::text)));
GRANT DELETE, INSERT, SELECT, UPDATE ON users TO iperform_app;

CREATE OR REPLACE FUNCTION public.audit_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF TG_TABLE_NAME = 'audit' AND TG_OP = 'DELETE' THEN
        IF OLD.number <= COALESCE(
            (SELECT removed_number FROM audit_heads WHERE tenant_id = OLD.tenant_id), 0)
        THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $function$;

CREATE OR REPLACE FUNCTION public.count_lead_in(tenant uuid, its_stage text, owner uuid, its_currency text, worth bigint)
 RETURNS void
 LANGUAGE sql
AS $function$
    INSERT INTO lead_totals VALUES (tenant, its_stage,
        COALESCE(owner, '00000000-0000-0000-0000-000000000000'), its_currency, 1, COALESCE(worth, 0))
    ON CONFLICT (tenant_id, stage, owner_id, currency) DO UPDATE SET leads = lead_totals.leads + 1,
        value_minor = lead_totals.value_minor + excluded.value_minor
$function$;

CREATE OR REPLACE FUNCTION public.events_are_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    RAISE EXCEPTION 'events are append-only';
END $function$;

CREATE OR REPLACE FUNCTION public.keep_to_tenant(guarded regclass, tenant_column text DEFAULT 'tenant_id'::text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format(
        $policy$CREATE POLICY own_tenant ON %s USING (
            %I = (SELECT NULLIF(current_setting('iperform.tenant', true), '')::uuid)
            OR (SELECT current_setting('iperform.everyone', true)) = 'on')$policy$,
        guarded, tenant_column);
END $function$;

CREATE OR REPLACE FUNCTION public.lead_shares_mark()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE leads SET was_shared = TRUE
    WHERE tenant_id = NEW.tenant_id AND id = NEW.lead_id AND NOT was_shared;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.leads_total_in()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    PERFORM count_lead_in(NEW.tenant_id, NEW.stage, NEW.owner_id, NEW.currency, NEW.value_minor);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.leads_total_move()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE lead_totals SET leads = leads - 1, value_minor = value_minor - COALESCE(OLD.value_minor, 0)
    WHERE tenant_id = OLD.tenant_id AND stage = OLD.stage AND currency = OLD.currency
        AND owner_id = COALESCE(OLD.owner_id, '00000000-0000-0000-0000-000000000000');
    PERFORM count_lead_in(NEW.tenant_id, NEW.stage, NEW.owner_id, NEW.currency, NEW.value_minor);
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.leads_total_out()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    UPDATE lead_totals SET leads = leads - 1, value_minor = value_minor - COALESCE(OLD.value_minor, 0)
    WHERE tenant_id = OLD.tenant_id AND stage = OLD.stage AND currency = OLD.currency
        AND owner_id = COALESCE(OLD.owner_id, '00000000-0000-0000-0000-000000000000');
    RETURN NULL;
END $function$;
