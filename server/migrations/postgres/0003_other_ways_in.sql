-- Every other way in: e-mailed codes, authenticator apps, passkeys, recovery codes; and a lost phone.

-- What a tenant asks for, and what it allows. `passkey_models` is the list of permitted authenticators,
-- a JSON object; without one, any is.
ALTER TABLE tenants ADD COLUMN second_factor_required BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tenants ADD COLUMN factor_floor TEXT NOT NULL DEFAULT 'low';
ALTER TABLE tenants ADD COLUMN email_code_seconds BIGINT NOT NULL DEFAULT 180;
ALTER TABLE tenants ADD COLUMN totp_algorithm TEXT NOT NULL DEFAULT 'sha1';
ALTER TABLE tenants ADD COLUMN totp_strict BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tenants ADD COLUMN remember_days BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN recovery_hours BIGINT NOT NULL DEFAULT 24;
ALTER TABLE tenants ADD COLUMN passkey_models TEXT;

-- Since when nobody signs in by this name; when the person was last told of wrong codes.
ALTER TABLE users ADD COLUMN disabled_at BIGINT;
ALTER TABLE users ADD COLUMN warned_at BIGINT;

-- What a login is for: to sign in, to set up a second factor first, or to prove again in a session.
-- Until when its phones may answer: the login may wait longer than they may. Which other factor proved it.
ALTER TABLE logins ADD COLUMN purpose TEXT NOT NULL DEFAULT 'sign-in';
ALTER TABLE logins ADD COLUMN session_id UUID REFERENCES sessions (id) ON DELETE CASCADE;
ALTER TABLE logins ADD COLUMN ask_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE logins ADD COLUMN proved_by TEXT;
UPDATE logins SET ask_until = lapses_at;

-- By which factor a session began, as what (RFC 8176), and where; when and by what it was last proved.
ALTER TABLE sessions ADD COLUMN factor TEXT;
ALTER TABLE sessions ADD COLUMN amr TEXT NOT NULL DEFAULT 'pwd';
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN system TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN proved_by TEXT;
UPDATE sessions SET factor = 'push', proved_by = 'push', amr = 'pwd mfa pop user' WHERE device_id IS NOT NULL;
UPDATE sessions SET proved_at = created_at;

-- The token before the last change: whoever shows it has a copy. Until when nothing more is asked here.
ALTER TABLE trusted_browsers ADD COLUMN previous_hash BYTEA;
ALTER TABLE trusted_browsers ADD COLUMN remembered_until BIGINT;
ALTER TABLE trusted_browsers ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE trusted_browsers ADD COLUMN system TEXT NOT NULL DEFAULT '';
CREATE INDEX trusted_browsers_by_previous ON trusted_browsers (previous_hash);

-- Mail carries codes and links: what it says is sealed. `detail` is that of mail queued before.
-- Which login or recovery it tells of, if it is to be taken back when that succeeds.
ALTER TABLE mails ADD COLUMN sealed BYTEA;
ALTER TABLE mails ADD COLUMN about UUID;
CREATE INDEX mails_by_what ON mails (about);

-- How a user's factors fared: failures in a row, counted before each check, and when it last worked.
CREATE TABLE factor_records (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    factor TEXT NOT NULL,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    failures BIGINT NOT NULL,
    suspended_until BIGINT,
    worked_at BIGINT,
    PRIMARY KEY (user_id, factor)
);

-- E-mailed codes: only the latest of a login is live. The hash is keyed.
CREATE TABLE email_codes (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    login_id UUID NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    email_key TEXT NOT NULL,
    code_hash BYTEA NOT NULL,
    state TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX email_codes_by_user ON email_codes (user_id, sent_at);
CREATE INDEX email_codes_by_login ON email_codes (login_id, state);
CREATE INDEX email_codes_by_time ON email_codes (sent_at);

-- Authenticator apps (RFC 6238). `offered_to` is the session or login in which the secret was shown.
-- `tries` counts the codes that were typed to confirm it.
CREATE TABLE authenticators (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    algorithm TEXT NOT NULL,
    offered_to UUID NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    last_step BIGINT,
    off_by BIGINT,
    off_step BIGINT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE UNIQUE INDEX authenticators_active ON authenticators (user_id) WHERE state = 'active';
CREATE INDEX authenticators_offered ON authenticators (offered_to);
CREATE INDEX authenticators_by_time ON authenticators (state, created_at);

CREATE TABLE passkeys (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id BYTEA NOT NULL,
    credential TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    CONSTRAINT passkeys_credential UNIQUE (tenant_id, credential_id)
);

CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- What the server remembers between the two halves of a passkey ceremony, of a session or a login.
CREATE TABLE ceremonies (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    belongs_to UUID NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX ceremonies_by_owner ON ceremonies (belongs_to, kind);
CREATE INDEX ceremonies_by_end ON ceremonies (expires_at);

CREATE TABLE recovery_codes (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash BYTEA NOT NULL,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    made_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, code_hash)
);

-- A lost phone: a link by mail, and what follows. Secrets are hashes: of the link, of the cookie of the
-- browser that asked, and of the link that stops it.
CREATE TABLE recoveries (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    email_key TEXT NOT NULL,
    link_hash BYTEA NOT NULL,
    browser_hash BYTEA NOT NULL,
    stop_hash BYTEA,
    created_at BIGINT NOT NULL,
    ripe_at BIGINT,
    expires_at BIGINT NOT NULL
);

CREATE INDEX recoveries_by_user ON recoveries (user_id, state);
CREATE INDEX recoveries_by_end ON recoveries (expires_at);

-- People are shown what happened in their account lately.
CREATE INDEX audit_by_user ON audit (user_id, at);
