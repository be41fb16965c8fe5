//! Payments that came before their reservation: found when it is there, however late that is.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_140000_find_unplaced_payments",
    up: UP,
    down: DOWN,
};

const UP: &str = r"
CREATE INDEX payments_unplaced_idx ON payments (external_reference) WHERE code IS NULL;

-- As before, but asking the owner whose a payment is settles nothing once the reservation that it names is there.
CREATE OR REPLACE FUNCTION payment_is_followed_up(payment payments) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN payment.id LIKE 'by-hand:%' THEN true
        WHEN payment.code IS NULL AND EXISTS (
            SELECT FROM reservations WHERE code = payment.external_reference) THEN false
        -- It fits nowhere: money of it is the owner's matter, and without money it is nobody's.
        WHEN payment.code IS NULL OR NOT payment.collected OR payment.currency <> 'ARS' THEN
            payment.status NOT IN ('approved', 'charged_back') OR EXISTS (
                SELECT FROM review_queue WHERE reference = payment.id
                    AND kind IN ('unknown_reference', 'wrong_currency', 'wrong_collector'))
        WHEN payment.status = 'charged_back' THEN EXISTS (
            SELECT FROM review_queue WHERE reference = payment.id AND kind = 'charged_back')
        WHEN payment.status IN ('approved', 'refunded') THEN
            (payment.status = 'refunded'
                OR EXISTS (SELECT FROM settlements WHERE payment_id = payment.id))
            AND (payment.refunded_centavos <= (
                    SELECT coalesce(sum(amount_centavos), 0) FROM refunds
                    WHERE payment_id = payment.id AND status <> 'failed')
                OR EXISTS (SELECT FROM review_queue
                    WHERE reference = payment.id AND kind = 'refunded_at_provider'))
        ELSE payment.reported_status IS NOT DISTINCT FROM payment.status
    END
$$;
";

const DOWN: &str = r"
CREATE OR REPLACE FUNCTION payment_is_followed_up(payment payments) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN payment.id LIKE 'by-hand:%' THEN true
        WHEN payment.code IS NULL OR NOT payment.collected OR payment.currency <> 'ARS' THEN
            payment.status NOT IN ('approved', 'charged_back') OR EXISTS (
                SELECT FROM review_queue WHERE reference = payment.id
                    AND kind IN ('unknown_reference', 'wrong_currency', 'wrong_collector'))
        WHEN payment.status = 'charged_back' THEN EXISTS (
            SELECT FROM review_queue WHERE reference = payment.id AND kind = 'charged_back')
        WHEN payment.status IN ('approved', 'refunded') THEN
            (payment.status = 'refunded'
                OR EXISTS (SELECT FROM settlements WHERE payment_id = payment.id))
            AND (payment.refunded_centavos <= (
                    SELECT coalesce(sum(amount_centavos), 0) FROM refunds
                    WHERE payment_id = payment.id AND status <> 'failed')
                OR EXISTS (SELECT FROM review_queue
                    WHERE reference = payment.id AND kind = 'refunded_at_provider'))
        ELSE payment.reported_status IS NOT DISTINCT FROM payment.status
    END
$$;
DROP INDEX payments_unplaced_idx;
";
