//! Every door, asked by everybody. A route that is added without a role, or whose handler does not ask for it, fails
//! here.

use anyhow::Result;
use api::admin::{Access, Route, table};
use domain::Role;
use reqwest::Method;
use serde_json::Value;

use super::browser::{Browser, text};
use crate::app::{Answer, TestApp};

const LIVE: &str = "/admin/live";

const EVERYBODY: [Option<Role>; 4] = [
    None,
    Some(Role::ReadOnly),
    Some(Role::Staff),
    Some(Role::Owner),
];

fn real(path: &str) -> String {
    path.replace("{name}", "posada.css")
        .replace("{accommodation}", "acc_00000000000000000000000000000000")
        .replace("{code}", "RES270115ABC123")
        .replace("{guest}", "gst_00000000000000000000000000000000")
        .replace("{feed}", "feed_00000000000000000000000000000000")
        .replace("{language}", "es")
        .replace("{key}", "hello")
        .replace("{id}", "1")
}

async fn ask(browser: &Browser<'_>, route: Route) -> Result<Answer> {
    let path = real(route.path);
    if route.path == LIVE {
        // It goes on for as long as somebody listens: how it begins says enough.
        let begun = browser.request(Method::GET, &path).send().await?;
        Ok(Answer {
            status: begun.status().as_u16(),
            headers: begun.headers().clone(),
            body: Value::Null,
        })
    } else if route.method == "GET" {
        browser.get(&path).await
    } else {
        browser.send(&path, &[]).await
    }
}

/// What an answer says about whether somebody may.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Welcome,
    SignIn,
    Forbidden,
}

fn told(answer: &Answer) -> Told {
    let leads_to_the_door = answer.header("location").starts_with("/admin/login?next=");
    match answer.status {
        303 if leads_to_the_door => Told::SignIn,
        401 | 403 => Told::Forbidden,
        _ => Told::Welcome,
    }
}

#[tokio::test]
async fn every_door_opens_for_whom_it_should_and_for_nobody_else() -> Result<()> {
    let app = TestApp::ready().await?;
    let doors = table();
    assert!(doors.len() > 15, "{doors:?}");
    for who in EVERYBODY {
        // Signing out ends the session, so it comes last.
        let mut doors = doors.clone();
        doors.sort_by_key(|route| route.path == "/admin/logout");
        let browser = match who {
            None => Browser::new(&app),
            Some(role) => Browser::of(&app, role).await?,
        };
        for route in doors {
            let answer = ask(&browser, route).await?;
            let expected = match (route.access, who) {
                (Access::Anybody, _) => Told::Welcome,
                (Access::Only(_), None) => Told::SignIn,
                (Access::Only(needed), Some(role)) if role.may(needed) => Told::Welcome,
                (Access::Only(_), Some(_)) => Told::Forbidden,
            };
            assert_eq!(told(&answer), expected, "{who:?} {route:?}: {answer:?}");
            assert!(answer.status < 500, "{who:?} {route:?}: {answer:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn no_form_of_another_page_is_taken() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    for route in table().into_iter().filter(|route| route.method == "POST") {
        let path = real(route.path);
        let foreign = owner
            .send_from("https://evil.example", &path, &[("csrf", "guessed")])
            .await?;
        assert_eq!(foreign.status, 403, "{route:?}");
        // From our own origin, and without the token of the session.
        if route.access != Access::Anybody {
            let blind = owner
                .send_from(&app.url, &path, &[("csrf", "guessed")])
                .await?;
            assert_eq!(blind.status, 403, "{route:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_nobody_can_mean_is_refused_and_breaks_nothing() -> Result<()> {
    const FAR: &str = "-99999-01-01";
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let queries = [
        "q=%00".to_owned(),
        "month=-99999".to_owned(),
        format!("from={FAR}&to={FAR}"),
        format!("check_in={FAR}&check_out={FAR}&guests=2"),
    ];
    let forms: [&[(&str, &str)]; 2] = [
        &[
            ("email", "\0"),
            ("text", "\0"),
            ("reason", "\0"),
            ("resolution", "\0"),
        ],
        &[
            ("amount", "92233720368547758,08"),
            ("nightly", "92233720368547758,08"),
            ("reason", "x"),
            ("check_in", FAR),
            ("check_out", FAR),
        ],
    ];
    for route in table() {
        let path = real(route.path);
        if route.path == LIVE || route.path == "/admin/logout" {
            continue;
        }
        if route.method == "GET" {
            for query in &queries {
                let answer = owner.get(&format!("{path}?{query}")).await?;
                assert!(answer.status < 500, "{route:?}?{query}: {answer:?}");
            }
        } else {
            for form in forms {
                let answer = owner.send(&path, form).await?;
                assert!(answer.status < 500, "{route:?} {form:?}: {answer:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_run_nothing_of_their_own() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    for route in table() {
        if route.method != "GET" || route.path == LIVE {
            continue;
        }
        let answer = owner.get(&real(route.path)).await?;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{route:?}: {policy}"
        );
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        let html = text(&answer);
        for forbidden in [
            " style=",
            "<style",
            "<script>",
            " onclick=",
            "src=\"http",
            "src=\"//",
        ] {
            assert!(!html.contains(forbidden), "{route:?}: {forbidden}");
        }
        assert_eq!(answer.header("cache-control"), "no-store", "{route:?}");
    }
    Ok(())
}
