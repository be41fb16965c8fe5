//! The way from our programs to the pretend providers. It can be cut, and one request can be held up on it.
//!
//! A provider that dies keeps its books, which the sandbox does not when it is killed: so it is its line
//! that is cut, with every conversation on it.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpListener,
    sync::watch,
    task::{AbortHandle, JoinSet},
};
use tower::ServiceExt as _;

/// More than any request of ours has.
const LARGEST: usize = 16 << 20;

/// Whether the provider has seen the request that is held up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

/// The requests that a gate stops: the first one that fits.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) side: Side,
}

struct Gate {
    number: i32,
    asked: Asked,
    parked: watch::Sender<bool>,
}

/// The wire, and what is held up on it.
pub(crate) struct Wire {
    port: u16,
    line: Arc<Line>,
    serving: Option<AbortHandle>,
}

struct Line {
    sandbox_url: Mutex<String>,
    http: reqwest::Client,
    gates: Mutex<Vec<Arc<Gate>>>,
    released: watch::Sender<bool>,
}

impl Wire {
    pub(crate) async fn lay() -> Result<Self> {
        let line = Line {
            sandbox_url: Mutex::default(),
            http: reqwest::Client::new(),
            gates: Mutex::default(),
            released: watch::Sender::new(false),
        };
        let mut wire = Self {
            port: stack::free_port()?,
            line: Arc::new(line),
            serving: None,
        };
        wire.mend().await?;
        Ok(wire)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where it leads.
    pub(crate) fn leads_to(&self, sandbox_url: &str) {
        let mut url = self
            .line
            .sandbox_url
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        sandbox_url.clone_into(&mut url);
    }

    pub(crate) fn arm(&self, number: i32, asked: Asked) {
        let gate = Gate {
            number,
            asked,
            parked: watch::Sender::new(false),
        };
        self.line.gates().push(Arc::new(gate));
    }

    pub(crate) fn is_parked(&self, number: i32) -> bool {
        let gates = self.line.gates();
        gates
            .iter()
            .any(|gate| gate.number == number && *gate.parked.borrow())
    }

    /// Whoever is held up goes on, and nobody is any more.
    pub(crate) fn release(&self) {
        self.line.gates().clear();
        self.line.released.send_replace(true);
    }

    /// Every conversation on it ends, and nobody answers any more.
    pub(crate) fn cut(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
        }
    }

    pub(crate) async fn mend(&mut self) -> Result<()> {
        self.cut();
        let listener = listen(self.port).await?;
        let app = Router::new()
            .fallback(passes)
            .with_state(Arc::clone(&self.line));
        self.serving = Some(tokio::spawn(serve(listener, app)).abort_handle());
        Ok(())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.cut();
    }
}

/// The port of a line that was just cut may not be free at once.
async fn listen(port: u16) -> Result<TcpListener> {
    let listening = stack::eventually(
        "the wire can be laid",
        std::time::Duration::from_secs(10),
        async || TcpListener::bind(("127.0.0.1", port)).await.ok(),
    );
    listening.await.context("the wire")
}

/// Ends with every connection of it.
async fn serve(listener: TcpListener, app: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { return };
                let app = app.clone();
                connections.spawn(async move {
                    let answers = service_fn(move |request: hyper::Request<Incoming>| {
                        app.clone().oneshot(request.map(Body::new))
                    });
                    // Whoever hangs up is answered no more.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answers).await;
                });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

impl Line {
    fn gates(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Gate>>> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds up the first request that fits a gate, until all are released.
    async fn hold_up(&self, side: Side, method: &str, path: &str, body: &str) {
        let found = self
            .gates()
            .iter()
            .find(|gate| {
                let asked = &gate.asked;
                asked.side == side
                    && asked.method == method
                    && path.contains(&asked.path)
                    && body.contains(&asked.body)
            })
            .cloned();
        let Some(gate) = found else { return };
        gate.parked.send_replace(true);
        let mut released = self.released.subscribe();
        // The sender lives as long as the line.
        let _ = released.wait_for(|it| *it).await;
    }

    async fn pass(&self, request: Request) -> Result<Response> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST).await?;
        let text = String::from_utf8_lossy(&body).into_owned();
        let path = parts
            .uri
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default();
        let method = parts.method.as_str().to_owned();
        self.hold_up(Side::Before, &method, &path, &text).await;
        let sandbox_url = self
            .sandbox_url
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut headers = parts.headers;
        headers.remove("host");
        let asked = self
            .http
            .request(parts.method, format!("{sandbox_url}{path}"))
            .headers(headers)
            .body(body);
        let answer = asked.send().await?;
        let (status, mut headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await?;
        self.hold_up(Side::After, &method, &path, &text).await;
        headers.remove("transfer-encoding");
        Ok((status, headers, body).into_response())
    }
}

async fn passes(State(line): State<Arc<Line>>, request: Request) -> Response {
    let passed = line.pass(request).await;
    passed.unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response())
}
