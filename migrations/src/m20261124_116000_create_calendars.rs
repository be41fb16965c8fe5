//! Feeds of other channels, what they say is taken, and where that clashes with our own stays.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_116000_create_calendars",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- A calendar of another channel that is read for one accommodation.
CREATE TABLE calendar_feeds (
    id               uuid        CONSTRAINT calendar_feeds_pkey PRIMARY KEY,
    accommodation_id uuid        NOT NULL
        CONSTRAINT calendar_feeds_accommodation_fkey REFERENCES accommodations (id),
    channel          text        NOT NULL,
    -- A secret: whoever has it reads when the house is empty. It is shown masked and never logged.
    url              text        NOT NULL,
    settings         jsonb       NOT NULL DEFAULT '{}',
    paused           boolean     NOT NULL DEFAULT false,
    status           text        NOT NULL DEFAULT 'new',
    -- For conditional requests: the values of the last good answer, and when one was last read whole.
    etag             text,
    last_modified    text,
    read_whole_at    timestamptz,
    -- How it went: the last try, the last one that a channel answered, the last one that was applied.
    last_try_at      timestamptz,
    last_good_at     timestamptz,
    next_try_at      timestamptz,
    failures         integer     NOT NULL DEFAULT 0,
    failing_since    timestamptz,
    last_error       text,
    alerted_at       timestamptz,
    -- A drop that is held: since when, and what the owner says of it.
    drop_since       timestamptz,
    drop_answer      text,
    rule_told_at     timestamptz,
    -- What was read last, for the owner to download. It may name guests, and goes when the feed goes.
    snapshot         bytea,
    created_at       timestamptz NOT NULL DEFAULT now(),
    removed_at       timestamptz,
    CONSTRAINT calendar_feeds_known_channel CHECK (channel IN ('airbnb', 'booking', 'vrbo', 'google', 'other')),
    CONSTRAINT calendar_feeds_known_status CHECK
        (status IN ('new', 'ok', 'failing', 'needs_attention', 'suspicious_drop')),
    CONSTRAINT calendar_feeds_known_answer CHECK (drop_answer IN ('free', 'keep'))
);

CREATE UNIQUE INDEX calendar_feeds_url_key ON calendar_feeds (accommodation_id, md5(url)) WHERE removed_at IS NULL;

-- The last runs of each feed. The key makes a run that is repeated the same run.
CREATE TABLE calendar_runs (
    id       bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT calendar_runs_pkey PRIMARY KEY,
    feed_id  uuid        NOT NULL
        CONSTRAINT calendar_runs_feed_fkey REFERENCES calendar_feeds (id) ON DELETE CASCADE,
    key      text        NOT NULL,
    at       timestamptz NOT NULL,
    outcome  text        NOT NULL,
    error    text,
    counts   jsonb       NOT NULL DEFAULT '{}',
    warnings jsonb       NOT NULL DEFAULT '[]',
    CONSTRAINT calendar_runs_key UNIQUE (feed_id, key),
    CONSTRAINT calendar_runs_known_outcome CHECK
        (outcome IN ('applied', 'unchanged', 'not_modified', 'held', 'failed'))
);

CREATE INDEX calendar_runs_feed_idx ON calendar_runs (feed_id, id DESC);

-- Nights that a feed says are taken, with the identity of the event they came from.
CREATE TABLE calendar_blocks (
    id               bigint         GENERATED ALWAYS AS IDENTITY CONSTRAINT calendar_blocks_pkey PRIMARY KEY,
    feed_id          uuid           NOT NULL
        CONSTRAINT calendar_blocks_feed_fkey REFERENCES calendar_feeds (id),
    accommodation_id uuid           NOT NULL
        CONSTRAINT calendar_blocks_accommodation_fkey REFERENCES accommodations (id),
    -- What identifies it in the feed: a digest of its UID and recurrence.
    key              text           NOT NULL,
    uid              text,
    nights           datemultirange NOT NULL,
    kind             text           NOT NULL,
    sequence         bigint,
    -- May name a guest: shown to the owner alone, and erased after the stay.
    summary          text,
    echo             boolean        NOT NULL DEFAULT false,
    -- Whether it keeps others from the nights; a rule of the channel that the owner waived does not.
    occupies         boolean        NOT NULL DEFAULT true,
    first_seen       timestamptz    NOT NULL,
    -- When it was last seen, once it is missing; until then it was seen by the last good run.
    last_seen        timestamptz    NOT NULL,
    misses           smallint       NOT NULL DEFAULT 0,
    held_since       timestamptz,
    -- An older copy that came back once: believed when it comes again.
    revision         jsonb,
    state            text           NOT NULL DEFAULT 'active',
    ended_at         timestamptz,
    CONSTRAINT calendar_blocks_known_kind CHECK (kind IN ('reservation', 'hold', 'rule', 'block', 'unknown')),
    CONSTRAINT calendar_blocks_known_state CHECK (state IN ('active', 'released', 'archived')),
    CONSTRAINT calendar_blocks_nights CHECK (NOT isempty(nights))
);

CREATE UNIQUE INDEX calendar_blocks_key ON calendar_blocks (feed_id, key) WHERE state = 'active';
CREATE INDEX calendar_blocks_accommodation_idx ON calendar_blocks (accommodation_id) WHERE state = 'active';
CREATE INDEX calendar_blocks_summary_idx ON calendar_blocks (feed_id) WHERE state <> 'active' AND summary IS NOT NULL;

-- Nights that are taken twice: by a feed and by a stay of ours, or by two feeds.
CREATE TABLE calendar_conflicts (
    id               bigint         GENERATED ALWAYS AS IDENTITY CONSTRAINT calendar_conflicts_pkey PRIMARY KEY,
    accommodation_id uuid           NOT NULL
        CONSTRAINT calendar_conflicts_accommodation_fkey REFERENCES accommodations (id),
    feed_id          uuid           NOT NULL
        CONSTRAINT calendar_conflicts_feed_fkey REFERENCES calendar_feeds (id),
    -- The other side: a reservation's code, or the other feed's id.
    against          text           NOT NULL,
    nights           datemultirange NOT NULL,
    kind             text           NOT NULL,
    severity         text           NOT NULL,
    state            text           NOT NULL DEFAULT 'open',
    -- What both sides say, as it was when the conflict was last seen anew.
    evidence         jsonb          NOT NULL DEFAULT '{}',
    first_seen       timestamptz    NOT NULL,
    alerts           smallint       NOT NULL DEFAULT 0,
    alerted_at       timestamptz,
    decision         text,
    acted_by         text,
    acted_at         timestamptz,
    resolved_at      timestamptz,
    -- One per reservation, feed and set of shared nights, whatever the event is called today.
    CONSTRAINT calendar_conflicts_key UNIQUE (feed_id, against, nights),
    CONSTRAINT calendar_conflicts_known_severity CHECK (severity IN ('critical', 'warning', 'info')),
    CONSTRAINT calendar_conflicts_known_state CHECK (state IN ('open', 'acknowledged', 'resolved'))
);

CREATE INDEX calendar_conflicts_accommodation_idx ON calendar_conflicts (accommodation_id, state);

-- An imported block may be several rows (90 nights is the longest), and a row that was given up stays: its
-- name in the feed is no longer unique.
ALTER TABLE reservations DROP CONSTRAINT reservations_external_key;
ALTER TABLE reservations
    ADD COLUMN external_kind text,
    ADD COLUMN calendar_block_id bigint
        CONSTRAINT reservations_calendar_block_fkey REFERENCES calendar_blocks (id);
CREATE INDEX reservations_calendar_block_idx ON reservations (accommodation_id)
    WHERE calendar_block_id IS NOT NULL AND reservation_status = 'blocked';

-- Nights that a stay of ours gives up while a feed says they are taken go to that feed's block in the same
-- statement: there is no moment in which somebody else could have them. So a hold can be displaced, and a
-- stay that clashed be cancelled or moved, by its own workflow and at any time.
CREATE FUNCTION hand_nights_to_calendars() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    freed datemultirange := datemultirange(OLD.period) * datemultirange(daterange(current_date - 1, NULL, '[)'));
    claim record;
    part daterange;
    chance bytea;
    alphabet CONSTANT text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
BEGIN
    freed := freed - coalesce(
        (SELECT range_agg(period) FROM reservations
         WHERE accommodation_id = OLD.accommodation_id
           AND reservation_status IN ('pre_reserved', 'confirmed', 'blocked')
           AND period && OLD.period),
        '{}'::datemultirange);
    FOR claim IN
        SELECT id, feed_id, coalesce(uid, key) AS name, kind, nights FROM calendar_blocks
        WHERE accommodation_id = OLD.accommodation_id AND state = 'active' AND occupies AND nights && freed
        ORDER BY first_seen, id
    LOOP
        FOR part IN SELECT unnest(claim.nights * freed) LOOP
            chance := uuid_send(gen_random_uuid());
            WITH taken AS (
                INSERT INTO reservations (
                    code, accommodation_id, check_in, check_out, guests, quote, total_centavos, deposit_centavos,
                    currency, reservation_status, channel, source, external_key, external_kind,
                    calendar_block_id)
                VALUES (
                    'RES' || to_char(now() AT TIME ZONE 'UTC', 'YYMMDD')
                        || substr(alphabet, get_byte(chance, 0) % 32 + 1, 1)
                        || substr(alphabet, get_byte(chance, 1) % 32 + 1, 1)
                        || substr(alphabet, get_byte(chance, 2) % 32 + 1, 1)
                        || substr(alphabet, get_byte(chance, 3) % 32 + 1, 1)
                        || substr(alphabet, get_byte(chance, 4) % 32 + 1, 1)
                        || substr(alphabet, get_byte(chance, 5) % 32 + 1, 1),
                    OLD.accommodation_id, lower(part), upper(part), 1,
                    jsonb_build_object(
                        'lines', '[]'::jsonb,
                        'total', jsonb_build_object('centavos', 0, 'currency', 'ARS'),
                        'deposit', jsonb_build_object('centavos', 0, 'currency', 'ARS'),
                        'nights', upper(part) - lower(part)),
                    0, 0, 'ARS', 'blocked', 'calendar', claim.feed_id::text, claim.name, claim.kind, claim.id)
                ON CONFLICT DO NOTHING
                RETURNING code
            )
            INSERT INTO reservation_events (code, at, kind, details)
            SELECT code, now(), 'blocked', jsonb_build_object('after', OLD.code) FROM taken;
        END LOOP;
        freed := freed - claim.nights;
        EXIT WHEN isempty(freed);
    END LOOP;
    RETURN NULL;
END
$$;

CREATE TRIGGER reservations_hand_over
    AFTER UPDATE OF reservation_status, check_in, check_out ON reservations
    FOR EACH ROW
    WHEN (OLD.calendar_block_id IS NULL
          AND OLD.reservation_status IN ('pre_reserved', 'confirmed', 'blocked')
          AND (NEW.reservation_status NOT IN ('pre_reserved', 'confirmed', 'blocked')
               OR NEW.check_in > OLD.check_in OR NEW.check_out < OLD.check_out))
    EXECUTE FUNCTION hand_nights_to_calendars();
";

const DOWN: &str = "
DROP TRIGGER reservations_hand_over ON reservations;
DROP FUNCTION hand_nights_to_calendars();
DELETE FROM reservation_events WHERE code IN (SELECT code FROM reservations WHERE calendar_block_id IS NOT NULL);
DELETE FROM reservations WHERE calendar_block_id IS NOT NULL;
ALTER TABLE reservations DROP COLUMN calendar_block_id, DROP COLUMN external_kind;
ALTER TABLE reservations ADD CONSTRAINT reservations_external_key UNIQUE (accommodation_id, source, external_key);
DROP TABLE calendar_conflicts;
DROP TABLE calendar_blocks;
DROP TABLE calendar_runs;
DROP TABLE calendar_feeds;
";
