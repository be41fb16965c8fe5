//! Postgres, and what is in it.

use chrono::{DateTime, Utc};
use database::{Database, accommodations, restores, users};
use domain::Role;

use super::finding::Finding;
use crate::command::DatabaseOptions;

/// Clocks further apart make signatures look old and holds end early or late.
const CLOCKS_DIFFER_MS: i64 = 2_000;

const POSTGRES: &str = "Postgres";

/// Everything that Postgres can tell.
pub(super) async fn look(options: &DatabaseOptions) -> Vec<Finding> {
    let Ok(url) = options.url() else {
        return vec![Finding::ill(
            POSTGRES,
            "no address is given",
            "set DATABASE_URL",
        )];
    };
    let db = match options.connect().await {
        Ok(db) => db,
        Err(error) => {
            let mend = "see that Postgres runs, and that name, password and database in DATABASE_URL are right";
            return vec![Finding::ill(POSTGRES, format!("{error:#}"), mend)];
        }
    };
    let mut findings = vec![Finding::right(POSTGRES, "it answers"), clock(&db).await];
    let missing: Vec<_> = match migrations::status(url).await {
        Ok(steps) => steps.into_iter().filter(|step| !step.applied).collect(),
        Err(error) => {
            let mend = "run `migrations up`";
            findings.push(Finding::ill("the schema", error.to_string(), mend));
            return findings;
        }
    };
    if let Some(first) = missing.first() {
        let found = format!(
            "{} migrations are missing, first {}",
            missing.len(),
            first.name
        );
        findings.push(Finding::ill("the schema", found, "run `migrations up`"));
        return findings;
    }
    findings.push(Finding::right("the schema", "every migration is there"));
    findings.push(judge(&db).await);
    findings.push(restored(&db).await);
    findings.push(owners(&db).await);
    findings.push(places(&db).await);
    findings
}

async fn clock(db: &Database) -> Finding {
    let before = Utc::now();
    let told: Result<DateTime<Utc>, _> = db.clock().await;
    match told {
        Ok(told) => apart((told - before).num_milliseconds()),
        Err(error) => Finding::ill("the clock", error.to_string(), "see that Postgres runs"),
    }
}

fn apart(milliseconds: i64) -> Finding {
    if milliseconds.abs() < CLOCKS_DIFFER_MS {
        Finding::right("the clock", format!("{milliseconds} ms from Postgres'"))
    } else {
        Finding::ill(
            "the clock",
            format!("{milliseconds} ms from Postgres'"),
            "set both machines by NTP: `timedatectl set-ntp true`",
        )
    }
}

async fn judge(db: &Database) -> Finding {
    let what = "the judge of double booking";
    match db.nights_are_guarded().await {
        Ok(true) => Finding::right(what, "the constraint is there"),
        Ok(false) => Finding::ill(
            what,
            "the constraint no_overlap_reservations is missing, and nothing is sold",
            "find out who dropped it; restore the database, or add it as migrations/src has it",
        ),
        Err(error) => Finding::ill(what, error.to_string(), "see that Postgres runs"),
    }
}

async fn restored(db: &Database) -> Finding {
    let what = "after a restore";
    match restores::is_open(db).await {
        Ok(false) => Finding::right(what, "nothing is left to begin anew"),
        Ok(true) => Finding::ill(
            what,
            "the database was restored, and no worker has begun the stories anew",
            "start a worker, and read in its log why it cannot",
        ),
        Err(error) => Finding::ill(what, error.to_string(), "see that Postgres runs"),
    }
}

async fn owners(db: &Database) -> Finding {
    let what = "owners";
    match users::all(db).await {
        Ok(all) => {
            let is_owner =
                |user: &&users::User| user.role == Role::Owner && user.disabled_at.is_none();
            match all.iter().filter(is_owner).count() {
                0 => Finding::ill(
                    what,
                    "nobody can sign in as an owner",
                    "`posada create-owner --email … --name …`",
                ),
                some => Finding::right(what, format!("{some} can sign in")),
            }
        }
        Err(error) => Finding::ill(what, error.to_string(), "see that Postgres runs"),
    }
}

async fn places(db: &Database) -> Finding {
    let what = "accommodations";
    match accommodations::active(db).await {
        Ok(all) if all.is_empty() => Finding::ill(
            what,
            "there is nothing to sell",
            "put in the accommodations, or the demo's to try with: `migrations seed-demo`",
        ),
        Ok(all) => Finding::right(what, format!("{} can be booked", all.len())),
        Err(error) => Finding::ill(what, error.to_string(), "see that Postgres runs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_be_a_little_apart() {
        assert!(!apart(-1_500).is_ill());
        assert!(apart(2_500).is_ill() && apart(-60_000).is_ill());
    }
}
