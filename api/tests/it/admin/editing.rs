//! What is changed of an accommodation.

use anyhow::{Context as _, Result};
use database::accommodations;
use domain::{AccommodationId, BasisPoints, Role};

use super::browser::{Browser, text};
use crate::app::TestApp;

/// The version that the forms of a page carry.
async fn version(browser: &Browser<'_>, path: &str) -> Result<String> {
    let page = browser.get(path).await?;
    let version = text(&page)
        .split_once(r#"name="version" value=""#)
        .and_then(|(_, rest)| rest.split_once('"'));
    Ok(version.context("the page has a form")?.0.to_owned())
}

fn rates<'a>(version: &'a str, nightly: &'a str, weekend: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("version", version),
        ("nightly", nightly),
        ("weekend", weekend),
        ("minimum_nights", "2"),
    ]
}

#[tokio::test]
async fn rates_are_kept_to_the_hundredth_and_not_over_somebody_elses() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let id: AccommodationId = cabin.parse()?;
    let (page, path) = (
        format!("/admin/accommodations/{cabin}"),
        format!("/admin/accommodations/{cabin}/rates"),
    );
    let ana = Browser::of(&app, Role::Owner).await?;
    let bruno = Browser::of(&app, Role::Owner).await?;
    let seen_by_both = version(&ana, &page).await?;
    let saved = ana
        .send(&path, &rates(&seen_by_both, "50.000", "125,55"))
        .await?;
    assert_eq!(saved.status, 303, "{saved:?}");
    // What was typed is there as it was, and saying it again changes nothing.
    let shown = ana.get(&page).await?;
    assert!(text(&shown).contains(r#"value="125,55""#));
    let late = bruno
        .send(&path, &rates(&seen_by_both, "40.000", "150"))
        .await?;
    assert_eq!(late.status, 422, "{late:?}");
    let place = accommodations::by_id(&app.store, id)
        .await?
        .context("it is there")?;
    assert_eq!(place.rates.weekend_multiplier, BasisPoints(12_555));
    assert_eq!(place.rates.nightly, domain::Money::pesos(50_000));
    // Having seen it, he may.
    let now = version(&bruno, &page).await?;
    let again = bruno.send(&path, &rates(&now, "40.000", "150")).await?;
    assert_eq!(again.status, 303, "{again:?}");
    Ok(())
}
