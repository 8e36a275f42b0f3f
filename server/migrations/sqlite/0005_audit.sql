-- Audit lines that cannot be altered unseen, and that can be searched.

-- What came of it. Its place in the tenant's chain, from 1 on, and the link: SHA-256 of the link before it and of
-- the line. Both are there once the line is chained, a moment after it was written.
ALTER TABLE audit ADD COLUMN result TEXT;
ALTER TABLE audit ADD COLUMN seq INTEGER;
ALTER TABLE audit ADD COLUMN link BLOB;

CREATE UNIQUE INDEX audit_by_seq ON audit (tenant_id, seq);
CREATE INDEX audit_loose ON audit (tenant_id, at, id) WHERE seq IS NULL;
DROP INDEX audit_by_tenant;
CREATE INDEX audit_by_tenant ON audit (tenant_id, at, id);
DROP INDEX audit_by_user;
CREATE INDEX audit_by_user ON audit (tenant_id, user_id, at, id);
CREATE INDEX audit_by_event ON audit (tenant_id, event, at, id);
CREATE INDEX audit_by_actor ON audit (tenant_id, actor, at, id);
CREATE INDEX audit_by_address ON audit (tenant_id, address, at, id);

-- The end of each tenant's chain. The seal is keyed: whoever has the database alone can make no other end.
CREATE TABLE audit_heads (
    tenant_id BLOB PRIMARY KEY REFERENCES tenants (id),
    seq INTEGER NOT NULL,
    link BLOB NOT NULL,
    seal BLOB NOT NULL,
    chained_at INTEGER NOT NULL
) STRICT;
