//! A message as it is written down before it is sent.

use dialogue::{Say, Template};
use domain::{GuestId, MessageId};
use serde::{Deserialize, Serialize};
use temporalio_sdk::activities::ActivityError;

use crate::failure::garbled;

/// What is said, and what is done when it cannot be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Written {
    /// What is said.
    pub(crate) say: Say,
    /// What is done instead outside the customer service window.
    #[serde(default)]
    pub(crate) outside: Outside,
}

/// What is done when only approved templates may go out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outside {
    /// The owner is told.
    #[default]
    Owner,
    /// This goes out instead.
    Template(Template),
    /// Nothing: the template of the message before says it all.
    Nothing,
}

impl Written {
    /// Messages that belong together. Outside the window the template stands for all of them.
    pub(crate) fn together(says: Vec<Say>, template: Template) -> impl Iterator<Item = Self> {
        let mut template = Some(template);
        says.into_iter().map(move |say| Self {
            say,
            outside: template.take().map_or(Outside::Nothing, Outside::Template),
        })
    }

    /// Written down under the name of its step, so that the same step writes it once.
    pub(crate) fn outbound(
        &self,
        guest_id: GuestId,
        step: &str,
    ) -> Result<database::messages::NewOutbound, ActivityError> {
        Ok(database::messages::NewOutbound {
            id: MessageId::for_step(step),
            guest_id,
            step: step.to_owned(),
            kind: self.kind().to_owned(),
            content: serde_json::to_value(self)
                .map_err(|_unwritable| garbled("a message to a guest"))?,
        })
    }

    /// What was written down.
    pub(super) fn read(message: &database::messages::Outbound) -> Result<Self, ActivityError> {
        serde_json::from_value(message.content.clone())
            .map_err(|_unreadable| garbled("a message to a guest"))
    }

    /// What kind of message it is, for people who look at the table.
    const fn kind(&self) -> &'static str {
        match self.say {
            Say::Text { .. } => "text",
            Say::Buttons { .. } => "buttons",
            Say::List { .. } => "list",
            Say::Link { .. } => "link",
            Say::NumberRequest { .. } => "number_request",
            Say::Image { .. } => "image",
            Say::Location { .. } => "location",
        }
    }
}
