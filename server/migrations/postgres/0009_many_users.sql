-- What each user has set up, as one number, so that 100,000 users are counted and filtered by one index: 1 an active
-- phone, 2 a passkey, 4 an authenticator app, 8 recovery codes that are left. Triggers keep it: no statement that
-- changes a factor can forget it. Lists and previews read it; a sign-in looks at the factors themselves.
ALTER TABLE users ADD COLUMN held BIGINT NOT NULL DEFAULT 0;

CREATE FUNCTION held_by(whose UUID) RETURNS BIGINT LANGUAGE sql STABLE AS $$ SELECT
    CASE WHEN EXISTS (SELECT 1 FROM devices WHERE user_id = whose AND state = 'active') THEN 1 ELSE 0 END
    + CASE WHEN EXISTS (SELECT 1 FROM passkeys WHERE user_id = whose) THEN 2 ELSE 0 END
    + CASE WHEN EXISTS (SELECT 1 FROM authenticators WHERE user_id = whose AND state = 'active') THEN 4 ELSE 0 END
    + CASE WHEN EXISTS (SELECT 1 FROM recovery_codes WHERE user_id = whose AND used_at IS NULL) THEN 8 ELSE 0 END
$$;

UPDATE users SET held = held_by(id);

-- The user's row is locked first, and what is held is looked at afterwards: of two changes at once the second one
-- sees the first.
CREATE FUNCTION note_what_is_held() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose UUID;
BEGIN
    IF TG_OP = 'DELETE' THEN whose := OLD.user_id; ELSE whose := NEW.user_id; END IF;
    PERFORM 1 FROM users WHERE id = whose FOR NO KEY UPDATE;
    UPDATE users SET held = held_by(whose) WHERE id = whose AND held <> held_by(whose);
    RETURN NULL;
END
$$;

CREATE TRIGGER devices_come AFTER INSERT ON devices
    FOR EACH ROW WHEN (NEW.state = 'active') EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER devices_go AFTER DELETE ON devices
    FOR EACH ROW WHEN (OLD.state = 'active') EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER devices_change AFTER UPDATE OF state ON devices
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER passkeys_come AFTER INSERT ON passkeys
    FOR EACH ROW EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER passkeys_go AFTER DELETE ON passkeys
    FOR EACH ROW EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER authenticators_come AFTER INSERT ON authenticators
    FOR EACH ROW WHEN (NEW.state = 'active') EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER authenticators_go AFTER DELETE ON authenticators
    FOR EACH ROW WHEN (OLD.state = 'active') EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER authenticators_change AFTER UPDATE OF state ON authenticators
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER recovery_codes_come AFTER INSERT ON recovery_codes
    FOR EACH ROW WHEN (NEW.used_at IS NULL) EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER recovery_codes_go AFTER DELETE ON recovery_codes
    FOR EACH ROW WHEN (OLD.used_at IS NULL) EXECUTE FUNCTION note_what_is_held();
CREATE TRIGGER recovery_codes_change AFTER UPDATE OF used_at ON recovery_codes
    FOR EACH ROW WHEN ((OLD.used_at IS NULL) <> (NEW.used_at IS NULL)) EXECUTE FUNCTION note_what_is_held();

-- All that users are listed and filtered by lies in the order of the list.
DROP INDEX users_listed;
CREATE INDEX users_listed ON users (
    tenant_id, email_key, search_key, role, user_type, disabled_at, chosen_since, held, created_at, id
);
-- Users who are alike to a policy lie together. SQLite reads disabled_at from the index only if it is in it.
CREATE INDEX users_alike ON users (
    tenant_id, role, user_type, held, (chosen_since IS NULL), chosen_since, created_at, disabled_at
) WHERE disabled_at IS NULL;
CREATE INDEX users_disabled ON users (tenant_id, id) WHERE disabled_at IS NOT NULL;
-- Whose browsers are remembered, and until when.
CREATE INDEX trusted_browsers_remembered ON trusted_browsers (tenant_id, user_id, remembered_until)
    WHERE remembered_until IS NOT NULL;
-- Jobs that ended are forgotten after a while.
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
