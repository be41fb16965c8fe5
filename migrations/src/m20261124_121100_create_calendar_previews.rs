//! Feeds that are looked at before they are added, and feeds without what was read last.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_121100_create_calendar_previews",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- A feed that the owner thinks of adding. It lives for as long as they look at it.
CREATE TABLE calendar_previews (
    id               uuid        CONSTRAINT calendar_previews_pkey PRIMARY KEY,
    accommodation_id uuid        NOT NULL
        CONSTRAINT calendar_previews_accommodation_fkey REFERENCES accommodations (id),
    channel          text        NOT NULL,
    -- A secret, as that of a feed.
    url              text        NOT NULL,
    settings         jsonb       NOT NULL,
    created_at       timestamptz NOT NULL,
    -- What the channel answered, once it has.
    outcome          jsonb,
    CONSTRAINT calendar_previews_known_channel CHECK (channel IN ('airbnb', 'booking', 'vrbo', 'google', 'other'))
);

CREATE INDEX calendar_previews_created_idx ON calendar_previews (created_at);

-- A calendar may have megabytes, and every hold asks how old the feeds are.
CREATE VIEW calendar_feed_states AS
SELECT id, accommodation_id, channel, url, settings, paused, status, etag, last_modified, read_whole_at, last_try_at,
    last_good_at, next_try_at, failures, failing_since, last_error, alerted_at, drop_since, drop_answer, rule_told_at,
    created_at, removed_at
FROM calendar_feeds;
";

const DOWN: &str = "
DROP VIEW calendar_feed_states;
DROP TABLE calendar_previews;
";
