//! What can be booked, and the holidays that price it.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_090000_create_accommodations",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- Rates, policies, pictures and place are documents: they are read and written whole, by the types of
-- the crate `domain`, and never searched.
CREATE TABLE accommodations (
    id          uuid        CONSTRAINT accommodations_pkey PRIMARY KEY,
    name        text        NOT NULL,
    aliases     jsonb       NOT NULL DEFAULT '[]',
    kind        text        NOT NULL,
    capacity    smallint    NOT NULL,
    description text        NOT NULL,
    amenities   jsonb       NOT NULL DEFAULT '[]',
    photos      jsonb       NOT NULL DEFAULT '[]',
    location    jsonb       NOT NULL,
    -- How to get in: told to confirmed guests only.
    access      text        NOT NULL DEFAULT '',
    time_zone   text        NOT NULL DEFAULT 'America/Argentina/Buenos_Aires',
    rates       jsonb       NOT NULL,
    policies    jsonb       NOT NULL DEFAULT '{}',
    active      boolean     NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT accommodations_known_kind CHECK (kind IN ('cabin', 'house', 'apartment', 'room')),
    CONSTRAINT accommodations_capacity CHECK (capacity BETWEEN 1 AND 255)
);

-- Public holidays, moved ones and bridge days included. The owner corrects them.
CREATE TABLE holidays (
    date date CONSTRAINT holidays_pkey PRIMARY KEY,
    name text NOT NULL
);
";

const DOWN: &str = "
DROP TABLE holidays;
DROP TABLE accommodations;
";
