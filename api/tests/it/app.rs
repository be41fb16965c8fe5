//! The interface under test, and a small vocabulary to speak with it.

use anyhow::Result;
use api::{Config, Server};
use chrono::{Datelike as _, Days, NaiveDate, TimeDelta, Utc};
use clap::Parser as _;
use database::{
    inbox,
    reservations::{HoldPlaced, NewHold, place_hold},
};
use domain::{Channel, Money, Party, Quote, ReservationCode, Stay};
use hmac::{Hmac, Mac as _};
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::Sha256;
use stack::{Environment, eventually};
use tokio::{sync::oneshot, task::JoinHandle};

pub(crate) const OPERATOR: &str = "an-operator-token-of-the-tests";
const GUEST_KEY: &str = "the-key-of-the-tests-guests";
pub(crate) const PAYLOAD_KEYS: &str =
    "k1:1111111111111111111111111111111111111111111111111111111111111111";
pub(crate) const APP_SECRET: &str = "demo-app-secret";
pub(crate) const VERIFY_TOKEN: &str = "demo-verify-token";
pub(crate) const MERCADO_PAGO_SECRET: &str = "demo-mp-secret";
pub(crate) const OUR_NUMBER: &str = "106540352242922";

/// How long a fact may take to come true.
pub(crate) const SOON: std::time::Duration = std::time::Duration::from_secs(20);

/// An interface of its own, with a database of its own. It ends with this value.
pub(crate) struct TestApp {
    pub(crate) url: String,
    pub(crate) http: reqwest::Client,
    pub(crate) store: database::Database,
    pub(crate) redis_url: String,
    pub(crate) task_queue: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), api::StartError>>,
    database: stack::Database,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl TestApp {
    /// With a configuration that differs, or stores that are elsewhere.
    ///
    /// A test that ends while the database is being reached waits for Postgres to give up on the other side;
    /// so wait for what is reached.
    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Result<Self> {
        let environment = Environment::read()?;
        let database = stack::Database::seeded("http://127.0.0.1:8000").await?;
        let redis_url = format!(
            "{}/{}",
            environment.redis_url,
            rand::random_range(1..4000_u16)
        );
        let task_queue = format!("api-{:016x}", rand::random::<u64>());
        let arguments = [
            ("--listen", "127.0.0.1:0"),
            ("--database-url", database.url()),
            ("--redis-url", &redis_url),
            ("--temporal-address", &environment.temporal_address),
            ("--task-queue", &task_queue),
            ("--operator-token", OPERATOR),
            ("--guest-token-secret", GUEST_KEY),
            ("--payload-keys", PAYLOAD_KEYS),
            ("--whatsapp-app-secret", APP_SECRET),
            ("--whatsapp-verify-token", VERIFY_TOKEN),
            ("--whatsapp-phone-number-id", OUR_NUMBER),
            ("--mercadopago-webhook-secret", MERCADO_PAGO_SECRET),
            ("--rate-limit-per-minute", "0"),
        ];
        let words = arguments
            .into_iter()
            .flat_map(|(name, value)| [name, value]);
        let mut config = Config::try_parse_from(std::iter::once("api").chain(words))?;
        config.check()?;
        change(&mut config);
        let server = Server::bind(config).await?;
        let url = format!("http://{}", server.address()?);
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Ok(Self {
            url,
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()?,
            store: database::Database::connect(&database.url().into(), 4).await?,
            redis_url,
            task_queue,
            stop,
            serving,
            database,
        })
    }

    /// With both stores reached.
    pub(crate) async fn ready() -> Result<Self> {
        let app = Self::start_with(|_config| {}).await?;
        app.is_ready().await?;
        Ok(app)
    }

    /// Where its database is, for a connection of one's own.
    pub(crate) fn database_url(&self) -> &str {
        self.database.url()
    }

    /// Does to the database what the product never would.
    pub(crate) async fn sql(&self, statements: &str) -> Result<()> {
        self.database.execute(statements).await
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) async fn stop(self) -> Result<()> {
        let _ = self.stop.send(());
        Ok(tokio::time::timeout(SOON, self.serving).await???)
    }

    pub(crate) async fn is_ready(&self) -> Result<()> {
        eventually("all parts are up", SOON, async || {
            let health = self.get("/api/v1/healthz").await.ok()?;
            (health.body["status"] == "healthy").then_some(())
        })
        .await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer> {
        Answer::of(self.request(Method::GET, path).send().await?).await
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Result<Answer> {
        Answer::of(
            self.request(Method::GET, path)
                .bearer_auth(token)
                .send()
                .await?,
        )
        .await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        Answer::of(self.request(Method::POST, path).json(body).send().await?).await
    }

    pub(crate) async fn post_as(&self, token: &str, path: &str, body: &Value) -> Result<Answer> {
        let request = self
            .request(Method::POST, path)
            .bearer_auth(token)
            .json(body);
        Answer::of(request.send().await?).await
    }

    /// A webhook of Meta's, with this signature.
    pub(crate) async fn whatsapp(
        &self,
        body: impl Into<Vec<u8>>,
        signature: Option<&str>,
    ) -> Result<Answer> {
        let mut request = self
            .request(Method::POST, "/api/v1/webhooks/whatsapp")
            .body(body.into());
        if let Some(signature) = signature {
            request = request.header("X-Hub-Signature-256", signature);
        }
        Answer::of(request.send().await?).await
    }

    /// A webhook of Meta's, signed as Meta does.
    pub(crate) async fn whatsapp_says(&self, envelope: &Value) -> Result<Answer> {
        let body = envelope.to_string();
        let signature = whatsapp::signature::Secret::new(APP_SECRET).sign(body.as_bytes());
        self.whatsapp(body, Some(&signature)).await
    }

    /// What is in the inbox, the first first.
    pub(crate) async fn inbox(&self) -> Result<Vec<inbox::Event>> {
        let mut events = inbox::recent(&self.store, database::Page::first(200)).await?;
        events.reverse();
        Ok(events)
    }

    /// Waits until everything in the inbox has been handed over.
    pub(crate) async fn inbox_is_delivered(&self) -> Result<()> {
        eventually("the inbox is handed over", SOON, async || {
            let events = self.inbox().await.ok()?;
            events
                .iter()
                .all(|event| event.delivered_at.is_some())
                .then_some(())
        })
        .await
    }

    /// The id of the cabin that sleeps so many.
    pub(crate) async fn cabin_for(&self, guests: u64) -> Result<String> {
        let list = self.get("/api/v1/accommodations").await?;
        let cabins = list.body["items"].as_array().unwrap();
        let cabin = cabins
            .iter()
            .find(|cabin| cabin["capacity"] == guests)
            .unwrap();
        Ok(cabin["id"].as_str().unwrap().to_owned())
    }
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Self {
            status,
            headers,
            body,
        })
    }

    pub(crate) fn code(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or("no code"))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// The token of a reservation's guest, made as the interface makes it: its key over the reservation's code.
pub(crate) fn guest_token(code: &ReservationCode) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(GUEST_KEY.as_bytes()).unwrap();
    mac.update(format!("reservation/{code}").as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// So many days after the next 5 March: in no season of the seeded cabins, never in the past, and never beyond
/// the horizon.
pub(crate) fn day(days: u64) -> NaiveDate {
    let soonest = Utc::now().date_naive() + Days::new(14);
    let in_year = |year| NaiveDate::from_ymd_opt(year, 3, 5).unwrap();
    let march = Some(in_year(soonest.year())).filter(|day| *day >= soonest);
    march.unwrap_or_else(|| in_year(soonest.year() + 1)) + Days::new(days)
}

/// A text message as Meta sends it.
pub(crate) fn text(from: &str, wamid: &str, body: &str) -> Value {
    json!({ "from": from, "id": wamid, "timestamp": Utc::now().timestamp().to_string(), "type": "text",
            "text": { "body": body } })
}

/// Messages and statuses in an envelope as Meta sends it.
pub(crate) fn envelope(messages: &[Value], statuses: &[Value]) -> Value {
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "102290129340398", "changes": [{
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "5491150001111", "phone_number_id": OUR_NUMBER },
            "messages": messages,
            "statuses": statuses,
        },
    }] }] })
}

/// A hold that only Postgres knows.
pub(crate) async fn taken(
    app: &TestApp,
    cabin: &str,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<ReservationCode> {
    let code = ReservationCode::generate(Utc::now().date_naive())?;
    hold(app, &code, cabin, from, to).await?;
    Ok(code)
}

/// The same under a code that is known.
pub(crate) async fn hold(
    app: &TestApp,
    code: &ReservationCode,
    cabin: &str,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<()> {
    let stay = Stay::new(from, to)?;
    let hold = NewHold {
        code: code.clone(),
        accommodation_id: cabin.parse()?,
        guest_id: None,
        stay,
        party: Party::of(2)?,
        quote: Quote {
            lines: Vec::new(),
            total: Money::pesos(48_000),
            deposit: Money::pesos(14_400),
            nights: stay.nights(),
        },
        terms: domain::policy::Policies::default(),
        channel: Channel::Direct,
        expires_at: Utc::now() + TimeDelta::minutes(30),
        at: Utc::now(),
    };
    let placed = place_hold(&app.store, &hold).await?;
    assert!(matches!(placed, HoldPlaced::Held(_)));
    Ok(())
}
