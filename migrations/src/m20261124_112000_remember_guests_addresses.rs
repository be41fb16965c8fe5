//! The numbers and accounts that guests wrote from before, and which of their messages they know to be read.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_112000_remember_guests_addresses",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- A number or account that a guest has given up. Somebody else may have it now, so it names the guest only for
-- what was written before: the platform brings messages late and in any order.
CREATE TABLE guest_aliases (
    address  text        NOT NULL,
    guest_id uuid        NOT NULL CONSTRAINT guest_aliases_guest_fkey REFERENCES guests (id) ON DELETE CASCADE,
    until    timestamptz NOT NULL,
    CONSTRAINT guest_aliases_pkey PRIMARY KEY (address, until)
);

CREATE INDEX guest_aliases_guest_idx ON guest_aliases (guest_id);

-- When we told the guest that their message is read.
ALTER TABLE messages ADD COLUMN seen_at timestamptz;
";

const DOWN: &str = "
ALTER TABLE messages DROP COLUMN seen_at;
DROP TABLE guest_aliases;
";
