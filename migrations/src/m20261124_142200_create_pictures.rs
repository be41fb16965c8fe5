//! Pictures that the owner uploads.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_142200_create_pictures",
    up: r"
-- Named by what they hold, so that the same picture is here once and nothing changes under a name.
CREATE TABLE pictures (
    name         text        CONSTRAINT pictures_pkey PRIMARY KEY,
    content_type text        NOT NULL,
    bytes        bytea       NOT NULL,
    uploaded_at  timestamptz NOT NULL,
    CONSTRAINT pictures_size CHECK (octet_length(bytes) <= 5242880),
    CONSTRAINT pictures_known_type CHECK (content_type IN ('image/jpeg', 'image/png'))
);
",
    down: r"
DROP TABLE pictures;
",
};
