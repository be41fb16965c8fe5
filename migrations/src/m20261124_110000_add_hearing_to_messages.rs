//! What was heard in guests' recordings.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_110000_add_hearing_to_messages",
    up: r"
-- The result, the words and how sure they are; null until somebody has listened. The sound is kept by nobody.
ALTER TABLE messages ADD COLUMN hearing jsonb;
",
    down: r"
ALTER TABLE messages DROP COLUMN hearing;
",
};
