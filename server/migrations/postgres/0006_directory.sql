-- Users as administrators look for them, and resets that need a second administrator.

-- Name and e-mail address in lower case, one text: what is searched. Whether the password was made up by somebody
-- else, who still knows it: then it has to be replaced after the first sign-in, by whoever knows no more than it.
ALTER TABLE users ADD COLUMN search_key TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN password_initial BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE users SET search_key = lower(name) || ' ' || email_key;

-- All that users are filtered by lies in the order of the list.
CREATE INDEX users_listed ON users (tenant_id, email_key, search_key, role, user_type, disabled_at, chosen_since, id);
-- Jobs go by id.
CREATE INDEX users_by_tenant ON users (tenant_id, id);

-- An administrator asked that somebody's factors be removed; another one does it, or refuses.
CREATE TABLE reset_requests (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    asked_by UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    asked_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT
);

CREATE INDEX reset_requests_waiting ON reset_requests (tenant_id, expires_at) WHERE state = 'waiting';
CREATE INDEX reset_requests_by_user ON reset_requests (user_id, state);
