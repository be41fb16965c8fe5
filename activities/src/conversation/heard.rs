//! What happened, before it is understood: what a message of a guest comes to in the light of what was said before.

use database::{
    Database,
    guests::{self, Guest, Identity},
    messages::{self, Inbound},
};
use temporalio_sdk::activities::ActivityError;
use whatsapp::webhook::{ContactCard, Content};
use workflows::contracts::conversation::{TaskResult, TurnEvent};

use crate::failure::{garbled, missing, of_database};

/// Something that happened in a conversation.
#[derive(Debug)]
pub(super) enum Heard<'a> {
    /// The guest sent this.
    Content(Content),
    /// The guest shared their own number, which is now known.
    OwnNumber,
    /// What the guest asked for was done.
    Done(&'a TaskResult),
}

impl Heard<'_> {
    /// Whether somebody waits for an answer to it.
    pub(super) const fn is_to_be_answered(&self) -> bool {
        match self {
            Self::Content(content) => !matches!(
                content,
                Content::Reaction { .. }
                    | Content::Edit { .. }
                    | Content::Revoke { .. }
                    | Content::System { .. }
                    | Content::RequestWelcome
            ),
            Self::OwnNumber => true,
            Self::Done(_) => false,
        }
    }
}

/// Reads what happened. Idempotent: a number that was linked stays linked.
pub(super) async fn read<'a>(
    db: &Database,
    event: &'a TurnEvent,
    message: &Inbound,
) -> Result<Heard<'a>, ActivityError> {
    let result = match event {
        TurnEvent::Message { .. } => None,
        TurnEvent::Done { result, .. } => Some(result),
    };
    if let Some(result) = result {
        return Ok(Heard::Done(result));
    }
    let content = serde_json::from_value(message.content.clone())
        .map_err(|_unreadable| garbled("a message of a guest"))?;
    match content {
        Content::Edit {
            original_message_id,
            text: Some(body),
        } if is_latest(db, &original_message_id, message).await? => {
            Ok(Heard::Content(Content::Text { body }))
        }
        Content::Contacts { cards } => match own_number(&cards) {
            Some(number) => {
                link(db, message, number).await?;
                Ok(Heard::OwnNumber)
            }
            None => Ok(Heard::Content(Content::Contacts { cards })),
        },
        content => Ok(Heard::Content(content)),
    }
}

/// A guest who edits what they wrote last corrects it; what they edit further back has been answered.
async fn is_latest(db: &Database, wamid: &str, message: &Inbound) -> Result<bool, ActivityError> {
    messages::is_latest_text(db, wamid, message)
        .await
        .map_err(of_database)
}

/// The number on a card that answers our request. Any other card may be anybody's.
fn own_number(cards: &[ContactCard]) -> Option<String> {
    let card = cards.iter().find(|card| card.requested)?;
    let written = card.phones.first()?;
    let digits = || -> String { written.chars().filter(char::is_ascii_digit).collect() };
    let number = whatsapp::number::wa_id(written).unwrap_or_else(digits);
    (!number.is_empty()).then_some(number)
}

/// Links the number to the guest; with it comes what somebody booked elsewhere under it.
async fn link(db: &Database, message: &Inbound, number: String) -> Result<(), ActivityError> {
    let guest = guests::by_id(db, message.guest_id)
        .await
        .map_err(of_database)?;
    let Guest { id, bsuid, .. } = guest.ok_or_else(|| missing("guest"))?;
    let phone = format!("+{number}");
    let holder = guests::by_phone(db, &phone).await.map_err(of_database)?;
    if holder.is_none_or(|holder| holder.id == id) {
        return guests::learn_phone(db, id, &phone)
            .await
            .map_err(of_database);
    }
    let identity = Identity {
        bsuid,
        wa_id: Some(number),
        profile_name: None,
    };
    guests::resolve(db, &identity).await.map_err(of_database)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(phone: &str, requested: bool) -> ContactCard {
        ContactCard {
            name: None,
            phones: vec![phone.to_owned()],
            requested,
        }
    }

    #[test]
    fn only_a_card_that_was_asked_for_is_the_guests_own() {
        let own = card("+54 9 11 2233-4455", true);
        assert_eq!(
            own_number(&[card("+5491199999999", false), own]).as_deref(),
            Some("5491122334455")
        );
        assert_eq!(own_number(&[card("+5491199999999", false)]), None);
        assert_eq!(
            own_number(&[card("+34 600 000 000", true)]).as_deref(),
            Some("34600000000")
        );
        assert_eq!(own_number(&[card("?", true)]), None);
    }
}
