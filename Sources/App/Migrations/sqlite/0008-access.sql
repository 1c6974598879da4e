-- Companies that bring leads, or work on some that are handed to them.
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

-- The partner company of people in the role partner.
ALTER TABLE users ADD COLUMN partner_id BLOB;
-- Whom somebody reports to, besides the managers of the teams above.
ALTER TABLE users ADD COLUMN manager_id BLOB;
CREATE INDEX users_by_manager ON users (tenant_id, manager_id) WHERE manager_id IS NOT NULL;

-- Who has a lead besides its owner, for good or until a moment.
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
    shared_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id),
    CHECK ((relation = 'partner') = (partner_id IS NOT NULL)),
    CHECK ((user_id IS NULL) <> (partner_id IS NULL)),
    CHECK (credit_bp = 0 OR relation = 'co_owner')
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX lead_shares_by_lead ON lead_shares (tenant_id, lead_id, user_id, partner_id);
CREATE INDEX lead_shares_by_user ON lead_shares (tenant_id, user_id, lead_id, relation, ends_at)
    WHERE user_id IS NOT NULL;
CREATE INDEX lead_shares_by_partner ON lead_shares (tenant_id, partner_id, lead_id, ends_at)
    WHERE partner_id IS NOT NULL;

INSERT INTO lead_shares (tenant_id, id, lead_id, user_id, relation, shared_at)
SELECT tenant_id, randomblob(16), lead_id, user_id, 'co_owner', added_at FROM lead_co_owners;
DROP TABLE lead_co_owners;
