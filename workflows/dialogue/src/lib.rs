#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod action;
mod call;
mod event;
mod facts;
mod format;
mod notice;
pub mod owner;
mod reading;
mod say;
mod state;
mod step;
mod template;
mod texts;

pub use call::{OwnersMatter, owners_matter};
pub use event::{
    Attachment, BalanceDecision, CancelDecision, ChangeDecision, Event, ExtendDecision,
    HoldDecision, RevokeDecision, Unheard, WaitingDecision,
};
pub use facts::{Facts, GuestFacts, ReservationFacts, WaitingFacts};
pub use notice::{Alternative, Notice, NoticeFacts, notice};
pub use reading::read;
pub use say::{AtMost, Button, Row, Say, Short};
pub use state::{Mode, State, reading_context};
pub use step::{Command, HandOverReason, Step, step};
pub use template::{ApprovedTemplate, Template, manifest, seen_late, template_for, templates};
pub use texts::{Override, Rule, Texts, TextsError, Wording};
