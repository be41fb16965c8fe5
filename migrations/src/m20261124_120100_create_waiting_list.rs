//! Guests who wait for nights that others have.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_120100_create_waiting_list",
    up: r"
-- The line is the order of the ids. An entry is over when it was offered once, left, or its nights have passed.
CREATE TABLE waiting_list (
    id               bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT waiting_list_pkey PRIMARY KEY,
    guest_id         uuid        NOT NULL
        CONSTRAINT waiting_list_guest_fkey REFERENCES guests (id) ON DELETE CASCADE,
    -- Absent where any place will do.
    accommodation_id uuid
        CONSTRAINT waiting_list_accommodation_fkey REFERENCES accommodations (id),
    check_in         date        NOT NULL,
    check_out        date        NOT NULL,
    guests           smallint    NOT NULL,
    children         smallint    NOT NULL,
    pets             boolean     NOT NULL,
    -- The reservation that the offer is made as, from before it is made: a repeat makes the same one.
    code             text        CONSTRAINT waiting_list_code_key UNIQUE,
    outcome          text
        CONSTRAINT waiting_list_outcome_check CHECK (outcome IN ('offered', 'left', 'lapsed')),
    created_at       timestamptz NOT NULL,
    ended_at         timestamptz,
    CONSTRAINT waiting_list_stay_check CHECK (check_in < check_out),
    CONSTRAINT waiting_list_end_check CHECK ((outcome IS NULL) = (ended_at IS NULL))
);

-- Nobody stands in line twice for the same.
CREATE UNIQUE INDEX waiting_list_wish_key
    ON waiting_list (guest_id, accommodation_id, check_in, check_out) NULLS NOT DISTINCT
    WHERE ended_at IS NULL;
",
    down: r"
DROP TABLE waiting_list;
",
};
