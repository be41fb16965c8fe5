//! The queries against a real Postgres. Each test has a database of its own, cloned from a migrated template.

mod accommodations;
mod changes;
mod guests;
mod holds;
mod inbox;
mod messages;
mod migrations;
mod money;
mod support;
