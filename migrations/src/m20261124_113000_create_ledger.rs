//! The ledger: double entry, only ever added to. The rules of what is posted are `domain::ledger`.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_113000_create_ledger",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- What the provider keeps of a payment, and whether the payment went to our account at all.
ALTER TABLE payments
    ADD COLUMN fee_centavos bigint  NOT NULL DEFAULT 0 CONSTRAINT payments_fee CHECK (fee_centavos >= 0),
    ADD COLUMN collected    boolean NOT NULL DEFAULT true;

UPDATE payments SET collected = false
WHERE EXISTS (SELECT FROM review_queue WHERE kind = 'wrong_collector' AND reference = payments.id);

-- What is left of a payment. What the provider reports contains our own refunds as soon as it has made them,
-- which may be before we know: the larger of the two is on its way back, not their sum. As before, nothing is
-- left while the payer disputes it.
CREATE OR REPLACE FUNCTION payment_left(payment_id text) RETURNS bigint LANGUAGE sql STABLE STRICT AS $$
    SELECT CASE WHEN payments.status = 'charged_back' THEN 0 ELSE
        payments.amount_centavos - greatest(payments.refunded_centavos, ours.decided)
    END
    FROM payments, LATERAL (
        SELECT coalesce(sum(amount_centavos) FILTER (WHERE status <> 'failed'), 0)::bigint AS decided
        FROM refunds WHERE refunds.payment_id = payments.id) AS ours
    WHERE payments.id = payment_left.payment_id
$$;

-- The chart of accounts. A balance above zero is on the debit side: assets and expenses are there, what we
-- owe and what we earn is below zero.
CREATE TABLE ledger_accounts (
    name    text CONSTRAINT ledger_accounts_pkey PRIMARY KEY,
    nature  text NOT NULL CONSTRAINT ledger_accounts_known_nature
        CHECK (nature IN ('asset', 'liability', 'income', 'expense')),
    meaning text NOT NULL
);

INSERT INTO ledger_accounts (name, nature, meaning) VALUES
    ('guest',       'asset',     'What guests owe for their stays, by reservation'),
    ('provider',    'asset',     'Our money at Mercado Pago'),
    ('bank',        'asset',     'Our money at the bank: transfers that the owner saw'),
    ('cash',        'asset',     'Money that the owner has in hand'),
    ('unassigned',  'liability', 'Money that came and is not decided on'),
    ('refunds',     'liability', 'Money that is to go back and has not gone'),
    ('fees',        'expense',   'What the provider keeps for its service'),
    ('revenue',     'income',    'What stays bring in');

-- One business fact each.
CREATE TABLE ledger_transactions (
    id          bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT ledger_transactions_pkey PRIMARY KEY,
    -- What it is about and its number there: two who write down the same fact collide here.
    key         text        NOT NULL CONSTRAINT ledger_transactions_key_key UNIQUE,
    kind        text        NOT NULL,
    -- The reservation it is about, when there is one, and the payment, when it is about a payment.
    code        text        CONSTRAINT ledger_transactions_code_fkey REFERENCES reservations (code),
    payment_id  text        CONSTRAINT ledger_transactions_payment_fkey REFERENCES payments (id),
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ledger_transactions_known_kind CHECK (kind IN (
        'charged', 'charge_changed', 'charge_released', 'payment_received', 'fee_charged',
        'payment_settled', 'refund_decided', 'refund_given_up', 'refund_completed', 'charged_back',
        'reimbursed', 'opening')),
    CONSTRAINT ledger_transactions_about_something CHECK (code IS NOT NULL OR payment_id IS NOT NULL)
);

CREATE INDEX ledger_transactions_code_idx ON ledger_transactions (code) WHERE code IS NOT NULL;
CREATE INDEX ledger_transactions_payment_idx ON ledger_transactions (payment_id) WHERE payment_id IS NOT NULL;

CREATE TABLE ledger_postings (
    transaction_id  bigint NOT NULL
        CONSTRAINT ledger_postings_transaction_fkey REFERENCES ledger_transactions (id),
    account         text   NOT NULL CONSTRAINT ledger_postings_account_fkey REFERENCES ledger_accounts (name),
    -- Above zero on the debit side, below it on the credit side.
    amount_centavos bigint NOT NULL,
    -- As the provider says it: money in another currency than ours is booked in its own.
    currency        text   NOT NULL,
    CONSTRAINT ledger_postings_pkey PRIMARY KEY (transaction_id, account, currency),
    CONSTRAINT ledger_postings_amount CHECK (amount_centavos <> 0)
);

-- Every transaction has two sides that are equal, currency by currency, and what a guest owes is owed for a
-- reservation. Judged at the commit, when all of it is there.
CREATE FUNCTION ledger_must_balance(subject bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_postings WHERE transaction_id = subject) OR EXISTS (
        SELECT FROM ledger_postings WHERE transaction_id = subject
        GROUP BY currency HAVING sum(amount_centavos) <> 0)
    THEN
        RAISE EXCEPTION 'ledger transaction % does not balance', subject
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balances';
    END IF;
    IF EXISTS (
        SELECT FROM ledger_postings JOIN ledger_transactions ON id = transaction_id
        WHERE transaction_id = subject AND account = 'guest' AND code IS NULL)
    THEN
        RAISE EXCEPTION 'ledger transaction % charges a guest for no reservation', subject
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_guest_has_reservation';
    END IF;
END
$$;

CREATE FUNCTION ledger_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_must_balance(NEW.id);
    RETURN NULL;
END
$$;

CREATE FUNCTION ledger_posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_must_balance(NEW.transaction_id);
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT ON ledger_transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transaction_balances();

CREATE CONSTRAINT TRIGGER ledger_posting_balances AFTER INSERT ON ledger_postings
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_posting_balances();

-- What is written stays. A mistake is mended by another transaction.
CREATE FUNCTION ledger_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only ever added to: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_is_only_added_to',
              HINT = 'Write another transaction that says what is different now.';
END
$$;

CREATE TRIGGER ledger_transactions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_only_added_to();
CREATE TRIGGER ledger_postings_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_postings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_only_added_to();

-- A role that does not own the tables, as the programs' should be, can add and read and nothing else.
REVOKE UPDATE, DELETE, TRUNCATE ON ledger_transactions, ledger_postings FROM PUBLIC;

-- What is on each account.
CREATE VIEW ledger_balances AS
    SELECT name AS account, nature, currency, sum(amount_centavos)::bigint AS balance_centavos
    FROM ledger_accounts JOIN ledger_postings ON account = name
    GROUP BY name, nature, currency;

-- Where the money of each payment is.
CREATE VIEW ledger_payments AS
    SELECT payment_id, currency,
        -coalesce(sum(amount_centavos) FILTER (WHERE account = 'guest'), 0)::bigint AS kept_centavos,
        -coalesce(sum(amount_centavos) FILTER (WHERE account = 'unassigned'), 0)::bigint AS unassigned_centavos,
        -coalesce(sum(amount_centavos) FILTER (WHERE account = 'refunds'), 0)::bigint AS returning_centavos,
        coalesce(sum(amount_centavos) FILTER (WHERE account IN ('provider', 'bank', 'cash')), 0)::bigint
            AS here_centavos,
        coalesce(sum(amount_centavos) FILTER (WHERE account = 'fees'), 0)::bigint AS fee_centavos
    FROM ledger_transactions JOIN ledger_postings ON transaction_id = id
    WHERE payment_id IS NOT NULL
    GROUP BY payment_id, currency;

-- What each reservation owes, what of it is paid, and what it costs by what was confirmed and kept.
CREATE VIEW ledger_reservations AS
    SELECT code, currency,
        coalesce(sum(amount_centavos) FILTER (WHERE payment_id IS NULL), 0)::bigint AS charged_centavos,
        -coalesce(sum(amount_centavos) FILTER (WHERE payment_id IS NOT NULL), 0)::bigint AS paid_centavos,
        sum(amount_centavos)::bigint AS owed_centavos
    FROM ledger_transactions JOIN ledger_postings ON transaction_id = id
    WHERE account = 'guest'
    GROUP BY code, currency;

-- Everything that is written down about a reservation: its charges, and its payments. A payment is of the
-- reservation that it was settled for, and until then of the one that it names.
CREATE FUNCTION ledger_of(reservation text) RETURNS SETOF ledger_transactions LANGUAGE sql STABLE STRICT AS $$
    SELECT * FROM ledger_transactions WHERE code = reservation AND payment_id IS NULL
    UNION ALL
    SELECT * FROM ledger_transactions WHERE payment_id IN (
        SELECT settlements.payment_id FROM settlements WHERE settlements.code = reservation
        UNION ALL
        SELECT payments.id FROM payments WHERE payments.code = reservation
            AND NOT EXISTS (SELECT FROM settlements WHERE settlements.payment_id = payments.id))
$$;

-- What was there before the ledger: one transaction for each payment and each charge, with all that is known
-- of it by now. The same rules as domain::ledger, written once more for this one moment.
WITH known AS (
    SELECT payments.id, coalesce(settlements.code, payments.code) AS code, payments.currency,
        payments.amount_centavos AS amount, payments.method, settlements.applied_centavos AS applied,
        payments.amount_centavos - greatest(payment_left(payments.id), 0) AS leaving,
        CASE WHEN payments.status = 'charged_back' THEN payments.amount_centavos
             ELSE least(greatest(payments.refunded_centavos, ours.completed), payments.amount_centavos)
        END AS gone,
        coalesce(payments.approved_at, payments.provider_updated_at) AS at
    FROM payments LEFT JOIN settlements ON settlements.payment_id = payments.id,
    LATERAL (
        SELECT coalesce(sum(amount_centavos) FILTER (WHERE status = 'approved'), 0)::bigint AS completed
        FROM refunds WHERE refunds.payment_id = payments.id) AS ours
    WHERE payments.status IN ('approved', 'refunded', 'charged_back') AND payments.collected
        AND payments.amount_centavos > 0
), standing AS (
    SELECT *, least(coalesce(applied, 0), amount - leaving) AS kept,
        CASE WHEN applied IS NULL THEN amount - leaving ELSE 0 END AS unassigned
    FROM known
), legs AS (
    SELECT id, currency, leg.account, leg.amount FROM standing, LATERAL (VALUES
        ('guest', -kept),
        ('unassigned', -unassigned),
        ('refunds', -(standing.amount - kept - unassigned - gone)),
        (CASE WHEN id NOT LIKE 'by-hand:%' THEN 'provider'
              WHEN method = 'cash' THEN 'cash' ELSE 'bank' END, standing.amount - gone)
    ) AS leg (account, amount)
    WHERE leg.amount <> 0
), opened AS (
    INSERT INTO ledger_transactions (key, kind, code, payment_id, at)
    SELECT 'payment/' || id || '/1', 'opening', code, id, at FROM standing
    WHERE id IN (SELECT id FROM legs)
    ORDER BY at, id
    RETURNING id, payment_id
)
INSERT INTO ledger_postings (transaction_id, account, amount_centavos, currency)
SELECT opened.id, account, amount, currency FROM opened JOIN legs ON legs.id = opened.payment_id;

WITH owed AS (
    SELECT code, currency, coalesce(confirmed_at, created_at) AS at,
        CASE WHEN reservation_status IN ('confirmed', 'completed') THEN total_centavos
             WHEN confirmed_at IS NULL THEN 0
             ELSE least(total_centavos, paid_centavos) END AS amount
    FROM reservations WHERE reservation_status NOT IN ('pre_reserved', 'blocked')
), opened AS (
    INSERT INTO ledger_transactions (key, kind, code, at)
    SELECT 'charge/' || code || '/1', 'opening', code, at FROM owed WHERE amount <> 0
    ORDER BY at, code
    RETURNING id, code
)
INSERT INTO ledger_postings (transaction_id, account, amount_centavos, currency)
SELECT opened.id, account, amount * sign, currency
FROM opened JOIN owed USING (code), (VALUES ('guest', 1), ('revenue', -1)) AS side (account, sign);

-- Judged now, so that a migration after this one in the same transaction can change these tables.
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
";

const DOWN: &str = "
DROP FUNCTION ledger_of(text);
DROP VIEW ledger_reservations;
DROP VIEW ledger_payments;
DROP VIEW ledger_balances;
DROP TABLE ledger_postings;
DROP TABLE ledger_transactions;
DROP FUNCTION ledger_is_only_added_to();
DROP FUNCTION ledger_posting_balances();
DROP FUNCTION ledger_transaction_balances();
DROP FUNCTION ledger_must_balance(bigint);
DROP TABLE ledger_accounts;
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
ALTER TABLE payments DROP COLUMN collected, DROP COLUMN fee_centavos;
";
