//! Proof of what was agreed to, refused and erased.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_126100_keep_proof_of_privacy",
    up: r"
ALTER TABLE guests ADD COLUMN erased_at timestamptz;

-- What was erased, when and why: the proof that is left of somebody of whom nothing else is.
CREATE TABLE erasures (
    id       bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT erasures_pkey PRIMARY KEY,
    guest_id uuid        NOT NULL CONSTRAINT erasures_guest_key UNIQUE
        CONSTRAINT erasures_guest_fkey REFERENCES guests (id),
    at       timestamptz NOT NULL,
    cause    text        NOT NULL,
    counts   jsonb       NOT NULL,
    CONSTRAINT erasures_known_cause CHECK (cause IN ('request', 'retention'))
);

-- That a guest wrote to us first, wanted no more messages, or wanted them again. Rows are only ever added.
CREATE TABLE guest_consents (
    id       bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT guest_consents_pkey PRIMARY KEY,
    guest_id uuid        NOT NULL CONSTRAINT guest_consents_guest_fkey REFERENCES guests (id),
    at       timestamptz NOT NULL,
    what     text        NOT NULL,
    CONSTRAINT guest_consents_known CHECK (what IN ('wrote_first', 'opted_out', 'opted_in'))
);

CREATE INDEX guest_consents_guest_idx ON guest_consents (guest_id, id);

-- Whoever changes it, the record follows in the same statement.
CREATE FUNCTION record_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last_inbound_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.last_inbound_at IS NULL) THEN
        INSERT INTO guest_consents (guest_id, at, what) VALUES (NEW.id, NEW.last_inbound_at, 'wrote_first');
    END IF;
    IF NEW.opted_out_at IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.opted_out_at IS NULL) THEN
        INSERT INTO guest_consents (guest_id, at, what) VALUES (NEW.id, NEW.opted_out_at, 'opted_out');
    ELSIF TG_OP = 'UPDATE' AND OLD.opted_out_at IS NOT NULL AND NEW.opted_out_at IS NULL THEN
        INSERT INTO guest_consents (guest_id, at, what) VALUES (NEW.id, now(), 'opted_in');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER record_consent AFTER INSERT OR UPDATE OF last_inbound_at, opted_out_at ON guests
    FOR EACH ROW EXECUTE FUNCTION record_consent();

INSERT INTO guest_consents (guest_id, at, what)
    SELECT id, created_at, 'wrote_first' FROM guests WHERE last_inbound_at IS NOT NULL;
INSERT INTO guest_consents (guest_id, at, what)
    SELECT id, opted_out_at, 'opted_out' FROM guests WHERE opted_out_at IS NOT NULL;
",
    down: r"
DROP TRIGGER record_consent ON guests;
DROP FUNCTION record_consent();
DROP TABLE guest_consents;
DROP TABLE erasures;
ALTER TABLE guests DROP COLUMN erased_at;
",
};
