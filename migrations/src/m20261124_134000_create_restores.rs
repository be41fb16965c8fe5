//! That the books came out of a backup: whoever serves them next begins every story anew.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_134000_create_restores",
    up: r"
-- A row each time that a backup was put in the place of what was here. What happened since the backup began is
-- known to others only: workflows, providers, guests.
CREATE TABLE restores (
    id              bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT restores_pkey PRIMARY KEY,
    backup_began_at timestamptz NOT NULL,
    restored_at     timestamptz NOT NULL DEFAULT now(),
    -- When every story had been begun anew. Until then no worker serves any.
    begun_anew_at   timestamptz,
    -- What that came to.
    report          jsonb
);

-- One at a time.
CREATE UNIQUE INDEX restores_open_key ON restores ((true)) WHERE begun_anew_at IS NULL;
",
    down: "DROP TABLE restores;",
};
