//! A sandbox of one's own, a product that listens, and a small vocabulary.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    routing,
};
use sandbox::Config;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
};
use whatsapp::{
    Accepted, Client, Error, Message, Recipient,
    message::Text,
    signature::Secret,
    webhook::{self, DeliveryStatus, Event, InboundMessage, StatusUpdate},
};

pub(crate) const ANA: &str = "5491122334455";
pub(crate) const TOKEN: &str = "sandbox-access-token";
pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const ACCOUNT: &str = "102290129340398";
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Stage {
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) http: reqwest::Client,
    pub(crate) product: Product,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::set_with(|_| {}).await
    }

    pub(crate) async fn set_with(adjust: impl FnOnce(&mut Config)) -> Self {
        let product = Product::listen().await;
        let mut config = Config::default();
        config.whatsapp.webhook_url = product.url.clone();
        config.whatsapp.behaviour.status_delay_ms = 1;
        adjust(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(sandbox::serve(listener, config));
        let client = Client::new(whatsapp::Config {
            base_url: url.clone(),
            version: "v25.0".to_owned(),
            phone_number_id: NUMBER.to_owned(),
            token: TOKEN.into(),
            media_hosts: Vec::new(),
            argentina_strip_nine_on_send: false,
        })
        .unwrap();
        Self {
            url,
            client,
            http: reqwest::Client::new(),
            product,
        }
    }

    /// Calls the control API.
    pub(crate) async fn control(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let request = self
            .http
            .request(method.parse().unwrap(), format!("{}{path}", self.url))
            .json(&body);
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap_or_default())
    }

    /// Calls the Graph API past the client; answers the status and the error code, if any.
    pub(crate) async fn graph(&self, path: &str, body: Value) -> (u16, Option<u64>) {
        let response = self
            .http
            .post(format!("{}/v25.0/{path}", self.url))
            .bearer_auth(TOKEN)
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = response.status().as_u16();
        let answer: Value = response.json().await.unwrap();
        (status, answer["error"]["code"].as_u64())
    }

    /// Sends a message object to Ana past the client's checks.
    pub(crate) async fn say(&self, mut message: Value) -> (u16, Option<u64>) {
        let fields = message.as_object_mut().unwrap();
        fields
            .entry("messaging_product")
            .or_insert("whatsapp".into());
        fields.entry("to").or_insert(ANA.into());
        self.graph(&format!("{NUMBER}/messages"), message).await
    }

    /// A guest sends; answers the message id.
    pub(crate) async fn guest_sends(&self, guest: &str, content: Value) -> String {
        let path = format!("/sandbox/guests/{guest}/messages");
        let (status, answer) = self.control("POST", &path, content).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        answer["message_id"].as_str().unwrap_or_default().to_owned()
    }

    /// Ana writes, which opens the window, and the product has heard of it.
    pub(crate) async fn ana_writes(&self, text: &str) -> InboundMessage {
        self.guest_sends(ANA, json!({ "text": text })).await;
        self.product.message().await
    }

    pub(crate) async fn send(&self, text: &str) -> Result<Accepted, Error> {
        self.send_to(ANA, text).await
    }

    pub(crate) async fn send_to(&self, guest: &str, text: &str) -> Result<Accepted, Error> {
        let message = Message::from(Text::parse(text).unwrap());
        let guest = Recipient::parse(guest).unwrap();
        self.client.send(&guest, &message, "outbox:1").await
    }

    pub(crate) async fn thread(&self, guest: &str) -> Vec<Value> {
        let path = format!("/sandbox/guests/{guest}/messages");
        let (_, thread) = self.control("GET", &path, Value::Null).await;
        thread.as_array().unwrap().clone()
    }

    pub(crate) async fn faults(&self, faults: Value) {
        let (status, answer) = self.control("PUT", "/sandbox/faults", faults).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }
}

/// The product's webhook.
pub(crate) struct Product {
    url: String,
    heard: Mutex<mpsc::UnboundedReceiver<Event>>,
    answers: Arc<AtomicU16>,
    shaken: Mutex<mpsc::UnboundedReceiver<String>>,
}

#[derive(Clone)]
struct Ear {
    heard: mpsc::UnboundedSender<Event>,
    shaken: mpsc::UnboundedSender<String>,
    answers: Arc<AtomicU16>,
}

impl Product {
    async fn listen() -> Self {
        let (heard, receiver) = mpsc::unbounded_channel();
        let (shaken, handshakes) = mpsc::unbounded_channel();
        let answers = Arc::new(AtomicU16::new(200));
        let ear = Ear {
            heard,
            shaken,
            answers: Arc::clone(&answers),
        };
        let app = Router::new()
            .route("/whatsapp", routing::post(hear).get(shake_hands))
            .with_state(ear);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/whatsapp", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            url,
            heard: Mutex::new(receiver),
            answers,
            shaken: Mutex::new(handshakes),
        }
    }

    /// From now on every webhook is answered with this status.
    pub(crate) fn answers(&self, status: u16) {
        self.answers.store(status, Ordering::SeqCst);
    }

    /// The next event, accepted or not.
    pub(crate) async fn event(&self) -> Event {
        let mut heard = self.heard.lock().await;
        tokio::time::timeout(PATIENCE, heard.recv())
            .await
            .expect("the product hears of it in time")
            .unwrap()
    }

    /// The next event, which is a message.
    pub(crate) async fn message(&self) -> InboundMessage {
        match self.event().await {
            Event::Message(message) => message,
            other => panic!("a message was expected, not {other:?}"),
        }
    }

    /// The next event, which is a status.
    pub(crate) async fn status(&self) -> StatusUpdate {
        match self.event().await {
            Event::Status(status) => status,
            other => panic!("a status was expected, not {other:?}"),
        }
    }

    /// The next statuses of one message up to and with `last`.
    pub(crate) async fn statuses_until(&self, last: DeliveryStatus) -> Vec<StatusUpdate> {
        let mut statuses = Vec::new();
        loop {
            let status = self.status().await;
            let is_last = status.status == last;
            statuses.push(status);
            if is_last {
                return statuses;
            }
        }
    }

    /// The verify token of the next handshake.
    pub(crate) async fn handshake(&self) -> String {
        let mut shaken = self.shaken.lock().await;
        tokio::time::timeout(PATIENCE, shaken.recv())
            .await
            .expect("the sandbox shakes hands in time")
            .unwrap()
    }
}

async fn hear(State(ear): State<Ear>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers["x-hub-signature-256"].to_str().unwrap();
    Secret::new("sandbox-app-secret")
        .verify(Some(signature), &body)
        .expect("every webhook is signed");
    assert!(body.is_ascii(), "Meta escapes whatever is not ASCII");
    for event in webhook::parse(&body).unwrap() {
        // The test may be over.
        let _ = ear.heard.send(event);
    }
    StatusCode::from_u16(ear.answers.load(Ordering::SeqCst)).unwrap()
}

async fn shake_hands(
    State(ear): State<Ear>,
    Query(query): Query<std::collections::HashMap<String, String>>,
) -> String {
    let _ = ear.shaken.send(query["hub.verify_token"].clone());
    query["hub.challenge"].clone()
}
