-- Who must prove a second factor: a tenant's policy, and what it goes by.

-- The policy, a JSON object; it takes the place of the columns that are dropped.
ALTER TABLE tenants ADD COLUMN policy TEXT NOT NULL DEFAULT '';
UPDATE tenants SET policy = json_object(
    'base', CASE WHEN second_factor_required THEN 'required' ELSE 'optional' END,
    'rules', json('[{"name":"chosen","who":"chosen","when":[],"ask":"required","since":0}]'),
    'factors', json_object(
        'allowed', json('["push","passkey","totp","email","recovery"]'),
        'floor', factor_floor,
        'email_code_seconds', email_code_seconds,
        'totp_algorithm', totp_algorithm,
        'totp_strict', json(CASE WHEN totp_strict THEN 'true' ELSE 'false' END),
        'remember_days', remember_days,
        'recovery_hours', recovery_hours
    ),
    'number_rule', number_rule,
    'number_digits', number_digits,
    'turned_off_by', 'member',
    'when_turned_off', 'keep',
    'changed_by', 'super-administrator'
);
ALTER TABLE tenants DROP COLUMN number_rule;
ALTER TABLE tenants DROP COLUMN number_digits;
ALTER TABLE tenants DROP COLUMN second_factor_required;
ALTER TABLE tenants DROP COLUMN factor_floor;
ALTER TABLE tenants DROP COLUMN email_code_seconds;
ALTER TABLE tenants DROP COLUMN totp_algorithm;
ALTER TABLE tenants DROP COLUMN totp_strict;
ALTER TABLE tenants DROP COLUMN remember_days;
ALTER TABLE tenants DROP COLUMN recovery_hours;

-- What whoever runs the server says of a tenant: its plan, and which features are on since when (a JSON object).
-- Counts the changes of policy, plan and features: each names the one that it read.
ALTER TABLE tenants ADD COLUMN plan TEXT;
ALTER TABLE tenants ADD COLUMN features TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tenants ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;

-- The type of a user, one that the policy names; since when an administrator has chosen the user for a second
-- factor; when the user last signed in.
ALTER TABLE users ADD COLUMN user_type TEXT;
ALTER TABLE users ADD COLUMN chosen_since INTEGER;
ALTER TABLE users ADD COLUMN signed_in_at INTEGER;

-- Who did it, if not the user: "user:…" for an administrator, "command-line", "server". From where.
ALTER TABLE audit ADD COLUMN actor TEXT;
ALTER TABLE audit ADD COLUMN address TEXT;

-- Work on many users. `task` says what and on whom, a JSON object; of users in the order of their ids, those up to
-- `cursor` are done.
CREATE TABLE jobs (
    id BLOB PRIMARY KEY,
    tenant_id BLOB NOT NULL REFERENCES tenants (id),
    started_by TEXT NOT NULL,
    task TEXT NOT NULL,
    state TEXT NOT NULL,
    cursor BLOB,
    total INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    leased_until INTEGER,
    created_at INTEGER NOT NULL,
    ended_at INTEGER
) STRICT;

CREATE INDEX jobs_waiting ON jobs (due_at) WHERE state = 'waiting';
CREATE INDEX jobs_by_tenant ON jobs (tenant_id, created_at);
