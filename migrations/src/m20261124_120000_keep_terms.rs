//! What a reservation was made under, and links that its dates have left behind.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_120000_keep_terms",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- The policies of the day on which the nights were held: what was promised to a guest stays promised when the
-- owner changes them. Absent for blocks, imported bookings, and what is older than this column.
ALTER TABLE reservations ADD COLUMN terms jsonb;

-- A link that was made for dates that were changed since. It is still open at the provider, until it is closed
-- and another made, and is shown to nobody any more.
ALTER TABLE payment_links ADD COLUMN outdated boolean NOT NULL DEFAULT false;
";

const DOWN: &str = "
ALTER TABLE payment_links DROP COLUMN outdated;
ALTER TABLE reservations DROP COLUMN terms;
";
