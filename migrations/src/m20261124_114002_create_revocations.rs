//! Purchases that guests revoked (Argentina, Ley 24.240 art. 34).

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_114002_create_revocations",
    up: r"
-- The number is what the guest gets at once, to prove that they revoked and when. One a reservation: the first
-- stays.
CREATE TABLE revocations (
    number     text        CONSTRAINT revocations_pkey PRIMARY KEY,
    code       text        NOT NULL CONSTRAINT revocations_code_key UNIQUE
        CONSTRAINT revocations_code_fkey REFERENCES reservations (code),
    revoked_at timestamptz NOT NULL
);
",
    down: r"
DROP TABLE revocations;
",
};
