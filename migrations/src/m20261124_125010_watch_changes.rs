//! What the pages are told the moment it happens, and how far staff have read.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_125010_watch_changes",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- Says what kind of thing changed, and nothing else: who listens looks for themselves. Postgres sends the same
-- word once a transaction, however many rows it changed.
CREATE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('posada_changes', TG_ARGV[0]);
    RETURN NULL;
END
$$;
CREATE TRIGGER reservation_events_told AFTER INSERT ON reservation_events
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change('reservations');
CREATE TRIGGER messages_told AFTER INSERT OR UPDATE OF status, hearing ON messages
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change('messages');
CREATE TRIGGER payments_told AFTER INSERT OR UPDATE OF status ON payments
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change('payments');
CREATE TRIGGER review_queue_told AFTER INSERT OR UPDATE OF resolved_at ON review_queue
    FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change('queue');

-- The last message of a guest that somebody here has seen.
CREATE TABLE conversations_read (
    guest_id uuid   CONSTRAINT conversations_read_pkey PRIMARY KEY
        CONSTRAINT conversations_read_guest_fkey REFERENCES guests (id) ON DELETE CASCADE,
    seq      bigint NOT NULL
);
";

const DOWN: &str = "
DROP TABLE conversations_read;
DROP TRIGGER review_queue_told ON review_queue;
DROP TRIGGER payments_told ON payments;
DROP TRIGGER messages_told ON messages;
DROP TRIGGER reservation_events_told ON reservation_events;
DROP FUNCTION tell_of_change();
";
