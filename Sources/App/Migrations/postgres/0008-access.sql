-- The twin of sqlite/0008-access.sql.
-- Companies that bring leads, or work on some that are handed to them.
CREATE TABLE partners (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    id UUID NOT NULL,
    name TEXT NOT NULL,
    deactivated_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT partners_name UNIQUE (tenant_id, name)
);
SELECT keep_to_tenant('partners');

-- The partner company of people in the role partner.
ALTER TABLE users ADD COLUMN partner_id UUID;
-- Whom somebody reports to, besides the managers of the teams above.
ALTER TABLE users ADD COLUMN manager_id UUID;
CREATE INDEX users_by_manager ON users (tenant_id, manager_id) WHERE manager_id IS NOT NULL;

-- Who has a lead besides its owner, for good or until a moment.
CREATE TABLE lead_shares (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    lead_id UUID NOT NULL,
    user_id UUID,
    partner_id UUID,
    relation TEXT NOT NULL CHECK (relation IN ('co_owner', 'watcher', 'warrior', 'partner')),
    -- Of 10,000; the owner has what is left.
    credit_bp BIGINT NOT NULL DEFAULT 0 CHECK (credit_bp BETWEEN 0 AND 10000),
    ends_at BIGINT,
    shared_by UUID,
    shared_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, partner_id) REFERENCES partners (tenant_id, id),
    CHECK ((relation = 'partner') = (partner_id IS NOT NULL)),
    CHECK ((user_id IS NULL) <> (partner_id IS NULL)),
    CHECK (credit_bp = 0 OR relation = 'co_owner')
);
SELECT keep_to_tenant('lead_shares');
CREATE UNIQUE INDEX lead_shares_by_lead ON lead_shares (tenant_id, lead_id, user_id, partner_id);
CREATE INDEX lead_shares_by_user ON lead_shares (tenant_id, user_id, lead_id, relation, ends_at)
    WHERE user_id IS NOT NULL;
CREATE INDEX lead_shares_by_partner ON lead_shares (tenant_id, partner_id, lead_id, ends_at)
    WHERE partner_id IS NOT NULL;

INSERT INTO lead_shares (tenant_id, id, lead_id, user_id, relation, shared_at)
SELECT tenant_id, gen_random_uuid(), lead_id, user_id, 'co_owner', added_at FROM lead_co_owners;
DROP TABLE lead_co_owners;
