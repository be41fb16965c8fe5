//! A guest gets from the first word to a confirmed cabin, and out of it again.

use anyhow::{Context as _, Result};
use serde_json::json;

use crate::{
    days::coming,
    guest::{Guest, Heard},
    house::{CABIN_FOR_FOUR, House},
};

/// The first word of most guests here: three cabins, one of them too small.
pub(crate) const QUESTION: &str = "Hola, ¿tenés lugar del 15 al 18 de enero para 4?";

/// The reservation's name in something the guest was told.
pub(crate) fn code_in(text: &str) -> Option<String> {
    let start = text.find("RES")?;
    let code = text.get(start..start + 15)?;
    code.bytes()
        .all(|byte| byte.is_ascii_alphanumeric())
        .then(|| code.to_owned())
}

/// From the question to the link; answers the reservation's name.
pub(crate) async fn books(guest: &mut Guest) -> Result<String> {
    let readback = chooses(guest).await?;
    guest.taps(&readback, "Confirmar").await?;
    let link = guest
        .hears("a payment link", |heard| heard.link().is_some())
        .await?;
    code_in(link.text()).with_context(|| format!("no code in {}", link.text()))
}

/// From the question to what the bot reads back.
pub(crate) async fn chooses(guest: &mut Guest) -> Result<Heard> {
    guest.writes(QUESTION).await?;
    let list = guest
        .hears("a list of cabins", |heard| !heard.options().is_empty())
        .await?;
    guest.taps(&list, CABIN_FOR_FOUR).await?;
    guest
        .hears("what they chose, read back", |heard| {
            heard
                .options()
                .iter()
                .any(|(title, _)| *title == "Confirmar")
        })
        .await
}

#[tokio::test]
async fn a_guest_books_pays_and_is_confirmed() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");

    ana.writes(QUESTION).await?;
    let list = ana
        .hears("a list of cabins", |heard| heard.options().len() > 1)
        .await?;
    assert!(
        list.description(CABIN_FOR_FOUR)
            .is_some_and(|text| text.contains('$')),
        "{list:?}"
    );
    assert!(
        !list
            .options()
            .iter()
            .any(|(title, _)| title.contains("Loft")),
        "two beds for four: {list:?}"
    );

    ana.taps(&list, CABIN_FOR_FOUR).await?;
    let readback = ana
        .hears("what they chose, read back", Heard::has_options)
        .await?;
    for part in [CABIN_FOR_FOUR, "15/01", "18/01", "4", "$"] {
        assert!(
            readback.text().contains(part),
            "«{part}» is missing in {}",
            readback.text()
        );
    }

    ana.taps(&readback, "Confirmar").await?;
    let link = ana
        .hears("a payment link", |heard| heard.link().is_some())
        .await?;
    let code = code_in(link.text()).context("the link names the reservation")?;
    house.sees(&code, "pre_reserved").await?;

    house.pays_by_card(&code).await?;
    house.sees(&code, "confirmed").await?;
    let confirmed = ana.hears_text("confirmad").await?;
    assert!(
        confirmed.text().contains(CABIN_FOR_FOUR),
        "{}",
        confirmed.text()
    );
    assert_eq!(
        ana.count(|heard| heard.link().is_some()).await?,
        1,
        "the link is sent once"
    );
    house.audit().await
}

#[tokio::test]
async fn a_hold_that_nobody_pays_expires_and_its_nights_are_free_at_once() -> Result<()> {
    let house = House::opens().await?;
    house.policy("hold.seconds", json!(6)).await?;
    house.policy("hold.reminder_seconds", json!(3)).await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;

    ana.hears_text("min").await.context("a reminder")?;
    house.sees(&code, "expired").await?;
    ana.hears_text("venc")
        .await
        .context("the end of the hold")?;

    house.policy("hold.seconds", json!(1800)).await?;
    let mut bea = house.guest("Bea");
    let again = books(&mut bea).await?;
    assert_ne!(code, again);
    house.audit().await
}

#[tokio::test]
async fn a_guest_who_cancels_is_told_the_refund_and_gets_it() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    let payment = house.pays_by_card(&code).await?;
    ana.hears_text("confirmad").await?;

    ana.writes("quiero cancelar").await?;
    let offer = ana
        .hears("the refund, to be confirmed", |heard| {
            heard.text().contains('$') && heard.has_options()
        })
        .await?;
    house
        .sees(&code, "confirmed")
        .await
        .context("nothing is cancelled before the guest says so")?;
    let options = offer.options();
    let yes = options
        .iter()
        .find(|(title, _)| title.to_lowercase().contains("cancelar"));
    ana.taps(&offer, yes.context("a button that cancels")?.0)
        .await?;

    house.sees(&code, "cancelled").await?;
    let paid = house.get_sandbox("/sandbox/payments").await?[0]["transaction_amount"].as_f64();
    assert_eq!(
        Some(house.is_refunded(&payment).await?),
        paid,
        "all of it, more than 48 hours before"
    );
    ana.hears_text("cancelad").await?;

    let mut bea = house.guest("Bea");
    books(&mut bea).await.context("the nights are free again")?;
    house.audit().await
}

#[tokio::test]
async fn a_confirmed_guest_is_reminded_and_told_how_to_get_in_and_only_then_where() -> Result<()> {
    let house = House::opens().await?;
    let mut ana = house.guest("Ana");
    let readback = chooses(&mut ana).await?;
    // Check-in is weeks away; the notices are moved so that they are due a few seconds from now.
    let check_in = coming("01-15");
    let sql = format!(
        "SELECT extract(epoch FROM (date '{check_in}' \
             + (coalesce(policies->'stay'->>'check_in_from', '15:00'))::time) \
             AT TIME ZONE 'America/Argentina/Buenos_Aires' - now())::bigint::text \
         FROM accommodations WHERE name = 'Cabaña del Bosque'"
    );
    let seconds: i64 = house
        .asks_database(&sql)
        .await?
        .context("the cabin")?
        .parse()?;
    house
        .policy("notices.reminder_seconds", json!(seconds - 8))
        .await?;
    house
        .policy("notices.instructions_seconds", json!(seconds - 12))
        .await?;

    ana.taps(&readback, "Confirmar").await?;
    let link = ana
        .hears("a payment link", |heard| heard.link().is_some())
        .await?;
    let code = code_in(link.text()).context("a code")?;
    house.pays_by_card(&code).await?;
    let address = house
        .asks_database(
            "SELECT location->>'address' FROM accommodations WHERE name = 'Cabaña del Bosque'",
        )
        .await?
        .context("an address")?;
    ana.hears_text("confirmad").await?;
    assert_eq!(
        ana.count(|heard| heard.text().contains(&address)).await?,
        0,
        "not before the instructions"
    );
    ana.hears_text(&address).await.context("the instructions")?;
    house.audit().await
}
