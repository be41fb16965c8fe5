//! Other channels, as the owner manages them. Nobody reads calendars here: there is no worker.

use anyhow::{Context as _, Result};
use chrono::Utc;
use database::{Page, calendars, exports, reservations};
use domain::{FeedId, Role};

use super::browser::{Browser, text};
use crate::{
    app::{TestApp, day, taken},
    feeds::reads,
};

const LINK: &str = "https://www.airbnb.com/calendar/ical/77.ics?s=c0ffee1234";

/// The owner adds a calendar of Airbnb's for a cabin.
async fn connected(app: &TestApp, owner: &Browser<'_>, cabin: &str) -> Result<FeedId> {
    let wish = [
        ("accommodation", cabin),
        ("channel", "airbnb"),
        ("url", LINK),
    ];
    let added = owner.send("/admin/channels", &wish).await?;
    assert_eq!(added.status, 303, "{added:?}");
    let feeds = calendars::list(&app.store, None, Page::first(5)).await?;
    Ok(feeds.first().context("it was added")?.id)
}

#[tokio::test]
async fn a_calendar_is_added_once_and_its_link_is_shown_to_nobody() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let feed = connected(&app, &owner, &cabin).await?;
    let again = [
        ("accommodation", cabin.as_str()),
        ("channel", "airbnb"),
        ("url", LINK),
    ];
    let refused = owner.send("/admin/channels", &again).await?;
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("ya tiene ese calendario"));
    for page in [
        "/admin/channels".to_owned(),
        format!("/admin/channels/{feed}"),
        "/admin/trail".to_owned(),
    ] {
        let shown = owner.get(&page).await?;
        assert_eq!(shown.status, 200, "{page}: {shown:?}");
        assert!(!text(&shown).contains("c0ffee"), "{page}");
    }
    // What cannot be a calendar's link is said in the page's own words, and what was typed stays.
    let wish = [
        ("accommodation", cabin.as_str()),
        ("channel", "other"),
        ("url", "http://127.0.0.1/x.ics"),
    ];
    let refused = owner.send("/admin/channels/preview", &wish).await?;
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(text(&refused).contains("http://127.0.0.1/x.ics"));
    Ok(())
}

#[tokio::test]
async fn a_calendar_is_paused_settled_and_removed_with_an_answer() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let feed = connected(&app, &owner, &cabin).await?;
    reads(&app, feed, &[("a", 0, 3)]).await?;
    let there = format!("/admin/channels/{feed}");
    let shown = owner.get(&there).await?;
    assert!(text(&shown).contains("Reserved"));
    let act = async |what: &str, fields: &[(&str, &str)]| {
        owner.send(&format!("{there}/{what}"), fields).await
    };
    assert_eq!(act("pause", &[("paused", "yes")]).await?.status, 303);
    let found = async || calendars::by_id(&app.store, feed).await;
    assert!(found().await?.context("it is there")?.paused);
    let settings = [
        ("interval", "7"),
        ("fresh", "15"),
        ("drop_hold", "60"),
        ("rule_blocks", "yes"),
    ];
    assert_eq!(act("settings", &settings).await?.status, 303);
    let kept = found().await?.context("it is there")?.settings;
    assert_eq!(
        (
            kept.interval_minutes,
            kept.rule_blocks,
            kept.tentative_blocks
        ),
        (7, true, false)
    );
    let beyond = [("interval", "1"), ("fresh", "15"), ("drop_hold", "60")];
    let refused = act("settings", &beyond).await?;
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("fuera de lo permitido"));
    // Nothing is missing, so there is nothing to answer.
    assert_eq!(act("drop", &[("free", "yes")]).await?.status, 422);
    assert_eq!(act("remove", &[]).await?.status, 422);
    assert_eq!(act("remove", &[("free", "yes")]).await?.status, 303);
    assert_eq!(owner.get(&there).await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn links_are_made_replaced_and_revoked_and_hidden_from_who_only_looks() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let reader = Browser::of(&app, Role::ReadOnly).await?;
    let wish = [("accommodation", cabin.as_str()), ("channel", "booking")];
    assert_eq!(
        owner.send("/admin/channels/links", &wish).await?.status,
        303
    );
    let link = async || {
        let found = exports::list(&app.store, None, Page::first(5)).await?;
        anyhow::Ok(found.into_iter().next())
    };
    let made = link().await?.context("it was made")?;
    let address = async || {
        let page = owner.get("/admin/channels").await?;
        let at = text(&page)
            .split_once("/ical/")
            .map(|(_, rest)| rest.to_owned());
        let token = at.and_then(|rest| rest.split_once(".ics").map(|(token, _)| token.to_owned()));
        token.context("the link is shown")
    };
    let first = address().await?;
    assert!(!text(&reader.get("/admin/channels").await?).contains("/ical/"));
    let act = async |what: &str| {
        owner
            .send(&format!("/admin/channels/links/{}/{what}", made.id), &[])
            .await
    };
    assert_eq!(act("replace").await?.status, 303);
    assert_ne!(address().await?, first);
    assert_eq!(act("revoke").await?.status, 303);
    assert!(link().await?.is_none());
    Ok(())
}

#[tokio::test]
async fn nights_sold_twice_are_shown_with_both_sides_and_decided() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let feed = connected(&app, &owner, &cabin).await?;
    let code = taken(&app, &cabin, day(0), day(3)).await?;
    reservations::confirm(&app.store, &code, Utc::now()).await?;
    reads(&app, feed, &[("a", 1, 4)]).await?;
    let found = calendars::conflicts(&app.store, None, Some("open"), Page::first(5)).await?;
    let id = found.first().context("they clash")?.id;
    let path = format!("/admin/conflicts/{id}");
    assert!(text(&owner.get("/admin/channels").await?).contains(&format!("href=\"{path}\"")));
    assert!(text(&owner.get("/admin/queue").await?).contains(&format!("href=\"{path}\"")));
    let shown = owner.get(&path).await?;
    assert!(text(&shown).contains(code.as_str()) && text(&shown).contains("Airbnb"));
    // To be moved it needs dates that are nobody's.
    let nowhere = [("decision", "move"), ("check_in", ""), ("check_out", "")];
    let asked = owner.send(&format!("{path}/decide"), &nowhere).await?;
    assert_ne!(asked.status, 303, "{asked:?}");
    let decided = owner
        .send(&format!("{path}/decide"), &[("decision", "ignore")])
        .await?;
    assert_eq!(decided.status, 303, "{decided:?}");
    let conflict = calendars::conflict(&app.store, id)
        .await?
        .context("it is there")?;
    assert_eq!(conflict.decision.as_deref(), Some("ignore"));
    assert_eq!(conflict.acted_by.as_deref(), Some("Ana Gómez"));
    Ok(())
}
