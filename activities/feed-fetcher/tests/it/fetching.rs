//! What is asked, and what the answers mean.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use axum::{
    Router,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect},
    routing::get,
};
use feed_fetcher::{Answer, Error, Validators};
use tokio::sync::Barrier;

use crate::channel::Channel;

#[tokio::test]
async fn a_request_says_who_we_are_and_nothing_else() -> Result<()> {
    let told = get(async |headers: HeaderMap| {
        let named = headers.iter().map(|(name, value)| {
            format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))
        });
        named.collect::<String>()
    });
    let channel = Channel::answers(Router::new().route("/a", told)).await?;
    let asked = String::from_utf8(channel.body("/a").await?)?;
    for line in [
        "user-agent: Posada/1",
        "accept: text/calendar, ",
        "accept-encoding: gzip\n",
    ] {
        assert!(asked.contains(line), "{line} in {asked}");
    }
    for name in [
        "cookie",
        "referer",
        "if-none-match",
        "if-modified-since",
        "authorization",
    ] {
        assert!(!asked.contains(name), "{name} in {asked}");
    }
    Ok(())
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() -> Result<()> {
    let date = "Tue, 24 Nov 2026 12:00:00 GMT";
    let calendar = get(async move |headers: HeaderMap| {
        let is = |name, value| headers.get(name).is_some_and(|found| found == value);
        if is(header::IF_NONE_MATCH, "\"1\"") && is(header::IF_MODIFIED_SINCE, date) {
            return StatusCode::NOT_MODIFIED.into_response();
        }
        (
            [(header::ETAG, "\"1\""), (header::LAST_MODIFIED, date)],
            "nights",
        )
            .into_response()
    });
    let channel = Channel::answers(Router::new().route("/a", calendar)).await?;
    let Answer::Body(first) = channel.fetch("/a").await?? else {
        anyhow::bail!("nothing was asked under a condition");
    };
    assert_eq!(first.bytes, b"nights");
    let again = channel.fetch_knowing("/a", &first.validators).await??;
    assert!(matches!(again, Answer::NotModified), "{again:?}");
    Ok(())
}

#[tokio::test]
async fn nothing_new_is_no_answer_to_whoever_has_nothing() -> Result<()> {
    let channel =
        Channel::answers(Router::new().route("/a", get(StatusCode::NOT_MODIFIED))).await?;
    assert_eq!(channel.failure("/a").await?, "status");
    let known = Validators {
        etag: Some("\"1\"".to_owned()),
        last_modified: None,
    };
    let answer = channel.fetch_knowing("/a", &known).await??;
    assert!(matches!(answer, Answer::NotModified), "{answer:?}");
    Ok(())
}

#[tokio::test]
async fn a_status_says_what_follows() -> Result<()> {
    let mut routes = Router::new();
    for status in [401, 403, 404, 410, 500, 502, 206] {
        let answer = StatusCode::from_u16(status)?;
        routes = routes.route(&format!("/{status}"), get(answer));
    }
    let channel = Channel::answers(routes).await?;
    for status in [401, 403, 404, 410] {
        let error = channel.fetch(&format!("/{status}")).await?.unwrap_err();
        assert!(
            error.needs_attention() && error.code() == "refused",
            "{error}"
        );
    }
    for status in [500, 502, 206] {
        let error = channel.fetch(&format!("/{status}")).await?.unwrap_err();
        assert!(
            !error.needs_attention() && error.code() == "status",
            "{error}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_channel_says_how_long_it_wants_to_be_left_alone() -> Result<()> {
    let in_a_year = (chrono::Utc::now() + chrono::TimeDelta::days(365)).to_rfc2822();
    let busy = |status: StatusCode, wait: String| {
        get(async move || (status, [(header::RETRY_AFTER, wait)]))
    };
    let routes = Router::new()
        .route(
            "/seconds",
            busy(StatusCode::TOO_MANY_REQUESTS, "90".to_owned()),
        )
        .route("/date", busy(StatusCode::SERVICE_UNAVAILABLE, in_a_year))
        .route(
            "/past",
            busy(
                StatusCode::SERVICE_UNAVAILABLE,
                "Sun, 06 Nov 1994 08:49:37 GMT".to_owned(),
            ),
        )
        .route(
            "/word",
            busy(StatusCode::SERVICE_UNAVAILABLE, "soon".to_owned()),
        );
    let channel = Channel::answers(routes).await?;
    let wait = async |path| {
        let error: Error = channel.fetch(path).await?.unwrap_err();
        anyhow::ensure!(error.code() == "busy", "{error}");
        anyhow::Ok(error.retry_after())
    };
    assert_eq!(wait("/seconds").await?, Some(Duration::from_secs(90)));
    let days = wait("/date").await?.map(|wait| wait.as_secs() / 86_400);
    assert!(
        days.is_some_and(|days| (363..=365).contains(&days)),
        "{days:?}"
    );
    assert_eq!(wait("/past").await?, None);
    assert_eq!(wait("/word").await?, None);
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_followed_a_few_times() -> Result<()> {
    let on = |to: &'static str| get(async move || Redirect::temporary(to));
    let routes = Router::new()
        .route("/1", on("/2"))
        .route("/2", on("/3"))
        .route("/3", on("/nights"))
        .route("/0", on("/1"))
        .route("/round", on("/round"))
        .route("/nights", get("nights"));
    let channel = Channel::answers(routes).await?;
    assert_eq!(channel.body("/1").await?, b"nights");
    assert_eq!(channel.failure("/0").await?, "too_many_redirects");
    assert_eq!(channel.failure("/round").await?, "too_many_redirects");
    Ok(())
}

#[tokio::test]
async fn two_at_once_ask_a_host_and_the_third_waits() -> Result<()> {
    let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, highest) = (Arc::clone(&under_way), Arc::clone(&most));
    // Each request waits for another one: were they let in one by one, none would be answered.
    let pair = Arc::new(Barrier::new(2));
    let slow = get(async move || {
        let now = counted.fetch_add(1, Ordering::SeqCst) + 1;
        highest.fetch_max(now, Ordering::SeqCst);
        pair.wait().await;
        counted.fetch_sub(1, Ordering::SeqCst);
        "nights"
    });
    let channel = Channel::answers(Router::new().route("/a", slow)).await?;
    let bodies = futures::future::join_all((0..8).map(|_| channel.body("/a"))).await;
    for body in bodies {
        assert_eq!(body?, b"nights");
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
    Ok(())
}
