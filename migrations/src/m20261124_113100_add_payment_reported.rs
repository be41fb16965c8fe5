//! Whether a payment's story was told: what was written down and not passed on must be found again.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_113100_add_payment_reported",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- The last status that its reservation was told of.
ALTER TABLE payments ADD COLUMN reported_status text;

-- What was there before is taken for told: what matters of it is seen by what became of it.
UPDATE payments SET reported_status = status;

-- Whether everything that follows from what we know of a payment is there, so that nobody has to ask the
-- provider about it again. Judged by what was done, not by what somebody meant to do.
CREATE FUNCTION payment_is_followed_up(payment payments) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN payment.id LIKE 'by-hand:%' THEN true
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

const DOWN: &str = "
DROP FUNCTION payment_is_followed_up(payments);
ALTER TABLE payments DROP COLUMN reported_status;
";
