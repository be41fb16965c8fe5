//! Who a message is from, whatever it says of its sender.

use std::collections::HashSet;

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
