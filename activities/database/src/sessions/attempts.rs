//! Whoever guesses passwords has to wait, ever longer. To strangers it is the same whether an account exists.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult, raw_sql};

use crate::{Database, Error, secret_token};

/// The first wait; each further failure doubles it.
const FIRST_WAIT_SECONDS: i32 = 30;

/// The longest wait.
const LONGEST_WAIT_SECONDS: i32 = 15 * 60;

/// Failures are forgotten when there were none for so long.
const FORGOTTEN: TimeDelta = TimeDelta::days(1);

/// What is counted, and how many failures are free.
pub(super) struct Counted {
    key: Vec<u8>,
    free: i32,
    /// Whether a success clears it. An address that guesses at many accounts may know one of them.
    clears: bool,
}

#[derive(FromQueryResult)]
struct Blocked {
    blocked_until: Option<DateTime<Utc>>,
}

/// Everything that an attempt counts for: somebody at an account, somebody at any account, anybody at an account.
pub(super) fn counted(email: &str, address: &str) -> [Counted; 3] {
    let key = |what: &str| secret_token::hash(what);
    [
        Counted {
            key: key(&format!("account {email} from {address}")),
            free: 5,
            clears: true,
        },
        Counted {
            key: key(&format!("address {address}")),
            free: 30,
            clears: false,
        },
        Counted {
            key: key(&format!("account {email}")),
            free: 100,
            clears: true,
        },
    ]
}

/// Counts an attempt as failed before it is made, so that a hundred at once are not one. Answers until when to wait,
/// if it may not be made.
pub(super) async fn begin(
    db: &Database,
    counted: &Counted,
    at: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Error> {
    let (key, free, forgotten) = (counted.key.clone(), counted.free, at - FORGOTTEN);
    let (first, longest) = (FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS);
    let admitted = db
        .pool()
        .execute_raw(raw_sql!(
            Postgres,
            r"INSERT INTO sign_in_failures AS known (key, failures, last_at) VALUES ({key}, 1, {at})
              ON CONFLICT (key) DO UPDATE SET
                  last_at = {at},
                  failures = CASE WHEN known.last_at < {forgotten} THEN 1 ELSE known.failures + 1 END,
                  blocked_until = CASE
                      WHEN known.last_at < {forgotten} OR known.failures + 1 < {free} THEN NULL
                      ELSE {at} + least({first} * 2.0 ^ least(known.failures + 1 - {free}, 10), {longest})
                          * interval '1 second'
                  END
              WHERE known.blocked_until IS NULL OR known.blocked_until <= {at}"
        ))
        .await?;
    if admitted.rows_affected() == 1 {
        return Ok(None);
    }
    let key = counted.key.clone();
    let blocked = Blocked::find_by_statement(raw_sql!(
        Postgres,
        "SELECT blocked_until FROM sign_in_failures WHERE key = {key}"
    ));
    let blocked = blocked.one(db.pool()).await?;
    Ok(Some(blocked.and_then(|it| it.blocked_until).unwrap_or(at)))
}

/// Forgets the failures before a success; where it does not clear them, it is no failure itself.
pub(super) async fn clear(turn: &impl ConnectionTrait, counted: &[Counted]) -> Result<(), Error> {
    for it in counted {
        let key = it.key.clone();
        if !it.clears {
            turn.execute_raw(raw_sql!(
                Postgres,
                r"UPDATE sign_in_failures SET failures = greatest(failures - 1, 0), blocked_until = NULL
                  WHERE key = {key}"
            ))
            .await?;
            continue;
        }
        turn.execute_raw(raw_sql!(
            Postgres,
            "DELETE FROM sign_in_failures WHERE key = {key}"
        ))
        .await?;
    }
    Ok(())
}
