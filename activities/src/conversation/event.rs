//! From what happened to what the dialogue understands.

use dialogue::{
    Attachment, BalanceDecision, CancelDecision, Event, ExtendDecision, HoldDecision,
    RevokeDecision, State, Unheard,
};
use temporalio_sdk::activities::ActivityError;
use whatsapp::webhook::Content;
use workflows::contracts::{
    conversation::{TaskResult, TurnEvent},
    inventory::HoldOutcome,
    reservations::{BalanceOutcome, CancelOutcome, ExtendOutcome, RevokeOutcome},
    speech::Hearing,
};

use super::facts::Known;
use crate::{failure::garbled, hearing};

/// Reads an event; nothing when there is nothing to answer.
pub(super) fn read(
    event: &TurnEvent,
    message: &database::messages::Inbound,
    state: &State,
    known: &Known,
) -> Result<Option<Event>, ActivityError> {
    match event {
        TurnEvent::Message { .. } => {
            let content = serde_json::from_value(message.content.clone())
                .map_err(|_unreadable| garbled("a message of a guest"))?;
            Ok(of_content(content, state, known))
        }
        TurnEvent::Done {
            result: TaskResult::Heard { hearing },
            ..
        } => of_hearing(*hearing, message, state, known).map(Some),
        TurnEvent::Done { result, .. } => Ok(of_result(result)),
    }
}

fn of_content(content: Content, state: &State, known: &Known) -> Option<Event> {
    let attachment = match content {
        Content::Text { body } => return Some(said(body, state, known)),
        Content::ButtonReply { id, title } | Content::ListReply { id, title, .. } => {
            return Some(Event::Pressed { id, title });
        }
        Content::TemplateButton { payload, text } => {
            return Some(Event::Pressed {
                id: payload,
                title: text,
            });
        }
        Content::Audio { .. } => Attachment::Audio,
        Content::Image { .. } => Attachment::Image,
        Content::Video { .. } => Attachment::Video,
        Content::Document { .. } => Attachment::Document,
        Content::Sticker { .. } => Attachment::Sticker,
        Content::Location { .. } => Attachment::Location,
        Content::Contacts { .. } => Attachment::Contact,
        Content::Reaction { .. } => Attachment::Reaction,
        Content::Edit { .. } | Content::Revoke { .. } => Attachment::Change,
        // The platform talks about itself here, not the guest.
        Content::System { .. } | Content::RequestWelcome => return None,
        Content::Flow { .. }
        | Content::Order { .. }
        | Content::Unsupported { .. }
        | Content::Unknown { .. } => Attachment::Unsupported,
    };
    Some(Event::Sent { attachment })
}

fn said(text: String, state: &State, known: &Known) -> Event {
    let reading = read_text(&text, state, known);
    Event::Said { text, reading }
}

fn read_text(text: &str, state: &State, known: &Known) -> nlu::Reading {
    let facts = known.facts();
    let context = dialogue::reading_context(state, &known.inventory);
    nlu::read(&dialogue::without_name(text), facts.today(), &context)
}

/// What was heard in a recording; its words are with the message.
fn of_hearing(
    hearing: Hearing,
    message: &database::messages::Inbound,
    state: &State,
    known: &Known,
) -> Result<Event, ActivityError> {
    let why = match hearing {
        Hearing::Text => {
            let kept = message.hearing.clone().unwrap_or_default();
            let heard = hearing::from_memory(kept)?;
            let text = heard.text.unwrap_or_default();
            return Ok(Event::Heard {
                reading: read_text(&text, state, known),
                text,
                damaged: heard.damaged.unwrap_or_default(),
            });
        }
        Hearing::NoSpeech => Unheard::NoSpeech,
        Hearing::Unclear => Unheard::Unclear,
        Hearing::TooLong => Unheard::TooLong,
        Hearing::Rejected => Unheard::NoNote,
        Hearing::Unavailable => Unheard::Unavailable,
    };
    Ok(Event::Unheard { why })
}

fn of_result(result: &TaskResult) -> Option<Event> {
    Some(match result {
        // Read with its words.
        TaskResult::Heard { .. } => return None,
        TaskResult::Hold { code, outcome } => Event::HoldDecided {
            decision: match outcome {
                HoldOutcome::Held { expires_at, .. } => HoldDecision::Held {
                    code: code.clone(),
                    expires_at: *expires_at,
                },
                HoldOutcome::Taken => HoldDecision::Taken,
                HoldOutcome::Was { .. } => HoldDecision::Unavailable,
            },
        },
        TaskResult::Cancel { code, outcome } => Event::CancelDecided {
            decision: match outcome {
                CancelOutcome::Cancelled { refund } => CancelDecision::Cancelled {
                    code: code.clone(),
                    refund: *refund,
                },
                CancelOutcome::NotPossible { status } => {
                    CancelDecision::NotPossible { status: *status }
                }
                CancelOutcome::Unknown => CancelDecision::Unavailable,
            },
        },
        TaskResult::Revoke { code, outcome } => Event::RevokeDecided {
            decision: match outcome {
                RevokeOutcome::Revoked { .. } => RevokeDecision::Revoked,
                RevokeOutcome::TooLate { .. } => RevokeDecision::TooLate { code: code.clone() },
                RevokeOutcome::NotPossible { status } => {
                    RevokeDecision::NotPossible { status: *status }
                }
                RevokeOutcome::Unknown => RevokeDecision::Unavailable,
            },
        },
        TaskResult::Balance { code, outcome } => Event::BalanceDecided {
            decision: match outcome {
                BalanceOutcome::Coming { due } => BalanceDecision::Coming {
                    code: code.clone(),
                    due: *due,
                },
                BalanceOutcome::NothingDue => BalanceDecision::NothingDue { code: code.clone() },
                BalanceOutcome::NotPossible => BalanceDecision::Unavailable,
            },
        },
        TaskResult::Extend { code, outcome } => Event::ExtendDecided {
            decision: match outcome {
                ExtendOutcome::Extended { expires_at } => ExtendDecision::Extended {
                    code: code.clone(),
                    expires_at: *expires_at,
                },
                ExtendOutcome::AlreadyExtended | ExtendOutcome::NotPossible => {
                    ExtendDecision::NotPossible
                }
            },
        },
    })
}
