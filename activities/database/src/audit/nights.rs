//! Nobody sleeps in an occupied bed, whatever the constraint believes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::{DatabaseTransaction, FromQueryResult, raw_sql};
use uuid::Uuid;

use super::{Check, Difference};
use crate::Error;

pub(super) const CHECKS: &[Check] = &[Check {
    name: "holds_end",
    holds: "no hold outlives its end",
    sql: "
SELECT 'reservation ' || code AS subject, 'its hold was to end at ' || expires_at AS what,
    NULL::bigint AS expected, NULL::bigint AS found
FROM reservations WHERE reservation_status = 'pre_reserved' AND expires_at < $1
ORDER BY expires_at",
}];

/// Counted here, night by night, and not asked of Postgres: what checks the constraint must not trust the
/// range types that it is made of.
pub(super) const SOLD_ONCE: Check = Check {
    name: "nights_sold_once",
    holds: "no night of an accommodation belongs to two",
    sql: "",
};

#[derive(FromQueryResult)]
struct Occupied {
    code: String,
    accommodation_id: Uuid,
    check_in: NaiveDate,
    check_out: NaiveDate,
}

/// The nights that more than one has.
pub(super) async fn sold_twice(moment: &DatabaseTransaction) -> Result<Vec<Difference>, Error> {
    let occupied = Occupied::find_by_statement(raw_sql!(
        Postgres,
        r"SELECT code, accommodation_id, check_in, check_out FROM reservations
          WHERE reservation_status NOT IN ('expired', 'cancelled', 'completed', 'no_show')
          ORDER BY id"
    ))
    .all(moment)
    .await?;
    let mut owners: BTreeMap<(Uuid, NaiveDate), &str> = BTreeMap::new();
    let mut differences = Vec::new();
    for stay in &occupied {
        let nights = stay
            .check_in
            .iter_days()
            .take_while(|night| *night < stay.check_out);
        for night in nights {
            if let Some(owner) = owners.insert((stay.accommodation_id, night), &stay.code) {
                differences.push(Difference {
                    subject: format!("night {night}"),
                    what: format!("belongs to {owner} and to {}", stay.code),
                    expected: None,
                    found: None,
                });
            }
        }
    }
    Ok(differences)
}
