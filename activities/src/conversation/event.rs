//! From what happened to what the dialogue understands.

use dialogue::{
    Attachment, BalanceDecision, CancelDecision, ChangeDecision, Event, ExtendDecision,
    HoldDecision, RevokeDecision, State, Unheard, WaitingDecision,
};
use domain::change::Obstacle;
use nlu::{Intent, Reading};
use temporalio_sdk::activities::ActivityError;
use whatsapp::webhook::Content;
use workflows::contracts::{
    conversation::TaskResult,
    inventory::HoldOutcome,
    reservations::{BalanceOutcome, CancelOutcome, ChangeOutcome, ExtendOutcome, RevokeOutcome},
    speech::Hearing,
};

use super::{facts::Known, heard::Heard};
use crate::hearing;

/// Reads an event; nothing when there is nothing to answer.
pub(super) fn read(
    heard: Heard<'_>,
    message: &database::messages::Inbound,
    state: &State,
    known: &Known,
) -> Result<Option<Event>, ActivityError> {
    Ok(match heard {
        Heard::Content(content) => of_content(content, state, known),
        Heard::OwnNumber => Some(Event::Sent {
            attachment: Attachment::OwnNumber,
        }),
        Heard::Done(TaskResult::Heard { hearing }) => {
            Some(of_hearing(*hearing, message, state, known)?)
        }
        Heard::Done(result) => of_result(result),
    })
}

fn of_content(content: Content, state: &State, known: &Known) -> Option<Event> {
    let (attachment, caption) = match content {
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
        Content::Audio { .. } => (Attachment::Audio, None),
        Content::Image { caption, .. } => (Attachment::Image, caption),
        Content::Video { caption, .. } => (Attachment::Video, caption),
        Content::Document { caption, .. } => (Attachment::Document, caption),
        Content::Sticker { .. } => (Attachment::Sticker, None),
        Content::Location { .. } => (Attachment::Location, None),
        Content::Contacts { .. } => (Attachment::Contact, None),
        Content::Reaction { .. } => (Attachment::Reaction, None),
        Content::Edit { .. } | Content::Revoke { .. } => (Attachment::Change, None),
        // The platform talks about itself here, not the guest.
        Content::System { .. } | Content::RequestWelcome => return None,
        Content::Flow { .. }
        | Content::Order { .. }
        | Content::Unsupported { .. }
        | Content::Unknown { .. } => (Attachment::Unsupported, None),
    };
    let asked = caption.and_then(|caption| asked(caption, state, known));
    Some(asked.unwrap_or(Event::Sent { attachment }))
}

/// What is written under a picture, if it asks for something. Nothing under a picture says yes, and what is said of
/// a payment there is about a receipt.
fn asked(caption: String, state: &State, known: &Known) -> Option<Event> {
    let event = said(caption, state, known);
    let Event::Said { reading, .. } = &event else {
        return None;
    };
    let Reading {
        intent, check_in, ..
    } = reading;
    let is_remark = matches!(
        intent,
        Intent::Unknown
            | Intent::Payment
            | Intent::Greeting
            | Intent::Thanks
            | Intent::Affirm
            | Intent::Deny
    );
    (!is_remark || check_in.is_some()).then_some(event)
}

fn said(text: String, state: &State, known: &Known) -> Event {
    let reading = read_text(&text, state, known);
    Event::Said { text, reading }
}

fn read_text(text: &str, state: &State, known: &Known) -> nlu::Reading {
    dialogue::read(text, state, &known.facts())
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
        TaskResult::Joined { entry } => Event::WaitingDecided {
            decision: WaitingDecision::Joined { entry: *entry },
        },
        TaskResult::Left => Event::WaitingDecided {
            decision: WaitingDecision::Left,
        },
        TaskResult::ChangeDates { code, outcome } => Event::ChangeDecided {
            decision: match outcome {
                ChangeOutcome::Changed { .. } => ChangeDecision::Changed { code: code.clone() },
                ChangeOutcome::Taken => ChangeDecision::Taken,
                ChangeOutcome::NotAllowed { obstacle } => ChangeDecision::NotAllowed {
                    obstacle: *obstacle,
                },
                ChangeOutcome::NotPossible { .. } => ChangeDecision::NotAllowed {
                    obstacle: Obstacle::Over,
                },
                ChangeOutcome::Unknown => ChangeDecision::Unavailable,
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
