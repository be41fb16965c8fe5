//! What guests and the bot say to each other, and the inbox that no webhook gets past.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_090300_create_messages",
    up: UP,
    down: DOWN,
};

const UP: &str = "
CREATE TABLE messages (
    id                 uuid        CONSTRAINT messages_pkey PRIMARY KEY,
    seq                bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT messages_seq_key UNIQUE,
    guest_id           uuid        NOT NULL CONSTRAINT messages_guest_fkey REFERENCES guests (id),
    direction          text        NOT NULL,
    kind               text        NOT NULL,
    content            jsonb       NOT NULL,
    -- The provider's name for it; an outgoing message has none until it is accepted.
    wamid              text        CONSTRAINT messages_wamid_key UNIQUE,
    status             text        NOT NULL,
    error_code         integer,
    error              text,
    -- The step of a workflow that sends it; the message's id is derived from it.
    step               text,
    provider_timestamp timestamptz,
    attempted_at       timestamptz,
    accepted_at        timestamptz,
    created_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT messages_known_direction CHECK (direction IN ('in', 'out')),
    CONSTRAINT messages_known_status CHECK (CASE direction
        WHEN 'in' THEN status = 'received'
        ELSE status IN ('composed', 'attempted', 'accepted', 'sent', 'delivered', 'read', 'played', 'failed')
    END)
);

CREATE INDEX messages_thread_idx ON messages (guest_id, seq);

-- How far a message has got. A status moves a message forward or not at all. `failed` undoes at most
-- `sent`: what was delivered did not fail.
CREATE FUNCTION message_status_rank(status text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN array_position(
        ARRAY['composed', 'attempted', 'accepted', 'sent', 'failed', 'delivered', 'read', 'played'], status);

-- Statuses of messages we do not know yet: the provider's webhook can be faster than its own answer.
CREATE TABLE message_statuses (
    id          bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT message_statuses_pkey PRIMARY KEY,
    wamid       text        NOT NULL,
    status      text        NOT NULL,
    at          timestamptz NOT NULL,
    error_code  integer,
    error       text,
    received_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT message_statuses_once UNIQUE (wamid, status)
);

-- Every verified webhook, before it is acknowledged. Also the webhook monitor of the admin pages.
CREATE TABLE inbox (
    id           bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT inbox_pkey PRIMARY KEY,
    provider     text        NOT NULL,
    event_id     text        NOT NULL,
    kind         text        NOT NULL,
    guest_id     uuid        CONSTRAINT inbox_guest_fkey REFERENCES guests (id),
    message_id   uuid        CONSTRAINT inbox_message_fkey REFERENCES messages (id),
    -- What it is about at the provider, such as a payment's id.
    resource_id  text,
    -- Whether its signature was checked; an unsigned hint is only ever a reason to ask the provider.
    authentic    boolean     NOT NULL,
    payload      jsonb       NOT NULL,
    received_at  timestamptz NOT NULL,
    delivered_at timestamptz,
    attempts     integer     NOT NULL DEFAULT 0,
    CONSTRAINT inbox_event_key UNIQUE (provider, event_id)
);

-- The sweep reads only what is left to deliver, in order.
CREATE INDEX inbox_undelivered_idx ON inbox (id) WHERE delivered_at IS NULL;
";

const DOWN: &str = "
DROP TABLE inbox;
DROP TABLE message_statuses;
DROP FUNCTION message_status_rank(text);
DROP TABLE messages;
";
