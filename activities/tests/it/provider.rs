//! The pretend providers, and the control that makes things happen there.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::payment::PaymentId;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// A sandbox that lives as long as this.
pub(crate) struct Provider {
    url: String,
    http: reqwest::Client,
    server: JoinHandle<std::io::Result<()>>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Provider {
    /// Where nobody listens: what the providers tell by themselves is lost in these tests.
    pub(crate) const NOBODY: &str = "http://127.0.0.1:9";

    pub(crate) async fn start(adjust: impl FnOnce(&mut sandbox::Config)) -> Self {
        let mut config = sandbox::Config::default();
        Self::NOBODY.clone_into(&mut config.whatsapp.webhook_url);
        Self::NOBODY.clone_into(&mut config.mercado_pago.webhook_url);
        config.whatsapp.behaviour.status_delay_ms = 1;
        adjust(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self {
            url,
            http: reqwest::Client::new(),
            server: tokio::spawn(sandbox::serve(listener, config)),
        }
    }

    pub(crate) fn whatsapp(&self) -> whatsapp::Client {
        whatsapp::Client::new(whatsapp::Config {
            base_url: self.url.clone(),
            version: "v25.0".to_owned(),
            phone_number_id: "106540352242922".to_owned(),
            token: "sandbox-access-token".into(),
            media_hosts: Vec::new(),
            argentina_strip_nine_on_send: false,
        })
        .unwrap()
    }

    pub(crate) fn mercado_pago(&self) -> mercado_pago::Client {
        mercado_pago::Client::new(&self.url, "APP_USR-sandbox-token".into()).unwrap()
    }

    /// Where a calendar is, to be read.
    pub(crate) fn feed_url(&self, name: &str) -> String {
        format!("{}/sandbox/feeds/{name}.ics", self.url)
    }

    /// A channel's calendar says this from now on.
    pub(crate) async fn publishes(&self, name: &str, calendar: &str) {
        let put = self.http.put(self.feed_url(name)).body(calendar.to_owned());
        put.send().await.unwrap().error_for_status().unwrap();
    }

    /// A channel's calendar misbehaves from now on.
    pub(crate) async fn feed_trouble(&self, name: &str, knobs: Value) {
        self.control(
            Method::PUT,
            &format!("/sandbox/feeds/{name}/trouble"),
            knobs,
        )
        .await;
    }

    /// Every request for a calendar, with its headers.
    pub(crate) async fn feed_requests(&self, name: &str) -> Vec<Value> {
        self.books(&format!("/sandbox/feeds/{name}/requests")).await
    }

    /// A fetcher that trusts this sandbox and nobody else.
    pub(crate) fn fetcher(&self) -> feed_fetcher::Fetcher {
        let policy = feed_fetcher::Policy {
            trusted: vec![self.url.parse().unwrap()],
            ..feed_fetcher::Policy::default()
        };
        let limits = feed_fetcher::Limits {
            exchange: std::time::Duration::from_secs(10),
            host_floor: std::time::Duration::ZERO,
            ..feed_fetcher::Limits::default()
        };
        feed_fetcher::Fetcher::new(policy, limits)
    }

    /// Where somebody's program is, to be told by webhooks.
    pub(crate) fn receiver_url(&self, name: &str) -> String {
        format!("{}/sandbox/receivers/{name}", self.url)
    }

    /// Somebody's program behaves like this from now on.
    pub(crate) async fn receives(&self, name: &str, behaviour: Value) {
        let path = format!("/sandbox/receivers/{name}");
        self.control(Method::PUT, &path, behaviour).await;
    }

    /// What somebody's program was sent.
    pub(crate) async fn received(&self, name: &str) -> Vec<Value> {
        self.books(&format!("/sandbox/receivers/{name}")).await
    }

    /// Makes trouble, as the sandbox's README says.
    pub(crate) async fn trouble(&self, target: &str, knobs: Value) {
        self.control(Method::PUT, "/sandbox/faults", json!({ target: knobs }))
            .await;
    }

    pub(crate) async fn no_more_trouble(&self) {
        self.control(Method::DELETE, "/sandbox/faults", Value::Null)
            .await;
    }

    /// Turns the switches of the pretend Mercado Pago.
    pub(crate) async fn switch(&self, switches: Value) {
        self.control(Method::PATCH, "/sandbox/mercadopago/switches", switches)
            .await;
    }

    /// Every link that was ever made.
    pub(crate) async fn links(&self) -> Vec<Value> {
        self.books("/sandbox/preferences").await
    }

    /// The one link that was made.
    pub(crate) async fn link(&self) -> Value {
        let mut links = self.links().await;
        assert_eq!(links.len(), 1, "{links:?}");
        links.remove(0)
    }

    /// A guest pays at a link.
    pub(crate) async fn pay(&self, link: &Value, how: Value) -> PaymentId {
        let path = format!(
            "/sandbox/checkout/{}/payments",
            link["id"].as_str().unwrap()
        );
        let paid = self.control(Method::POST, &path, how).await;
        PaymentId(paid["payment_id"].to_string())
    }

    /// What becomes of a payment.
    pub(crate) async fn turn(&self, payment: &PaymentId, change: Value) {
        let path = format!("/sandbox/payments/{payment}");
        self.control(Method::PATCH, &path, change).await;
    }

    pub(crate) async fn refunds(&self) -> Vec<Value> {
        self.books("/sandbox/refunds").await
    }

    /// Decides a refund that is in process.
    pub(crate) async fn decide_refund(&self, refund: &Value, status: &str) {
        let path = format!("/sandbox/refunds/{}", refund["id"]);
        self.control(Method::PATCH, &path, json!({ "status": status }))
            .await;
    }

    /// A guest writes, which opens the customer service window. Answers the message's name.
    pub(crate) async fn guest_writes(&self, wa_id: &str, text: &str) -> String {
        let path = format!("/sandbox/guests/{wa_id}/messages");
        let written = self
            .control(Method::POST, &path, json!({ "text": text }))
            .await;
        written["message_id"].as_str().unwrap().to_owned()
    }

    /// A guest records something. Answers the name under which the platform keeps it.
    pub(crate) async fn guest_records(&self, wa_id: &str, sound: &[u8]) -> String {
        let path = format!("/sandbox/guests/{wa_id}/messages");
        let audio = STANDARD.encode(sound);
        let sent = self
            .control(Method::POST, &path, json!({ "audio": audio }))
            .await;
        let thread = self.thread(wa_id).await;
        let theirs = thread
            .into_iter()
            .find(|message| message["id"] == sent["message_id"])
            .unwrap();
        theirs["media"]["id"].as_str().unwrap().to_owned()
    }

    /// Who there is, and how things stand with them.
    pub(crate) async fn guests(&self) -> Vec<Value> {
        self.books("/sandbox/guests").await
    }

    /// Both sides of a guest's thread, in order.
    pub(crate) async fn thread(&self, wa_id: &str) -> Vec<Value> {
        self.books(&format!("/sandbox/guests/{wa_id}/messages"))
            .await
    }

    /// What a guest's phone got from us, in order.
    pub(crate) async fn phone(&self, wa_id: &str) -> Vec<Value> {
        let thread = self.thread(wa_id).await;
        let ours = |message: &Value| message["from"] == "business";
        thread.into_iter().filter(ours).collect()
    }

    async fn books(&self, path: &str) -> Vec<Value> {
        let books = self.control(Method::GET, path, Value::Null).await;
        books.as_array().unwrap().clone()
    }

    async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{path} answered {status}: {text}");
        if status == StatusCode::NO_CONTENT {
            return Value::Null;
        }
        serde_json::from_str(&text).unwrap()
    }
}
