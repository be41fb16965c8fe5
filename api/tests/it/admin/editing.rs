//! What is changed of an accommodation.

use anyhow::{Context as _, Result};
use database::{accommodations, pictures};
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
        ("tax", "21"),
        ("discounts", "7 10\r\n28 22,5"),
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
    assert_eq!(place.rates.tax, Some(BasisPoints(2_100)));
    let discounts = place.rates.length_discounts.iter();
    let discounts: Vec<_> = discounts.map(|it| (it.nights, it.share.0)).collect();
    assert_eq!(discounts, [(7, 1_000), (28, 2_250)]);
    // Having seen it, he may.
    let now = version(&bruno, &page).await?;
    let again = bruno.send(&path, &rates(&now, "40.000", "150")).await?;
    assert_eq!(again.status, 303, "{again:?}");
    Ok(())
}

#[tokio::test]
async fn a_place_is_added_once_and_sold_when_it_is_said_to_be() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let page = owner.get("/admin/accommodations/new").await?;
    let key = text(&page)
        .split_once(r#"name="key" value=""#)
        .and_then(|(_, rest)| rest.split_once('"'))
        .context("the form has a key")?
        .0
        .to_owned();
    let mut form = vec![
        ("key", key.as_str()),
        ("name", "Casa del Monte"),
        ("kind", "house"),
        ("capacity", "0"),
        ("nightly", "80.000"),
        ("amenities", "wifi\r\n\r\nparrilla"),
    ];
    let refused = owner.send("/admin/accommodations", &form).await?;
    assert_eq!(refused.status, 422, "{refused:?}");
    // What was typed is still there, under the same key.
    assert!(text(&refused).contains("Casa del Monte") && text(&refused).contains(&key));
    form[3] = ("capacity", "6");
    for _twice in 0..2 {
        let added = owner.send("/admin/accommodations", &form).await?;
        assert_eq!(added.status, 303, "{added:?}");
    }
    let id: AccommodationId = key.parse()?;
    let named = async || {
        let all = accommodations::all(&app.store).await?;
        let found = all.into_iter().filter(|it| it.accommodation.id == id);
        anyhow::Ok(found.collect::<Vec<_>>())
    };
    let found = named().await?;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].accommodation.amenities, ["wifi", "parrilla"]);
    assert!(!found[0].active);
    let there = format!("/admin/accommodations/{id}");
    let version = version(&owner, &there).await?;
    form.extend([("active", "yes"), ("version", &version)]);
    let saved = owner.send(&format!("{there}/facts"), &form).await?;
    assert_eq!(saved.status, 303, "{saved:?}");
    assert!(named().await?[0].active);
    Ok(())
}

#[tokio::test]
async fn seasons_terms_and_pictures_are_changed_and_what_cannot_be_is_said() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let id: AccommodationId = cabin.parse()?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let there = format!("/admin/accommodations/{cabin}");
    let act = async |what: &str, fields: &[(&str, &str)]| {
        let version = version(&owner, &there).await?;
        let mut fields = fields.to_vec();
        fields.push(("version", &version));
        owner.send(&format!("{there}/{what}"), &fields).await
    };
    let place = async || {
        let found = accommodations::by_id(&app.store, id).await?;
        found.context("it is there")
    };
    let before = place().await?;
    let week = [
        ("name", "Semana Santa"),
        ("from", "2030-04-15"),
        ("to", "2030-04-22"),
        ("nightly", "90.000"),
        ("minimum_nights", "4"),
    ];
    let year = [
        ("name", "Todo 2030"),
        ("from", "2030-01-01"),
        ("to", "2031-01-01"),
    ];
    for season in [&year[..], &week[..]] {
        let added = act("seasons", season).await?;
        assert_eq!(added.status, 303, "{added:?}");
    }
    // The shorter is asked first, as only the first that holds a night prices it.
    let names = async || {
        let seasons = place().await?.rates.seasons;
        anyhow::Ok(seasons.into_iter().map(|it| it.name).collect::<Vec<_>>())
    };
    let known = names().await?;
    let at = |name: &str| known.iter().position(|it| it == name);
    assert!(at("Semana Santa") < at("Todo 2030") && at("Semana Santa").is_some());
    let backwards = [("name", "x"), ("from", "2030-04-22"), ("to", "2030-04-15")];
    assert_eq!(act("seasons", &backwards).await?.status, 422);
    let gone = at("Semana Santa").context("it is there")?.to_string();
    assert_eq!(
        act("seasons/remove", &[("place", &gone)]).await?.status,
        303
    );
    assert_eq!(act("seasons/remove", &[("place", "99")]).await?.status, 422);
    assert!(!names().await?.contains(&"Semana Santa".to_owned()));

    let terms = [
        ("deposit", "33,3"),
        ("whole_within", "5"),
        ("hold", "45"),
        ("free_until", "72"),
        ("late", "0"),
        ("notice", "1"),
        ("horizon", "365"),
        ("preparation", "0"),
        ("check_in", "16:00"),
        ("check_out", "10:30"),
    ];
    assert_eq!(act("terms", &terms).await?.status, 303);
    let policies = place().await?.policies;
    assert_eq!(policies.deposit.share, BasisPoints(3_330));
    assert_eq!(policies.hold.seconds, 45 * 60);
    assert!(!policies.stay.pets_allowed);
    let mut beyond = terms;
    beyond[8] = ("check_in", "09:00");
    let refused = act("terms", &beyond).await?;
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("La salida tiene que ser antes"));

    let address = "https://fotos.example/rio.jpg";
    assert_eq!(
        act("photos", &[("url", address), ("caption", "El río")])
            .await?
            .status,
        303
    );
    assert_eq!(
        act("photos", &[("url", "javascript:alert(1)")])
            .await?
            .status,
        422
    );
    let last = before.photos.len().to_string();
    assert_eq!(
        act("photos/change", &[("place", &last), ("fate", "first")])
            .await?
            .status,
        303
    );
    assert_eq!(place().await?.photos[0].url, address);
    assert_eq!(
        act("photos/change", &[("place", "0"), ("fate", "remove")])
            .await?
            .status,
        303
    );
    assert_eq!(place().await?.photos, before.photos);
    Ok(())
}

#[tokio::test]
async fn a_picture_is_uploaded_served_as_what_it_is_and_forgotten_when_nothing_shows_it()
-> Result<()> {
    const DOT: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let id: AccommodationId = cabin.parse()?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let there = format!("/admin/accommodations/{cabin}");
    let upload = async |caption: &'static str, bytes: &[u8]| {
        let version = version(&owner, &there).await?;
        let fields = [("version", version.as_str()), ("caption", caption)];
        owner
            .upload(&format!("{there}/photos/upload"), &fields, bytes)
            .await
    };
    for other in [&b"<svg onload='alert(1)'/>"[..], b"", b"GIF89a"] {
        let refused = upload("No", other).await?;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert!(text(&refused).contains("JPEG o PNG"));
    }
    let large = vec![0xff; 7 * 1024 * 1024];
    assert_eq!(upload("No", &large).await?.status, 413);
    let added = upload("El muelle", DOT).await?;
    assert_eq!(added.status, 303, "{added:?}");
    let place = accommodations::by_id(&app.store, id).await?;
    let photos = place.context("it is there")?.photos;
    let last = photos.last().context("it has one")?;
    assert_eq!(last.caption.as_deref(), Some("El muelle"));
    let path = last.url.split_once("/photos/").context("it is ours")?.1;
    let served = app.request(reqwest::Method::GET, &format!("/photos/{path}"));
    let served = served.send().await?;
    let header = |name: &str| served.headers()[name].to_str().map(str::to_owned);
    assert_eq!(header("content-type")?, "image/png");
    assert_eq!(header("x-content-type-options")?, "nosniff");
    assert_eq!(&served.bytes().await?[..], DOT);
    // It stays while a place shows it, however old it is.
    let later = chrono::Utc::now() + chrono::TimeDelta::days(2);
    pictures::forget_unused(&app.store, later).await?;
    assert!(pictures::find(&app.store, path).await?.is_some());
    let gone = (photos.len() - 1).to_string();
    let version = version(&owner, &there).await?;
    let fate = [
        ("version", version.as_str()),
        ("place", &gone),
        ("fate", "remove"),
    ];
    assert_eq!(
        owner
            .send(&format!("{there}/photos/change"), &fate)
            .await?
            .status,
        303
    );
    pictures::forget_unused(&app.store, later).await?;
    assert!(pictures::find(&app.store, path).await?.is_none());
    Ok(())
}
