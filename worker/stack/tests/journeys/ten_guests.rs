//! Ten guests and a few more at once, each from the first word to the end, while the worker dies in the middle of each: whatever
//! they say is answered, and nothing is said twice.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use stack::eventually;

use crate::{
    booking::code_in,
    guest::{Guest, Heard},
    house::{House, Middle, PATIENCE, Scene},
};

#[tokio::test]
async fn everybody_is_answered_once_whatever_dies() -> Result<()> {
    let mut house = House::opens().await?;
    let scene = house.scene();
    let deaths = house
        .is_killed_in_the_middle_of(|middle| async move {
            let scene = &scene;
            let middle = &middle;
            tokio::try_join!(
                Box::pin(writes_in_spanish(scene, middle)),
                Box::pin(writes_in_english(scene, middle)),
                Box::pin(writes_in_portuguese(scene, middle)),
                Box::pin(only_taps(scene, middle)),
                Box::pin(changes_their_mind(scene, middle)),
                Box::pin(wants_a_person_and_comes_back(scene, middle)),
                Box::pin(cancels(scene, middle)),
                Box::pin(answers_three_days_later(scene, middle)),
                Box::pin(is_a_bot_itself(scene, middle)),
                Box::pin(hides_their_number(scene, middle)),
                Box::pin(waits_for_a_full_house(scene, middle)),
                Box::pin(moves_their_stay(scene, middle)),
            )?;
            // A note that its worker dies of four times is not listened to again: the deaths of the others would do.
            Box::pin(only_talks(scene, middle)).await
        })
        .await?;
    ensure!(deaths > 1, "the worker died {deaths} times");
    house.nights_are_sold_once().await
}

/// The deposit is paid, and the stay is theirs.
async fn pays(guest: &mut Guest, scene: &Scene, code: &str, confirmed: &str) -> Result<()> {
    scene.pays_by_card(code).await?;
    guest.hears_text(confirmed).await?;
    scene.sees(code, "confirmed").await
}

async fn writes_in_spanish(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut ana = scene.guest("Ana");
    ana.writes("buenas! tenes algo del 4 al 7 de mayo? somos 4")
        .await?;
    middle.is_now()?;
    ana.hears_choice("Cabaña del Bosque").await?;
    ana.writes("la del bosque").await?;
    ana.hears_choice("Confirmar").await?;
    ana.writes("dale").await?;
    let code = ana.hears_link().await?;
    pays(&mut ana, scene, &code, "confirmad").await?;
    ana.was_answered_once(0).await
}

async fn writes_in_english(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut bob = scene.guest("Bob");
    bob.writes("Hi! Do you have a cabin from May 10 to 13 for 4 people?")
        .await?;
    bob.hears_choice("Cabaña del Bosque").await?;
    bob.writes("the first one").await?;
    middle.is_now()?;
    bob.hears_choice("Confirm").await?;
    bob.writes("yes please").await?;
    let code = bob.hears_link().await?;
    pays(&mut bob, scene, &code, "confirmed").await?;
    bob.was_answered_once(0).await
}

async fn writes_in_portuguese(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut joao = scene.guest("João");
    joao.writes("Oi, tem chalé de 17 a 20 de maio para 4 pessoas?")
        .await?;
    joao.hears_choice("Cabaña del Bosque").await?;
    joao.writes("1").await?;
    joao.hears_choice("Confirmar").await?;
    joao.writes("pode confirmar").await?;
    middle.is_now()?;
    let code = joao.hears_link().await?;
    pays(&mut joao, scene, &code, "confirmada").await?;
    joao.was_answered_once(0).await
}

async fn only_taps(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut carla = scene.guest("Carla");
    carla.writes("hola").await?;
    carla.hears_choice("Disponibilidad y precios").await?;
    carla.chooses("Disponibilidad y precios").await?;
    let weekends = carla.hears_text("fines de semana").await?;
    let (weekend, _) = *weekends
        .options()
        .get(2)
        .context("some weekends are free")?;
    carla.chooses(weekend).await?;
    middle.is_now()?;
    carla.hears_choice("2 personas").await?;
    carla.chooses("2 personas").await?;
    // Nobody else here wants the small one, whatever weekend this is.
    carla.hears_choice("Loft del Arroyo").await?;
    carla.chooses("Loft del Arroyo").await?;
    carla.hears_choice("Confirmar").await?;
    carla.chooses("Confirmar").await?;
    let code = carla.hears_link().await?;
    pays(&mut carla, scene, &code, "confirmad").await?;
    carla.was_answered_once(0).await
}

async fn changes_their_mind(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut diego = scene.guest("Diego");
    diego
        .writes("del 15 al 18 de junio para 2 personas")
        .await?;
    diego.hears_text("15/06").await?;
    diego.writes("mejor del 16 al 19").await?;
    middle.is_now()?;
    diego.hears_text("16/06").await?;
    diego.writes("somos 4, no 2").await?;
    diego.hears_text("4 personas").await?;
    diego.writes("la grande").await?;
    diego.hears_choice("Confirmar").await?;
    diego.writes("una noche más").await?;
    let readback = diego.hears_choice("Confirmar").await?;
    for part in ["Cabaña del Lago", "16/06", "20/06", "4 personas"] {
        ensure!(readback.text().contains(part), "{}", readback.text());
    }
    diego.chooses("Confirmar").await?;
    let code = diego.hears_link().await?;
    pays(&mut diego, scene, &code, "confirmad").await?;
    diego.was_answered_once(0).await
}

async fn wants_a_person_and_comes_back(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut elena = scene.guest("Elena");
    elena.writes("hola, del 24 al 27 de mayo para 4?").await?;
    elena.hears_choice("Cabaña del Bosque").await?;
    elena.writes("quiero hablar con una persona").await?;
    elena.hears_choice("Seguir con el bot").await?;
    elena.writes("me hacen precio si pago en efectivo?").await?;
    middle.is_now()?;
    has_read(scene, &elena, 3).await?;
    elena.writes("menú").await?;
    elena.hears_text("de nuevo").await?;
    elena.writes("la del bosque").await?;
    elena.hears_choice("Confirmar").await?;
    elena.writes("sí, confirmo").await?;
    let code = elena.hears_link().await?;
    pays(&mut elena, scene, &code, "confirmad").await?;
    // The person is the one to answer what was said to them.
    elena.was_answered_once(1).await
}

async fn cancels(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut fede = scene.guest("Fede");
    fede.writes("cabaña del bosque del 22 al 25 de junio, 4 personas")
        .await?;
    fede.hears_choice("Confirmar").await?;
    fede.chooses("Confirmar").await?;
    let code = fede.hears_link().await?;
    let payment = scene.pays_by_card(&code).await?;
    fede.hears_text("confirmad").await?;
    fede.writes("al final no podemos ir, quiero cancelar")
        .await?;
    fede.hears_choice("Sí, cancelar").await?;
    fede.chooses("Sí, cancelar").await?;
    middle.is_now()?;
    scene.sees(&code, "cancelled").await?;
    scene.is_refunded(&payment).await?;
    fede.hears_text("cancelad").await?;
    fede.was_answered_once(0).await
}

async fn answers_three_days_later(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut gabi = scene.guest("Gabi");
    gabi.writes("la del bosque del 7 al 10 de junio para 4")
        .await?;
    gabi.hears_choice("Confirmar").await?;
    scene.days_pass(3, &gabi).await?;
    gabi.writes("sí").await?;
    middle.is_now()?;
    let again = gabi.hears_choice("Confirmar").await?;
    ensure!(again.text().contains("07/06"), "{}", again.text());
    gabi.writes("sí").await?;
    let code = gabi.hears_link().await?;
    pays(&mut gabi, scene, &code, "confirmad").await?;
    gabi.was_answered_once(0).await
}

/// Two bots would talk for ever: ours stops, and a person is asked to have a look.
async fn is_a_bot_itself(scene: &Scene, middle: &Middle) -> Result<()> {
    const SAYS: usize = 8;
    let hugo = scene.guest("Hugo");
    for said in 1..=SAYS {
        hugo.writes("¡Gracias por comunicarse con nosotros! En breve le responderemos.")
            .await?;
        if said == 2 {
            middle.is_now()?;
        }
        has_read(scene, &hugo, said).await?;
    }
    let answers = hugo.count(|_| true).await?;
    // A first answer with a greeting, the same one three times, and the last one that calls a person.
    ensure!((1..=5).contains(&answers), "{answers} answers to a bot");
    hugo.was_answered_once(SAYS - answers).await?;
    let matters = format!(
        "review_queue WHERE kind = 'guest_wants_a_person' AND resolved_at IS NULL \
         AND reference = (SELECT 'gst_' || replace(id::text, '-', '') FROM guests WHERE wa_id = '{}')",
        hugo.id()
    );
    scene.counts("matters about a loop", 1, &matters).await
}

async fn hides_their_number(scene: &Scene, middle: &Middle) -> Result<()> {
    let account = format!("AR.{:020}", rand::random::<u64>());
    let mut ines = Guest::new(scene, "Inés", &account);
    ines.writes("hola! la del lago del 27 al 30 de mayo para 5")
        .await?;
    ines.hears_choice("Confirmar").await?;
    ines.writes("sí").await?;
    middle.is_now()?;
    let code = ines.hears_link().await?;
    pays(&mut ines, scene, &code, "confirmad").await?;
    ines.hears("a wish for their number", Heard::asks_for_number)
        .await?;
    let number = format!(
        "+54911{:08}",
        rand::random_range(10_000_000..99_999_999_u32)
    );
    ines.sends(json!({ "raw": { "type": "contacts", "contacts": [{
        "name": { "formatted_name": "Inés" }, "origin": "contact_request", "phones": [{ "phone": number }],
    }] } }))
    .await?;
    ines.hears_text("anoté tu teléfono").await?;
    let phone = format!("SELECT phone_e164 FROM guests WHERE bsuid = '{account}'");
    ensure!(scene.asks_database(&phone).await? == Some(number));
    ines.was_answered_once(0).await
}

/// Nothing is typed and nothing is tapped.
async fn only_talks(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut vera = scene.guest("Vera");
    vera.says("01-disponibilidad-enero").await?;
    middle.is_now()?;
    let cabins = vera.hears_choice("Cabaña del Lago").await?;
    ensure!(cabins.text().contains("Entendí: «"), "{}", cabins.text());
    vera.says("07-cabana-del-lago").await?;
    let readback = vera.hears_choice("Confirmar").await?;
    for part in ["Cabaña del Lago", "15/01", "18/01", "4 personas"] {
        ensure!(readback.text().contains(part), "{}", readback.text());
    }
    vera.says("08-confirmo").await?;
    let code = vera.hears_link().await?;
    pays(&mut vera, scene, &code, "confirmad").await?;
    vera.was_answered_once(0).await
}

/// What they want is somebody else's, who then does not want it any more.
async fn waits_for_a_full_house(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut juan = scene.guest("Juan");
    juan.writes("la del lago del 20 al 23 de junio para 5")
        .await?;
    juan.hears_choice("Confirmar").await?;
    juan.chooses("Confirmar").await?;
    let given_up = juan.hears_link().await?;

    let mut kira = scene.guest("Kira");
    kira.writes("hola! somos 5, del 20 al 23 de junio hay algo?")
        .await?;
    kira.hears_choice("Lista de espera").await?;
    kira.chooses("Lista de espera").await?;
    kira.hears_text("te anoté en la lista de espera").await?;
    juan.writes("no puedo ir, cancelá la reserva").await?;
    juan.hears_choice("Sí, cancelar").await?;
    juan.chooses("Sí, cancelar").await?;
    middle.is_now()?;
    scene.sees(&given_up, "cancelled").await?;
    let offer = kira.hears_text("se liberó").await?;
    let code = code_in(offer.text()).context("an offer names its code")?;
    pays(&mut kira, scene, &code, "confirmad").await?;
    juan.was_answered_once(0).await?;
    kira.was_answered_once(0).await
}

async fn moves_their_stay(scene: &Scene, middle: &Middle) -> Result<()> {
    let mut lola = scene.guest("Lola");
    lola.writes("la del bosque del 3 al 6 de agosto para 3")
        .await?;
    lola.hears_choice("Confirmar").await?;
    lola.chooses("Confirmar").await?;
    let code = lola.hears_link().await?;
    pays(&mut lola, scene, &code, "confirmad").await?;
    lola.writes("quiero cambiar las fechas de mi reserva")
        .await?;
    lola.hears_text("qué fechas").await?;
    lola.writes("del 10 al 14 de agosto").await?;
    lola.hears_choice("Sí, cambiar").await?;
    lola.chooses("Sí, cambiar").await?;
    middle.is_now()?;
    lola.hears_text("fechas nuevas").await?;
    let stay = format!("SELECT to_char(check_in, 'DD/MM') FROM reservations WHERE code = '{code}'");
    ensure!(scene.asks_database(&stay).await?.as_deref() == Some("10/08"));
    scene.sees(&code, "confirmed").await?;
    lola.was_answered_once(0).await
}

/// Waits until so many messages of a guest have been dealt with, and what there was to say to them is sent.
async fn has_read(scene: &Scene, guest: &Guest, messages: usize) -> Result<()> {
    let sql = format!(
        "SELECT count(*)::text FROM dialogue_turns JOIN guests ON guests.id = guest_id WHERE wa_id = '{}' \
         AND NOT EXISTS (SELECT FROM messages WHERE messages.guest_id = guests.id \
                         AND status IN ('composed', 'attempted'))",
        guest.id()
    );
    let what = format!("{messages} messages of {} are read", guest.id());
    eventually(&what, PATIENCE, async || {
        let read: usize = scene.asks_database(&sql).await.ok()??.parse().ok()?;
        (read >= messages).then_some(())
    })
    .await
}
