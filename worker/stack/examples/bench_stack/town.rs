//! What is driven: a Posada on services as durable as in production, and requests as its clients send them.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, Utc};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};
use serde_json::{Value, json};
use stack::App;

/// Which message a webhook carries: three of ten carry one that was sent before.
pub(crate) const fn message(number: u64) -> u64 {
    if number % 10 < 3 { number / 2 } else { number }
}

/// Who is driven.
pub(crate) struct Town {
    http: reqwest::Client,
    api_url: String,
    sandbox_url: String,
    operator_token: String,
    app_secret: String,
    pub(crate) cabins: Vec<String>,
    database: DatabaseConnection,
}

impl Town {
    /// So many cabins, of which `large` sleep four; nothing in a year has rules of its own.
    pub(crate) async fn of(app: &App, cabins: usize, large: usize) -> Result<Arc<Self>> {
        let mut options = ConnectOptions::new(app.database.url());
        options.max_connections(4).sqlx_logging(false);
        let database = Database::connect(options).await?;
        let build = format!(
            "INSERT INTO accommodations SELECT (jsonb_populate_record(a, jsonb_build_object( \
                 'id', gen_random_uuid(), 'name', 'Casa ' || lpad(n::text, 3, '0'), 'aliases', '[]'::jsonb, \
                 'capacity', CASE WHEN n <= {large} THEN 4 ELSE 2 END, \
                 'rates', a.rates || '{{\"seasons\": []}}'::jsonb))).* \
             FROM accommodations a, generate_series(1, {cabins}) n WHERE a.name = 'Cabaña del Bosque'"
        );
        database.execute_unprepared(&build).await?;
        let mut town = Self {
            http: app.http.clone(),
            api_url: app.api_url.clone(),
            sandbox_url: app.sandbox_url.clone(),
            operator_token: app.secrets.operator_token().to_owned(),
            app_secret: app.secrets.get("WHATSAPP_APP_SECRET").to_owned(),
            cabins: Vec::new(),
            database,
        };
        let ids = "SELECT 'acc_' || replace(id::text, '-', '') FROM accommodations WHERE name LIKE 'Casa %' ORDER BY name";
        town.cabins = town.words(ids).await?;
        Ok(Arc::new(town))
    }

    pub(crate) async fn run(&self, sql: &str) -> Result<()> {
        let ran = self.database.execute_unprepared(sql).await;
        ran.with_context(|| sql.to_owned()).map(drop)
    }

    /// The number that a question is answered with.
    pub(crate) async fn count(&self, sql: &str) -> Result<u64> {
        let said = self.words(&format!("SELECT ({sql})::text")).await?;
        Ok(said.first().context("a number")?.parse()?)
    }

    pub(crate) async fn words(&self, sql: &str) -> Result<Vec<String>> {
        let statement = Statement::from_string(sea_orm::DbBackend::Postgres, sql.to_owned());
        let rows = self.database.query_all_raw(statement).await;
        let rows = rows.with_context(|| sql.to_owned())?;
        rows.iter()
            .map(|row| Ok(row.try_get_by_index(0)?))
            .collect()
    }

    /// A message of one of so many guests, signed; every so many it is one that was sent before.
    pub(crate) async fn is_written_to(&self, round: u64, number: u64) -> Result<()> {
        let message = message(number);
        let guest = format!("54911{:08}", 40_000_000 + message % 500);
        let id = format!("wamid.bench.{round}.{message}");
        let body = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [{
            "field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "5491150001111", "phone_number_id": "106540352242922" },
                "contacts": [{ "wa_id": guest, "profile": { "name": "Ana" } }],
                // A reaction is written down like everything else, and asks for no answer.
                "messages": [{ "from": guest, "id": id, "timestamp": Utc::now().timestamp().to_string(),
                    "type": "reaction", "reaction": { "message_id": "wamid.other", "emoji": "👍" } }],
            } }] }] })
        .to_string();
        let signature =
            whatsapp::signature::Secret::new(self.app_secret.clone()).sign(body.as_bytes());
        let url = format!("{}/api/v1/webhooks/whatsapp", self.api_url);
        let request = self.http.post(url).header("x-hub-signature-256", signature);
        let answer = request.body(body).send().await?;
        ensure!(answer.status() == 200, "a webhook: {}", answer.status());
        Ok(())
    }

    /// What is free three nights from some day of the year on, with its prices.
    pub(crate) async fn is_asked_what_is_free(&self, number: u64) -> Result<()> {
        let from = Utc::now().date_naive() + Days::new(15 + number * 37 % 330);
        let url = format!(
            "{}/api/v1/availability?check_in={from}&check_out={}&guests=4",
            self.api_url,
            from + Days::new(3)
        );
        let answer = self.http.get(url).send().await?;
        ensure!(answer.status() == 200, "availability: {}", answer.status());
        answer.bytes().await?;
        Ok(())
    }

    /// A hold of nights that nobody else asks for.
    pub(crate) async fn is_held(&self, number: u64) -> Result<()> {
        let cabins = u64::try_from(self.cabins.len())?;
        let cabin = usize::try_from(number % cabins)?;
        let status = self.holds(cabin, number / cabins * 2, number).await?;
        ensure!(status == 201, "a hold: {status}");
        Ok(())
    }

    /// A hold of two nights; answers its status.
    pub(crate) async fn holds(&self, cabin: usize, day: u64, guest: u64) -> Result<u16> {
        let from = Utc::now().date_naive() + Days::new(20 + day);
        let body = json!({
            "accommodation_id": self.cabins.get(cabin % self.cabins.len()).context("a cabin")?,
            "check_in": from, "check_out": from + Days::new(2), "guests": 2,
            "guest": { "name": "Ana Gómez", "phone": format!("+54911{:08}", 50_000_000 + guest) },
        });
        let url = format!("{}/api/v1/reservations", self.api_url);
        let answer = self.http.post(url).json(&body).send().await?;
        let status = answer.status().as_u16();
        answer.bytes().await?;
        Ok(status)
    }

    /// A link for a channel, as a path.
    pub(crate) async fn export(&self) -> Result<String> {
        let url = format!("{}/api/v1/ical/exports", self.api_url);
        let body = json!({ "accommodation_id": self.cabins.first(), "channel": "airbnb" });
        let request = self.http.post(url).bearer_auth(&self.operator_token);
        let made: Value = request.json(&body).send().await?.json().await?;
        let url = made["url"].as_str().with_context(|| made.to_string())?;
        let path = url.find("/ical/").and_then(|at| url.get(at..));
        Ok(path.context("a path")?.to_owned())
    }

    /// The calendar behind it; answers its tag.
    pub(crate) async fn reads(&self, path: &str, tag: Option<&str>) -> Result<String> {
        let mut request = self.http.get(format!("{}{path}", self.api_url));
        if let Some(tag) = tag {
            request = request.header("if-none-match", tag);
        }
        let answer = request.send().await?;
        let expected = if tag.is_some() { 304 } else { 200 };
        ensure!(
            answer.status() == expected,
            "a calendar: {}",
            answer.status()
        );
        let tag = answer.headers().get("etag").context("a tag")?;
        let tag = tag.to_str()?.to_owned();
        answer.bytes().await?;
        Ok(tag)
    }

    /// A guest greets and waits for the answer.
    pub(crate) async fn greets(&self, guest: u64) -> Result<()> {
        let path = format!("sandbox/guests/54911{:08}/messages", 60_000_000 + guest);
        let url = format!("{}/{path}", self.sandbox_url);
        let body = json!({ "text": "hola", "profile_name": "Ana" });
        let sent: Value = self
            .http
            .post(&url)
            .json(&body)
            .send()
            .await?
            .json()
            .await?;
        let after = sent["seq"].as_i64().context("a place in the thread")?;
        let url = format!("{url}?after={after}");
        loop {
            let thread: Value = self.http.get(&url).send().await?.json().await?;
            let mut heard = thread.as_array().into_iter().flatten();
            if heard.any(|it| it["from"] == "business") {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// The cookie of an owner who has signed in.
    pub(crate) async fn signs_in(&self, email: &str, password: &str) -> Result<String> {
        let url = format!("{}/admin/login", self.api_url);
        let form = [("email", email), ("password", password)];
        // The cookie comes with the way to the first page, which is not gone.
        let http = reqwest::Client::builder();
        let http = http.redirect(reqwest::redirect::Policy::none()).build()?;
        let request = http.post(url).header("origin", &self.api_url);
        let answer = request.form(&form).send().await?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .context("nobody is let in")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
        Ok(cookie.to_owned())
    }

    /// One of the owner's pages.
    pub(crate) async fn looks_at(&self, page: &str, cookie: &str) -> Result<()> {
        let url = format!("{}{page}", self.api_url);
        let answer = self.http.get(url).header("cookie", cookie).send().await?;
        ensure!(answer.status() == 200, "{page}: {}", answer.status());
        answer.bytes().await?;
        Ok(())
    }

    /// So many stays of the last years, like one that is there.
    pub(crate) async fn has_been_open_for_years(&self, stays: u64) -> Result<()> {
        let columns = "SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute \
            WHERE attrelid = 'reservations'::regclass AND attnum > 0 AND NOT attisdropped \
                AND attgenerated = '' AND attidentity = ''";
        let columns = self.words(columns).await?.concat();
        let sql = format!(
            "SET session_replication_role = replica; \
             INSERT INTO reservations ({columns}) SELECT {columns} FROM ( \
                 SELECT (jsonb_populate_record(r, jsonb_build_object( \
                     'code', 'RES' || to_char(day, 'YYMMDD') || lpad(upper(to_hex(n)), 6, '0'), \
                     'reservation_status', 'completed', 'accommodation_id', a.id, \
                     'check_in', day, 'check_out', day + 2, 'created_at', day - 30))).* \
                 FROM generate_series(1, {stays}) n \
                 JOIN LATERAL (SELECT current_date - 3 - (n / 200 * 3) AS day) days ON true \
                 JOIN (SELECT id, row_number() OVER (ORDER BY name) AS place FROM accommodations \
                     WHERE name LIKE 'Casa %') a ON a.place = n % 200 + 1 \
                 CROSS JOIN (SELECT * FROM reservations LIMIT 1) r) made; \
             SET session_replication_role = origin; ANALYZE reservations"
        );
        self.run(&sql).await
    }
}
