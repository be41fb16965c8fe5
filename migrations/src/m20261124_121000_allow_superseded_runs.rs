//! A feed that is read twice at once: the older answer changes nothing.

use crate::sql::Sql;

pub(crate) const MIGRATION: Sql = Sql {
    name: "m20261124_121000_allow_superseded_runs",
    up: UP,
    down: DOWN,
};

const UP: &str = "
ALTER TABLE calendar_runs DROP CONSTRAINT calendar_runs_known_outcome;
ALTER TABLE calendar_runs ADD CONSTRAINT calendar_runs_known_outcome CHECK
    (outcome IN ('applied', 'unchanged', 'not_modified', 'held', 'superseded', 'failed'));
";

const DOWN: &str = "
DELETE FROM calendar_runs WHERE outcome = 'superseded';
ALTER TABLE calendar_runs DROP CONSTRAINT calendar_runs_known_outcome;
ALTER TABLE calendar_runs ADD CONSTRAINT calendar_runs_known_outcome CHECK
    (outcome IN ('applied', 'unchanged', 'not_modified', 'held', 'failed'));
";
