-- Tenants, users, phones, logins. Times are microseconds since 1970. Of secrets, only hashes and
-- sealed values are here; of phones, only public keys.

CREATE TABLE tenants (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    number_rule TEXT NOT NULL,
    number_digits INTEGER NOT NULL,
    require_hardware_keys INTEGER NOT NULL,
    signing_key_sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tenant_hosts (
    authority TEXT PRIMARY KEY,
    secure INTEGER NOT NULL,
    tenant_id BLOB NOT NULL REFERENCES tenants (id)
) STRICT;

CREATE TABLE users (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    CONSTRAINT users_email UNIQUE (tenant_id, email_key)
) STRICT;

CREATE TABLE devices (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    protection TEXT NOT NULL,
    device_kid BLOB NOT NULL,
    device_key BLOB NOT NULL,
    approval_kid BLOB NOT NULL,
    approval_key BLOB NOT NULL,
    push TEXT,
    created_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    last_used_at INTEGER,
    CONSTRAINT devices_device_key UNIQUE (device_kid),
    CONSTRAINT devices_approval_key UNIQUE (approval_kid)
) STRICT;

CREATE INDEX devices_by_user ON devices (user_id, state);

CREATE TABLE pairings (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    state TEXT NOT NULL,
    claim_hash BLOB NOT NULL,
    code_hash BLOB,
    tries_left INTEGER NOT NULL,
    device_id BLOB REFERENCES devices (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX pairings_by_user ON pairings (user_id, state);
CREATE INDEX pairings_by_end ON pairings (expires_at);

CREATE TABLE logins (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    state TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    number_digits INTEGER NOT NULL,
    number TEXT,
    address TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    lapses_at INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    asked_count INTEGER NOT NULL,
    seen_at INTEGER,
    decided_at INTEGER,
    decided_by BLOB REFERENCES devices (id)
) STRICT;

CREATE INDEX logins_open ON logins (lapses_at) WHERE state IN ('pending', 'approved');
CREATE INDEX logins_by_user ON logins (user_id, created_at);

CREATE TABLE approval_requests (
    login_id BLOB NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    device_id BLOB NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    nonce BLOB NOT NULL,
    request TEXT NOT NULL,
    PRIMARY KEY (login_id, device_id)
) STRICT;

CREATE INDEX approval_requests_by_device ON approval_requests (device_id, login_id);

CREATE TABLE receipts (
    login_id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    device_id BLOB NOT NULL,
    request TEXT NOT NULL,
    decision TEXT NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;

CREATE TABLE calls_seen (
    jti BLOB PRIMARY KEY,
    forget_at INTEGER NOT NULL
) STRICT;

CREATE INDEX calls_seen_by_end ON calls_seen (forget_at);

CREATE TABLE wakes (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    login_id BLOB NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    device_id BLOB NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX wakes_due ON wakes (due_at);
CREATE INDEX wakes_by_login ON wakes (login_id);

CREATE TABLE sessions (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    token_hash BLOB NOT NULL,
    device_id BLOB,
    number_typed INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    CONSTRAINT sessions_token UNIQUE (token_hash)
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE trusted_browsers (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id),
    token_hash BLOB NOT NULL,
    address TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    CONSTRAINT trusted_browsers_token UNIQUE (token_hash)
) STRICT;

CREATE INDEX trusted_browsers_by_user ON trusted_browsers (user_id);

CREATE TABLE audit (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE INDEX audit_by_tenant ON audit (tenant_id, at);

-- Keys of the server itself, sealed: one signs the VAPID tokens of Web Push.
CREATE TABLE server_keys (
    purpose TEXT PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;
