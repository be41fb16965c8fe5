//! What is left of a payment, with what [`m20261124_113000_create_ledger`](super::m20261124_113000_create_ledger) and
//! [`m20261124_114001_leave_out_disputed_money`](super::m20261124_114001_leave_out_disputed_money) know of it.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_135000_count_refunds_once",
    up: r"
-- What the provider reports contains our own refunds as soon as it has made them, which may be before we know: the
-- larger of the two is on its way back, not their sum. Nothing is left while the payer disputes it; a dispute that
-- is won makes the payment `approved` again.
CREATE OR REPLACE FUNCTION payment_left(payment_id text) RETURNS bigint LANGUAGE sql STABLE STRICT AS $$
    SELECT CASE WHEN payments.status = 'charged_back' THEN 0 ELSE
        payments.amount_centavos - greatest(payments.refunded_centavos, ours.decided)
    END
    FROM payments, LATERAL (
        SELECT coalesce(sum(amount_centavos) FILTER (WHERE status <> 'failed'), 0)::bigint AS decided
        FROM refunds WHERE refunds.payment_id = payments.id) AS ours
    WHERE payments.id = payment_left.payment_id
$$;
",
    down: r"
CREATE OR REPLACE FUNCTION payment_left(payment_id text) RETURNS bigint LANGUAGE sql STABLE STRICT AS $$
    SELECT CASE WHEN payments.status = 'charged_back' THEN 0 ELSE
        payments.amount_centavos - ours.decided - greatest(payments.refunded_centavos - ours.approved, 0)
    END
    FROM payments, LATERAL (
        SELECT
            coalesce(sum(amount_centavos) FILTER (WHERE status <> 'failed'), 0)::bigint AS decided,
            coalesce(sum(amount_centavos) FILTER (WHERE status = 'approved'), 0)::bigint AS approved
        FROM refunds WHERE refunds.payment_id = payments.id) AS ours
    WHERE payments.id = payment_left.payment_id
$$;
",
};
