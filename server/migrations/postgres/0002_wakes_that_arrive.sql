-- What became of each wake, how often a user may be pushed, what a report leads to, and mail.

-- The limits of a tenant, in seconds and counts.
ALTER TABLE tenants ADD COLUMN push_first_pause BIGINT NOT NULL DEFAULT 10;
ALTER TABLE tenants ADD COLUMN push_longest_pause BIGINT NOT NULL DEFAULT 3600;
ALTER TABLE tenants ADD COLUMN push_per_quarter BIGINT NOT NULL DEFAULT 5;
ALTER TABLE tenants ADD COLUMN push_per_day BIGINT NOT NULL DEFAULT 20;
ALTER TABLE tenants ADD COLUMN push_hold_denied BIGINT NOT NULL DEFAULT 3600;
ALTER TABLE tenants ADD COLUMN push_hold_reported BIGINT NOT NULL DEFAULT 86400;

-- The language of the last sign-in, for mail. Since when a new password has to be chosen.
ALTER TABLE users ADD COLUMN language TEXT;
ALTER TABLE users ADD COLUMN new_password_since BIGINT;

-- When the phone signed what it said of its endpoint, in seconds; when its push service ended it.
ALTER TABLE devices ADD COLUMN push_signed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN push_lost_at BIGINT;

-- Whether it was begun in a trusted browser, and how far the push came, or why there was none; when one of the phones had the request.
ALTER TABLE logins ADD COLUMN trusted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE logins ADD COLUMN push TEXT NOT NULL DEFAULT 'none';
ALTER TABLE logins ADD COLUMN delivered_at BIGINT;
ALTER TABLE logins DROP COLUMN asked_count;
CREATE INDEX logins_open_by_user ON logins (user_id) WHERE state IN ('pending', 'approved');

-- The pushes of one user that were not approved. Each change names the revision that it read.
CREATE TABLE push_histories (
    user_id UUID PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    revision BIGINT NOT NULL,
    pushes TEXT NOT NULL,
    held_until BIGINT,
    held_for TEXT
);

-- Whether a popup is to come or to go.
ALTER TABLE wakes ADD COLUMN kind TEXT NOT NULL DEFAULT 'ask';

-- From where somebody signed in who was not the user.
CREATE TABLE reported_addresses (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    address TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, address)
);

CREATE INDEX reported_addresses_by_end ON reported_addresses (expires_at);

-- Mail that waits to be sent. `detail` is what its text needs to know, a JSON object.
CREATE TABLE mails (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    recipient TEXT NOT NULL,
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX mails_due ON mails (due_at);
