//! The owner's words: few, and read whole, since they make things happen.

use domain::{Stay, availability::Inventory};

use super::{Order, place_of};
use crate::{State, reading_context, step::folded};

/// Words that are an order by themselves.
const ORDERS: [(&[&str], Order); 6] = [
    (
        &[
            "hoy",
            "quien llega hoy",
            "quienes llegan hoy",
            "quien llega",
            "llegadas",
            "today",
            "arrivals",
            "who arrives today",
            "hoje",
            "quem chega hoje",
            "chegadas",
        ],
        Order::Today,
    ),
    (
        &[
            "pendientes",
            "cola",
            "que hay pendiente",
            "queue",
            "pending",
            "pendencias",
            "fila",
        ],
        Order::Queue,
    ),
    (
        &[
            "pausar",
            "pausa",
            "pausar bot",
            "pausar el bot",
            "pausar o bot",
            "pausa el bot",
            "pause",
            "pause bot",
            "pause the bot",
        ],
        Order::Pause,
    ),
    (
        &[
            "reanudar",
            "reanudar bot",
            "reanudar el bot",
            "resume",
            "resume the bot",
            "retomar",
            "retomar o bot",
        ],
        Order::Resume,
    ),
    (
        &[
            "bloqueos",
            "desbloquear",
            "liberar",
            "blocks",
            "unblock",
            "bloqueios",
        ],
        Order::Blocks,
    ),
    (
        &[
            "ayuda", "dueno", "duena", "owner", "help", "ajuda", "dono", "dona",
        ],
        Order::Help,
    ),
];

/// How an order to keep nights begins.
const BLOCK: [&str; 6] = [
    "bloquear",
    "bloquea",
    "bloqueame",
    "bloqueia",
    "block",
    "cerrar",
];

/// What the owner orders in these words; nothing, when they are about something else.
#[must_use]
pub fn order(text: &str, inventory: &Inventory) -> Option<Order> {
    let said = folded(text);
    let whole = ORDERS
        .iter()
        .find(|(words, _)| words.contains(&said.as_str()));
    if let Some((_, order)) = whole {
        return Some(order.clone());
    }
    let (verb, rest) = said.split_once(' ').unwrap_or((said.as_str(), ""));
    if !BLOCK.contains(&verb) {
        return None;
    }
    let context = reading_context(&State::default(), inventory);
    let today = inventory.now.date_naive();
    let reading = nlu::read(rest, today, &context);
    let named = reading
        .accommodation
        .as_ref()
        .and_then(|id| id.parse().ok());
    let stay = match (reading.check_in, reading.check_out, reading.date_error) {
        (Some(from), Some(to), None) => Stay::new(from, to).ok(),
        (Some(from), None, None) => Stay::of_nights(from, reading.nights.unwrap_or(1)).ok(),
        _ => None,
    };
    Some(Order::Block(place_of(named, inventory), stay))
}
