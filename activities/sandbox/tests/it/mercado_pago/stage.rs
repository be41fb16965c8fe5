//! A sandbox of one's own, somebody who listens to its notifications, and a small vocabulary.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
};
use mercado_pago::{
    Amount, Client, ExternalReference, Item, NewPreference, Notification, NotificationUrl, Payment,
    PaymentId, Preference, Verdict, notification::Headers,
};
use sandbox::Config;
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc},
};

const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Stage {
    pub(crate) url: String,
    pub(crate) client: Client,
    pub(crate) http: reqwest::Client,
    pub(crate) product: Product,
    config: Config,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let product = Product::listen().await;
        let mut config = Config::default();
        config.mercado_pago.webhook_url = product.url("/default");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(sandbox::serve(listener, config.clone()));
        let token = config.mercado_pago.access_token.clone();
        let redirect = reqwest::redirect::Policy::none();
        Self {
            client: Client::new(&url, token).unwrap(),
            http: reqwest::Client::builder()
                .redirect(redirect)
                .build()
                .unwrap(),
            url,
            product,
            config,
        }
    }

    /// A link over 5,000 pesos for `res_1`, whose notifications go to the default address.
    pub(crate) async fn link(&self) -> Preference {
        self.client.create_preference(&new_link()).await.unwrap()
    }

    /// Calls the control API.
    pub(crate) async fn control(
        &self,
        method: &str,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let method = method.parse().unwrap();
        let request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .json(&body);
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// Calls the provider's API with the token, past the client.
    pub(crate) async fn api(&self, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let method = method.parse().unwrap();
        let response = self
            .http
            .request(method, format!("{}{path}", self.url))
            .bearer_auth("APP_USR-sandbox-token")
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = response.status();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// The guest pays as `how` says.
    pub(crate) async fn pay(&self, link: &Preference, how: Value) -> PaymentId {
        let path = format!("/sandbox/checkout/{}/payments", link.id);
        let (status, answer) = self.control("POST", &path, how).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        serde_json::from_value(answer["payment_id"].clone()).unwrap()
    }

    /// What becomes of a payment.
    pub(crate) async fn turn(&self, id: PaymentId, change: Value) -> StatusCode {
        self.control("PATCH", &format!("/sandbox/payments/{id}"), change)
            .await
            .0
    }

    pub(crate) async fn switch(&self, change: Value) {
        let (status, answer) = self
            .control("PATCH", "/sandbox/mercadopago/switches", change)
            .await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    pub(crate) async fn faults(&self, faults: Value) {
        let (status, answer) = self.control("PUT", "/sandbox/faults", faults).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
    }

    pub(crate) async fn payment(&self, id: PaymentId) -> Payment {
        self.client.payment(id).await.unwrap().unwrap()
    }

    pub(crate) async fn page(&self, address: &str) -> (StatusCode, String) {
        let response = self.http.get(address).send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    }

    /// Submits the page's form; answers the status, the place to go and the page.
    pub(crate) async fn choose(
        &self,
        link: &Preference,
        method: &str,
        result: &str,
    ) -> (StatusCode, String, String) {
        let form = format!("method={method}&result={result}");
        let response = self
            .http
            .post(&link.init_point)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap();
        let location = response.headers().get("location");
        let location = location.map(|location| location.to_str().unwrap().to_owned());
        let status = response.status();
        (
            status,
            location.unwrap_or_default(),
            response.text().await.unwrap(),
        )
    }

    /// The next notification, judged as the product judges it.
    pub(crate) async fn verdict(&mut self) -> Verdict {
        let delivery = self.product.next().await;
        delivery.judge(&self.config)
    }
}

pub(crate) fn new_link() -> NewPreference {
    let deposit = Item::new(
        "deposit",
        "Seña Cabaña Arrayán",
        Amount::from_centavos(500_000),
    );
    NewPreference::new(deposit.unwrap(), reference())
}

pub(crate) fn reference() -> ExternalReference {
    ExternalReference::parse("res_1").unwrap()
}

/// A body that the API takes, to be spoilt.
pub(crate) fn sound_body() -> Value {
    json!({
        "items": [{ "id": "1", "title": "Seña", "quantity": 1, "currency_id": "ARS",
                    "unit_price": 5000.00 }],
        "external_reference": "res_1",
    })
}

/// The product's ear: takes every notification with 200.
pub(crate) struct Product {
    address: String,
    deliveries: mpsc::UnboundedReceiver<Delivery>,
}

#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Product {
    async fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (heard, deliveries) = mpsc::unbounded_channel();
        let app = Router::new()
            .fallback(hear)
            .with_state(Arc::new(Mutex::new(heard)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            address,
            deliveries,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn notification_url(&self, path: &str) -> NotificationUrl {
        NotificationUrl::parse(self.url(path)).unwrap()
    }

    pub(crate) async fn next(&mut self) -> Delivery {
        tokio::time::timeout(PATIENCE, self.deliveries.recv())
            .await
            .expect("a notification comes in time")
            .expect("the listener lives as long as its test")
    }

    /// Notifications until one satisfies, which is answered.
    pub(crate) async fn until(&mut self, satisfies: impl Fn(&Delivery) -> bool) -> Delivery {
        loop {
            let delivery = self.next().await;
            if satisfies(&delivery) {
                return delivery;
            }
        }
    }
}

impl Delivery {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn judge(&self, config: &Config) -> Verdict {
        let headers = Headers {
            signature: self.header("x-signature"),
            request_id: self.header("x-request-id"),
        };
        let body = self.body.to_string();
        let secret = &config.mercado_pago.webhook_secret;
        Notification::parse(&self.query, headers, body.as_bytes(), secret)
    }
}

async fn hear(
    State(heard): State<Arc<Mutex<mpsc::UnboundedSender<Delivery>>>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let delivery = Delivery {
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    };
    // Nobody listens any more once a test is over.
    let _ = heard.lock().await.send(delivery);
    StatusCode::OK
}
