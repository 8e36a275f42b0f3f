-- A mail that somebody waits for goes before one that many get at once: see domain::mail::Rank.
ALTER TABLE mails ADD COLUMN rank BIGINT NOT NULL DEFAULT 1;
DROP INDEX mails_due;
CREATE INDEX mails_due ON mails (rank, due_at, id);
