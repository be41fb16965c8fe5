//! A fake platform: answers what it was told and keeps what it was asked.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderName, Method, StatusCode, Uri},
    response::IntoResponse,
};
use serde_json::Value;
use tokio::net::TcpListener;
use whatsapp::{Client, Config};

pub(crate) const TOKEN: &str = "test-token";

pub(crate) struct Platform {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) uri: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Value,
}

#[derive(Clone)]
struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Vec<u8>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Platform {
    pub(crate) async fn answering(status: u16, body: impl ToString) -> Self {
        Self::with_headers(status, &[], body.to_string().into_bytes()).await
    }

    pub(crate) async fn with_headers(
        status: u16,
        headers: &[(HeaderName, &str)],
        body: Vec<u8>,
    ) -> Self {
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: headers
                .iter()
                .map(|(name, value)| (name.clone(), (*value).to_owned()))
                .collect(),
            body,
            asked: Arc::clone(&asked),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(keep_and_answer).with_state(answer);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, asked }
    }

    pub(crate) fn client(&self) -> Client {
        client(&self.url, false)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) fn client(base_url: &str, argentina_strip_nine_on_send: bool) -> Client {
    Client::new(Config {
        base_url: base_url.to_owned(),
        version: "v25.0".to_owned(),
        phone_number_id: "106540352242922".to_owned(),
        token: TOKEN.into(),
        media_hosts: Config::META_MEDIA_HOSTS.map(String::from).to_vec(),
        argentina_strip_nine_on_send,
    })
    .unwrap()
}

async fn keep_and_answer(
    State(answer): State<Answer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> impl IntoResponse {
    answer.asked.lock().unwrap().push(Asked {
        method,
        uri: uri.to_string(),
        authorization: headers
            .get("authorization")
            .map(|value| value.to_str().unwrap().to_owned()),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let mut response = (answer.status, answer.body).into_response();
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
