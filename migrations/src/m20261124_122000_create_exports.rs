//! Links under which other channels read our calendars, what they were served, and when.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_122000_create_exports",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- One row: the key that tokens of links and names of events are made with. It never changes, because with it
-- every link and every event would get another name.
CREATE TABLE export_key (
    single boolean CONSTRAINT export_key_pkey PRIMARY KEY DEFAULT true,
    key    bytea   NOT NULL,
    CONSTRAINT export_key_single CHECK (single),
    CONSTRAINT export_key_length CHECK (octet_length(key) >= 32)
);

-- Two version 4 UUIDs: 244 bits of chance.
INSERT INTO export_key (key) VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

-- One secret address per accommodation and channel, and a general one.
CREATE TABLE export_links (
    id               uuid        CONSTRAINT export_links_pkey PRIMARY KEY,
    accommodation_id uuid        NOT NULL
        CONSTRAINT export_links_accommodation_fkey REFERENCES accommodations (id),
    channel          text        NOT NULL,
    -- The token is made of the key and this, so that the owner can be shown it again.
    salt             bytea       NOT NULL,
    token_digest     bytea       NOT NULL CONSTRAINT export_links_token_key UNIQUE,
    -- Whether nights that channels close by their own rules are passed on.
    with_rules       boolean     NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL,
    replaced_at      timestamptz,
    revoked_at       timestamptz,
    fetches          bigint      NOT NULL DEFAULT 0,
    CONSTRAINT export_links_known_channel CHECK
        (channel IN ('general', 'airbnb', 'booking', 'vrbo', 'google', 'other'))
);

CREATE UNIQUE INDEX export_links_channel_key ON export_links (accommodation_id, channel) WHERE revoked_at IS NULL;

-- What a link has said, for as long as a channel may give it back as its own.
CREATE TABLE export_versions (
    id             bigint         GENERATED ALWAYS AS IDENTITY CONSTRAINT export_versions_pkey PRIMARY KEY,
    link_id        uuid           NOT NULL
        CONSTRAINT export_versions_link_fkey REFERENCES export_links (id) ON DELETE CASCADE,
    etag           text           NOT NULL,
    nights         datemultirange NOT NULL,
    -- When it was first asked for, and always a second later than the version before it: what the channel
    -- sends back as If-Modified-Since has no smaller unit.
    changed_at     timestamptz    NOT NULL,
    -- When a channel first had it, if one ever did.
    served_at      timestamptz,
    last_served_at timestamptz
);

CREATE INDEX export_versions_link_idx ON export_versions (link_id, id DESC);

-- The last fetches of each link.
CREATE TABLE export_fetches (
    id         bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT export_fetches_pkey PRIMARY KEY,
    link_id    uuid        NOT NULL
        CONSTRAINT export_fetches_link_fkey REFERENCES export_links (id) ON DELETE CASCADE,
    etag       text        NOT NULL,
    at         timestamptz NOT NULL,
    method     text        NOT NULL,
    status     smallint    NOT NULL,
    user_agent text
);

CREATE INDEX export_fetches_link_idx ON export_fetches (link_id, id DESC);

-- How often the dates of what we publish have changed, and when anything of it last did.
ALTER TABLE reservations
    ADD COLUMN moves      integer     NOT NULL DEFAULT 0,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE calendar_blocks
    ADD COLUMN moves      integer     NOT NULL DEFAULT 0,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();

CREATE FUNCTION note_change_of_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.check_in <> OLD.check_in OR NEW.check_out <> OLD.check_out THEN
        NEW.moves := OLD.moves + 1;
    END IF;
    NEW.changed_at := now();
    RETURN NEW;
END
$$;

CREATE TRIGGER reservations_note_change
    BEFORE UPDATE OF check_in, check_out, reservation_status ON reservations
    FOR EACH ROW
    WHEN (OLD.check_in <> NEW.check_in OR OLD.check_out <> NEW.check_out
          OR OLD.reservation_status <> NEW.reservation_status)
    EXECUTE FUNCTION note_change_of_stay();

CREATE FUNCTION note_change_of_block() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.moves := OLD.moves + 1;
    NEW.changed_at := now();
    RETURN NEW;
END
$$;

CREATE TRIGGER calendar_blocks_note_change
    BEFORE UPDATE OF nights ON calendar_blocks
    FOR EACH ROW
    WHEN (OLD.nights <> NEW.nights)
    EXECUTE FUNCTION note_change_of_block();
";

const DOWN: &str = "
DROP TRIGGER calendar_blocks_note_change ON calendar_blocks;
DROP FUNCTION note_change_of_block();
DROP TRIGGER reservations_note_change ON reservations;
DROP FUNCTION note_change_of_stay();
ALTER TABLE calendar_blocks DROP COLUMN changed_at, DROP COLUMN moves;
ALTER TABLE reservations DROP COLUMN changed_at, DROP COLUMN moves;
DROP TABLE export_fetches;
DROP TABLE export_versions;
DROP TABLE export_links;
DROP TABLE export_key;
";
