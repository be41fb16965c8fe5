//! What somebody signs in with when the phone with their second factor is gone.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_142100_keep_second_factors",
    up: r"
-- A secret that was shown and from which no code has come yet: it is asked for by nobody.
ALTER TABLE users ADD COLUMN totp_offered bytea;

-- Each is good once. What is here opens nothing: it is the code's hash.
CREATE TABLE recovery_codes (
    user_id   uuid        NOT NULL CONSTRAINT recovery_codes_user_fkey REFERENCES users (id),
    code_hash bytea       NOT NULL,
    used_at   timestamptz,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash)
);
",
    down: r"
DROP TABLE recovery_codes;
ALTER TABLE users DROP COLUMN totp_offered;
",
};
