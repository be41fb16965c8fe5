//! Moments at which a step is held up: in Postgres by a trigger that waits for a lock of ours, with the row
//! written and nothing committed; on the wire to a provider before it hears, or before it is heard.

use std::time::Duration;

use anyhow::{Context as _, Result};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};

use crate::wire::{Asked, Side, Wire};

/// Tells our locks from everybody else's.
const CLASS: i32 = 4_711;

/// Where a step is held up. `{code}` and the like are those of its guest.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gate {
    /// It has written this row and not committed it.
    Writes {
        table: &'static str,
        on: &'static str,
        when: &'static str,
    },
    /// It asks a provider.
    Asks {
        method: &'static str,
        path: &'static str,
        body: &'static str,
        side: Side,
    },
    /// It begins while the component is away.
    Meanwhile,
}

/// The locks of one round.
pub(crate) struct Gates {
    /// Holds every lock, on its only connection.
    holder: DatabaseConnection,
    observer: DatabaseConnection,
}

impl Gates {
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let gates = Self {
            holder: connect(url).await?,
            observer: connect(url).await?,
        };
        let sql = format!(
            "CREATE FUNCTION chaos_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 PERFORM pg_advisory_xact_lock_shared({CLASS}, TG_ARGV[0]::integer); RETURN NULL; END $$"
        );
        gates.observer.execute_unprepared(&sql).await?;
        Ok(gates)
    }

    /// Holds up what a gate describes, with the guest's words in their places.
    pub(crate) async fn arm(
        &self,
        wire: &Wire,
        number: i32,
        gate: Gate,
        fill: impl Fn(&str) -> String,
    ) -> Result<()> {
        match gate {
            Gate::Writes { table, on, when } => {
                let when = fill(when);
                let lock = format!("SELECT pg_advisory_lock({CLASS}, {number})");
                self.holder.execute_unprepared(&lock).await?;
                // It fires last: what the product's own triggers do is done.
                let sql = format!(
                    "CREATE TRIGGER zz_chaos_{number} AFTER {on} ON {table} FOR EACH ROW \
                     WHEN ({when}) EXECUTE FUNCTION chaos_gate('{number}')"
                );
                let made = self.observer.execute_unprepared(&sql).await;
                made.with_context(|| sql)?;
            }
            Gate::Asks {
                method,
                path,
                body,
                side,
            } => wire.arm(
                number,
                Asked {
                    method,
                    path: fill(path),
                    body: fill(body),
                    side,
                },
            ),
            Gate::Meanwhile => {}
        }
        Ok(())
    }

    /// Whether somebody waits at a gate.
    pub(crate) async fn is_parked(&self, wire: &Wire, number: i32, gate: Gate) -> Option<()> {
        match gate {
            Gate::Writes { .. } => {
                let sql = format!(
                    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                     AND classid = {CLASS} AND objid = {number}"
                );
                let statement = Statement::from_string(sea_orm::DbBackend::Postgres, sql);
                self.observer.query_one_raw(statement).await.ok()?.map(drop)
            }
            Gate::Asks { .. } => wire.is_parked(number).then_some(()),
            Gate::Meanwhile => Some(()),
        }
    }

    /// Lets everybody go on whom Postgres holds up. A Postgres that was killed has let go of them itself.
    pub(crate) async fn release(&self) {
        let sql = "SELECT pg_advisory_unlock_all()";
        let _ = self.holder.execute_unprepared(sql).await;
    }
}

async fn connect(url: &str) -> Result<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false);
    Ok(Database::connect(options).await?)
}
