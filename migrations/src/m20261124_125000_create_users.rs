//! Who works here, what they may, and what they did.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_125000_create_users",
    up: UP,
    down: DOWN,
};

const UP: &str = "
CREATE TABLE users (
    id            uuid        CONSTRAINT users_pkey PRIMARY KEY,
    -- As it is compared: without spaces around it, in small letters.
    email         text        NOT NULL CONSTRAINT users_email_key UNIQUE,
    name          text        NOT NULL,
    role          text        NOT NULL,
    language      text        NOT NULL DEFAULT 'es',
    -- In the PHC format, which names algorithm, parameters and salt.
    password_hash text        NOT NULL,
    -- Of the second factor. Not a hash: codes are computed from it.
    totp_secret   bytea,
    -- The last interval whose code was used: no code is good twice.
    totp_used     bigint,
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL,
    CONSTRAINT users_known_role CHECK (role IN ('owner', 'staff', 'read_only')),
    CONSTRAINT users_known_language CHECK (language IN ('es', 'en')),
    CONSTRAINT users_email CHECK (email = lower(btrim(email)) AND email LIKE '_%@_%')
);

-- Whoever has the cookie is the user. What is here does not open anything: it is the cookie's hash.
CREATE TABLE sessions (
    id           uuid        CONSTRAINT sessions_pkey PRIMARY KEY,
    token_hash   bytea       NOT NULL CONSTRAINT sessions_token_key UNIQUE,
    user_id      uuid        NOT NULL CONSTRAINT sessions_user_fkey REFERENCES users (id),
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    address      text        NOT NULL,
    agent        text        NOT NULL
);
CREATE INDEX sessions_user_idx ON sessions (user_id, last_seen_at DESC);

-- How often somebody failed to sign in, whether or not there is such a user. Keys are hashes of what is
-- counted: an address and an account, an address, an account.
CREATE TABLE sign_in_failures (
    key           bytea       CONSTRAINT sign_in_failures_pkey PRIMARY KEY,
    failures      integer     NOT NULL,
    last_at       timestamptz NOT NULL,
    blocked_until timestamptz
);

-- What programs sign in with. Shown once; what is here is its hash.
CREATE TABLE api_tokens (
    id           uuid        CONSTRAINT api_tokens_pkey PRIMARY KEY,
    name         text        NOT NULL,
    token_hash   bytea       NOT NULL CONSTRAINT api_tokens_token_key UNIQUE,
    scope        text        NOT NULL,
    created_by   uuid        NOT NULL CONSTRAINT api_tokens_user_fkey REFERENCES users (id),
    created_at   timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at   timestamptz,
    CONSTRAINT api_tokens_known_scope CHECK (scope IN ('read', 'operate'))
);

-- Who did what. Nothing of a guest's is in it but the names we gave: codes and ids.
CREATE TABLE acts (
    id         bigint      GENERATED ALWAYS AS IDENTITY CONSTRAINT acts_pkey PRIMARY KEY,
    at         timestamptz NOT NULL,
    actor_kind text        NOT NULL,
    -- No reference: the trail outlives whom it names.
    actor_id   text        NOT NULL,
    actor_name text        NOT NULL,
    act        text        NOT NULL,
    subject    text        NOT NULL,
    before     jsonb       NOT NULL DEFAULT 'null',
    after      jsonb       NOT NULL DEFAULT 'null',
    CONSTRAINT acts_known_actor CHECK (actor_kind IN ('user', 'token', 'program'))
);
CREATE INDEX acts_subject_idx ON acts (subject, id DESC);

CREATE FUNCTION acts_are_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only added to'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'acts_stay';
END
$$;
CREATE TRIGGER acts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON acts
    FOR EACH STATEMENT EXECUTE FUNCTION acts_are_only_added_to();
";

const DOWN: &str = "
DROP TABLE acts;
DROP FUNCTION acts_are_only_added_to();
DROP TABLE api_tokens;
DROP TABLE sign_in_failures;
DROP TABLE sessions;
DROP TABLE users;
";
