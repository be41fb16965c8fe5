//! The owner runs the place from the chat.

use anyhow::Result;
use stack::App;

use crate::{
    booking::books,
    guest::Guest,
    house::{CABIN_FOR_FOUR, House},
};

const OWNER: &str = "5491155550077";

#[tokio::test]
async fn the_owner_confirms_blocks_and_pauses_from_the_chat_while_the_worker_is_killed()
-> Result<()> {
    let number = format!("+{OWNER}");
    let settings = [("POSADA_OWNER_WHATSAPP", number.as_str())];
    let mut house = House::of(App::start_with(&settings).await?).await?;
    let mut owner = Guest::new(&house, "Marta", OWNER);
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;

    // A transfer that the owner sees at the bank.
    owner.writes("pendientes").await?;
    owner.hears_choice("Ana").await?;
    owner.chooses("Ana").await?;
    owner.hears_choice("Sí, llegó").await?;
    owner.chooses("Sí, llegó").await?;
    house.worker_is_replaced().await?;
    house.sees(&code, "confirmed").await?;
    ana.hears_text("confirmad").await?;
    owner.hears_text("está confirmada").await?;

    let block = format!("bloquear {CABIN_FOR_FOUR} del 10 al 12 de marzo");
    owner.writes(&block).await?;
    house.worker_is_replaced().await?;
    owner.hears_text("Bloqueé").await?;
    house
        .counts(
            "blocks",
            1,
            "reservations WHERE reservation_status = 'blocked'",
        )
        .await?;

    owner.writes("pausar el bot").await?;
    owner.hears_text("en pausa").await?;
    let mut bea = house.guest("Bea");
    bea.writes("hola, ¿tenés lugar del 20 al 23 de marzo?")
        .await?;
    bea.hears_text("una persona del equipo").await?;
    // From anybody else the word means nothing.
    bea.writes("reanudar").await?;
    owner.writes("reanudar").await?;
    owner.hears_text("responde otra vez").await?;
    let mut carla = house.guest("Carla");
    carla
        .writes("hola, ¿tenés lugar del 20 al 23 de marzo para 4?")
        .await?;
    carla.hears_choice(CABIN_FOR_FOUR).await?;

    owner.was_answered_once(0).await?;
    house
        .counts(
            "acts of the owner",
            4,
            "acts WHERE actor_name = 'owner by WhatsApp'",
        )
        .await?;
    house.nights_are_sold_once().await?;
    house.audit().await
}
