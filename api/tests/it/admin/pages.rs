//! The daily pages: what they show, and what is done from them.

use anyhow::{Context as _, Result};
use chrono::{TimeDelta, Utc};
use database::{
    Page, acts, dialogue,
    guests::{self, Identity},
    messages,
    reservations::{by_code, timeline},
    review_queue::{self, NewMatter},
};
use domain::{ReservationCode, ReservationStatus, Role};
use serde_json::json;
use stack::Environment;
use uuid::Uuid;

use super::browser::{Browser, text};
use crate::{
    app::{TestApp, day, envelope, taken, text as message},
    gate::Gate,
};

/// What is written between two marks, the first time.
fn between<'a>(page: &'a str, before: &str, after: &str) -> Result<&'a str> {
    let found = page
        .split_once(before)
        .and_then(|(_, rest)| rest.split_once(after));
    Ok(found.with_context(|| format!("{before} is there"))?.0)
}

/// A guest of ours who has just written.
async fn guest_who_wrote(app: &TestApp, wa_id: &str, words: &str) -> Result<domain::GuestId> {
    let wamid = format!("wamid.{}", Uuid::new_v4().simple());
    app.whatsapp_says(&envelope(&[message(wa_id, &wamid, words)], &[]))
        .await?;
    let identity = Identity {
        wa_id: Some(wa_id.to_owned()),
        ..Identity::default()
    };
    Ok(guests::resolve(&app.store, &identity).await?)
}

#[tokio::test]
async fn a_hold_is_on_the_first_page_in_the_list_and_on_the_calendar() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let code = taken(&app, &cabin, day(0), day(3)).await?;
    let reader = Browser::of(&app, Role::ReadOnly).await?;
    let calendar = format!("/admin/calendar?from={}", day(0));
    let link = format!("href=\"/admin/reservations/{code}\"");
    for page in ["/admin", "/admin/reservations", &calendar] {
        let shown = reader.get(page).await?;
        assert_eq!(shown.status, 200, "{page}: {shown:?}");
        assert!(text(&shown).contains(&link), "{page}");
    }
    let shown = reader.get(&format!("/admin/reservations/{code}")).await?;
    assert!(text(&shown).contains("Pre-reserva"));
    assert!(text(&shown).contains("$\u{a0}48.000"));
    // Who may only look is offered nothing to do.
    assert!(!text(&shown).contains("/confirm"));
    Ok(())
}

#[tokio::test]
async fn reservations_are_found_by_what_is_known_of_them() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let code = taken(&app, &cabin, day(0), day(3)).await?;
    let other = taken(&app, &cabin, day(10), day(12)).await?;
    let reader = Browser::of(&app, Role::ReadOnly).await?;
    let finds = async |query: &str| {
        let page = reader.get(&format!("/admin/reservations?{query}")).await?;
        assert_eq!(page.status, 200, "{query}");
        let has = |code: &ReservationCode| text(&page).contains(&format!("reservations/{code}"));
        anyhow::Ok((has(&code), has(&other)))
    };
    assert_eq!(finds("").await?, (true, true));
    let end = code
        .as_str()
        .get(5..)
        .context("a code is longer")?
        .to_lowercase();
    assert_eq!(finds(&format!("q={end}")).await?, (true, false));
    assert_eq!(finds(&format!("from={}", day(9))).await?, (false, true));
    assert_eq!(finds("status=confirmed").await?, (false, false));
    assert_eq!(finds("q=%25").await?, (false, false));
    assert_eq!(finds("q=nobody&sort=total&page=1").await?, (false, false));
    assert_eq!(reader.get("/admin/reservations?page=0").await?.status, 422);
    Ok(())
}

#[tokio::test]
async fn a_block_is_made_once_and_never_over_somebody() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    taken(&app, &cabin, day(0), day(3)).await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    let page = staff.get("/admin/calendar").await?;
    let key = between(text(&page), "name=\"key\" value=\"", "\"")?.to_owned();
    let block = async |from: u64, to: u64| {
        let (from, to) = (day(from).to_string(), day(to).to_string());
        let fields = [
            ("key", key.as_str()),
            ("accommodation", cabin.as_str()),
            ("check_in", from.as_str()),
            ("check_out", to.as_str()),
            ("reason", "pintura"),
        ];
        staff.send("/admin/calendar/blocks", &fields).await
    };
    let refused = block(2, 5).await?;
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("Esas noches ya están ocupadas."));
    assert_eq!(block(3, 5).await?.status, 303);
    assert_eq!(block(3, 5).await?.status, 303);
    let kept = by_code(&app.store, &key.parse()?)
        .await?
        .context("it is there")?;
    assert_eq!(kept.status, ReservationStatus::Blocked);
    let trail = acts::about(&app.store, &key, Page::first(10)).await?;
    assert!(trail.iter().any(|act| act.act == "block.create"));
    // Where one leaves and the next arrives, both bars touch in the middle of the day.
    let page = staff
        .get(&format!("/admin/calendar?from={}", day(0)))
        .await?;
    let hold = "class=\"bar bar-pre_reserved\"";
    let from_hold = text(&page).split_once(hold).context("the hold is there")?.1;
    let next = from_hold.split_once("</td>").context("its cell ends")?.1;
    assert!(
        next.trim_start()
            .starts_with("<td colspan=\"4\" class=\"taken\">"),
        "{next}"
    );
    Ok(())
}

#[tokio::test]
async fn a_note_is_on_the_timeline_as_it_was_written() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = taken(&app, &app.cabin_for(4).await?, day(0), day(3)).await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    let path = format!("/admin/reservations/{code}");
    let notes = format!("{path}/notes");
    assert_eq!(staff.send(&notes, &[("text", " ")]).await?.status, 422);
    let note = [("text", "Llegan <tarde> & con perro")];
    assert_eq!(staff.send(&notes, &note).await?.status, 303);
    let page = staff.get(&path).await?;
    assert!(text(&page).contains("Llegan &#60;tarde&#62; &#38; con perro"));
    let last = timeline(&app.store, &code).await?.pop().context("a note")?;
    assert_eq!(
        (last.kind.as_str(), &last.details["by_name"]),
        ("note", &json!("Ana Gómez"))
    );
    let elsewhere = "/admin/reservations/RES270115ABC123/notes";
    assert_eq!(staff.send(elsewhere, &note).await?.status, 404);
    Ok(())
}

#[tokio::test]
async fn an_act_that_is_refused_says_why_on_the_page() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = taken(&app, &app.cabin_for(4).await?, day(0), day(3)).await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    let path = format!("/admin/reservations/{code}");
    for (act, fields, why) in [
        (
            "confirm",
            vec![("amount", "mil"), ("reason", "banco")],
            "Escribí el monto",
        ),
        (
            "confirm",
            vec![("amount", "14.400"), ("reason", "")],
            "Escribí el motivo",
        ),
        ("cancel", vec![("reason", "")], "Escribí el motivo"),
        // Only Postgres knows this hold: it has no workflow to ask.
        ("extend", vec![], "ya no está en un estado"),
        (
            "confirm",
            vec![("amount", "14.400"), ("reason", "banco")],
            "ya no está en un estado",
        ),
        ("link", vec![], "ya no está en un estado"),
    ] {
        let refused = staff.send(&format!("{path}/{act}"), &fields).await?;
        assert_eq!(refused.status, 422, "{act}: {refused:?}");
        assert!(text(&refused).contains(why), "{act}: {why}");
    }
    let still = by_code(&app.store, &code).await?.context("it is there")?;
    assert_eq!(still.status, ReservationStatus::PreReserved);
    Ok(())
}

#[tokio::test]
async fn staff_answer_a_guest_once_and_the_bot_is_silent() -> Result<()> {
    let app = TestApp::ready().await?;
    let guest = guest_who_wrote(&app, "5491122334455", "Hola, ¿hay lugar?").await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    let list = staff.get("/admin/conversations?which=unread").await?;
    assert!(text(&list).contains("Hola, ¿hay lugar?"), "{list:?}");
    let path = format!("/admin/conversations/{guest}");
    let thread = staff.get(&path).await?;
    let key = between(text(&thread), "name=\"key\" value=\"", "\"")?.to_owned();
    let fields = [
        ("key", key.as_str()),
        ("text", "Sí, te guardo la del bosque"),
    ];
    for _ in 0..2 {
        let sent = staff.send(&format!("{path}/answer"), &fields).await?;
        assert_eq!(sent.status, 303, "{sent:?}");
    }
    let said = messages::thread(&app.store, guest, Page::first(10)).await?;
    let ours = said
        .iter()
        .filter(|it| matches!(it, messages::Message::Out(_)));
    assert_eq!(ours.count(), 1);
    let state = dialogue::state(&app.store, guest)
        .await?
        .context("a state")?;
    assert_eq!(state["mode"]["mode"], "person");
    let unread = staff.get("/admin/conversations?which=unread").await?;
    assert!(!text(&unread).contains("Hola, ¿hay lugar?"));
    let back = staff.send(&format!("{path}/hand-back"), &[]).await?;
    assert_eq!(back.status, 303);
    let state = dialogue::state(&app.store, guest)
        .await?
        .context("a state")?;
    assert_eq!(state["mode"]["mode"], "bot");
    Ok(())
}

#[tokio::test]
async fn what_staff_write_while_temporal_is_away_is_sent_when_it_is_back() -> Result<()> {
    let temporal = Environment::read()?.temporal_address;
    let gate = Gate::before(temporal.trim_start_matches("http://"), true).await?;
    let behind = gate.address.to_string();
    let app = TestApp::start_with(|config| config.temporal.address = behind).await?;
    app.is_ready().await?;
    let guest = guest_who_wrote(&app, "5491122334455", "Hola").await?;
    app.inbox_is_delivered().await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    gate.close();
    let key = Uuid::new_v4().to_string();
    let fields = [("key", key.as_str()), ("text", "Hola, ya te confirmo")];
    let sent = staff
        .send(&format!("/admin/conversations/{guest}/answer"), &fields)
        .await?;
    assert_eq!(sent.status, 303, "{sent:?}");
    let waiting = |events: Vec<database::inbox::Event>| {
        events
            .into_iter()
            .filter(|event| event.kind == "staff_message" && event.delivered_at.is_none())
            .count()
    };
    assert_eq!(waiting(app.inbox().await?), 1);
    gate.open();
    app.inbox_is_delivered().await?;

    let said = messages::thread(&app.store, guest, Page::first(1)).await?;
    let [messages::Message::Out(written)] = said.as_slice() else {
        anyhow::bail!("what staff wrote is the last word")
    };
    let keys = crate::app::PAYLOAD_KEYS.parse()?;
    let client = front_desk::connect(&temporal, "default", "api tests", &keys).await?;
    let sending = client.get_workflow_handle::<workflows::StaffMessage>(
        workflows::names::staff_message(written.id),
    );
    sending.describe(Default::default()).await?;
    Ok(())
}

#[tokio::test]
async fn nothing_is_written_to_whom_whatsapp_would_refuse_it() -> Result<()> {
    let app = TestApp::ready().await?;
    let identity = Identity {
        wa_id: Some("5491133334444".to_owned()),
        ..Identity::default()
    };
    let guest = guests::resolve(&app.store, &identity).await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    let key = Uuid::new_v4().to_string();
    let fields = [("key", key.as_str()), ("text", "Hola")];
    let answer = format!("/admin/conversations/{guest}/answer");
    let refused = staff.send(&answer, &fields).await?;
    assert_eq!(refused.status, 422);
    assert!(text(&refused).contains("plantillas aprobadas"));
    assert!(
        messages::thread(&app.store, guest, Page::first(1))
            .await?
            .is_empty()
    );
    Ok(())
}

#[tokio::test]
async fn a_matter_is_closed_with_what_was_decided() -> Result<()> {
    let app = TestApp::ready().await?;
    let matter = NewMatter {
        kind: "charged_back".to_owned(),
        reference: "1234567890".to_owned(),
        reason: "The payer disputes a payment.".to_owned(),
        details: json!({}),
        deadline: Some(Utc::now() - TimeDelta::hours(1)),
    };
    let raised = review_queue::raise(&app.store, &matter).await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    for page in ["/admin", "/admin/queue"] {
        assert!(
            text(&staff.get(page).await?).contains("Un contracargo"),
            "{page}"
        );
    }
    let resolve = format!("/admin/queue/{}/resolve", raised.id);
    assert_eq!(
        staff.send(&resolve, &[("resolution", "")]).await?.status,
        422
    );
    let decided = [("resolution", "answered at the provider")];
    assert_eq!(staff.send(&resolve, &decided).await?.status, 303);
    assert!(
        review_queue::open(&app.store, Page::first(5))
            .await?
            .is_empty()
    );
    assert!(text(&staff.get("/admin/queue").await?).contains("No hay nada que decidir"));
    let trail = acts::about(&app.store, "1234567890", Page::first(5)).await?;
    assert_eq!(
        trail.first().context("an act")?.after,
        json!({ "resolution": decided[0].1 })
    );
    Ok(())
}

#[tokio::test]
async fn an_open_page_hears_of_a_hold_and_a_message_at_once() -> Result<()> {
    let app = TestApp::ready().await?;
    let reader = Browser::of(&app, Role::ReadOnly).await?;
    let mut stream = reader
        .request(reqwest::Method::GET, "/admin/live")
        .send()
        .await?;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut told = String::new();
    let mut hears = async |what: &str| {
        while !told.contains(what) {
            let chunk = tokio::time::timeout(crate::app::SOON, stream.chunk()).await??;
            told.push_str(&String::from_utf8_lossy(&chunk.context("it goes on")?));
        }
        told.clear();
        anyhow::Ok(())
    };
    // The first word comes once Postgres is listened to.
    hears("reservations messages payments queue").await?;
    taken(&app, &app.cabin_for(4).await?, day(0), day(3)).await?;
    hears("data: reservations").await?;
    guest_who_wrote(&app, "5491122334455", "Hola").await?;
    hears("data: messages").await?;
    Ok(())
}

#[tokio::test]
async fn pages_speak_the_language_of_their_user() -> Result<()> {
    let app = TestApp::ready().await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    assert!(text(&staff.get("/admin").await?).contains("<html lang=\"es-AR\">"));
    let english = [("language", "en")];
    assert_eq!(
        staff
            .send("/admin/account/language", &english)
            .await?
            .status,
        303
    );
    let page = staff.get("/admin").await?;
    assert!(text(&page).contains("<html lang=\"en\">") && text(&page).contains("Arriving today"));
    Ok(())
}

#[tokio::test]
async fn a_reservation_by_hand_costs_what_was_seen_and_is_refused_in_words() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    let (check_in, check_out) = (day(20).to_string(), day(24).to_string());
    let query = format!("accommodation={cabin}&check_in={check_in}&check_out={check_out}&guests=2");
    let quoted = staff
        .get(&format!("/admin/reservations/new?{query}"))
        .await?;
    let seen = between(text(&quoted), r#"name="seen" value=""#, "\"")?.to_owned();
    let form = |phone, seen| {
        [
            ("key", "one"),
            ("accommodation", cabin.as_str()),
            ("check_in", check_in.as_str()),
            ("check_out", check_out.as_str()),
            ("guests", "2"),
            ("name", "Ana"),
            ("phone", phone),
            ("seen", seen),
        ]
    };
    for (phone, seen, why) in [
        ("12", seen.as_str(), "Ese teléfono no parece válido"),
        ("", "1", "El precio cambió desde que lo viste"),
    ] {
        let refused = staff
            .send("/admin/reservations", &form(phone, seen))
            .await?;
        assert_eq!(refused.status, 422, "{refused:?}");
        assert!(text(&refused).contains(why), "{why}");
    }
    taken(&app, &cabin, day(22), day(26)).await?;
    let refused = staff.send("/admin/reservations", &form("", &seen)).await?;
    assert_eq!(refused.status, 422, "{refused:?}");
    assert!(text(&refused).contains("No se puede reservar:"));
    Ok(())
}

#[tokio::test]
async fn a_reservation_is_taken_along_as_a_sheet_and_as_a_document() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let code = taken(&app, &cabin, day(20), day(24)).await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    let there = format!("/admin/reservations/{code}");
    let document = staff.get(&format!("{there}/document.json")).await?;
    assert_eq!(document.status, 200, "{document:?}");
    assert_eq!(document.body["code"], json!(code));
    assert_eq!(document.body["stay"]["check_in"], json!(day(20)));
    assert!(document.body["timeline"].is_array());
    let sheet = staff
        .request(reqwest::Method::GET, &format!("{there}/sheet.pdf"))
        .send()
        .await?;
    assert_eq!(sheet.headers()["content-type"], "application/pdf");
    let file = sheet.bytes().await?;
    assert!(file.starts_with(b"%PDF-"));
    let says = |text: &str| file.windows(text.len()).any(|it| it == text.as_bytes());
    assert!(says(&format!("Reserva {code}")));
    Ok(())
}
