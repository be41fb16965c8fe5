//! Who a message is from, whatever it says of its sender.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use database::guests::{self, Contact, Guest};
use domain::{GuestId, Language};
use futures::future::join_all;

use crate::support::{Fresh, identity, january, minutes};

const BSUID: &str = "AR.13491208655302741918";
const OTHER_BSUID: &str = "AR.99991208655302741918";
const NUMBER: &str = "5491122334455";

async fn resolve(fresh: &Fresh, bsuid: Option<&str>, wa_id: Option<&str>) -> GuestId {
    guests::resolve(&fresh.db, &identity(bsuid, wa_id))
        .await
        .unwrap()
}

async fn guest(fresh: &Fresh, id: GuestId) -> Guest {
    guests::by_id(&fresh.db, id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_guest_who_hides_the_number_and_shows_it_again_stays_the_same() {
    let fresh = Fresh::database().await;
    let id = resolve(&fresh, None, Some(NUMBER)).await;
    assert_eq!(resolve(&fresh, Some(BSUID), Some(NUMBER)).await, id);
    assert_eq!(resolve(&fresh, Some(BSUID), None).await, id);
    assert_eq!(resolve(&fresh, None, Some(NUMBER)).await, id);
    let guest = guest(&fresh, id).await;
    assert_eq!(
        (guest.bsuid.as_deref(), guest.wa_id.as_deref()),
        (Some(BSUID), Some(NUMBER))
    );
    assert_eq!(guest.phone_e164.as_deref(), Some("+5491122334455"));
    assert_eq!(guest.display_name(), Some("Ana"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_whose_first_messages_come_all_at_once_is_one_guest() {
    let fresh = Fresh::database().await;
    let tasks = (0..20).map(|_| {
        let db = fresh.db.clone();
        tokio::spawn(
            async move { guests::resolve(&db, &identity(Some(BSUID), Some(NUMBER))).await },
        )
    });
    let ids: HashSet<_> = join_all(tasks)
        .await
        .into_iter()
        .map(|id| id.unwrap().unwrap())
        .collect();
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn two_records_of_one_guest_become_one_with_their_reservations() {
    let fresh = Fresh::database().await;
    let by_account = resolve(&fresh, Some(BSUID), None).await;
    let by_number = resolve(&fresh, None, Some(NUMBER)).await;
    assert_ne!(by_account, by_number);
    let mut hold = fresh.hold(january(15, 18));
    hold.guest_id = Some(by_number);
    database::reservations::place_hold(&fresh.db, &hold)
        .await
        .unwrap();
    guests::rename(&fresh.db, by_number, "Ana María")
        .await
        .unwrap();

    assert_eq!(resolve(&fresh, Some(BSUID), Some(NUMBER)).await, by_account);
    assert_eq!(guest(&fresh, by_number).await.id, by_account);
    assert_eq!(
        guest(&fresh, by_account).await.display_name(),
        Some("Ana María")
    );
    let theirs = database::reservations::of_guest(&fresh.db, by_account, minutes(0))
        .await
        .unwrap();
    assert_eq!(theirs.len(), 1);
}

#[tokio::test]
async fn a_number_that_changed_hands_leads_to_its_new_owner_alone() {
    let fresh = Fresh::database().await;
    let old = resolve(&fresh, Some(BSUID), Some(NUMBER)).await;
    let new = resolve(&fresh, Some(OTHER_BSUID), Some(NUMBER)).await;
    assert_ne!(old, new);
    assert_eq!(guest(&fresh, old).await.wa_id, None);
    assert_eq!(resolve(&fresh, None, Some(NUMBER)).await, new);
    assert_eq!(resolve(&fresh, Some(BSUID), None).await, old);
}

#[tokio::test]
async fn a_guest_with_a_new_number_keeps_their_record() {
    let fresh = Fresh::database().await;
    let id = resolve(&fresh, Some(BSUID), Some(NUMBER)).await;
    assert_eq!(
        resolve(&fresh, Some(BSUID), Some("5491166778899")).await,
        id
    );
    assert_eq!(
        guest(&fresh, id).await.phone_e164.as_deref(),
        Some("+5491166778899")
    );
}

const NEW_NUMBER: &str = "5491166778899";

/// So many minutes from now: records say themselves when they were made.
fn in_minutes(minutes: i64) -> DateTime<Utc> {
    Utc::now() + TimeDelta::minutes(minutes)
}

async fn moves(fresh: &Fresh, to: &guests::Identity) -> Option<GuestId> {
    let from = identity(None, Some(NUMBER));
    let at = in_minutes(0);
    let first = guests::moved(&fresh.db, &from, to, at).await.unwrap();
    // The notice comes twice, as everything does.
    let again = guests::moved(&fresh.db, &from, to, at).await.unwrap();
    assert_eq!(again, None, "nobody has the old ids any more");
    first
}

#[tokio::test]
async fn who_changes_their_number_stays_the_same_and_is_written_to_there() {
    let fresh = Fresh::database().await;
    let id = resolve(&fresh, Some(BSUID), Some(NUMBER)).await;
    let moved = moves(&fresh, &identity(None, Some(NEW_NUMBER))).await;
    assert_eq!(moved, Some(id));
    let guest = guest(&fresh, id).await;
    assert_eq!(guest.wa_id.as_deref(), Some(NEW_NUMBER));
    assert_eq!(guest.bsuid, None, "the account ended with the number");
    assert_eq!(
        resolve(&fresh, Some(OTHER_BSUID), Some(NEW_NUMBER)).await,
        id
    );
}

#[tokio::test]
async fn who_wrote_from_the_new_number_before_we_were_told_is_one_guest() {
    let fresh = Fresh::database().await;
    let id = resolve(&fresh, Some(BSUID), Some(NUMBER)).await;
    let early = resolve(&fresh, Some(OTHER_BSUID), Some(NEW_NUMBER)).await;
    fresh.wrote(early, in_minutes(1)).await;
    moves(&fresh, &identity(None, Some(NEW_NUMBER))).await;
    assert_eq!(guest(&fresh, early).await.id, id);
    assert_eq!(
        guest(&fresh, id).await.bsuid.as_deref(),
        Some(OTHER_BSUID),
        "their new account is known"
    );
}

#[tokio::test]
async fn whoever_had_the_new_number_before_stays_somebody_else() {
    let fresh = Fresh::database().await;
    let id = resolve(&fresh, Some(BSUID), Some(NUMBER)).await;
    let before = resolve(&fresh, Some(OTHER_BSUID), Some(NEW_NUMBER)).await;
    fresh.wrote(before, in_minutes(-60)).await;
    moves(&fresh, &identity(None, Some(NEW_NUMBER))).await;
    assert_eq!(guest(&fresh, before).await.id, before);
    assert_eq!(guest(&fresh, before).await.wa_id, None);
    assert_eq!(guest(&fresh, id).await.wa_id.as_deref(), Some(NEW_NUMBER));
}

#[tokio::test]
async fn what_was_written_from_the_old_number_and_comes_late_is_still_theirs() {
    let fresh = Fresh::database().await;
    let id = resolve(&fresh, Some(BSUID), Some(NUMBER)).await;
    moves(&fresh, &identity(Some(OTHER_BSUID), Some(NEW_NUMBER))).await;
    let old = identity(Some(BSUID), Some(NUMBER));
    assert_eq!(fresh.message_from(&old, in_minutes(-5)).await, id);
    let number = identity(None, Some(NUMBER));
    let stranger = fresh.message_from(&number, in_minutes(5)).await;
    assert_ne!(stranger, id, "somebody else has the number now");

    // And the notice comes once more: it is not about them.
    let from = identity(None, Some(NUMBER));
    let to = identity(Some(OTHER_BSUID), Some(NEW_NUMBER));
    let moved = guests::moved(&fresh.db, &from, &to, in_minutes(-2)).await;
    assert_eq!(moved.unwrap(), None);
    assert_eq!(guest(&fresh, stranger).await.wa_id.as_deref(), Some(NUMBER));
}

#[tokio::test]
async fn a_number_that_nobody_here_had_changes_nothing() {
    let fresh = Fresh::database().await;
    assert_eq!(moves(&fresh, &identity(None, Some(NEW_NUMBER))).await, None);
}

#[tokio::test]
async fn a_number_that_the_platform_names_is_learnt_unless_it_is_somebody_elses() {
    let fresh = Fresh::database().await;
    let by_account = resolve(&fresh, Some(BSUID), None).await;
    let learn = || guests::learn_number(&fresh.db, by_account, NUMBER);
    learn().await.unwrap();
    learn().await.unwrap();
    let known = guest(&fresh, by_account).await.wa_id;
    assert_eq!(known.as_deref(), Some(NUMBER));
    let other = resolve(&fresh, Some(OTHER_BSUID), None).await;
    guests::learn_number(&fresh.db, other, NUMBER)
        .await
        .unwrap();
    assert_eq!(guest(&fresh, other).await.wa_id, None);
}

impl Fresh {
    /// A message in the inbox; answers whose it is.
    async fn message_from(&self, from: &guests::Identity, at: DateTime<Utc>) -> GuestId {
        let wamid = format!("wamid.{}", uuid::Uuid::new_v4().simple());
        let event = database::inbox::NewEvent {
            provider: "whatsapp".to_owned(),
            event_id: wamid.clone(),
            kind: "message".to_owned(),
            guest: Some(from.clone()),
            message: Some(database::inbox::NewInbound {
                wamid,
                kind: "text".to_owned(),
                content: serde_json::json!({ "type": "text", "body": "Hola" }),
                at,
            }),
            resource_id: None,
            authentic: true,
            payload: serde_json::json!({}),
            received_at: in_minutes(6),
        };
        let mut accepted = database::inbox::accept(&self.db, &[event]).await.unwrap();
        accepted.remove(0).guest_id.unwrap()
    }

    /// The guest wrote at this moment.
    async fn wrote(&self, id: GuestId, at: DateTime<Utc>) {
        let known = guest(self, id).await;
        let from = identity(known.bsuid.as_deref(), known.wa_id.as_deref());
        assert_eq!(self.message_from(&from, at).await, id);
    }
}

#[tokio::test]
async fn who_books_elsewhere_and_then_writes_is_the_same_guest() {
    let fresh = Fresh::database().await;
    let contact = Contact {
        phone_e164: Some(format!("+{NUMBER}")),
        name: Some("Ana Gómez".to_owned()),
        email: Some("ana@example.com".to_owned()),
        language: Some(Language::Pt),
    };
    let id = guests::of_contact(&fresh.db, &contact).await.unwrap();
    assert_eq!(guests::of_contact(&fresh.db, &contact).await.unwrap(), id);
    assert_eq!(resolve(&fresh, Some(BSUID), Some(NUMBER)).await, id);
    let found = guests::by_phone(&fresh.db, "+5491122334455")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.id, id);
    assert_eq!(
        (found.display_name(), found.language),
        (Some("Ana Gómez"), Some(Language::Pt))
    );
}

#[tokio::test]
async fn a_stranger_who_types_a_guests_number_changes_nothing_about_them() {
    let fresh = Fresh::database().await;
    let id = resolve(&fresh, Some(BSUID), Some(NUMBER)).await;
    let stranger = Contact {
        phone_e164: Some(format!("+{NUMBER}")),
        name: Some("Otro".to_owned()),
        ..Contact::default()
    };
    assert_eq!(guests::of_contact(&fresh.db, &stranger).await.unwrap(), id);
    assert_eq!(guest(&fresh, id).await.display_name(), Some("Ana"));
}

#[tokio::test]
async fn an_identity_that_names_nobody_is_refused() {
    let fresh = Fresh::database().await;
    let error = guests::resolve(&fresh.db, &identity(None, None))
        .await
        .unwrap_err();
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn what_a_guest_decides_about_themselves_is_kept() {
    let fresh = Fresh::database().await;
    let id = fresh.guest(NUMBER).await;
    guests::set_language(&fresh.db, id, Language::En)
        .await
        .unwrap();
    guests::opt_out(&fresh.db, id, minutes(1)).await.unwrap();
    guests::opt_out(&fresh.db, id, minutes(2)).await.unwrap();
    let before = guest(&fresh, id).await;
    assert_eq!(
        (before.language, before.opted_out_at),
        (Some(Language::En), Some(minutes(1)))
    );
    guests::opt_in(&fresh.db, id).await.unwrap();
    assert_eq!(guest(&fresh, id).await.opted_out_at, None);
}

#[tokio::test]
async fn a_guest_in_a_log_is_an_id_and_nothing_more() {
    let fresh = Fresh::database().await;
    let id = resolve(&fresh, Some(BSUID), Some(NUMBER)).await;
    let logged = format!(
        "{:?} {:?}",
        guest(&fresh, id).await,
        identity(Some(BSUID), Some(NUMBER))
    );
    for personal in ["Ana", NUMBER, BSUID] {
        assert!(!logged.contains(personal), "{logged}");
    }
}
