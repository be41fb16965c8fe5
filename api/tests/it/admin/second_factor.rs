//! The second step of signing in.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use chrono::Utc;
use database::{second_factors, sessions, users::User};
use domain::Role;
use totp_rs::{Builder, Secret};

use super::browser::{Browser, PASSWORD, text, user};
use crate::app::TestApp;

const FACTOR: &str = "/admin/account/second-factor";

/// What is between two marks.
fn between<'a>(page: &'a str, from: &str, to: &str) -> Result<&'a str> {
    let rest = page.split_once(from).context("it begins")?.1;
    Ok(rest.split_once(to).context("it ends")?.0)
}

/// The code that a phone shows so many intervals from now.
fn code(key: &str, ahead: i64) -> Result<String> {
    let phone = Builder::new()
        .with_secret(Secret::try_from_base32(key)?)
        .build()?;
    let at = u64::try_from(Utc::now().timestamp() + 30 * ahead)?;
    Ok(phone.generate(at).to_string())
}

/// Somebody who turned it on: with the key on their phone and the codes on paper.
async fn with_factor(app: &TestApp) -> Result<(User, String, Vec<String>)> {
    let ana = user(app, Role::Staff).await?;
    let browser = Browser::of_user(app, &ana.email).await?;
    let stranger = browser
        .send(FACTOR, &[("password", "a guess at it")])
        .await?;
    assert_eq!(stranger.status, 422, "{stranger:?}");
    let offered = browser.send(FACTOR, &[("password", PASSWORD)]).await?;
    assert_eq!(offered.status, 200, "{offered:?}");
    assert!(text(&offered).contains("<svg"));
    let key = between(text(&offered), "<code class=\"secret\">", "</code>")?.to_owned();
    let wrong = browser
        .send(&format!("{FACTOR}/begin"), &[("code", &code(&key, 400)?)])
        .await?;
    assert_eq!(wrong.status, 422, "{wrong:?}");
    let begun = browser
        .send(&format!("{FACTOR}/begin"), &[("code", &code(&key, 0)?)])
        .await?;
    assert_eq!(begun.status, 200, "{begun:?}");
    let shown = between(text(&begun), "<ul class=\"secrets\">", "</ul>")?;
    let codes = shown.split("<code>").skip(1);
    let codes: Vec<_> = codes
        .filter_map(|it| Some(it.split_once("</code>")?.0.to_owned()))
        .collect();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10, "{shown}");
    Ok((ana, key, codes))
}

async fn knock(app: &TestApp, email: &str, code: &str) -> Result<u16> {
    let fields = [("email", email), ("password", PASSWORD), ("code", code)];
    let answer = Browser::new(app)
        .send_from(&app.url, "/admin/login", &fields)
        .await?;
    Ok(answer.status)
}

#[tokio::test]
async fn a_code_is_wanted_and_good_once() -> Result<()> {
    let app = TestApp::ready().await?;
    let (ana, key, _) = with_factor(&app).await?;
    assert_eq!(knock(&app, &ana.email, "").await?, 422);
    // The one that turned it on is used up, as is whatever came before it.
    assert_eq!(knock(&app, &ana.email, &code(&key, -1)?).await?, 422);
    let next = code(&key, 1)?;
    assert_eq!(knock(&app, &ana.email, &next).await?, 303);
    assert_eq!(knock(&app, &ana.email, &next).await?, 422);
    Ok(())
}

#[tokio::test]
async fn a_code_that_many_send_at_once_opens_once() -> Result<()> {
    let app = TestApp::ready().await?;
    let (ana, key, paper) = with_factor(&app).await?;
    for code in [code(&key, 1)?, paper[0].clone()] {
        let now = Utc::now();
        let ask = || second_factors::take(&app.store, ana.id, &code, now);
        let (a, b, c) = tokio::join!(ask(), ask(), ask());
        let taken = [a?, b?, c?].into_iter().filter(|taken| *taken).count();
        assert_eq!(taken, 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_code_on_paper_opens_once_however_it_is_typed() -> Result<()> {
    let app = TestApp::ready().await?;
    let (ana, _, paper) = with_factor(&app).await?;
    let typed = paper[3].to_lowercase().replace('-', " ");
    assert_eq!(knock(&app, &ana.email, &typed).await?, 303);
    assert_eq!(knock(&app, &ana.email, &paper[3]).await?, 422);
    assert_eq!(second_factors::left(&app.store, ana.id).await?, 9);
    Ok(())
}

#[tokio::test]
async fn turning_it_on_ends_the_sessions_that_began_without_it() -> Result<()> {
    let app = TestApp::ready().await?;
    let (ana, ..) = with_factor(&app).await?;
    let open = sessions::of_user(&app.store, ana.id, Utc::now()).await?;
    assert_eq!(open.len(), 1, "{open:?}");
    Ok(())
}

#[tokio::test]
async fn it_is_turned_off_with_a_code_or_by_an_owner() -> Result<()> {
    let app = TestApp::ready().await?;
    let (ana, key, paper) = with_factor(&app).await?;
    let mut browser = Browser::new(&app);
    let fields = [
        ("email", ana.email.as_str()),
        ("password", PASSWORD),
        ("code", &code(&key, 1)?),
    ];
    let opened = browser.send_from(&app.url, "/admin/login", &fields).await?;
    browser.keep(&opened).await?;
    let wrong = browser
        .send(&format!("{FACTOR}/end"), &[("code", "000000")])
        .await?;
    assert_eq!(wrong.status, 422, "{wrong:?}");
    let off = browser
        .send(&format!("{FACTOR}/end"), &[("code", &paper[0])])
        .await?;
    assert_eq!(off.status, 303, "{off:?}");
    assert_eq!(knock(&app, &ana.email, "").await?, 303);

    let (bruno, ..) = with_factor(&app).await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let remove = format!("/admin/team/{}/second-factor/remove", bruno.id);
    assert_eq!(owner.send(&remove, &[]).await?.status, 303);
    assert_eq!(owner.send(&remove, &[]).await?.status, 404);
    assert_eq!(knock(&app, &bruno.email, "").await?, 303);
    Ok(())
}
