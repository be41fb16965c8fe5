//! When the owner silenced the bot, and when it answered again.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_132000_create_bot_pauses",
    up: r"
CREATE TABLE bot_pauses (
    id       bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT bot_pauses_pkey PRIMARY KEY,
    began_at timestamptz NOT NULL,
    ended_at timestamptz
);

-- The bot pauses once at a time.
CREATE UNIQUE INDEX bot_pauses_open_key ON bot_pauses ((true)) WHERE ended_at IS NULL;
",
    down: r"
DROP TABLE bot_pauses;
",
};
