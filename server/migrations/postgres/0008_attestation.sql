-- What a phone proved of its keys when it was paired, a JSON object; null where the tenant did not ask.
ALTER TABLE devices ADD COLUMN attestation TEXT;
