//! The place where it all happens: cabins, what Postgres knows of the reservations, and the ways to the API and
//! the pretend provider.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{Days, NaiveDate, Utc};
use reqwest::Method;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, QueryResult, Statement};
use serde_json::{Value, json};
use stack::App;

/// How long a guest waits for a fact before something is wrong. Whoever comes with a hundred others to a busy machine,
/// while the provider is away every now and then, waits for minutes, and nothing is wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// How often everybody looks at what Postgres knows.
const GLANCE: Duration = Duration::from_millis(300);

/// Nobody looks at a reservation any more that no guest has asked for in so long.
const OUT_OF_SIGHT: Duration = Duration::from_secs(120);

/// Holds that last so many seconds, so that those who never pay are soon gone.
pub(crate) const HOLD_SECONDS: u32 = 25;

/// Stays in one cabin: two nights, and a night between.
const STAYS_PER_CABIN: u32 = 170;

/// What is known of a reservation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) status: String,
    pub(crate) paid: i64,
    pub(crate) deposit: i64,
    pub(crate) total: i64,
    /// The provider's name of the link that is open for the deposit.
    pub(crate) deposit_link: Option<String>,
    pub(crate) balance_link: Option<String>,
}

pub(crate) struct Town {
    pub(crate) database: DatabaseConnection,
    pub(crate) temporal_address: String,
    pub(crate) payload_keys: keyring::Keyring,
    pub(crate) task_queue: String,
    http: reqwest::Client,
    api_url: String,
    pub(crate) sandbox_url: String,
    operator_token: String,
    cabins: Vec<String>,
    reservations: u32,
    known: RwLock<HashMap<String, Known>>,
    /// When somebody last wanted to know of a reservation.
    asked_for: Mutex<HashMap<String, Instant>>,
    gone: AtomicU32,
    closed: AtomicBool,
}

/// A reservation as its guest has it.
#[derive(Debug, Clone)]
pub(crate) struct Hold {
    pub(crate) code: String,
    pub(crate) token: String,
    pub(crate) cabin: usize,
    pub(crate) check_in: NaiveDate,
}

impl Town {
    pub(crate) async fn open(app: &App, reservations: u32) -> Result<Self> {
        let database = sea_orm::Database::connect(app.database.url()).await?;
        let town = Self {
            database,
            temporal_address: app.environment.temporal_address.clone(),
            payload_keys: app.secrets.payload_keys().parse()?,
            task_queue: app.task_queue.clone(),
            http: app.http.clone(),
            api_url: app.api_url.clone(),
            sandbox_url: app.sandbox_url.clone(),
            operator_token: app.secrets.operator_token().to_owned(),
            cabins: Vec::new(),
            reservations,
            known: RwLock::default(),
            asked_for: Mutex::default(),
            gone: AtomicU32::new(0),
            closed: AtomicBool::new(false),
        };
        town.build_cabins(reservations.div_ceil(STAYS_PER_CABIN).max(1))
            .await
    }

    /// As many cabins as are needed, with every wait of a hold cut short.
    async fn build_cabins(mut self, count: u32) -> Result<Self> {
        let policies = json!({
            "hold": {
                "seconds": HOLD_SECONDS, "extension_seconds": 8, "reminder_seconds": 8,
                "look_before_seconds": 5, "look_after_seconds": 6,
            },
        });
        self.run(&format!(
            "INSERT INTO accommodations SELECT (jsonb_populate_record(a, jsonb_build_object( \
                 'id', gen_random_uuid(), 'name', 'Casa ' || n, 'aliases', '[]'::jsonb, \
                 'rates', a.rates || '{{\"seasons\": []}}'::jsonb, \
                 'policies', a.policies || '{policies}'::jsonb))).* \
             FROM accommodations a, generate_series(1, {count}) n WHERE a.name = 'Cabaña del Bosque'"
        ))
        .await?;
        let rows = self
            .rows("SELECT id::text FROM accommodations WHERE name LIKE 'Casa %' ORDER BY name")
            .await?;
        let ids: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
        self.cabins = ids?
            .into_iter()
            .map(|id| format!("acc_{}", id.replace('-', "")))
            .collect();
        Ok(self)
    }

    // --- what is known ---------------------------------------------------------------------------

    /// Looks again and again, and says now and then how far things are.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut last_word = Instant::now();
        loop {
            if let Err(error) = self.look().await {
                println!("Postgres could not be asked: {error:#}");
            }
            if last_word.elapsed() > Duration::from_secs(10) {
                last_word = Instant::now();
                println!(
                    "{} of {} guests have gone",
                    self.gone.load(Ordering::Relaxed),
                    self.reservations
                );
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Reservations that somebody waits for; of all there are it would take ever longer.
    async fn look(&self) -> Result<()> {
        let codes = self.in_sight().join("', '");
        let rows = self
            .rows(&format!(
                "SELECT r.code, r.reservation_status, r.paid_centavos, r.deposit_centavos, r.total_centavos, \
                     (SELECT preference_id FROM payment_links l WHERE l.code = r.code AND l.purpose = 'deposit' \
                         AND l.closed_at IS NULL) AS deposit_link, \
                     (SELECT preference_id FROM payment_links l WHERE l.code = r.code AND l.purpose = 'balance' \
                         AND l.closed_at IS NULL) AS balance_link \
                 FROM reservations r WHERE r.code IN ('{codes}')",
            ))
            .await?;
        let mut known = HashMap::with_capacity(rows.len());
        for row in rows {
            let code: String = row.try_get_by_index(0)?;
            let one = Known {
                status: row.try_get_by_index(1)?,
                paid: row.try_get_by_index(2)?,
                deposit: row.try_get_by_index(3)?,
                total: row.try_get_by_index(4)?,
                deposit_link: row.try_get_by_index(5)?,
                balance_link: row.try_get_by_index(6)?,
            };
            known.insert(code, one);
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }

    fn in_sight(&self) -> Vec<String> {
        let mut asked_for = self
            .asked_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        asked_for.retain(|_, at| at.elapsed() < OUT_OF_SIGHT);
        asked_for.keys().cloned().collect()
    }

    pub(crate) fn known(&self, code: &str) -> Option<Known> {
        self.asked_for
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(code.to_owned(), Instant::now());
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(code).cloned()
    }

    /// Waits until something is so.
    pub(crate) async fn sees(
        &self,
        code: &str,
        what: &str,
        is_so: impl Fn(&Known) -> bool,
    ) -> Result<Known> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let known = self.known(code);
            if let Some(known) = known.filter(&is_so) {
                return Ok(known);
            }
            if Instant::now() > deadline {
                bail!(
                    "{code} never came to be {what}; it is {:?}",
                    self.known(code)
                );
            }
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// A guest is through.
    pub(crate) fn left(&self) {
        self.gone.fetch_add(1, Ordering::Relaxed);
    }

    /// The last guest has gone.
    pub(crate) fn closes(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.closed.load(Ordering::Relaxed)
    }

    // --- the API ---------------------------------------------------------------------------------

    /// Where and when the guest of a number stays: nobody else is given the same.
    pub(crate) fn place_of(&self, number: u32) -> Result<(usize, NaiveDate)> {
        let cabins = u32::try_from(self.cabins.len())?;
        let cabin = usize::try_from(number % cabins)?;
        let first = Utc::now().date_naive() + Days::new(20);
        Ok((cabin, first + Days::new(u64::from(number / cabins) * 3)))
    }

    /// Holds two nights; whatever is killed meanwhile, the key makes it one hold.
    pub(crate) async fn holds(
        &self,
        cabin: usize,
        check_in: NaiveDate,
        phone: &str,
    ) -> Result<Option<Hold>> {
        let cabin_id = self.cabins.get(cabin).context("a cabin")?;
        let body = json!({
            "accommodation_id": cabin_id,
            "check_in": check_in,
            "check_out": check_in + Days::new(2),
            "guests": 2,
            "guest": { "name": "Ana Gómez", "phone": format!("+{phone}") },
        });
        let (status, answer) = self
            .asks(Method::POST, "reservations", None, Some(&body))
            .await?;
        match status {
            201 | 202 => Ok(Some(Hold {
                code: answer["code"].as_str().context("a code")?.to_owned(),
                token: answer["guest_token"]
                    .as_str()
                    .context("a token")?
                    .to_owned(),
                cabin,
                check_in,
            })),
            409 | 423 => Ok(None),
            _ => bail!("a hold was answered {status}: {answer}"),
        }
    }

    /// What a guest asks about their own reservation.
    pub(crate) async fn asks_as_guest(
        &self,
        hold: &Hold,
        method: Method,
        what: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Value)> {
        let path = format!("reservations/{}/{what}", hold.code);
        self.asks(method, &path, Some(&hold.token), body).await
    }

    /// What the owner asks about it.
    pub(crate) async fn asks_as_owner(
        &self,
        hold: &Hold,
        what: &str,
        body: &Value,
    ) -> Result<(u16, Value)> {
        let path = format!("reservations/{}/{what}", hold.code);
        self.asks(Method::POST, &path, Some(&self.operator_token), Some(body))
            .await
    }

    /// One request, made again with the same key for as long as nobody answers it.
    async fn asks(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
    ) -> Result<(u16, Value)> {
        let key = format!("{:032x}", rand::random::<u128>());
        let deadline = Instant::now() + PATIENCE;
        loop {
            let url = format!("{}/api/v1/{path}", self.api_url);
            let mut request = self
                .http
                .request(method.clone(), url)
                .header("idempotency-key", &key);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            if let Some(body) = body {
                request = request.json(body);
            }
            if let Ok(answer) = request.send().await {
                let status = answer.status().as_u16();
                // A hold that somebody is asking for right now may be our own first attempt.
                if status != 503 && status != 423 {
                    return Ok((status, answer.json().await.unwrap_or_default()));
                }
            }
            ensure!(Instant::now() < deadline, "nobody answered {method} {path}");
            tokio::time::sleep(GLANCE).await;
        }
    }

    // --- the provider ----------------------------------------------------------------------------

    pub(crate) async fn provider(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.sandbox_url);
        let answer = self.http.request(method, url).json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{path} was answered {status}: {text}");
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    pub(crate) async fn provider_has(&self, path: &str) -> Result<Vec<Value>> {
        let url = format!("{}{path}", self.sandbox_url);
        let answer = self.http.get(url).send().await?.error_for_status()?;
        let text = answer.text().await?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Somebody pays on a link; answers the payment's id.
    pub(crate) async fn pays(&self, link: &str, payment: &Value) -> Result<String> {
        let path = format!("/sandbox/checkout/{link}/payments");
        let answer = self.provider(Method::POST, &path, payment).await?;
        Ok(answer["payment_id"]
            .to_string()
            .trim_matches('"')
            .to_owned())
    }

    // --- Postgres --------------------------------------------------------------------------------

    pub(crate) async fn run(&self, sql: &str) -> Result<()> {
        self.database
            .execute_unprepared(sql)
            .await
            .with_context(|| sql.to_owned())?;
        Ok(())
    }

    pub(crate) async fn rows(&self, sql: &str) -> Result<Vec<QueryResult>> {
        let statement = Statement::from_string(sea_orm::DbBackend::Postgres, sql.to_owned());
        let rows = self.database.query_all_raw(statement).await;
        rows.with_context(|| sql.to_owned())
    }

    /// The first column of every row, as text.
    pub(crate) async fn words(&self, sql: &str) -> Result<Vec<String>> {
        let rows = self.rows(sql).await?;
        let words: Result<Vec<String>, _> =
            rows.iter().map(|row| row.try_get_by_index(0)).collect();
        Ok(words?)
    }

    /// How everything ended.
    pub(crate) async fn summary(&self) -> Result<()> {
        for line in self
            .words(
                "SELECT reservation_status || ': ' || count(*) || ', paid ' || sum(paid_centavos) / 100 \
                 FROM reservations GROUP BY reservation_status ORDER BY 1",
            )
            .await?
        {
            println!("  reservations {line}");
        }
        for line in self
            .words("SELECT status || ': ' || count(*) || ', ' || sum(amount_centavos) / 100 FROM payments GROUP BY status ORDER BY 1")
            .await?
        {
            println!("  payments {line}");
        }
        for line in self
            .words("SELECT status || ': ' || count(*) || ', ' || sum(amount_centavos) / 100 FROM refunds GROUP BY status ORDER BY 1")
            .await?
        {
            println!("  refunds {line}");
        }
        for line in self
            .words("SELECT kind || ': ' || count(*) FROM review_queue WHERE resolved_at IS NULL GROUP BY kind ORDER BY 1")
            .await?
        {
            println!("  owner's queue {line}");
        }
        Ok(())
    }
}
