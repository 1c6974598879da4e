-- The twin of sqlite/0024-forms.sql.
-- What a form asks and how it takes answers, as one JSON document; none for the fields of old.
ALTER TABLE forms ADD COLUMN definition TEXT;
CREATE INDEX inbox_by_form ON inbox (tenant_id, form_id, id) WHERE form_id IS NOT NULL;

-- The words that people agreed to, by version: they stay when the form goes, as a proof needs them.
CREATE TABLE form_consents (
    tenant_id UUID NOT NULL,
    form_id UUID NOT NULL,
    version BIGINT NOT NULL,
    text TEXT NOT NULL,
    -- SHA-256 in hexadecimal digits.
    text_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, form_id, version)
);
SELECT keep_to_tenant('form_consents');

-- Who agreed to what: an arrival, and by it its lead.
CREATE TABLE consents (
    tenant_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    form_id UUID NOT NULL,
    version BIGINT NOT NULL,
    text_hash TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    remote TEXT,
    -- When the address was confirmed by mail, where the form asks that.
    confirmed_at BIGINT,
    PRIMARY KEY (tenant_id, entry_id),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES inbox (tenant_id, id),
    FOREIGN KEY (tenant_id, form_id, version) REFERENCES form_consents (tenant_id, form_id, version)
);
SELECT keep_to_tenant('consents');

-- Stamps and challenges that were sent once, until they run out anyway.
CREATE TABLE form_uses (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    hash BYTEA NOT NULL,
    -- Of what was sent with it: the same once more is a double click.
    payload_hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hash)
);
SELECT keep_to_tenant('form_uses');
CREATE INDEX form_uses_by_expiry ON form_uses (expires_at);

-- Arrivals that wait until their sender follows a link in a mail.
CREATE TABLE form_confirmations (
    tenant_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    token_hash BYTEA NOT NULL,
    email TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    PRIMARY KEY (tenant_id, entry_id),
    CONSTRAINT form_confirmations_token UNIQUE (token_hash),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES inbox (tenant_id, id)
);
SELECT keep_to_tenant('form_confirmations');
CREATE INDEX form_confirmations_by_email ON form_confirmations (tenant_id, email, created_at);
CREATE INDEX form_confirmations_by_expiry ON form_confirmations (expires_at);

-- What was sent along with an arrival; its bytes are a file of the company's.
CREATE TABLE entry_files (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    entry_id UUID NOT NULL,
    -- The form's field, and what the sender calls the file.
    field TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, entry_id) REFERENCES inbox (tenant_id, id)
);
SELECT keep_to_tenant('entry_files');
CREATE INDEX entry_files_by_entry ON entry_files (tenant_id, entry_id);

-- Mail goes to people who are no users, too: none for somebody outside.
ALTER TABLE outbox ALTER COLUMN user_id DROP NOT NULL;
