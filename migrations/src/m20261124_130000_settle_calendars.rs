//! What a run was asked with is known again when it answers, and what no block ever was is gone.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_130000_settle_calendars",
    up: UP,
    down: DOWN,
};

const UP: &str = "
-- How often the address or the settings have changed: a run that was asked with others changes nothing.
ALTER TABLE calendar_feeds ADD COLUMN edition integer NOT NULL DEFAULT 0;

CREATE OR REPLACE VIEW calendar_feed_states AS
SELECT id, accommodation_id, channel, url, settings, paused, status, etag, last_modified, read_whole_at, last_try_at,
    last_good_at, next_try_at, failures, failing_since, last_error, alerted_at, drop_since, drop_answer, rule_told_at,
    created_at, removed_at, edition
FROM calendar_feeds;

-- A hold that gives way is named with its nights now.
UPDATE calendar_runs SET counts = counts - 'displaced' WHERE counts ? 'displaced';

-- The names of guests are forgotten with the days, whether the feed is read or not.
DROP INDEX calendar_blocks_summary_idx;
CREATE INDEX calendar_blocks_summary_idx ON calendar_blocks (upper(nights)) WHERE summary IS NOT NULL;
";

const DOWN: &str = "
DROP INDEX calendar_blocks_summary_idx;
CREATE INDEX calendar_blocks_summary_idx ON calendar_blocks (feed_id) WHERE state <> 'active' AND summary IS NOT NULL;
DROP VIEW calendar_feed_states;
CREATE VIEW calendar_feed_states AS
SELECT id, accommodation_id, channel, url, settings, paused, status, etag, last_modified, read_whole_at, last_try_at,
    last_good_at, next_try_at, failures, failing_since, last_error, alerted_at, drop_since, drop_answer, rule_told_at,
    created_at, removed_at
FROM calendar_feeds;
ALTER TABLE calendar_feeds DROP COLUMN edition;
";
