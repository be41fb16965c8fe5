//! What a conversation remembers, and what it has answered.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_090600_create_dialogue",
    up: r"
-- What the bot remembers of a guest between two messages. Workflows hold only ids: what a guest has chosen
-- is personal, and outlives the run of a workflow.
CREATE TABLE dialogue_states (
    guest_id uuid NOT NULL,
    state jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT dialogue_states_pkey PRIMARY KEY (guest_id),
    CONSTRAINT dialogue_states_guest_fkey FOREIGN KEY (guest_id) REFERENCES guests (id) ON DELETE CASCADE
);

-- One row a turn: the answer that was decided first is the answer, however often the turn is run.
CREATE TABLE dialogue_turns (
    key text NOT NULL,
    guest_id uuid NOT NULL,
    reply jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT dialogue_turns_pkey PRIMARY KEY (key),
    CONSTRAINT dialogue_turns_guest_fkey FOREIGN KEY (guest_id) REFERENCES guests (id) ON DELETE CASCADE
);
CREATE INDEX dialogue_turns_guest ON dialogue_turns (guest_id, created_at);
",
    down: r"
DROP TABLE dialogue_turns;
DROP TABLE dialogue_states;
",
};
