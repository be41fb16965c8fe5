//! Finding what was said of one payment, and whether anything was said lately.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_114000_index_inbox_by_resource",
    up: r"
-- Whether anybody told us of a payment, and when a provider last told us anything: asked after every search
-- for payments that nobody told us about.
CREATE INDEX inbox_resource_idx ON inbox (provider, resource_id) WHERE authentic;
CREATE INDEX inbox_authentic_idx ON inbox (provider, received_at) WHERE authentic;
",
    down: r"
DROP INDEX inbox_authentic_idx;
DROP INDEX inbox_resource_idx;
",
};
