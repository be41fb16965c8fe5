//! Addresses and answers that mean us harm.

use std::{io::Write as _, time::Duration};

use anyhow::Result;
use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Redirect, Response},
    routing::get,
};
use feed_fetcher::{Limits, Validators};
use futures::{StreamExt as _, stream};

use crate::channel::Channel;

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes)?;
    Ok(packer.finish()?)
}

fn packed(body: impl Into<Body>) -> Response {
    let mut response = body.into().into_response();
    let gzip = HeaderValue::from_static("gzip");
    response
        .headers_mut()
        .insert(header::CONTENT_ENCODING, gzip);
    response
}

fn for_ever(piece: Vec<u8>) -> Body {
    let piece = Bytes::from(piece);
    Body::from_stream(stream::repeat(piece).map(Ok::<_, std::io::Error>))
}

#[tokio::test]
async fn a_packed_answer_is_unpacked() -> Result<()> {
    let (whole, twice) = (
        gzip(b"nights")?,
        [gzip(b"two ")?, gzip(b"nights")?].concat(),
    );
    let mut cut = whole.clone();
    cut.truncate(whole.len() - 6);
    let routes = Router::new()
        .route("/whole", get(async || packed(whole)))
        .route("/twice", get(async || packed(twice)))
        .route("/cut", get(async || packed(cut)))
        .route("/junk", get(async || packed("nights")))
        .route("/nothing", get(async || packed("")));
    let channel = Channel::answers(routes).await?;
    assert_eq!(channel.body("/whole").await?, b"nights");
    assert_eq!(channel.body("/twice").await?, b"two nights");
    assert_eq!(channel.failure("/cut").await?, "cut_off");
    assert_eq!(channel.failure("/junk").await?, "cut_off");
    assert_eq!(channel.body("/nothing").await?, b"");
    Ok(())
}

#[tokio::test]
async fn no_answer_is_larger_than_a_calendar() -> Result<()> {
    let bomb = gzip(&vec![b'x'; 4 * 1024 * 1024])?;
    let nothing = gzip(b"")?.repeat(1_000);
    let limit = Limits::default().body_bytes;
    let routes = Router::new()
        .route("/fits", get(async move || vec![b'x'; limit]))
        .route("/announced", get(async move || vec![b'x'; limit + 1]))
        .route("/endless", get(async || for_ever(vec![b'x'; 64 * 1024])))
        .route("/bomb", get(async || packed(for_ever(bomb))))
        .route("/nothing", get(async || packed(for_ever(nothing))));
    let channel = Channel::answers(routes).await?;
    assert_eq!(channel.body("/fits").await?.len(), limit);
    for path in ["/announced", "/endless", "/bomb", "/nothing"] {
        assert_eq!(channel.failure(path).await?, "limits_exceeded", "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_does_not_come_or_breaks_is_a_failure() -> Result<()> {
    let silent = get(async || std::future::pending::<()>().await);
    let drip = get(async || {
        let first = stream::once(async { Ok(Bytes::from_static(b"BEGIN:VCALENDAR")) });
        Body::from_stream(first.chain(stream::pending::<std::io::Result<Bytes>>()))
    });
    let breaks = get(async || {
        let broken = Err(std::io::Error::from(std::io::ErrorKind::ConnectionAborted));
        Body::from_stream(stream::iter([Ok(Bytes::from_static(b"BEGIN:V")), broken]))
    });
    let routes = Router::new()
        .route("/silent", silent)
        .route("/drip", drip)
        .route("/breaks", breaks);
    let limits = Limits {
        exchange: Duration::from_millis(1_500),
        ..Limits::default()
    };
    let channel = Channel::answers_within(routes, limits).await?;
    assert_eq!(channel.failure("/silent").await?, "timeout");
    assert_eq!(channel.failure("/drip").await?, "timeout");
    assert_eq!(channel.failure("/breaks").await?, "connection");
    Ok(())
}

#[tokio::test]
async fn a_channel_cannot_send_us_into_our_own_network() -> Result<()> {
    let on = |to: &'static str| get(async move || Redirect::permanent(to));
    let routes = Router::new()
        .route("/literal", on("http://127.0.0.1/a"))
        .route("/metadata", on("http://169.254.169.254/latest/meta-data"))
        .route("/mapped", on("http://[::ffff:127.0.0.1]/a"))
        .route("/port", on("http://127.0.0.1:5432/a"))
        .route("/file", on("file:///etc/passwd"))
        .route("/name", on("http://localhost/a"))
        .route("/encrypted", on("https://localhost/a"));
    let channel = Channel::answers(routes).await?;
    for path in ["/literal", "/metadata", "/mapped", "/port", "/file"] {
        assert_eq!(channel.failure(path).await?, "forbidden_redirect", "{path}");
    }
    // Names are judged when they are resolved, also those that a redirect names.
    for path in ["/name", "/encrypted"] {
        assert_eq!(channel.failure(path).await?, "forbidden_address", "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_failure_does_not_tell_the_address() -> Result<()> {
    let limits = Limits {
        exchange: Duration::from_secs(5),
        ..Limits::default()
    };
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let origin = format!("http://{}", closed.local_addr()?);
    drop(closed);
    let policy = feed_fetcher::Policy {
        trusted: vec![origin.parse()?],
        ..feed_fetcher::Policy::default()
    };
    let url = policy.parse(&format!("{origin}/secret-of-the-house"))?;
    let fetcher = feed_fetcher::Fetcher::new(policy, limits);
    let error = fetcher
        .fetch(&url, &Validators::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "connection");
    assert!(
        !format!("{error:?}").contains("secret-of-the-house"),
        "{error:?}"
    );
    Ok(())
}
