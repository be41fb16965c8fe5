//! What a message looks like on the guest's phone, and in the control API.

use serde::Serialize;

/// A message as it is shown; what it does not have is left out.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Shown {
    /// The platform's type.
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// `button`, `list`, `cta_url` of ours; `button_reply`, `list_reply` of the guest's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) interactive_type: Option<String>,
    /// The words, whichever way they are carried: body, caption, or the title of a tapped answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) header: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) footer: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) buttons: Vec<Answer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rows: Vec<Row>,
    /// What opens the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) list_button: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) link: Option<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) media: Option<Media>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) emoji: Option<String>,
    /// The template's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) template: Option<String>,
    /// What the guest tapped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply: Option<Answer>,
    /// The message that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) context_id: Option<String>,
}

/// Something to tap, or tapped.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Answer {
    pub(super) id: String,
    pub(super) title: String,
}

/// A row of a list.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) section: Option<String>,
}

/// A button that opens a page.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Link {
    pub(super) title: String,
    pub(super) url: String,
}

/// A picture, a sound, a file.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Media {
    /// The platform's id, unless it is shown from a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mime: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) filename: Option<String>,
    /// Where a page finds it.
    pub(super) url: String,
}

/// A place.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Location {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
}

impl Shown {
    /// An empty message of a type.
    pub(super) fn of_kind(kind: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            ..Self::default()
        }
    }
}
