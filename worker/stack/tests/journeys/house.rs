//! A running Posada, and what its owner and its providers can see and do.

use std::{
    collections::BTreeMap,
    ops::Deref,
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use front_desk::FrontDesk;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use serde_json::{Value, json};
use stack::{App, eventually};
use tokio::sync::mpsc;

use crate::guest::Guest;

/// How long a fact may take here.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The cabin of the demo that sleeps four.
pub(crate) const CABIN_FOR_FOUR: &str = "Cabaña del Bosque";

/// A running Posada with the demo's three cabins: everything of [`Scene`], and the programs to be killed.
pub(crate) struct House {
    pub(crate) app: App,
    scene: Scene,
}

/// What everybody in a journey reaches Posada through. It outlives a killed program.
#[derive(Clone)]
pub(crate) struct Scene {
    http: reqwest::Client,
    sandbox_url: String,
    temporal_address: String,
    payload_keys: keyring::Keyring,
    task_queue: String,
    database: DatabaseConnection,
    /// What was to go back of each payment, for the audit at the end.
    given_back: Arc<Mutex<BTreeMap<String, i64>>>,
}

impl Deref for House {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.scene
    }
}

impl House {
    pub(crate) async fn opens() -> Result<Self> {
        Self::of(App::start().await?).await
    }

    pub(crate) async fn of(app: App) -> Result<Self> {
        let scene = Scene {
            http: app.http.clone(),
            sandbox_url: app.sandbox_url.clone(),
            temporal_address: app.environment.temporal_address.clone(),
            payload_keys: app.secrets.payload_keys().parse()?,
            task_queue: app.task_queue.clone(),
            database: sea_orm::Database::connect(app.database.url()).await?,
            given_back: Arc::default(),
        };
        Ok(Self { app, scene })
    }

    /// Waits until nothing is under way and our books agree with themselves and with the provider's, to the
    /// centavo. Every journey that moves money ends with it.
    pub(crate) async fn audit(&self) -> Result<()> {
        let mut said = String::new();
        let agreed = eventually("the books agree", PATIENCE, async || {
            let audited = self.app.posada(&["audit", "--overdue-minutes", "0"]).await;
            let (code, report) = audited.unwrap_or_else(|error| (None, format!("{error:#}")));
            said = report;
            (code == Some(0)).then_some(())
        })
        .await;
        agreed.with_context(|| said)?;
        // By now nothing is under way any more: what has not gone back stays.
        let expected = self.given_back.lock().expect("nobody panics in it").clone();
        for (payment, amount) in expected {
            let found = self.gone_back(&payment).await?;
            ensure!(
                found == amount,
                "{found} centavos of {payment} went back in the end, not {amount}"
            );
        }
        Ok(())
    }

    /// Remembers what was to go back of a payment.
    pub(crate) fn expects_back(&self, payment: &str, amount: i64) {
        let mut given_back = self.given_back.lock().expect("nobody panics in it");
        given_back.insert(payment.to_owned(), amount);
    }

    /// What is left to others while the programs are killed and restarted.
    pub(crate) fn scene(&self) -> Scene {
        self.scene.clone()
    }

    /// The worker dies where it stands, and another takes its place.
    pub(crate) async fn worker_is_replaced(&mut self) -> Result<()> {
        self.app.worker.kill9()?;
        self.app.restart_worker().await
    }

    /// Goes through what happens at the same time, and kills the worker whenever somebody in it says that this is
    /// the middle. Answers how often it died.
    pub(crate) async fn is_killed_in_the_middle_of<J>(
        &mut self,
        journeys: impl FnOnce(Middle) -> J,
    ) -> Result<usize>
    where
        J: Future<Output = Result<()>>,
    {
        let (sender, mut middles) = mpsc::unbounded_channel();
        let killer = async {
            let mut deaths = 0;
            while middles.recv().await.is_some() {
                // Whoever said so meanwhile is in the middle of this very death.
                while middles.try_recv().is_ok() {}
                self.worker_is_replaced().await?;
                deaths += 1;
            }
            Ok(deaths)
        };
        let ((), deaths) = tokio::try_join!(journeys(Middle(sender)), killer)?;
        Ok(deaths)
    }
}

/// Where somebody says that they are in the middle of something. It ends with the last who could say so.
#[derive(Clone)]
pub(crate) struct Middle(mpsc::UnboundedSender<()>);

impl Middle {
    /// This is it: the worker dies now.
    pub(crate) fn is_now(&self) -> Result<()> {
        self.0.send(()).context("nobody kills the worker any more")
    }
}

impl Scene {
    pub(crate) fn guest(&self, name: &str) -> Guest {
        let number = rand::random_range(10_000_000..99_999_999_u32);
        Guest::new(self, name, &format!("54911{number:08}"))
    }

    // --- what the owner decides and sees -------------------------------------------------------

    /// Changes a policy of every cabin, by its path and its value in JSON.
    pub(crate) async fn policy(&self, path: &str, value: Value) -> Result<()> {
        let (section, field) = path.split_once('.').context("a policy is section.field")?;
        let sql = "UPDATE accommodations SET policies = jsonb_set( \
             jsonb_set(policies, ARRAY[$1], coalesce(policies -> $1, '{}'::jsonb)), ARRAY[$1, $2], $3::jsonb)";
        let statement = Statement::from_sql_and_values(
            sea_orm::DbBackend::Postgres,
            sql,
            [section.into(), field.into(), value.to_string().into()],
        );
        self.database.execute_raw(statement).await?;
        Ok(())
    }

    /// Days pass in which a guest says nothing: what their conversation remembers is as much older.
    pub(crate) async fn days_pass(&self, days: u32, guest: &Guest) -> Result<()> {
        let sql = "UPDATE dialogue_states SET state = jsonb_set(jsonb_set(state, \
             '{read_back,at}', to_jsonb((state #>> '{read_back,at}')::timestamptz - make_interval(days => $1))), \
             '{asked_at}', to_jsonb((state ->> 'asked_at')::timestamptz - make_interval(days => $1))) \
             WHERE guest_id = (SELECT id FROM guests WHERE wa_id = $2) AND state #> '{read_back,at}' IS NOT NULL";
        let values = [i32::try_from(days)?.into(), guest.id().into()];
        let statement = Statement::from_sql_and_values(sea_orm::DbBackend::Postgres, sql, values);
        let changed = self.database.execute_raw(statement).await?;
        ensure!(
            changed.rows_affected() == 1,
            "{} was read nothing back",
            guest.id()
        );
        Ok(())
    }

    /// The first column of the first row of a query, as text.
    pub(crate) async fn asks_database(&self, sql: &str) -> Result<Option<String>> {
        let statement = Statement::from_string(sea_orm::DbBackend::Postgres, sql.to_owned());
        let row = self.database.query_one_raw(statement).await?;
        Ok(row
            .map(|row| row.try_get_by_index::<Option<String>>(0))
            .transpose()?
            .flatten())
    }

    /// Waits until a reservation has a status.
    pub(crate) async fn sees(&self, code: &str, status: &str) -> Result<()> {
        let sql = format!("SELECT reservation_status FROM reservations WHERE code = '{code}'");
        eventually(&format!("{code} is {status}"), PATIENCE, async || {
            let found = self.asks_database(&sql).await.ok()??;
            (found == status).then_some(())
        })
        .await
    }

    /// Waits until a query counts so many rows.
    pub(crate) async fn counts(&self, what: &str, expected: i64, sql: &str) -> Result<()> {
        let sql = format!("SELECT count(*)::text FROM {sql}");
        let counted = eventually(
            &format!("there are {expected} {what}"),
            PATIENCE,
            async || {
                let found: i64 = self.asks_database(&sql).await.ok()??.parse().ok()?;
                (found == expected).then_some(())
            },
        )
        .await;
        counted.with_context(|| sql)
    }

    /// No two live reservations of one cabin share a night, whatever happened before.
    pub(crate) async fn nights_are_sold_once(&self) -> Result<()> {
        let live = "('pre_reserved', 'confirmed', 'blocked')";
        let sql = format!(
            "SELECT count(*)::text FROM reservations a JOIN reservations b \
             ON a.accommodation_id = b.accommodation_id AND a.code < b.code AND a.period && b.period \
             WHERE a.reservation_status IN {live} AND b.reservation_status IN {live}"
        );
        let overlaps = self.asks_database(&sql).await?;
        ensure!(
            overlaps.as_deref() == Some("0"),
            "nights were sold twice: {overlaps:?}"
        );
        Ok(())
    }

    // --- the providers -------------------------------------------------------------------------

    pub(crate) async fn post_sandbox(&self, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.sandbox_url);
        let answer = self
            .http
            .post(url)
            .json(body)
            .send()
            .await?
            .error_for_status()?;
        let text = answer.text().await?;
        Ok(if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text)?
        })
    }

    pub(crate) async fn get_sandbox(&self, path: &str) -> Result<Value> {
        let url = format!("{}{path}", self.sandbox_url);
        Ok(self
            .http
            .get(url)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?)
    }

    /// Makes a provider misbehave.
    pub(crate) async fn trouble(&self, faults: Value) -> Result<()> {
        let url = format!("{}/sandbox/faults", self.sandbox_url);
        self.http
            .put(url)
            .json(&faults)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    pub(crate) async fn trouble_ends(&self) -> Result<()> {
        let url = format!("{}/sandbox/faults", self.sandbox_url);
        self.http.delete(url).send().await?.error_for_status()?;
        Ok(())
    }

    /// The payment link of a reservation, as the provider has it.
    pub(crate) async fn preference(&self, code: &str) -> Result<String> {
        eventually(
            &format!("there is a link for {code}"),
            PATIENCE,
            async || {
                let preferences = self.get_sandbox("/sandbox/preferences").await.ok()?;
                let found = preferences
                    .as_array()?
                    .iter()
                    .find(|it| it["external_reference"] == code)?;
                Some(found["id"].as_str()?.to_owned())
            },
        )
        .await
    }

    /// Somebody pays on the link of a reservation; answers the payment's id.
    pub(crate) async fn pays(&self, code: &str, payment: Value) -> Result<String> {
        let preference = self.preference(code).await?;
        let path = format!("/sandbox/checkout/{preference}/payments");
        let answer = self.post_sandbox(&path, &payment).await?;
        Ok(answer["payment_id"].to_string())
    }

    /// Somebody pays what the link asks for by card, and it is approved.
    pub(crate) async fn pays_by_card(&self, code: &str) -> Result<String> {
        self.pays(code, json!({ "status": "approved", "method": "visa" }))
            .await
    }

    /// The schedule looks for payments that nobody told us about, without waiting for its hour.
    pub(crate) async fn reconciles(&self) -> Result<()> {
        let client = front_desk::connect(
            &self.temporal_address,
            "default",
            "journeys",
            &self.payload_keys,
        )
        .await?;
        Ok(FrontDesk::new(client, &self.task_queue)
            .reconcile_now()
            .await?)
    }

    /// Temporal loses every workflow of this house, as if its database were gone.
    pub(crate) async fn forgets_workflows(&self) -> Result<()> {
        let client = front_desk::connect(
            &self.temporal_address,
            "default",
            "journeys",
            &self.payload_keys,
        )
        .await?;
        let desk = FrontDesk::new(client, &self.task_queue);
        let lost = desk
            .end_all_begun_before(chrono::Utc::now(), "lost")
            .await?;
        ensure!(lost > 0, "there was nothing to lose");
        Ok(())
    }

    /// The schedule of a calendar has its hour.
    pub(crate) async fn clock_reads(&self, feed: &str) -> Result<()> {
        let client = front_desk::connect(
            &self.temporal_address,
            "default",
            "journeys",
            &self.payload_keys,
        )
        .await?;
        let desk = FrontDesk::new(client, &self.task_queue);
        Ok(desk.clock_reads(feed.parse()?).await?)
    }

    /// What the provider has given back of a payment, in pesos.
    pub(crate) async fn refunds(&self, payment: &str) -> Result<Vec<f64>> {
        let refunds = self.get_sandbox("/sandbox/refunds").await?;
        let of_payment = |it: &&Value| {
            it["payment_id"].to_string().trim_matches('"') == payment.trim_matches('"')
        };
        let refunds = refunds.as_array().into_iter().flatten().filter(of_payment);
        Ok(refunds.filter_map(|it| it["amount"].as_f64()).collect())
    }

    /// Waits until the provider has given a payment back, and says how much.
    pub(crate) async fn is_refunded(&self, payment: &str) -> Result<f64> {
        eventually(&format!("{payment} is given back"), PATIENCE, async || {
            let refunds = self.refunds(payment).await.ok()?;
            (!refunds.is_empty()).then(|| refunds.iter().sum())
        })
        .await
    }
}
