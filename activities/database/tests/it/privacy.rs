//! Nothing is kept of a guest that they may have erased, and no peso goes with it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use database::{
    Error, audit, guests, inbox,
    privacy::{self, Cause, Erased, TABLES},
    reservations,
};
use domain::{GuestId, Retention};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::{
    inbox::message,
    support::{Fresh, january, minutes, now},
};

const NUMBER: &str = "5491155550001";

/// A guest who wrote, has a name, remembers things and held a cabin that they gave up.
async fn ana(fresh: &Fresh) -> GuestId {
    let accepted = inbox::accept(&fresh.db, &[message("wamid.ANA", NUMBER, 1)]).await;
    let guest = accepted.unwrap().remove(0).guest_id.unwrap();
    guests::rename(&fresh.db, guest, "Anastasia").await.unwrap();
    guests::opt_out(&fresh.db, guest, minutes(3)).await.unwrap();
    guests::opt_in(&fresh.db, guest).await.unwrap();
    let stay = fresh.held(january(10, 12)).await;
    let sql = format!(
        r#"UPDATE reservations SET guest_id = '{id}' WHERE code = '{code}';
          UPDATE guests SET email = 'anastasia@example.org' WHERE id = '{id}';
          INSERT INTO dialogue_states (guest_id, state) VALUES ('{id}', '{{"name": "Anastasia"}}');
          INSERT INTO guest_aliases (address, guest_id, until) VALUES ('5491155550009', '{id}', now());
          INSERT INTO inbox (provider, event_id, kind, authentic, payload, received_at, delivered_at)
              VALUES ('whatsapp', 'status.1', 'status', true, '{{"recipient_id": "{NUMBER}"}}', now(), now());
          UPDATE inbox SET delivered_at = now()"#,
        id = guest.uuid(),
        code = stay.code,
    );
    fresh.sql().await.execute_unprepared(&sql).await.unwrap();
    guest
}

async fn give_up(fresh: &Fresh) {
    let code = text(fresh, "SELECT code FROM reservations").await;
    let code = code.parse().unwrap();
    let reason = "Anastasia is ill";
    reservations::cancel(&fresh.db, &code, reason, now())
        .await
        .unwrap();
}

/// Everything that the database says in one long text.
async fn all(fresh: &Fresh) -> String {
    let tables = "SELECT string_agg(format('SELECT %L || coalesce(jsonb_agg(to_jsonb(t))::text, '''') AS text \
        FROM %I t', table_name, table_name), ' UNION ALL ') AS text FROM information_schema.tables \
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'";
    let every = text(fresh, tables).await;
    text(
        fresh,
        &format!("SELECT string_agg(text, E'\\n') AS text FROM ({every}) AS every"),
    )
    .await
}

async fn text(fresh: &Fresh, sql: &str) -> String {
    let asked = Statement::from_string(DbBackend::Postgres, sql);
    let row = fresh.sql().await.query_one_raw(asked).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn an_erased_guest_is_nowhere_and_the_books_stand() {
    let fresh = Fresh::database().await;
    let guest = ana(&fresh).await;
    give_up(&fresh).await;
    let before = all(&fresh).await;
    for word in [
        "Anastasia",
        NUMBER,
        "5491155550009",
        "example.org",
        "wamid.ANA",
        "hola",
    ] {
        assert!(before.contains(word), "{word} is not there to be erased");
    }

    let erased = privacy::erase(&fresh.db, guest, Cause::Request, now()).await;
    let Erased::Done(proof) = erased.unwrap() else {
        panic!("nothing is under way");
    };
    assert_eq!(
        (proof.guest_id, proof.cause.as_str()),
        (guest.uuid(), "request")
    );
    assert_eq!(proof.counts["guests"], 1);
    assert_eq!(proof.counts["status_webhooks"], 1);

    let after = all(&fresh).await;
    for word in [
        "Anastasia",
        NUMBER,
        "5491155550009",
        "example.org",
        "wamid.ANA",
        "hola",
    ] {
        let place = after.lines().find(|line| line.contains(word));
        assert!(place.is_none(), "{word} is still in {place:?}");
    }
    assert!(
        after.contains(&guest.uuid().to_string()),
        "our own id stays"
    );
    let made = audit::make(&fresh.db, now() + TimeDelta::days(1))
        .await
        .unwrap();
    for checked in made {
        assert_eq!(checked.differences, [], "{:?}", checked.check);
    }

    let again = privacy::erase(&fresh.db, guest, Cause::Retention, now()).await;
    assert_eq!(again.unwrap(), Erased::Already(proof));
}

#[tokio::test]
async fn what_was_written_meanwhile_is_erased_by_asking_again() {
    let fresh = Fresh::database().await;
    let guest = ana(&fresh).await;
    give_up(&fresh).await;
    let erased = privacy::erase(&fresh.db, guest, Cause::Request, now()).await;
    let Erased::Done(proof) = erased.unwrap() else {
        panic!("nothing is under way");
    };
    let erased_at = "SELECT erased_at::text FROM guests WHERE erased_at IS NOT NULL";
    let first = text(&fresh, erased_at).await;
    let late = format!(
        "INSERT INTO dialogue_states (guest_id, state) VALUES ('{}', '{{\"name\": \"Anastasia\"}}')
         ON CONFLICT (guest_id) DO UPDATE SET state = EXCLUDED.state",
        guest.uuid()
    );
    fresh.sql().await.execute_unprepared(&late).await.unwrap();
    let again = privacy::erase(&fresh.db, guest, Cause::Request, minutes(9)).await;
    assert_eq!(again.unwrap(), Erased::Already(proof));
    assert!(!all(&fresh).await.contains("Anastasia"));
    assert_eq!(text(&fresh, erased_at).await, first);
}

#[tokio::test]
async fn nobody_is_erased_while_a_notice_about_them_waits() {
    let fresh = Fresh::database().await;
    let guest = ana(&fresh).await;
    give_up(&fresh).await;
    let waits = "UPDATE inbox SET delivered_at = NULL WHERE kind = 'status'";
    fresh.sql().await.execute_unprepared(waits).await.unwrap();
    let refused = privacy::erase(&fresh.db, guest, Cause::Request, now()).await;
    let waiting = "a notice of the platform that waits".to_owned();
    assert_eq!(refused.unwrap(), Erased::UnderWay(vec![waiting]));
    assert!(all(&fresh).await.contains(NUMBER));
}

#[tokio::test]
async fn nobody_is_erased_while_their_stay_stands() {
    let fresh = Fresh::database().await;
    let guest = ana(&fresh).await;
    let code = text(&fresh, "SELECT code FROM reservations").await;
    let refused = privacy::erase(&fresh.db, guest, Cause::Request, now()).await;
    assert_eq!(refused.unwrap(), Erased::UnderWay(vec![code]));
    assert!(all(&fresh).await.contains(NUMBER));
    let nobody = privacy::erase(&fresh.db, GuestId::generate(), Cause::Request, now()).await;
    assert!(matches!(nobody, Err(Error::NotFound { .. })), "{nobody:?}");
}

#[tokio::test]
async fn a_guest_reads_everything_that_is_kept_of_them_and_nothing_of_others() {
    let fresh = Fresh::database().await;
    let guest = ana(&fresh).await;
    inbox::accept(&fresh.db, &[message("wamid.BEA", "5491155550002", 2)])
        .await
        .unwrap();
    for address in ["+5491155550001", NUMBER, &guest.to_string()] {
        let found = privacy::find(&fresh.db, address).await.unwrap();
        assert_eq!(found, Some(guest), "{address}");
    }
    let document = privacy::export(&fresh.db, guest).await.unwrap().unwrap();
    assert_eq!(document["guest"]["name"], "Anastasia");
    assert_eq!(document["messages"][0]["content"]["text"], "hola {nombre}");
    assert_eq!(document["reservations"].as_array().unwrap().len(), 1);
    assert_eq!(document["former_addresses"][0]["address"], "5491155550009");
    let said: Vec<_> = document["consents"].as_array().unwrap().iter().collect();
    let said: Vec<_> = said.iter().filter_map(|it| it["what"].as_str()).collect();
    assert_eq!(said, ["wrote_first", "opted_out", "opted_in"]);
    let text = document.to_string();
    assert!(
        !text.contains("wamid.BEA") && !text.contains("5491155550002"),
        "{text}"
    );
    let nobody = privacy::export(&fresh.db, GuestId::generate()).await;
    assert_eq!(nobody.unwrap(), None);
}

#[tokio::test]
async fn what_has_served_its_purpose_goes_and_the_rest_stays() {
    let fresh = Fresh::database().await;
    let guest = ana(&fresh).await;
    let policy = Retention::default();
    let later = |days: u32| chrono::Utc::now() + TimeDelta::days(days.into());

    let none = privacy::forget(&fresh.db, &policy, later(29))
        .await
        .unwrap();
    assert_eq!(none, privacy::Forgotten::default());
    let webhooks = privacy::forget(&fresh.db, &policy, later(31))
        .await
        .unwrap();
    assert_eq!((webhooks.rows, webhooks.guests), (2, 0), "two webhooks");
    let again = privacy::forget(&fresh.db, &policy, later(31))
        .await
        .unwrap();
    assert_eq!(again, privacy::Forgotten::default());

    assert!(all(&fresh).await.contains("hola {nombre}"));
    privacy::forget(&fresh.db, &policy, later(366))
        .await
        .unwrap();
    let text = all(&fresh).await;
    assert!(!text.contains("hola {nombre}"), "a year is over");
    assert!(text.contains(NUMBER), "a guest may come back");

    let standing = privacy::forget(&fresh.db, &policy, later(3000))
        .await
        .unwrap();
    assert_eq!(standing.guests, 0, "the hold stands");
    give_up(&fresh).await;
    let gone = privacy::forget(&fresh.db, &policy, later(3000))
        .await
        .unwrap();
    assert_eq!(gone.guests, 1);
    assert!(!all(&fresh).await.contains(NUMBER));
    let proof = privacy::erase(&fresh.db, guest, Cause::Request, now()).await;
    assert!(matches!(proof, Ok(Erased::Already(proof)) if proof.cause == "retention"));
}

#[tokio::test]
async fn every_table_that_names_guests_has_been_thought_of() {
    let fresh = Fresh::database().await;
    let named = "SELECT string_agg(DISTINCT table_name, ' ') FROM information_schema.columns \
        WHERE table_schema = 'public' AND column_name = 'guest_id' AND table_name IN \
        (SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE')";
    let named = text(&fresh, named).await;
    let named: BTreeSet<&str> = named.split(' ').collect();
    let known: BTreeSet<&str> = TABLES.iter().map(|(table, _)| *table).collect();
    assert_eq!(named, known, "say in privacy::TABLES what becomes of each");
}

#[tokio::test]
async fn the_names_on_a_channels_bookings_are_forgotten_thirty_days_after_the_stay_whatever_its_calendar_does()
 {
    let fresh = Fresh::database().await;
    let sql = format!(
        "INSERT INTO calendar_feeds (id, accommodation_id, channel, url)
             VALUES (gen_random_uuid(), '{cabin}', 'vrbo', 'https://channel.example/a.ics');
         INSERT INTO calendar_blocks (feed_id, accommodation_id, key, nights, kind, summary, first_seen, last_seen)
             SELECT id, accommodation_id, to_, datemultirange(daterange('2026-10-01', to_::date)), 'reservation',
                 'Reserved - Anastasia', now(), now()
             FROM calendar_feeds, unnest(ARRAY['2026-10-24', '2026-10-25', '2027-01-03']) AS ends (to_)",
        cabin = fresh.cabin.uuid()
    );
    fresh.sql().await.execute_unprepared(&sql).await.unwrap();
    let noon = "2026-11-24T12:00:00Z".parse().unwrap();
    privacy::forget(&fresh.db, &Retention::default(), noon)
        .await
        .unwrap();
    let kept = "SELECT string_agg(key, ',' ORDER BY key) AS text FROM calendar_blocks WHERE summary IS NOT NULL";
    assert_eq!(text(&fresh, kept).await, "2026-10-25,2027-01-03");
}
