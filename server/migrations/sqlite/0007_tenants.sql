-- Several hosts a tenant, and how its pages look.

-- The main host is the one for links that no browser asked for.
ALTER TABLE tenant_hosts ADD COLUMN main INTEGER NOT NULL DEFAULT FALSE;
UPDATE tenant_hosts SET main = TRUE WHERE authority =
    (SELECT MIN(h.authority) FROM tenant_hosts h WHERE h.tenant_id = tenant_hosts.tenant_id);
CREATE UNIQUE INDEX tenant_hosts_main ON tenant_hosts (tenant_id) WHERE main;

-- Where a phone was paired: what it is sent names that address, wherever somebody signs in.
ALTER TABLE devices ADD COLUMN origin TEXT NOT NULL DEFAULT '';
UPDATE devices SET origin = COALESCE((SELECT
    CASE WHEN h.secure THEN 'https://' ELSE 'http://' END || h.authority
    FROM tenant_hosts h WHERE h.tenant_id = devices.tenant_id AND h.main), '');

-- The host name that a passkey is for (its relying party): it answers nowhere else.
ALTER TABLE passkeys ADD COLUMN host TEXT NOT NULL DEFAULT '';
UPDATE passkeys SET host = COALESCE((SELECT
    CASE WHEN instr(h.authority, ':') > 0 THEN substr(h.authority, 1, instr(h.authority, ':') - 1)
         ELSE h.authority END
    FROM tenant_hosts h WHERE h.tenant_id = passkeys.tenant_id AND h.main), '');

-- The colour as "#rrggbb"; a picture, whose hash is part of its address.
ALTER TABLE tenants ADD COLUMN colour TEXT;
ALTER TABLE tenants ADD COLUMN logo_hash TEXT;

CREATE TABLE tenant_logos (
    tenant_id BLOB PRIMARY KEY REFERENCES tenants (id),
    content_type TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
