//! A place with many cabins, and what guests do there.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, Utc};
use reqwest::Method;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};
use serde_json::{Value, json};
use stack::App;

const CABINS: u64 = 50;

#[derive(Clone)]
pub(crate) struct Town {
    http: reqwest::Client,
    api_url: String,
    sandbox_url: String,
    operator_token: String,
    cabins: Vec<String>,
    database: DatabaseConnection,
}

impl Town {
    /// Cabins whose holds last so many seconds.
    pub(crate) async fn of(app: &App, hold_seconds: u64) -> Result<Self> {
        let mut options = ConnectOptions::new(app.database.url());
        options.max_connections(4).sqlx_logging(false);
        let mut town = Self {
            http: app.http.clone(),
            api_url: app.api_url.clone(),
            sandbox_url: app.sandbox_url.clone(),
            operator_token: app.secrets.operator_token().to_owned(),
            cabins: Vec::new(),
            database: Database::connect(options).await?,
        };
        let build = format!(
            "INSERT INTO accommodations SELECT (jsonb_populate_record(a, jsonb_build_object( \
                 'id', gen_random_uuid(), 'name', 'Casa ' || lpad(n::text, 2, '0'), 'aliases', '[]'::jsonb, \
                 'rates', a.rates || '{{\"seasons\": []}}'::jsonb, 'policies', a.policies || jsonb_build_object('hold', \
                     jsonb_build_object('seconds', {hold_seconds}, 'reminder_seconds', 0, \
                         'look_before_seconds', 1, 'look_after_seconds', 1))))).* \
             FROM accommodations a, generate_series(1, {CABINS}) n WHERE a.name = 'Cabaña del Bosque'"
        );
        town.database
            .execute_unprepared(&build)
            .await
            .context(build)?;
        let ids = "SELECT 'acc_' || replace(id::text, '-', '') FROM accommodations \
                   WHERE name LIKE 'Casa %' ORDER BY name";
        town.cabins = town.words(ids).await?;
        Ok(town)
    }

    /// The first column of every row, as text.
    pub(crate) async fn words(&self, sql: &str) -> Result<Vec<String>> {
        let statement = Statement::from_string(sea_orm::DbBackend::Postgres, sql.to_owned());
        let rows = self.database.query_all_raw(statement).await;
        let rows = rows.with_context(|| sql.to_owned())?;
        rows.iter()
            .map(|row| Ok(row.try_get_by_index(0)?))
            .collect()
    }

    /// The number that a question is answered with.
    pub(crate) async fn count(&self, sql: &str) -> Result<u64> {
        let said = self.words(&format!("SELECT ({sql})::text")).await?;
        Ok(said.first().context("a number")?.parse()?)
    }

    /// One request, with the same key for as long as it is to be made again.
    async fn asks(&self, method: Method, url: String, body: &Value) -> Result<Value> {
        let key = format!("{:032x}", rand::random::<u128>());
        let deadline = Instant::now() + super::upgrade::PATIENCE;
        loop {
            let request = self.http.request(method.clone(), &url);
            let request = request
                .bearer_auth(&self.operator_token)
                .header("idempotency-key", &key);
            let answer = request.json(body).send().await?;
            let status = answer.status();
            let text = answer.text().await?;
            if status.is_success() {
                return Ok(serde_json::from_str(&text).unwrap_or_default());
            }
            let is_for_now = matches!(status.as_u16(), 423 | 503);
            ensure!(
                is_for_now && Instant::now() < deadline,
                "{url} was answered {status}: {text}"
            );
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Somebody holds nights that nobody else asks for; answers the code.
    pub(crate) async fn holds(&self, number: u64) -> Result<String> {
        let cabin = usize::try_from(number % CABINS)?;
        let from = Utc::now().date_naive() + Days::new(20 + number / CABINS % 100 * 3);
        let wish = json!({
            "accommodation_id": self.cabins.get(cabin).context("a cabin")?,
            "check_in": from, "check_out": from + Days::new(2), "guests": 2,
            "guest": { "name": "Ana Gómez", "phone": format!("+54911{:08}", 70_000_000 + number) },
        });
        let url = format!("{}/api/v1/reservations", self.api_url);
        let held = self.asks(Method::POST, url, &wish).await?;
        Ok(held["code"].as_str().context("a code")?.to_owned())
    }

    /// The deposit is paid, as soon as there is a link.
    pub(crate) async fn pays(&self, code: String) -> Result<()> {
        let sql = format!("SELECT preference_id FROM payment_links WHERE code = '{code}'");
        let deadline = Instant::now() + super::upgrade::PATIENCE;
        let link = loop {
            if let Some(link) = self.words(&sql).await?.into_iter().next() {
                break link;
            }
            ensure!(Instant::now() < deadline, "{code} has no link");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let url = format!("{}/sandbox/checkout/{link}/payments", self.sandbox_url);
        let payment = json!({ "status": "approved", "method": "visa", "notify": true });
        self.asks(Method::POST, url, &payment).await.map(drop)
    }

    pub(crate) async fn cancels(&self, code: String) -> Result<()> {
        let url = format!("{}/api/v1/reservations/{code}/cancel", self.api_url);
        self.asks(Method::POST, url, &json!({})).await.map(drop)
    }

    /// A guest writes.
    pub(crate) async fn is_written_to(&self, guest: u64, words: &str) -> Result<()> {
        let phone = format!("54911{:08}", 80_000_000 + guest);
        let url = format!("{}/sandbox/guests/{phone}/messages", self.sandbox_url);
        let body = json!({ "text": words, "profile_name": "Ana" });
        self.asks(Method::POST, url, &body).await.map(drop)
    }

    /// Somebody looks for free nights.
    pub(crate) async fn is_asked_what_is_free(&self, number: u64) -> Result<()> {
        let from = Utc::now().date_naive() + Days::new(15 + number % 300);
        let url = format!(
            "{}/api/v1/availability?check_in={from}&check_out={}&guests=4",
            self.api_url,
            from + Days::new(3)
        );
        self.asks(Method::GET, url, &Value::Null).await.map(drop)
    }

    /// A channel's calendar, read whenever somebody asks.
    pub(crate) async fn connects_a_calendar(&self) -> Result<()> {
        let cabin = self.cabins.last().context("a cabin")?;
        let url = format!("{}/sandbox/feeds/soak.ics", self.sandbox_url);
        let empty =
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Airbnb Inc//EN\r\nEND:VCALENDAR\r\n";
        self.http
            .put(&url)
            .body(empty)
            .send()
            .await?
            .error_for_status()?;
        let feed =
            json!({ "accommodation_id": cabin, "channel": "airbnb", "url": url, "dry_run": false });
        let feeds = format!("{}/api/v1/ical/feeds", self.api_url);
        self.asks(Method::POST, feeds, &feed).await.map(drop)
    }

    pub(crate) async fn reads_the_calendar(&self) -> Result<()> {
        let cabin = self.cabins.last().context("a cabin")?;
        let url = format!("{}/api/v1/ical/sync/{cabin}", self.api_url);
        self.asks(Method::POST, url, &Value::Null).await.map(drop)
    }
}
