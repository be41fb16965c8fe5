//! Accepting connections, with the one thing that `axum::serve` cannot do: hanging up.
//!
//! A provider that accepts a request and then loses the connection is the hardest fault a client has to
//! survive, so a handler may answer [`hang_up`] and the caller sees its connection closed without a
//! response.

use std::{convert::Infallible, io};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tower::ServiceExt as _;

/// Marks a response that must never be written.
#[derive(Clone)]
struct HangUp;

/// A response whose connection is closed instead of answered.
pub(crate) fn hang_up() -> Response {
    let mut response = ().into_response();
    response.extensions_mut().insert(HangUp);
    response
}

/// Serves `app` on every connection of `listener`; dropping the future ends them all.
pub(crate) async fn serve(listener: TcpListener, app: Router) -> io::Result<()> {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                connections.spawn(converse(stream, app.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, app: Router) {
    let service = service_fn(move |request| answer(app.clone(), request));
    let ended = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer(app: Router, request: Request<Incoming>) -> io::Result<Response> {
    let response = app
        .oneshot(request.map(Body::new))
        .await
        .unwrap_or_else(|never: Infallible| match never {});
    if response.extensions().get::<HangUp>().is_some() {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    Ok(response)
}
