//! Matters that the owner hears of on their phone.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_130200_call_owner",
    up: r"
-- Since when the owner's phone is to be told; absent once it is, and for what does not call.
ALTER TABLE review_queue ADD COLUMN call_due timestamptz;
CREATE INDEX review_queue_call_idx ON review_queue (call_due) WHERE call_due IS NOT NULL AND resolved_at IS NULL;
",
    down: r"
ALTER TABLE review_queue DROP COLUMN call_due;
",
};
