-- Tenants, users, phones, logins. Times are microseconds since 1970. Of secrets, only hashes and
-- sealed values are here; of phones, only public keys.

CREATE TABLE tenants (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL,
    number_rule TEXT NOT NULL,
    number_digits BIGINT NOT NULL,
    require_hardware_keys BOOLEAN NOT NULL,
    signing_key_sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE tenant_hosts (
    authority TEXT PRIMARY KEY,
    secure BOOLEAN NOT NULL,
    tenant_id UUID NOT NULL REFERENCES tenants (id)
);

CREATE TABLE users (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT users_email UNIQUE (tenant_id, email_key)
);

CREATE TABLE devices (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id),
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    protection TEXT NOT NULL,
    device_kid BYTEA NOT NULL,
    device_key BYTEA NOT NULL,
    approval_kid BYTEA NOT NULL,
    approval_key BYTEA NOT NULL,
    push TEXT,
    created_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    last_used_at BIGINT,
    CONSTRAINT devices_device_key UNIQUE (device_kid),
    CONSTRAINT devices_approval_key UNIQUE (approval_kid)
);

CREATE INDEX devices_by_user ON devices (user_id, state);

CREATE TABLE pairings (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id),
    state TEXT NOT NULL,
    claim_hash BYTEA NOT NULL,
    code_hash BYTEA,
    tries_left BIGINT NOT NULL,
    device_id UUID REFERENCES devices (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX pairings_by_user ON pairings (user_id, state);
CREATE INDEX pairings_by_end ON pairings (expires_at);

CREATE TABLE logins (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id),
    state TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    number_digits BIGINT NOT NULL,
    number TEXT,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    lapses_at BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_count BIGINT NOT NULL,
    seen_at BIGINT,
    decided_at BIGINT,
    decided_by UUID REFERENCES devices (id)
);

CREATE INDEX logins_open ON logins (lapses_at) WHERE state IN ('pending', 'approved');
CREATE INDEX logins_by_user ON logins (user_id, created_at);

CREATE TABLE approval_requests (
    login_id UUID NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    device_id UUID NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    nonce BYTEA NOT NULL,
    request TEXT NOT NULL,
    PRIMARY KEY (login_id, device_id)
);

CREATE INDEX approval_requests_by_device ON approval_requests (device_id, login_id);

CREATE TABLE receipts (
    login_id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    device_id UUID NOT NULL,
    request TEXT NOT NULL,
    decision TEXT NOT NULL,
    decided_at BIGINT NOT NULL
);

CREATE TABLE calls_seen (
    jti BYTEA PRIMARY KEY,
    forget_at BIGINT NOT NULL
);

CREATE INDEX calls_seen_by_end ON calls_seen (forget_at);

CREATE TABLE wakes (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    login_id UUID NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    device_id UUID NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX wakes_due ON wakes (due_at);
CREATE INDEX wakes_by_login ON wakes (login_id);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id),
    token_hash BYTEA NOT NULL,
    device_id UUID,
    number_typed BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT sessions_token UNIQUE (token_hash)
);

CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE trusted_browsers (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id),
    token_hash BYTEA NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    CONSTRAINT trusted_browsers_token UNIQUE (token_hash)
);

CREATE INDEX trusted_browsers_by_user ON trusted_browsers (user_id);

CREATE TABLE audit (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    detail TEXT NOT NULL
);

CREATE INDEX audit_by_tenant ON audit (tenant_id, at);

-- Keys of the server itself, sealed: one signs the VAPID tokens of Web Push.
CREATE TABLE server_keys (
    purpose TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL
);
