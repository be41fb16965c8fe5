//! Texts of the owner's in the place of ours.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_142000_create_own_texts",
    up: r"
CREATE TABLE own_texts (
    language   text        NOT NULL,
    key        text        NOT NULL,
    source     text        NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT own_texts_pkey PRIMARY KEY (language, key),
    CONSTRAINT own_texts_source_said CHECK (source <> '')
);
",
    down: r"
DROP TABLE own_texts;
",
};
