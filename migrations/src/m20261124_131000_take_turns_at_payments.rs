//! Payments that are adrift are handed over in turns, so that those nobody can help do not keep the rest waiting.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_131000_take_turns_at_payments",
    up: r"
-- When its workflow was last woken because something was left undone.
ALTER TABLE payments ADD COLUMN woken_at timestamptz;
",
    down: r"
ALTER TABLE payments DROP COLUMN woken_at;
",
};
