//! The ledger against itself and against the facts.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        name: "ledger_balances",
        holds: "every transaction of the ledger, and so all of it, sums to zero",
        sql: "
SELECT 'transaction ' || key AS subject, 'its sides differ by this much ' || currency AS what,
    0::bigint AS expected, sum(amount_centavos)::bigint AS found
FROM ledger_transactions JOIN ledger_postings ON transaction_id = id
GROUP BY key, currency HAVING sum(amount_centavos) <> 0
UNION ALL
SELECT 'transaction ' || key, 'has no postings', NULL, NULL
FROM ledger_transactions WHERE NOT EXISTS (SELECT FROM ledger_postings WHERE transaction_id = id)
ORDER BY subject",
    },
    Check {
        name: "ledger_payments",
        holds: "the ledger has each payment where the facts say its money is",
        sql: "
WITH facts AS (
    SELECT payments.id, payments.currency, payments.amount_centavos AS amount, payments.fee_centavos AS fee,
        settlements.applied_centavos AS applied,
        payments.collected AND payments.status IN ('approved', 'refunded', 'charged_back') AS came,
        CASE WHEN payments.status = 'charged_back' THEN payments.amount_centavos
             ELSE least(payments.amount_centavos, greatest(payments.refunded_centavos, (
                 SELECT coalesce(sum(amount_centavos), 0) FROM refunds
                 WHERE payment_id = payments.id AND status IN ('intended', 'in_process', 'approved'))))
        END AS leaving,
        CASE WHEN payments.status = 'charged_back' THEN payments.amount_centavos
             ELSE least(payments.amount_centavos, greatest(payments.refunded_centavos, (
                 SELECT coalesce(sum(amount_centavos), 0) FROM refunds
                 WHERE payment_id = payments.id AND status = 'approved')))
        END AS gone
    FROM payments LEFT JOIN settlements ON settlements.payment_id = payments.id
), expected AS (
    SELECT id, currency, name, CASE WHEN came THEN centavos ELSE 0 END::bigint AS centavos
    FROM facts, LATERAL (VALUES
        ('kept', CASE WHEN applied IS NULL THEN 0 WHEN applied < amount - leaving THEN applied
                      ELSE amount - leaving END),
        ('unassigned', CASE WHEN applied IS NULL THEN amount - leaving ELSE 0 END),
        ('fee', fee),
        ('in all', amount - gone)
    ) AS part (name, centavos)
), booked AS (
    SELECT payment_id AS id, currency, name, centavos
    FROM ledger_payments, LATERAL (VALUES
        ('kept', kept_centavos),
        ('unassigned', unassigned_centavos),
        ('fee', fee_centavos),
        ('in all', here_centavos + fee_centavos)
    ) AS part (name, centavos)
)
SELECT 'payment ' || id AS subject, name AS what, expected.centavos AS expected,
    coalesce(booked.centavos, 0)::bigint AS found
FROM expected LEFT JOIN booked USING (id, currency, name)
WHERE expected.centavos <> coalesce(booked.centavos, 0)
ORDER BY subject, what",
    },
    Check {
        name: "ledger_reservations",
        holds: "the ledger charges each reservation what it costs, and counts what is paid for it",
        sql: "
WITH parts AS (
    SELECT settlements.code, payments.status = 'charged_back' AS disputed,
        greatest(0, least(applied_centavos, payments.amount_centavos - greatest(payments.refunded_centavos, (
            SELECT coalesce(sum(amount_centavos), 0) FROM refunds
            WHERE payment_id = payments.id AND status <> 'failed')))) AS kept
    FROM settlements JOIN payments ON payments.id = payment_id
), settled AS (
    SELECT reservations.code, coalesce(sum(kept), 0)::bigint AS kept,
        coalesce(sum(kept) FILTER (WHERE NOT disputed), 0)::bigint AS paid
    FROM reservations LEFT JOIN parts USING (code) GROUP BY reservations.code
)
SELECT 'reservation ' || code AS subject, name AS what, expected, found
FROM reservations JOIN settled USING (code) LEFT JOIN ledger_reservations AS books USING (code, currency),
LATERAL (VALUES
    ('charged',
        CASE WHEN reservation_status IN ('confirmed', 'completed') THEN total_centavos
             WHEN reservation_status IN ('pre_reserved', 'blocked') THEN 0
             ELSE least(coalesce(charged_centavos, 0), kept, total_centavos) END,
        coalesce(charged_centavos, 0)),
    ('paid, in the ledger', settled.paid, coalesce(books.paid_centavos, 0)),
    ('paid, at the reservation', settled.paid, reservations.paid_centavos)
) AS part (name, expected, found)
WHERE expected <> found
ORDER BY subject, what",
    },
    Check {
        name: "ledger_credit",
        holds: "nobody has more with us than their stay costs, unless it is on its way back or with the owner",
        sql: "
SELECT 'reservation ' || code AS subject, 'is owed this much and nothing is under way' AS what,
    0::bigint AS expected, owed_centavos AS found
FROM ledger_reservations
WHERE owed_centavos < 0
  AND NOT EXISTS (
    SELECT FROM reservations WHERE reservations.code = ledger_reservations.code
        AND reservation_status = 'pre_reserved')
  AND NOT EXISTS (
    SELECT FROM ledger_of(code) WHERE recorded_at >= $1)
  AND NOT EXISTS (
    SELECT FROM review_queue WHERE resolved_at IS NULL AND strpos(reference, ledger_reservations.code) > 0)
ORDER BY subject",
    },
];
