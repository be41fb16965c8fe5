//! Where every peso is: links, payments, what became of them, refunds, and the owner's queue.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_090400_create_payments",
    up: UP,
    down: DOWN,
};

const UP: &str = "
CREATE TABLE payment_links (
    id              bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT payment_links_pkey PRIMARY KEY,
    code            text        NOT NULL CONSTRAINT payment_links_code_fkey REFERENCES reservations (code),
    purpose         text        NOT NULL,
    preference_id   text        NOT NULL CONSTRAINT payment_links_preference_key UNIQUE,
    url             text        NOT NULL,
    amount_centavos bigint      NOT NULL,
    currency        text        NOT NULL,
    expires_at      timestamptz,
    closed_at       timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payment_links_known_purpose CHECK (purpose IN ('deposit', 'balance')),
    CONSTRAINT payment_links_amount CHECK (amount_centavos > 0)
);

-- One open link per purpose: the first wins.
CREATE UNIQUE INDEX payment_links_open_key ON payment_links (code, purpose) WHERE closed_at IS NULL;

-- What the provider says of each payment. Its status only ever moves forward.
CREATE TABLE payments (
    id                  text        CONSTRAINT payments_pkey PRIMARY KEY,
    -- The reservation its reference names, where there is one.
    code                text        CONSTRAINT payments_code_fkey REFERENCES reservations (code),
    status              text        NOT NULL,
    status_detail       text        NOT NULL DEFAULT '',
    amount_centavos     bigint      NOT NULL,
    -- What the provider has given back of it, by whoever's hand.
    refunded_centavos   bigint      NOT NULL DEFAULT 0,
    -- As the provider says it; another currency than ours is a matter for the owner.
    currency            text        NOT NULL,
    collector_id        text        NOT NULL,
    external_reference  text,
    purpose             text,
    method              text        NOT NULL DEFAULT '',
    approved_at         timestamptz,
    provider_updated_at timestamptz NOT NULL,
    snapshot            jsonb       NOT NULL,
    notifications       integer     NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT payments_known_status CHECK (status IN
        ('pending', 'approved', 'rejected', 'cancelled', 'refunded', 'charged_back')),
    CONSTRAINT payments_known_purpose CHECK (purpose IN ('deposit', 'balance'))
);

CREATE INDEX payments_code_idx ON payments (code) WHERE code IS NOT NULL;
CREATE INDEX payments_created_idx ON payments (created_at DESC, id DESC);

-- What became of an approved payment: decided once.
CREATE TABLE settlements (
    payment_id        text        CONSTRAINT settlements_pkey PRIMARY KEY
        CONSTRAINT settlements_payment_fkey REFERENCES payments (id),
    code              text        NOT NULL CONSTRAINT settlements_code_fkey REFERENCES reservations (code),
    applied_centavos  bigint      NOT NULL,
    returned_centavos bigint      NOT NULL,
    currency          text        NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT settlements_amounts CHECK (applied_centavos >= 0 AND returned_centavos >= 0)
);

CREATE INDEX settlements_code_idx ON settlements (code);

-- Money on its way back. The key is written before the provider is asked, and sent with every attempt.
CREATE TABLE refunds (
    key                text        CONSTRAINT refunds_pkey PRIMARY KEY,
    payment_id         text        NOT NULL CONSTRAINT refunds_payment_fkey REFERENCES payments (id),
    code               text        CONSTRAINT refunds_code_fkey REFERENCES reservations (code),
    amount_centavos    bigint      NOT NULL,
    currency           text        NOT NULL,
    reason             text        NOT NULL,
    provider_refund_id text        CONSTRAINT refunds_provider_refund_key UNIQUE,
    status             text        NOT NULL DEFAULT 'intended',
    last_error         text,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    completed_at       timestamptz,
    CONSTRAINT refunds_amount CHECK (amount_centavos > 0),
    CONSTRAINT refunds_known_status CHECK (status IN ('intended', 'in_process', 'approved', 'failed'))
);

CREATE INDEX refunds_payment_idx ON refunds (payment_id);
CREATE INDEX refunds_code_idx ON refunds (code) WHERE code IS NOT NULL;

-- What is left of a payment: not on its way back by our decision, and not given back at the provider by
-- other hands. What the provider reports contains our own refunds once they are approved.
CREATE FUNCTION payment_left(payment_id text) RETURNS bigint LANGUAGE sql STABLE STRICT AS $$
    SELECT payments.amount_centavos - ours.decided - greatest(payments.refunded_centavos - ours.approved, 0)
    FROM payments, LATERAL (
        SELECT
            coalesce(sum(amount_centavos) FILTER (WHERE status <> 'failed'), 0)::bigint AS decided,
            coalesce(sum(amount_centavos) FILTER (WHERE status = 'approved'), 0)::bigint AS approved
        FROM refunds WHERE refunds.payment_id = payments.id) AS ours
    WHERE payments.id = payment_left.payment_id
$$;

-- Nobody is given back more than they paid, whatever the code believes. The payment's row is locked, so
-- that two refunds at once are judged one after the other.
CREATE FUNCTION refunds_within_payment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid     bigint;
    returned bigint;
BEGIN
    SELECT amount_centavos INTO paid FROM payments WHERE id = NEW.payment_id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount_centavos), 0) INTO returned
        FROM refunds WHERE payment_id = NEW.payment_id AND status <> 'failed' AND key <> NEW.key;
    IF NEW.status <> 'failed' AND returned + NEW.amount_centavos > paid THEN
        RAISE EXCEPTION 'refunds of payment % would exceed it', NEW.payment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_within_payment';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER refunds_within_payment BEFORE INSERT OR UPDATE OF amount_centavos, status ON refunds
    FOR EACH ROW EXECUTE FUNCTION refunds_within_payment();

-- What only a person can decide, each with a deadline.
CREATE TABLE review_queue (
    id          bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT review_queue_pkey PRIMARY KEY,
    kind        text        NOT NULL,
    reference   text        NOT NULL,
    reason      text        NOT NULL,
    details     jsonb       NOT NULL DEFAULT '{}',
    deadline    timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    resolution  text,
    CONSTRAINT review_queue_resolved CHECK ((resolved_at IS NULL) = (resolution IS NULL))
);

CREATE UNIQUE INDEX review_queue_open_key ON review_queue (kind, reference) WHERE resolved_at IS NULL;
";

const DOWN: &str = "
DROP TABLE review_queue;
DROP TABLE refunds;
DROP FUNCTION refunds_within_payment();
DROP FUNCTION payment_left(text);
DROP TABLE settlements;
DROP TABLE payments;
DROP TABLE payment_links;
";
