//! Money that a payer disputes is not with us: it neither pays for a stay nor can it be given back.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_114001_leave_out_disputed_money",
    up: r"
-- As before, but nothing is left of a payment while its payer disputes it. A dispute that is won makes it
-- `approved` again.
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
    down: r"
CREATE OR REPLACE FUNCTION payment_left(payment_id text) RETURNS bigint LANGUAGE sql STABLE STRICT AS $$
    SELECT payments.amount_centavos - ours.decided - greatest(payments.refunded_centavos - ours.approved, 0)
    FROM payments, LATERAL (
        SELECT
            coalesce(sum(amount_centavos) FILTER (WHERE status <> 'failed'), 0)::bigint AS decided,
            coalesce(sum(amount_centavos) FILTER (WHERE status = 'approved'), 0)::bigint AS approved
        FROM refunds WHERE refunds.payment_id = payments.id) AS ours
    WHERE payments.id = payment_left.payment_id
$$;
",
};
