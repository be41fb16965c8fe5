//! Every block of a calendar keeps others from its nights: the word for it goes.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_130100_drop_occupies",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- As before, without the column: what the owner waives never becomes a block.
CREATE OR REPLACE FUNCTION hand_nights_to_calendars() RETURNS trigger LANGUAGE plpgsql AS $$
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
        WHERE accommodation_id = OLD.accommodation_id AND state = 'active' AND nights && freed
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
ALTER TABLE calendar_blocks DROP COLUMN occupies;
";

const DOWN: &str = "
ALTER TABLE calendar_blocks ADD COLUMN occupies boolean NOT NULL DEFAULT true;
CREATE OR REPLACE FUNCTION hand_nights_to_calendars() RETURNS trigger LANGUAGE plpgsql AS $$
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
";
