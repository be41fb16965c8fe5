//! What programs of others are told of reservations and payments, and what became of telling them.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_145000_create_webhooks",
    up: UP,
    down: DOWN,
};

const UP: &str = r#"
-- Where events are sent to.
CREATE TABLE webhook_endpoints (
    id               uuid        CONSTRAINT webhook_endpoints_pkey PRIMARY KEY,
    url              text        NOT NULL,
    name             text        NOT NULL,
    -- Which kinds of events; all of them when none is named.
    events           text[]      NOT NULL DEFAULT '{}',
    created_at       timestamptz NOT NULL,
    -- When it last took an event.
    last_success_at  timestamptz,
    disabled_at      timestamptz,
    disabled_because text,
    removed_at       timestamptz,
    CONSTRAINT webhook_endpoints_disabled CHECK ((disabled_at IS NULL) = (disabled_because IS NULL))
);

-- What events are signed with, closed with a key of the installation. While one is replaced there are two.
CREATE TABLE webhook_secrets (
    id          bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT webhook_secrets_pkey PRIMARY KEY,
    endpoint_id uuid        NOT NULL
        CONSTRAINT webhook_secrets_endpoint_fkey REFERENCES webhook_endpoints (id),
    key_name    text        NOT NULL,
    closed      bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz
);
CREATE INDEX webhook_secrets_endpoint_idx ON webhook_secrets (endpoint_id, id);

-- What happened, as it is told. The text is signed, so it is kept as it is sent.
CREATE TABLE webhook_events (
    id      uuid        NOT NULL DEFAULT gen_random_uuid() CONSTRAINT webhook_events_pkey PRIMARY KEY,
    kind    text        NOT NULL,
    -- The code of the reservation or the id of the payment.
    subject text        NOT NULL,
    at      timestamptz NOT NULL,
    body    text        NOT NULL
);
CREATE INDEX webhook_events_at_idx ON webhook_events (at);

-- An event on its way to an endpoint.
CREATE TABLE webhook_deliveries (
    id           uuid        NOT NULL DEFAULT gen_random_uuid() CONSTRAINT webhook_deliveries_pkey PRIMARY KEY,
    seq          bigint      GENERATED ALWAYS AS IDENTITY,
    event_id     uuid        NOT NULL
        CONSTRAINT webhook_deliveries_event_fkey REFERENCES webhook_events (id) ON DELETE CASCADE,
    endpoint_id  uuid        NOT NULL
        CONSTRAINT webhook_deliveries_endpoint_fkey REFERENCES webhook_endpoints (id),
    status       text        NOT NULL DEFAULT 'pending',
    created_at   timestamptz NOT NULL DEFAULT now(),
    settled_at   timestamptz,
    CONSTRAINT webhook_deliveries_once UNIQUE (event_id, endpoint_id),
    CONSTRAINT webhook_deliveries_known_status CHECK (status IN ('pending', 'delivered', 'failed'))
);
CREATE INDEX webhook_deliveries_endpoint_idx ON webhook_deliveries (endpoint_id, seq DESC);

-- Each time that it was tried.
CREATE TABLE webhook_attempts (
    id           bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT webhook_attempts_pkey PRIMARY KEY,
    delivery_id  uuid        NOT NULL
        CONSTRAINT webhook_attempts_delivery_fkey REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
    -- The step of the workflow that tried, so that a step that is repeated is counted once.
    key          text        NOT NULL,
    at           timestamptz NOT NULL,
    http_status  integer,
    error        text,
    milliseconds integer     NOT NULL,
    CONSTRAINT webhook_attempts_key UNIQUE (delivery_id, key)
);

-- Writes an event down for everybody who listens, and hands its deliveries to the inbox. It is part of whatever
-- makes the fact: there is no fact without its event, and no event without its fact.
CREATE FUNCTION publish_event(event_kind text, event_subject text, event_at timestamptz, data jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    event uuid := gen_random_uuid();
BEGIN
    IF NOT EXISTS (
        SELECT FROM webhook_endpoints
        WHERE removed_at IS NULL AND disabled_at IS NULL AND (events = '{}' OR event_kind = ANY (events)))
    THEN
        RETURN;
    END IF;
    INSERT INTO webhook_events (id, kind, subject, at, body) VALUES (
        event, event_kind, event_subject, event_at,
        json_build_object(
            'type', event_kind,
            'timestamp', to_char(event_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'data', data)::text);
    WITH deliveries AS (
        INSERT INTO webhook_deliveries (event_id, endpoint_id)
        SELECT event, id FROM webhook_endpoints
        WHERE removed_at IS NULL AND disabled_at IS NULL AND (events = '{}' OR event_kind = ANY (events))
        RETURNING id
    )
    INSERT INTO inbox (provider, event_id, kind, resource_id, authentic, payload, received_at)
    SELECT 'outbound', id::text, 'outbound', 'whd_' || replace(id::text, '-', ''), true, '{}', now()
    FROM deliveries;
END
$$;

CREATE FUNCTION money_of(centavos bigint, currency text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('centavos', centavos, 'currency', currency)
$$;

-- What happened to a reservation is in its timeline; nights that another channel or the owner keeps are no
-- reservation of ours. Whoever is told gets no name and no number: those are asked for by the code.
CREATE FUNCTION publish_reservation_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told   text := CASE NEW.kind WHEN 'retaken' THEN 'confirmed' ELSE NEW.kind END;
    stay   reservations%ROWTYPE;
BEGIN
    IF told NOT IN ('held', 'confirmed', 'extended', 'dates_changed', 'expired', 'cancelled', 'completed', 'no_show')
    THEN
        RETURN NULL;
    END IF;
    SELECT * INTO stay FROM reservations WHERE code = NEW.code;
    IF stay.source IS NOT NULL
        OR NOT EXISTS (SELECT FROM reservation_events WHERE code = NEW.code AND kind IN ('held', 'imported'))
    THEN
        RETURN NULL;
    END IF;
    PERFORM publish_event('reservation.' || told, NEW.code, NEW.at, jsonb_build_object(
        'code', stay.code,
        'status', stay.reservation_status,
        'accommodation_id', 'acc_' || replace(stay.accommodation_id::text, '-', ''),
        'check_in', stay.check_in,
        'check_out', stay.check_out,
        'guests', stay.guests,
        'children', stay.children,
        'pets', stay.pets,
        'total', money_of(stay.total_centavos, stay.currency),
        'deposit', money_of(stay.deposit_centavos, stay.currency),
        'paid', money_of(stay.paid_centavos, stay.currency),
        'channel', stay.channel,
        'expires_at', CASE WHEN stay.reservation_status = 'pre_reserved' THEN stay.expires_at END));
    RETURN NULL;
END
$$;
CREATE TRIGGER reservation_events_published AFTER INSERT ON reservation_events
    FOR EACH ROW EXECUTE FUNCTION publish_reservation_event();

-- What the provider says of money that came in for us.
CREATE FUNCTION publish_payment_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.collected THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = NEW.status AND OLD.refunded_centavos = NEW.refunded_centavos
        AND OLD.collected = NEW.collected
    THEN
        RETURN NULL;
    END IF;
    PERFORM publish_event(
        'payment.' || CASE
            WHEN TG_OP = 'UPDATE' AND NEW.refunded_centavos > OLD.refunded_centavos THEN 'refunded'
            ELSE NEW.status END,
        NEW.id, NEW.provider_updated_at, jsonb_build_object(
            'id', NEW.id,
            'reservation_code', NEW.code,
            'status', NEW.status,
            'amount', money_of(NEW.amount_centavos, NEW.currency),
            'refunded', money_of(NEW.refunded_centavos, NEW.currency),
            'purpose', NEW.purpose,
            'method', NEW.method,
            'approved_at', NEW.approved_at));
    RETURN NULL;
END
$$;
CREATE TRIGGER payments_published AFTER INSERT OR UPDATE ON payments
    FOR EACH ROW EXECUTE FUNCTION publish_payment_event();
"#;

const DOWN: &str = "
DROP TRIGGER payments_published ON payments;
DROP TRIGGER reservation_events_published ON reservation_events;
DROP FUNCTION publish_payment_event();
DROP FUNCTION publish_reservation_event();
DROP FUNCTION money_of(bigint, text);
DROP FUNCTION publish_event(text, text, timestamptz, jsonb);
DROP TABLE webhook_attempts;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_events;
DROP TABLE webhook_secrets;
DROP TABLE webhook_endpoints;
";
