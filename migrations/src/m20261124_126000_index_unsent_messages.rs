//! Finding what is written and not sent, which is watched all the time.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_126000_index_unsent_messages",
    up: r"
-- Few at a time among all that were ever sent: asked for with every look at the metrics.
CREATE INDEX messages_unsent_idx ON messages (created_at)
    WHERE direction = 'out' AND status IN ('composed', 'attempted');
",
    down: "DROP INDEX messages_unsent_idx;",
};
