//! A Posada that is to suffer, and what everybody in it can do and see: a cabin for each guest, so that what
//! is held up for one of them is in nobody else's way.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use front_desk::FrontDesk;
use reqwest::Method;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};
use serde_json::{Value, json};
use stack::App;

/// How long a request may take before whoever asked gives up and asks again.
const ANSWER: Duration = Duration::from_secs(8);

/// What a guest reaches the house through. It outlives every fault.
#[derive(Clone)]
pub(crate) struct House {
    http: reqwest::Client,
    pub(crate) api_url: String,
    pub(crate) sandbox_url: String,
    operator_token: String,
    webhook_secret: String,
    temporal_address: String,
    payload_keys: keyring::Keyring,
    task_queue: String,
    database: DatabaseConnection,
}

impl House {
    pub(crate) async fn of(app: &App, cabins: usize) -> Result<Self> {
        let mut options = ConnectOptions::new(app.database.url());
        options
            .max_connections(12)
            .acquire_timeout(Duration::from_secs(5))
            .sqlx_logging(false);
        let house = Self {
            http: reqwest::Client::builder().build()?,
            api_url: app.api_url.clone(),
            sandbox_url: app.sandbox_url.clone(),
            operator_token: app.secrets.operator_token().to_owned(),
            webhook_secret: app.secrets.get("MERCADOPAGO_WEBHOOK_SECRET").to_owned(),
            temporal_address: app.environment.temporal_address.clone(),
            payload_keys: app.secrets.payload_keys().parse()?,
            task_queue: app.task_queue.clone(),
            database: Database::connect(options).await?,
        };
        // No day of the year has rules of its own: what is refused then is not what this is about.
        house
            .run("UPDATE accommodations SET rates = rates || '{\"seasons\": []}'::jsonb")
            .await?;
        // Each sleeps one, so that none is offered to those who write for four.
        let build = format!(
            "INSERT INTO accommodations SELECT (jsonb_populate_record(a, jsonb_build_object( \
                 'id', gen_random_uuid(), 'name', 'Casa ' || lpad(n::text, 2, '0'), 'aliases', '[]'::jsonb, \
                 'capacity', 1))).* \
             FROM accommodations a, generate_series(1, {cabins}) n WHERE a.name = 'Cabaña del Bosque'"
        );
        house.run(&build).await?;
        house
            .run(
                "CREATE FUNCTION chaos_cabin(wanted text) RETURNS text LANGUAGE sql STABLE AS \
                 $$ SELECT accommodation_id::text FROM reservations WHERE code = wanted $$",
            )
            .await?;
        Ok(house)
    }

    // --- Postgres --------------------------------------------------------------------------------

    pub(crate) async fn run(&self, sql: &str) -> Result<()> {
        let ran = self.database.execute_unprepared(sql).await;
        ran.with_context(|| sql.to_owned()).map(drop)
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

    pub(crate) async fn word(&self, sql: &str) -> Result<Option<String>> {
        Ok(self.words(sql).await?.into_iter().next())
    }

    /// Whether this is so, as far as Postgres answers.
    pub(crate) async fn is_so(&self, condition: &str) -> Option<()> {
        let sql = format!("SELECT 'so' WHERE {condition}");
        self.word(&sql).await.ok()?.map(drop)
    }

    // --- the API ---------------------------------------------------------------------------------

    /// One request; none is answered after a while.
    pub(crate) async fn asks_once(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        key: &str,
        body: &Value,
    ) -> Result<(u16, Value)> {
        let url = format!("{}/api/v1/{path}", self.api_url);
        let token = token.unwrap_or(&self.operator_token);
        let request = self.http.request(method, url).bearer_auth(token);
        let request = request.header("idempotency-key", key).timeout(ANSWER);
        let answer = request.json(body).send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await.unwrap_or_default()))
    }

    /// The same request with the same key, for as long as nobody answers it.
    pub(crate) async fn asks(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<(u16, Value)> {
        let key = format!("{:032x}", rand::random::<u128>());
        loop {
            let answer = self
                .asks_once(method.clone(), path, token, &key, body)
                .await;
            match answer {
                Ok((status, answer)) if status < 500 && status != 423 => {
                    return Ok((status, answer));
                }
                _ => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// A signed notification of a payment, as the provider sends it.
    pub(crate) async fn is_notified_of(&self, payment: &str) -> Result<u16> {
        let secret = self.webhook_secret.clone().into();
        let request_id = format!("request-{payment}");
        let sign = mercado_pago::notification::sign;
        let signature = sign(&secret, Some(payment), Some(&request_id), "1767225600");
        let url = format!(
            "{}/api/v1/webhooks/mercadopago?data.id={payment}&type=payment",
            self.api_url
        );
        let body = json!({ "id": 9_000_000_001_u64, "type": "payment", "action": "payment.updated",
            "data": { "id": payment } });
        let request = self.http.post(url).header("x-signature", signature);
        let request = request.header("x-request-id", request_id).timeout(ANSWER);
        Ok(request.json(&body).send().await?.status().as_u16())
    }

    pub(crate) async fn reconciles(&self) -> Result<()> {
        let client = front_desk::connect(
            &self.temporal_address,
            "default",
            "chaos",
            &self.payload_keys,
        )
        .await?;
        Ok(FrontDesk::new(client, &self.task_queue)
            .reconcile_now()
            .await?)
    }

    // --- the providers ---------------------------------------------------------------------------

    pub(crate) async fn provider(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        let url = format!("{}{path}", self.sandbox_url);
        let answer = self.http.request(method, url).json(body).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{path} was answered {status}: {text}");
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// A list that the providers keep.
    pub(crate) async fn providers_have(&self, path: &str) -> Result<Vec<Value>> {
        let url = format!("{}{path}", self.sandbox_url);
        let answer = self.http.get(url).send().await?.error_for_status()?;
        Ok(serde_json::from_str(&answer.text().await?)?)
    }

    /// A calendar, as a channel publishes it.
    pub(crate) async fn publishes(&self, name: &str, calendar: String) -> Result<()> {
        let url = format!("{}/sandbox/feeds/{name}.ics", self.sandbox_url);
        let put = self.http.put(url).body(calendar).send().await?;
        put.error_for_status()?;
        Ok(())
    }
}
