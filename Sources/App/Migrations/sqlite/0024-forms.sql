-- What a form asks and how it takes answers, as one JSON document; none for the fields of old.
ALTER TABLE forms ADD COLUMN definition TEXT;
CREATE INDEX inbox_by_form ON inbox (tenant_id, form_id, id) WHERE form_id IS NOT NULL;

-- The words that people agreed to, by version: they stay when the form goes, as a proof needs them.
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

-- Who agreed to what: an arrival, and by it its lead.
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

-- Stamps and challenges that were sent once, until they run out anyway.
CREATE TABLE form_uses (
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    hash BLOB NOT NULL,
    -- Of what was sent with it: the same once more is a double click.
    payload_hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX form_uses_by_expiry ON form_uses (expires_at);

-- Arrivals that wait until their sender follows a link in a mail.
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

-- What was sent along with an arrival; its bytes are a file of the company's.
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

-- Mail goes to people who are no users, too. That a column may be null cannot be changed, so the
-- table is made anew.
CREATE TABLE outbox_anew (
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
INSERT INTO outbox_anew (tenant_id, id, kind, user_id, recipient, subject, body_text, body_html, link,
    useful_until, state, tries, error, created_at, changed_at)
SELECT tenant_id, id, kind, user_id, recipient, subject, body_text, body_html, link,
    useful_until, state, tries, error, created_at, changed_at
FROM outbox ORDER BY tenant_id, id;
DROP TABLE outbox;
ALTER TABLE outbox_anew RENAME TO outbox;
CREATE INDEX outbox_by_change ON outbox (tenant_id, changed_at, id);
CREATE INDEX outbox_by_user ON outbox (tenant_id, user_id);
CREATE INDEX outbox_by_age ON outbox (created_at);
CREATE INDEX outbox_running_out ON outbox (useful_until) WHERE body_text IS NOT NULL;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('inbox', 'inbox_by_form', '100000 100000 5000 1'),
    ('consents', 'consents', '50000 50000 1'),
    ('form_uses', 'form_uses', '20000 20000 1'),
    ('form_uses', 'form_uses_by_expiry', '20000 1'),
    ('form_confirmations', 'form_confirmations', '10000 10000 1'),
    ('form_confirmations', 'form_confirmations_by_email', '10000 10000 1 1'),
    ('form_confirmations', 'form_confirmations_by_expiry', '10000 1'),
    ('entry_files', 'entry_files_by_entry', '10000 10000 1 1');
ANALYZE sqlite_schema;
