//! What the owner takes away.

use anyhow::Result;
use domain::Role;
use reqwest::Method;

use super::browser::{Browser, text};
use crate::app::{TestApp, day, taken};

#[tokio::test]
async fn the_owner_takes_everything_along_but_what_opens_doors() -> Result<()> {
    let app = TestApp::ready().await?;
    taken(&app, &app.cabin_for(4).await?, day(0), day(3)).await?;
    let browser = Browser::of(&app, Role::Owner).await?;
    let page = browser.get("/admin/data").await?;
    assert!(text(&page).contains("/admin/data/export"));
    let form = browser
        .request(Method::POST, "/admin/data/export")
        .header("origin", &app.url)
        .form(&[("csrf", browser.csrf())]);
    let answer = form.send().await?;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "application/zip");
    let bytes = answer.bytes().await?.to_vec();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes))?;
    let names = zip.file_names();
    let names: Vec<_> = names
        .filter_map(|name| Some(name.ok()?.into_owned()))
        .collect();
    for table in ["reservations", "guests", "ledger_postings"] {
        assert!(names.contains(&format!("csv/{table}.csv")), "{names:?}");
        assert!(names.contains(&format!("json/{table}.jsonl")), "{names:?}");
    }
    let read = |zip: &mut zip::ZipArchive<_>, name: &str| -> Result<String> {
        Ok(std::io::read_to_string(zip.by_name(name)?)?)
    };
    let reservations = read(&mut zip, "csv/reservations.csv")?;
    assert!(reservations.starts_with("id,code,"), "{reservations}");
    assert_eq!(reservations.lines().count(), 2, "{reservations}");
    let users = read(&mut zip, "json/users.jsonl")?;
    assert!(
        users.contains("@example.com") && !users.contains("argon2"),
        "{users}"
    );
    let trail = database::acts::list(&app.store, database::Page::first(5)).await?;
    assert!(trail.iter().any(|act| act.act == "data.export"));
    Ok(())
}

const PLACES: &str = "name;capacity;nightly_rate;kind\nCasa del Faro;6;95000,50;house\n";
const BOOKINGS: &str = "reference;accommodation;check_in;check_out;guest_name;guests;phone;total\n\
    A-1;casa del faro;15/01/2035;18/01/2035;Ana Gómez;4;+5491155550001;285001,50\n\
    A-2;Casa del Faro;2035-01-18;2035-01-20;Bruno Díaz;2;;\n";

#[tokio::test]
async fn what_is_brought_in_comes_in_whole_and_once_and_gets_its_workflow() -> Result<()> {
    let app = TestApp::ready().await?;
    let browser = Browser::of(&app, Role::Owner).await?;
    let send = async |act: &str, bookings: &str| {
        let fields = [("places", PLACES), ("bookings", bookings), ("act", act)];
        browser.send("/admin/data/import", &fields).await
    };
    let stored = async || -> Result<usize> {
        let all = database::accommodations::active(&app.store).await?;
        Ok(all
            .iter()
            .filter(|place| place.name == "Casa del Faro")
            .count())
    };
    let looked = send("preview", BOOKINGS).await?;
    assert!(
        text(&looked).contains("1 alojamientos, 2 reservas"),
        "{}",
        text(&looked)
    );
    assert_eq!(stored().await?, 0);
    // The third overlaps the second, and the fourth is nonsense.
    let bad = format!(
        "{BOOKINGS}A-3;Casa del Faro;19/01/2035;21/01/2035;Carla;2;;\nA-4;Nowhere;x;20/01/2035;D;2;;\n"
    );
    let refused = send("import", &bad).await?;
    assert_eq!(refused.status, 422);
    assert!(
        text(&refused).contains("línea 4, <code>check_in</code>"),
        "{}",
        text(&refused)
    );
    assert!(
        text(&refused).contains("línea 5, <code>check_in</code>"),
        "{}",
        text(&refused)
    );
    assert_eq!(stored().await?, 0);
    let came = send("import", BOOKINGS).await?;
    assert!(
        text(&came).contains("Entraron: 1 alojamientos, 2 reservas, 0"),
        "{}",
        text(&came)
    );
    let again = send("import", BOOKINGS).await?;
    assert!(
        text(&again).contains("Entraron: 0 alojamientos, 0 reservas, 3"),
        "{}",
        text(&again)
    );
    assert_eq!(stored().await?, 1);
    let code = domain::ReservationCode::of_reference("A-1");
    let found = database::reservations::by_code(&app.store, &code).await?;
    let found = found.expect("it came in");
    assert_eq!(found.status, domain::ReservationStatus::Confirmed);
    assert_eq!(found.quote.total, domain::Money::ars(28_500_150));
    app.inbox_is_delivered().await?;
    let keys = crate::app::PAYLOAD_KEYS.parse()?;
    let address = stack::Environment::read()?.temporal_address;
    let client = front_desk::connect(&address, "default", "api tests", &keys).await?;
    let name = workflows::names::reservation(&code);
    let story = client.get_workflow_handle::<workflows::Reservation>(name);
    story.describe(Default::default()).await?;
    Ok(())
}
