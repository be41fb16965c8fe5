#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod m20261124_090000_create_accommodations;
mod m20261124_090100_create_guests;
mod m20261124_090200_create_reservations;
mod m20261124_090300_create_messages;
mod m20261124_090400_create_payments;
mod m20261124_090500_insert_holidays;
mod m20261124_090600_create_dialogue;
mod m20261124_110000_add_hearing_to_messages;
mod m20261124_112000_remember_guests_addresses;
mod m20261124_113000_create_ledger;
mod m20261124_113100_add_payment_reported;
mod m20261124_114000_index_inbox_by_resource;
mod m20261124_114001_leave_out_disputed_money;
mod m20261124_114002_create_revocations;
mod m20261124_116000_create_calendars;
mod m20261124_120000_keep_terms;
mod m20261124_120100_create_waiting_list;
mod m20261124_121000_allow_superseded_runs;
mod m20261124_121100_create_calendar_previews;
mod m20261124_122000_create_exports;
mod m20261124_125000_create_users;
mod m20261124_125010_watch_changes;
mod m20261124_126000_index_unsent_messages;
mod m20261124_126100_keep_proof_of_privacy;
mod m20261124_127000_free_nights_in_line;
mod m20261124_130000_settle_calendars;
mod m20261124_130100_drop_occupies;
mod m20261124_130200_call_owner;
mod m20261124_131000_take_turns_at_payments;
mod m20261124_132000_create_bot_pauses;
mod m20261124_134000_create_restores;
mod m20261124_135000_count_refunds_once;
mod m20261124_140000_find_unplaced_payments;
mod m20261124_142000_create_own_texts;
mod m20261124_142100_keep_second_factors;
mod m20261124_142200_create_pictures;
mod m20261124_145000_create_webhooks;

mod seed;
mod sql;

use async_trait::async_trait;
use sea_orm_migration::{
    DbErr, MigrationStatus, MigrationTrait, MigratorTrait,
    sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, TransactionTrait},
};
use secrecy::{ExposeSecret, SecretString};

/// Names the lock that lets one process migrate at a time.
const MIGRATION_LOCK: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended('posada/migrations', 0))";

/// The schema could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing answers at the address, or it refuses us.
    #[error("the database cannot be reached")]
    Unreachable(#[source] DbErr),
    /// A statement failed; its transaction was rolled back.
    #[error("a migration failed")]
    Failed(#[source] DbErr),
}

/// One migration and whether it is applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name, which begins with its date.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

struct Migrator;

#[async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_090000_create_accommodations::MIGRATION),
            Box::new(m20261124_090100_create_guests::MIGRATION),
            Box::new(m20261124_090200_create_reservations::MIGRATION),
            Box::new(m20261124_090300_create_messages::MIGRATION),
            Box::new(m20261124_090400_create_payments::MIGRATION),
            Box::new(m20261124_090500_insert_holidays::MIGRATION),
            Box::new(m20261124_090600_create_dialogue::MIGRATION),
            Box::new(m20261124_110000_add_hearing_to_messages::MIGRATION),
            Box::new(m20261124_112000_remember_guests_addresses::MIGRATION),
            Box::new(m20261124_113000_create_ledger::MIGRATION),
            Box::new(m20261124_113100_add_payment_reported::MIGRATION),
            Box::new(m20261124_114000_index_inbox_by_resource::MIGRATION),
            Box::new(m20261124_114001_leave_out_disputed_money::MIGRATION),
            Box::new(m20261124_114002_create_revocations::MIGRATION),
            Box::new(m20261124_116000_create_calendars::MIGRATION),
            Box::new(m20261124_120000_keep_terms::MIGRATION),
            Box::new(m20261124_120100_create_waiting_list::MIGRATION),
            Box::new(m20261124_121000_allow_superseded_runs::MIGRATION),
            Box::new(m20261124_121100_create_calendar_previews::MIGRATION),
            Box::new(m20261124_122000_create_exports::MIGRATION),
            Box::new(m20261124_125000_create_users::MIGRATION),
            Box::new(m20261124_125010_watch_changes::MIGRATION),
            Box::new(m20261124_126000_index_unsent_messages::MIGRATION),
            Box::new(m20261124_126100_keep_proof_of_privacy::MIGRATION),
            Box::new(m20261124_127000_free_nights_in_line::MIGRATION),
            Box::new(m20261124_130000_settle_calendars::MIGRATION),
            Box::new(m20261124_130100_drop_occupies::MIGRATION),
            Box::new(m20261124_130200_call_owner::MIGRATION),
            Box::new(m20261124_131000_take_turns_at_payments::MIGRATION),
            Box::new(m20261124_132000_create_bot_pauses::MIGRATION),
            Box::new(m20261124_134000_create_restores::MIGRATION),
            Box::new(m20261124_135000_count_refunds_once::MIGRATION),
            Box::new(m20261124_140000_find_unplaced_payments::MIGRATION),
            Box::new(m20261124_142000_create_own_texts::MIGRATION),
            Box::new(m20261124_142100_keep_second_factors::MIGRATION),
            Box::new(m20261124_142200_create_pictures::MIGRATION),
            Box::new(m20261124_145000_create_webhooks::MIGRATION),
        ]
    }
}

/// Applies every migration that is missing. A second process waits for the first and finds nothing to do.
///
/// # Errors
/// When the database cannot be reached, or a statement fails: then nothing has changed.
pub async fn up(url: &SecretString) -> Result<(), Error> {
    let connection = connect(url).await?;
    let turn = connection.begin().await.map_err(Error::Unreachable)?;
    turn.execute_unprepared(MIGRATION_LOCK)
        .await
        .map_err(Error::Failed)?;
    Migrator::up(&turn, None).await.map_err(Error::Failed)?;
    turn.commit().await.map_err(Error::Failed)
}

/// Undoes the last `steps` migrations, with everything that is stored in what they created.
///
/// # Errors
/// As [`up`].
pub async fn down(url: &SecretString, steps: u32) -> Result<(), Error> {
    let connection = connect(url).await?;
    let turn = connection.begin().await.map_err(Error::Unreachable)?;
    turn.execute_unprepared(MIGRATION_LOCK)
        .await
        .map_err(Error::Failed)?;
    Migrator::down(&turn, Some(steps))
        .await
        .map_err(Error::Failed)?;
    turn.commit().await.map_err(Error::Failed)
}

/// Every migration in order.
///
/// # Errors
/// When the database cannot be reached.
pub async fn status(url: &SecretString) -> Result<Vec<Step>, Error> {
    let connection = connect(url).await?;
    let steps = Migrator::get_migration_with_status(&connection)
        .await
        .map_err(Error::Failed)?;
    Ok(steps
        .iter()
        .map(|step| Step {
            name: step.name().to_owned(),
            applied: step.status() == MigrationStatus::Applied,
        })
        .collect())
}

/// Puts the demo's cabins where they are missing.
///
/// What the owner changed stays. Only the address that the demo's pictures are served from follows
/// `public_url`: where guests reach the API, without a slash at its end.
///
/// # Errors
/// As [`up`].
pub async fn seed_demo(url: &SecretString, public_url: &str) -> Result<(), Error> {
    let connection = connect(url).await?;
    seed::insert(&connection, public_url)
        .await
        .map_err(Error::Failed)
}

async fn connect(url: &SecretString) -> Result<DatabaseConnection, Error> {
    let mut options = ConnectOptions::new(url.expose_secret());
    options.max_connections(2).sqlx_logging(false);
    Database::connect(options).await.map_err(Error::Unreachable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_in_the_order_of_their_names() {
        let names: Vec<_> = Migrator::migrations()
            .iter()
            .map(|migration| migration.name().to_owned())
            .collect();
        assert!(names.is_sorted(), "{names:#?}");
    }
}
