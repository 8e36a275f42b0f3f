-- Every other way in: e-mailed codes, authenticator apps, passkeys, recovery codes; and a lost phone.

-- What a tenant asks for, and what it allows. `passkey_models` is the list of permitted authenticators,
-- a JSON object; without one, any is.
ALTER TABLE tenants ADD COLUMN second_factor_required INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE tenants ADD COLUMN factor_floor TEXT NOT NULL DEFAULT 'low';
ALTER TABLE tenants ADD COLUMN email_code_seconds INTEGER NOT NULL DEFAULT 180;
ALTER TABLE tenants ADD COLUMN totp_algorithm TEXT NOT NULL DEFAULT 'sha1';
ALTER TABLE tenants ADD COLUMN totp_strict INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE tenants ADD COLUMN remember_days INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tenants ADD COLUMN recovery_hours INTEGER NOT NULL DEFAULT 24;
ALTER TABLE tenants ADD COLUMN passkey_models TEXT;

-- Since when nobody signs in by this name; when the person was last told of wrong codes.
ALTER TABLE users ADD COLUMN disabled_at INTEGER;
ALTER TABLE users ADD COLUMN warned_at INTEGER;

-- What a login is for: to sign in, to set up a second factor first, or to prove again in a session.
-- Until when its phones may answer: the login may wait longer than they may. Which other factor proved it.
ALTER TABLE logins ADD COLUMN purpose TEXT NOT NULL DEFAULT 'sign-in';
ALTER TABLE logins ADD COLUMN session_id BLOB REFERENCES sessions (id) ON DELETE CASCADE;
ALTER TABLE logins ADD COLUMN ask_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE logins ADD COLUMN proved_by TEXT;
UPDATE logins SET ask_until = lapses_at;

-- By which factor a session began, as what (RFC 8176), and where; when and by what it was last proved.
ALTER TABLE sessions ADD COLUMN factor TEXT;
ALTER TABLE sessions ADD COLUMN amr TEXT NOT NULL DEFAULT 'pwd';
ALTER TABLE sessions ADD COLUMN address TEXT;
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN system TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN proved_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN proved_by TEXT;
UPDATE sessions SET factor = 'push', proved_by = 'push', amr = 'pwd mfa pop user' WHERE device_id IS NOT NULL;
UPDATE sessions SET proved_at = created_at;

-- The token before the last change: whoever shows it has a copy. Until when nothing more is asked here.
ALTER TABLE trusted_browsers ADD COLUMN previous_hash BLOB;
ALTER TABLE trusted_browsers ADD COLUMN remembered_until INTEGER;
ALTER TABLE trusted_browsers ADD COLUMN browser TEXT NOT NULL DEFAULT '';
ALTER TABLE trusted_browsers ADD COLUMN system TEXT NOT NULL DEFAULT '';
CREATE INDEX trusted_browsers_by_previous ON trusted_browsers (previous_hash);

-- Mail carries codes and links: what it says is sealed. `detail` is that of mail queued before.
-- Which login or recovery it tells of, if it is to be taken back when that succeeds.
ALTER TABLE mails ADD COLUMN sealed BLOB;
ALTER TABLE mails ADD COLUMN about BLOB;
CREATE INDEX mails_by_what ON mails (about);

-- How a user's factors fared: failures in a row, counted before each check, and when it last worked.
CREATE TABLE factor_records (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    factor TEXT NOT NULL,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    failures INTEGER NOT NULL,
    suspended_until INTEGER,
    worked_at INTEGER,
    PRIMARY KEY (user_id, factor)
) STRICT;

-- E-mailed codes: only the latest of a login is live. The hash is keyed.
CREATE TABLE email_codes (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    login_id BLOB NOT NULL REFERENCES logins (id) ON DELETE CASCADE,
    email_key TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    state TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX email_codes_by_user ON email_codes (user_id, sent_at);
CREATE INDEX email_codes_by_login ON email_codes (login_id, state);
CREATE INDEX email_codes_by_time ON email_codes (sent_at);

-- Authenticator apps (RFC 6238). `offered_to` is the session or login in which the secret was shown.
-- `tries` counts the codes that were typed to confirm it.
CREATE TABLE authenticators (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    sealed BLOB NOT NULL,
    algorithm TEXT NOT NULL,
    offered_to BLOB NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    last_step INTEGER,
    off_by INTEGER,
    off_step INTEGER,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE UNIQUE INDEX authenticators_active ON authenticators (user_id) WHERE state = 'active';
CREATE INDEX authenticators_offered ON authenticators (offered_to);
CREATE INDEX authenticators_by_time ON authenticators (state, created_at);

CREATE TABLE passkeys (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    credential_id BLOB NOT NULL,
    credential TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    CONSTRAINT passkeys_credential UNIQUE (tenant_id, credential_id)
) STRICT;

CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- What the server remembers between the two halves of a passkey ceremony, of a session or a login.
CREATE TABLE ceremonies (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    belongs_to BLOB NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX ceremonies_by_owner ON ceremonies (belongs_to, kind);
CREATE INDEX ceremonies_by_end ON ceremonies (expires_at);

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash BLOB NOT NULL,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    made_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, code_hash)
) STRICT;

-- A lost phone: a link by mail, and what follows. Secrets are hashes: of the link, of the cookie of the
-- browser that asked, and of the link that stops it.
CREATE TABLE recoveries (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    email_key TEXT NOT NULL,
    link_hash BLOB NOT NULL,
    browser_hash BLOB NOT NULL,
    stop_hash BLOB,
    created_at INTEGER NOT NULL,
    ripe_at INTEGER,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX recoveries_by_user ON recoveries (user_id, state);
CREATE INDEX recoveries_by_end ON recoveries (expires_at);

-- People are shown what happened in their account lately.
CREATE INDEX audit_by_user ON audit (user_id, at);
