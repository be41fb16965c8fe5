//! The people who book, whatever numbers and accounts they write from.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_090100_create_guests",
    up: UP,
    down: DOWN,
};

const UP: &str = "
CREATE TABLE guests (
    id              uuid        CONSTRAINT guests_pkey PRIMARY KEY,
    -- WhatsApp's business-scoped id; a guest may have no phone number at all.
    bsuid           text        CONSTRAINT guests_bsuid_key UNIQUE,
    -- Exactly as received: the address that answers go to.
    wa_id           text        CONSTRAINT guests_wa_id_key UNIQUE,
    phone_e164      text        CONSTRAINT guests_phone_e164_key UNIQUE,
    -- What their profile says, and what they told us instead.
    profile_name    text,
    name            text,
    email           text,
    language        text,
    opted_out_at    timestamptz,
    -- By the provider's clock: WhatsApp's 24 hours are counted from here.
    last_inbound_at timestamptz,
    -- Two records turned out to be one person: this one is closed and that one goes on.
    merged_into     uuid        CONSTRAINT guests_merged_into_fkey REFERENCES guests (id),
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT guests_known_language CHECK (language IN ('es', 'pt', 'en')),
    CONSTRAINT guests_merged_without_address CHECK
        (merged_into IS NULL OR (bsuid IS NULL AND wa_id IS NULL AND phone_e164 IS NULL))
);
";

const DOWN: &str = "
DROP TABLE guests;
";
