//! The databases of tests: migrated, separate, and gone with their test.

use sea_orm::{ConnectionTrait as _, DatabaseBackend, DatabaseConnection, Statement};
use stack::{Database, Environment};

#[tokio::test]
async fn each_test_has_a_migrated_database_of_its_own() {
    let (one, other) =
        tokio::try_join!(Database::seeded("http://localhost"), Database::migrated()).unwrap();

    assert_ne!(one.url(), other.url());
    assert_eq!(count(one.url(), "accommodations").await, 3);
    assert_eq!(count(other.url(), "accommodations").await, 0);
}

#[tokio::test]
async fn a_database_goes_with_its_value() {
    let database = Database::migrated().await.unwrap();
    let name = database.url().rsplit('/').next().unwrap().to_owned();
    let admin = Environment::read().unwrap().database_url;
    let named = format!("pg_database WHERE datname = '{name}'");
    assert_eq!(count(&admin, &named).await, 1);

    drop(database);

    assert_eq!(count(&admin, &named).await, 0);
}

async fn count(url: &str, from: &str) -> i64 {
    let connection: DatabaseConnection = sea_orm::Database::connect(url).await.unwrap();
    let question = format!("SELECT count(*) FROM {from}");
    let statement = Statement::from_string(DatabaseBackend::Postgres, question);
    let row = connection.query_one_raw(statement).await.unwrap().unwrap();
    connection.close().await.unwrap();
    row.try_get_by_index(0).unwrap()
}
