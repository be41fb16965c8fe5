//! Everything that occupies nights, in one table, so that one constraint judges all of it.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_090200_create_reservations",
    up: UP,
    down: DOWN,
};

const UP: &str = "
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE reservations (
    id                 bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT reservations_pkey PRIMARY KEY,
    -- Blocks and imported bookings have a code too: whatever keeps a night can be named.
    code               text        NOT NULL CONSTRAINT reservations_code_key UNIQUE,
    accommodation_id   uuid        NOT NULL
        CONSTRAINT reservations_accommodation_fkey REFERENCES accommodations (id),
    guest_id           uuid        CONSTRAINT reservations_guest_fkey REFERENCES guests (id),
    check_in           date        NOT NULL,
    check_out          date        NOT NULL,
    period             daterange   GENERATED ALWAYS AS (daterange(check_in, check_out, '[)')) STORED,
    guests             smallint    NOT NULL,
    children           smallint    NOT NULL DEFAULT 0,
    pets               boolean     NOT NULL DEFAULT false,
    -- Frozen when the nights are held: later changes of the rates never touch it.
    quote              jsonb       NOT NULL,
    total_centavos     bigint      NOT NULL,
    deposit_centavos   bigint      NOT NULL,
    paid_centavos      bigint      NOT NULL DEFAULT 0,
    currency           text        NOT NULL,
    reservation_status text        NOT NULL,
    channel            text        NOT NULL,
    expires_at         timestamptz,
    extended           boolean     NOT NULL DEFAULT false,
    cancel_reason      text,
    -- Of an imported booking: the feed it came from and its name there.
    source             text,
    external_key       text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    confirmed_at       timestamptz,
    cancelled_at       timestamptz,
    completed_at       timestamptz,
    expired_at         timestamptz,
    CONSTRAINT reservations_known_status CHECK (reservation_status IN
        ('pre_reserved', 'confirmed', 'completed', 'expired', 'cancelled', 'no_show', 'blocked')),
    CONSTRAINT reservations_known_channel CHECK (channel IN ('whatsapp', 'direct', 'owner', 'calendar')),
    -- 90 nights is the longest stay there is; a longer block is several rows.
    CONSTRAINT reservations_nights CHECK (check_out - check_in BETWEEN 1 AND 90),
    CONSTRAINT reservations_party CHECK (guests BETWEEN 1 AND 30 AND children BETWEEN 0 AND guests),
    CONSTRAINT reservations_money CHECK
        (total_centavos >= 0 AND deposit_centavos BETWEEN 0 AND total_centavos AND paid_centavos >= 0),
    CONSTRAINT reservations_hold_ends CHECK (reservation_status <> 'pre_reserved' OR expires_at IS NOT NULL),
    CONSTRAINT reservations_source CHECK ((source IS NULL) = (external_key IS NULL)),
    CONSTRAINT reservations_external_key UNIQUE (accommodation_id, source, external_key),
    -- The judge of double booking. Nothing else decides who owns a night.
    --
    -- The period comes first because its index also answers what is taken between two dates. Measured with
    -- 200 accommodations and two years of stays on two cores, period first against accommodation first:
    -- 4,815/s against 794/s for three nights, 690/s against 431/s for four months; taking nights costs
    -- a sixth for it, 1,900/s against 2,291/s.
    CONSTRAINT no_overlap_reservations EXCLUDE USING gist (period WITH &&, accommodation_id WITH =)
        WHERE (reservation_status IN ('pre_reserved', 'confirmed', 'blocked'))
);

CREATE INDEX reservations_guest_idx ON reservations (guest_id, check_in) WHERE guest_id IS NOT NULL;
CREATE INDEX reservations_created_idx ON reservations (created_at DESC, id DESC);

-- What happened to a reservation, in order. Rows are only ever added.
CREATE TABLE reservation_events (
    id      bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT reservation_events_pkey PRIMARY KEY,
    code    text        NOT NULL
        CONSTRAINT reservation_events_code_fkey REFERENCES reservations (code),
    at      timestamptz NOT NULL,
    kind    text        NOT NULL,
    details jsonb       NOT NULL DEFAULT '{}'
);

CREATE INDEX reservation_events_code_idx ON reservation_events (code, id);

-- The reservation that a client's Idempotency-Key once made.
CREATE TABLE idempotency_keys (
    key          text        CONSTRAINT idempotency_keys_pkey PRIMARY KEY,
    request_hash text        NOT NULL,
    code         text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idempotency_keys_created_idx ON idempotency_keys (created_at);
";

// The extension stays: other schemas of the database may use it.
const DOWN: &str = "
DROP TABLE idempotency_keys;
DROP TABLE reservation_events;
DROP TABLE reservations;
";
