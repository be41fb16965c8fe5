//! Every approved peso is in exactly one place, and nothing that was decided is left undone.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "payments_placed",
        holds: "every approved payment is applied, given back, or with the owner, and only one of them",
        sql: "
WITH placed AS (
    SELECT payments.id, payments.updated_at, payments.amount_centavos,
        settlements.payment_id IS NOT NULL AS settled,
        payments.refunded_centavos >= payments.amount_centavos OR payment_left(payments.id) = 0 AS returned,
        misfit.raised, misfit.open
    FROM payments LEFT JOIN settlements ON settlements.payment_id = payments.id, LATERAL (
        SELECT count(*) > 0 AS raised, count(*) FILTER (WHERE resolved_at IS NULL) > 0 AS open
        FROM review_queue WHERE reference = payments.id
            AND kind IN ('unknown_reference', 'wrong_currency', 'wrong_collector')) AS misfit
    WHERE payments.status = 'approved'
)
SELECT 'payment ' || id AS subject, 'nobody has decided what becomes of it' AS what,
    NULL::bigint AS expected, amount_centavos AS found
FROM placed WHERE NOT settled AND NOT raised AND NOT returned AND updated_at < $1
UNION ALL
SELECT 'payment ' || id, 'it is settled, and the owner is still asked whose it is', NULL, amount_centavos
FROM placed WHERE settled AND open AND updated_at < $1
ORDER BY subject",
    },
    Check {
        name: "settlements_whole",
        holds: "what is applied of a payment and what goes back add up to what it was",
        sql: "
SELECT 'payment ' || payments.id AS subject, 'applied and given back' AS what,
    payments.amount_centavos AS expected, applied_centavos + returned_centavos AS found
FROM settlements JOIN payments ON payments.id = payment_id
-- What the provider had given back before we decided is no part of the decision.
WHERE applied_centavos + returned_centavos > payments.amount_centavos
   OR applied_centavos + returned_centavos < payments.amount_centavos - payments.refunded_centavos
ORDER BY subject",
    },
    Check {
        name: "refunds_within_payment",
        holds: "nobody is given back more than they paid",
        sql: "
SELECT 'payment ' || id AS subject, 'given back, or decided to be' AS what,
    amount_centavos AS expected, returned::bigint AS found
FROM payments, LATERAL (
    SELECT greatest(payments.refunded_centavos, coalesce(sum(amount_centavos), 0)) AS returned
    FROM refunds WHERE payment_id = payments.id AND status <> 'failed') AS ours
WHERE returned > amount_centavos
ORDER BY subject",
    },
    Check {
        name: "refunds_done",
        holds: "what is to go back goes, or the owner has it with a deadline that has not passed",
        sql: "
WITH waiting AS (
    SELECT 'refund ' || key AS subject, 'is ' || status || ' since ' || created_at::date AS what,
        amount_centavos AS found, key AS reference
    FROM refunds WHERE status IN ('intended', 'in_process') AND created_at < $1
    UNION ALL
    SELECT 'payment ' || payment_id, 'is to go back, and no refund is under way',
        returning_centavos - under_way, payment_id
    FROM ledger_payments, LATERAL (
        SELECT coalesce(sum(amount_centavos), 0)::bigint AS under_way FROM refunds
        WHERE refunds.payment_id = ledger_payments.payment_id AND status IN ('intended', 'in_process')) AS ours
    WHERE returning_centavos > under_way
      AND NOT EXISTS (SELECT FROM ledger_transactions
          WHERE ledger_transactions.payment_id = ledger_payments.payment_id AND recorded_at >= $1)
)
SELECT subject, what, 0::bigint AS expected, found FROM waiting
WHERE NOT EXISTS (
    SELECT FROM review_queue WHERE resolved_at IS NULL AND (deadline IS NULL OR deadline >= now())
      AND strpos(review_queue.reference, waiting.reference) > 0)
ORDER BY subject",
    },
    Check {
        name: "deposits_paid",
        holds: "no stay is confirmed without its deposit, unless the owner says so",
        sql: "
SELECT 'reservation ' || code AS subject, 'is confirmed' AS what, deposit_centavos AS expected,
    applied::bigint AS found
FROM reservations, LATERAL (
    SELECT coalesce(sum(applied_centavos), 0) AS applied,
        coalesce(bool_or(payment_id LIKE 'by-hand:%'), false) AS by_hand
    FROM settlements WHERE settlements.code = reservations.code) AS settled
WHERE reservation_status IN ('confirmed', 'completed') AND channel IN ('whatsapp', 'direct')
  AND applied < deposit_centavos AND NOT by_hand
  -- Other dates can cost more than those that the deposit was for.
  AND NOT (applied > 0 AND EXISTS (SELECT FROM reservation_events AS event
      WHERE event.code = reservations.code AND kind = 'dates_changed'))
ORDER BY subject",
    },
    Check {
        name: "queue_in_time",
        holds: "no matter of money waits for the owner beyond its deadline",
        sql: "
SELECT kind || ' ' || reference AS subject, 'was to be decided by ' || deadline::date AS what,
    NULL::bigint AS expected, NULL::bigint AS found
FROM review_queue
WHERE resolved_at IS NULL AND deadline < now() AND kind IN (
    'unknown_reference', 'wrong_currency', 'wrong_collector', 'charged_back', 'refunded_at_provider',
    'refund_late', 'refund_failed', 'give_back_by_hand')
ORDER BY deadline, subject",
    },
    Check {
        name: "links_closed",
        holds: "nobody can pay for what is no hold any more",
        sql: "
SELECT 'reservation ' || code AS subject, 'its deposit can still be paid' AS what,
    NULL::bigint AS expected, payment_links.amount_centavos AS found
FROM payment_links JOIN reservations USING (code)
WHERE closed_at IS NULL AND purpose = 'deposit' AND reservation_status <> 'pre_reserved'
  AND coalesce(payment_links.expires_at, 'infinity') > now()
  AND greatest(confirmed_at, cancelled_at, expired_at, completed_at) < $1
ORDER BY subject",
    },
    Check {
        name: "inbox_delivered",
        holds: "what the provider told us was handed over",
        sql: "
SELECT 'event ' || id AS subject, 'of ' || provider || ' waits since ' || received_at AS what,
    NULL::bigint AS expected, NULL::bigint AS found
FROM inbox WHERE delivered_at IS NULL AND provider = 'mercadopago' AND received_at < $1
ORDER BY id",
    },
];
