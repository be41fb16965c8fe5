//! What the owner takes away: everything but what opens doors.

use std::collections::BTreeSet;

use database::take_out::{LEFT_BEHIND, TABLES, TakeOut};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::support::Fresh;

#[tokio::test]
async fn every_table_is_taken_along_or_left_behind_for_a_reason() {
    let fresh = Fresh::database().await;
    let sql = fresh.sql().await;
    let asked = "SELECT string_agg(table_name, ' ') AS tables FROM information_schema.tables \
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'";
    let asked = Statement::from_string(DbBackend::Postgres, asked);
    let row = sql.query_one_raw(asked).await.unwrap().unwrap();
    let there: String = row.try_get("", "tables").unwrap();
    let there: BTreeSet<&str> = there.split(' ').collect();
    let taken = TABLES.iter().map(|(table, _)| *table);
    let left = LEFT_BEHIND.iter().map(|(table, _)| *table);
    let known: BTreeSet<&str> = taken.chain(left).collect();
    assert_eq!(
        known.len(),
        TABLES.len() + LEFT_BEHIND.len(),
        "one is named twice"
    );
    assert_eq!(there, known, "say in take_out what becomes of each");
}

#[tokio::test]
async fn a_table_is_read_a_few_rows_at_a_time_as_it_was_when_it_began() {
    let fresh = Fresh::database().await;
    let sql = fresh.sql().await;
    let fill = "INSERT INTO holidays (date, name) \
        SELECT DATE '2030-01-01' + n, '=1+1' FROM generate_series(1, 1200) AS n ON CONFLICT DO NOTHING";
    sql.execute_unprepared(fill).await.unwrap();
    let out = TakeOut::begin(&fresh.db).await.unwrap();
    let sheet = out.open("holidays", &[]).await.unwrap();
    assert!(sheet.columns.iter().any(|column| column == "date"));
    sql.execute_unprepared("DELETE FROM holidays")
        .await
        .unwrap();
    let mut rows = Vec::new();
    loop {
        let next = out.rows().await.unwrap();
        if next.is_empty() {
            break;
        }
        assert!(next.len() <= 500);
        rows.extend(next);
    }
    assert!(rows.len() >= 1200, "{}", rows.len());
    let users = out
        .open("users", &["password_hash", "totp_secret", "totp_offered"])
        .await
        .unwrap();
    assert!(!users.columns.iter().any(|column| column.contains("hash")));
    for (table, hidden) in TABLES {
        out.open(table, hidden).await.unwrap();
        out.rows().await.unwrap();
    }
    out.end().await.unwrap();
}
