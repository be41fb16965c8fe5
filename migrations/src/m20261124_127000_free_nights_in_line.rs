//! Nights are given up in line with the runs of the calendars that claim them.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_127000_free_nights_in_line",
    up: r"
-- Makes the transaction wait until nobody else changes who has the nights of this accommodation. What only takes
-- free nights does not need it: the constraint judges that.
CREATE FUNCTION lock_nights(accommodation_id uuid) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('nights/' || accommodation_id, 0))
$$;

-- A run that is under way has seen these nights taken and leaves them; its claim is not yet seen here. Without the
-- lock both would finish, and nights that a channel has sold would be free until its next run.
CREATE FUNCTION stand_in_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_nights(OLD.accommodation_id);
    RETURN NEW;
END
$$;

CREATE TRIGGER reservations_stand_in_line
    BEFORE UPDATE OF reservation_status, check_in, check_out ON reservations
    FOR EACH ROW
    WHEN (OLD.calendar_block_id IS NULL
          AND OLD.reservation_status IN ('pre_reserved', 'confirmed', 'blocked')
          AND (NEW.reservation_status NOT IN ('pre_reserved', 'confirmed', 'blocked')
               OR NEW.check_in > OLD.check_in OR NEW.check_out < OLD.check_out))
    EXECUTE FUNCTION stand_in_line();
",
    down: r"
DROP TRIGGER reservations_stand_in_line ON reservations;
DROP FUNCTION stand_in_line();
DROP FUNCTION lock_nights(uuid);
",
};
