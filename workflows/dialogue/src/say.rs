//! What is said to the guest, within the limits of the platform.
//!
//! The limits are the types' own: a text that is too long is shortened on the way in, a button too many is
//! left out, so that no message is ever refused for its size. Ids are never shortened, since a shortened id
//! means nothing; the engine's own are far below the platform's 200 characters.

use std::{fmt, fmt::Write as _, ops::Deref};

use serde::{Deserialize, Serialize};

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Say {
    /// Words alone.
    Text {
        /// The words.
        body: Short<4096>,
    },
    /// Words and one to three buttons.
    Buttons {
        /// The words.
        body: Short<1024>,
        /// The buttons; titles and ids differ.
        buttons: AtMost<Button, 3>,
    },
    /// Words and a list that opens.
    List {
        /// The words.
        body: Short<1024>,
        /// What opens the list.
        button: Short<20>,
        /// The rows, in one section; ids differ.
        rows: AtMost<Row, 10>,
    },
    /// Words and a button that opens a page.
    Link {
        /// The words.
        body: Short<1024>,
        /// What opens the page.
        label: Short<20>,
        /// The page.
        url: String,
    },
    /// Words and a way to share the phone number that the guest hides.
    NumberRequest {
        /// The words.
        body: Short<1024>,
    },
    /// A picture.
    Image {
        /// Where it is.
        url: String,
        /// What it shows.
        caption: Option<Short<1024>>,
    },
    /// A place on the map.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// What it is called.
        name: String,
        /// The street address.
        address: String,
    },
}

/// A button. Pressing it answers with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What a press answers with.
    pub id: String,
    /// What it shows.
    pub title: Short<20>,
}

/// A row of a list. Picking it answers with its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What picking it answers with.
    pub id: String,
    /// What it shows.
    pub title: Short<24>,
    /// A second, smaller line.
    pub description: Option<Short<72>>,
}

/// A text of at most `MAX` characters.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Short<const MAX: usize>(String);

/// At most `MAX` of them; more are left out. The engine never makes an empty one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    from = "Vec<T>",
    into = "Vec<T>",
    bound(
        serialize = "T: Serialize + Clone",
        deserialize = "T: Deserialize<'de>"
    )
)]
pub struct AtMost<T, const MAX: usize>(Vec<T>);

impl<const MAX: usize> Short<MAX> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<String> for Short<MAX> {
    fn from(text: String) -> Self {
        Self(shortened(text, MAX))
    }
}

impl<const MAX: usize> From<&str> for Short<MAX> {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl<const MAX: usize> From<Short<MAX>> for String {
    fn from(text: Short<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> Deref for Short<MAX> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Short<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Short<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<T, const MAX: usize> From<Vec<T>> for AtMost<T, MAX> {
    fn from(mut items: Vec<T>) -> Self {
        items.truncate(MAX);
        Self(items)
    }
}

impl<T, const MAX: usize> From<AtMost<T, MAX>> for Vec<T> {
    fn from(items: AtMost<T, MAX>) -> Self {
        items.0
    }
}

impl<T, const MAX: usize> Deref for AtMost<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// Cuts a text to `max` characters, the last of them an ellipsis, without leaving half an emoji.
fn shortened(text: String, max: usize) -> String {
    let trimmed = text.trim();
    if trimmed.chars().count() <= max {
        return if trimmed.len() == text.len() {
            text
        } else {
            trimmed.to_owned()
        };
    }
    let kept: String = trimmed.chars().take(max.saturating_sub(1)).collect();
    let joins = |c: char| matches!(c, '\u{200d}' | '\u{fe0f}') || c.is_whitespace();
    format!("{}…", kept.trim_end_matches(joins))
}

impl Button {
    /// A button.
    pub fn new(id: impl fmt::Display, title: impl Into<Short<20>>) -> Self {
        Self {
            id: id.to_string(),
            title: title.into(),
        }
    }
}

impl Row {
    /// A row of one line.
    pub fn new(id: impl fmt::Display, title: impl Into<Short<24>>) -> Self {
        Self {
            id: id.to_string(),
            title: title.into(),
            description: None,
        }
    }

    /// The same row with a second line.
    #[must_use]
    pub fn described(self, description: impl Into<Short<72>>) -> Self {
        Self {
            description: Some(description.into()),
            ..self
        }
    }
}

impl Say {
    /// Words alone.
    pub fn text(body: impl Into<Short<4096>>) -> Self {
        Self::Text { body: body.into() }
    }

    /// Words and buttons: words alone when there is no button. Of two buttons with the same title or id the
    /// first stays.
    pub fn buttons(body: impl Into<Short<1024>>, buttons: Vec<Button>) -> Self {
        let mut distinct: Vec<Button> = Vec::with_capacity(buttons.len());
        for button in buttons {
            if !distinct
                .iter()
                .any(|other| other.id == button.id || other.title == button.title)
            {
                distinct.push(button);
            }
        }
        let body = body.into();
        if distinct.is_empty() {
            Self::text(String::from(body))
        } else {
            Self::Buttons {
                body,
                buttons: distinct.into(),
            }
        }
    }

    /// Words and a list: words alone when there is no row. Of two rows with the same id the first stays.
    pub fn list(
        body: impl Into<Short<1024>>,
        button: impl Into<Short<20>>,
        rows: Vec<Row>,
    ) -> Self {
        let mut distinct: Vec<Row> = Vec::with_capacity(rows.len());
        for row in rows {
            if !distinct.iter().any(|other| other.id == row.id) {
                distinct.push(row);
            }
        }
        let body = body.into();
        if distinct.is_empty() {
            Self::text(String::from(body))
        } else {
            Self::List {
                body,
                button: button.into(),
                rows: distinct.into(),
            }
        }
    }

    /// Words and a button that opens a page.
    pub fn link(
        body: impl Into<Short<1024>>,
        label: impl Into<Short<20>>,
        url: impl Into<String>,
    ) -> Self {
        Self::Link {
            body: body.into(),
            label: label.into(),
            url: url.into(),
        }
    }

    /// The ids and titles the guest can answer with, in order.
    #[must_use]
    pub fn options(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Buttons { buttons, .. } => buttons
                .iter()
                .map(|button| (button.id.as_str(), button.title.as_str()))
                .collect(),
            Self::List { rows, .. } => rows
                .iter()
                .map(|row| (row.id.as_str(), row.title.as_str()))
                .collect(),
            Self::Text { .. }
            | Self::Link { .. }
            | Self::NumberRequest { .. }
            | Self::Image { .. }
            | Self::Location { .. } => Vec::new(),
        }
    }

    /// The same message as words alone, its options numbered from 1: for when the platform refuses the
    /// interactive form. A bare number in answer to it picks the option.
    #[must_use]
    pub fn as_plain_text(&self) -> String {
        let mut text = match self {
            Self::Text { body } => body.to_string(),
            Self::NumberRequest { body } => body.to_string(),
            Self::Buttons { body, .. } | Self::List { body, .. } => format!("{body}\n"),
            Self::Link { body, label, url } => format!("{body}\n\n{label}: {url}"),
            Self::Image { url, caption } => caption
                .as_ref()
                .map_or_else(|| url.clone(), |words| format!("{words}\n{url}")),
            Self::Location {
                latitude,
                longitude,
                name,
                address,
            } => {
                format!("{name}\n{address}\nhttps://maps.google.com/?q={latitude},{longitude}")
            }
        };
        let descriptions = match self {
            Self::List { rows, .. } => rows.iter().map(|row| row.description.as_ref()).collect(),
            _ => Vec::new(),
        };
        for (position, (_, title)) in self.options().into_iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n{}. {title}", position + 1);
            if let Some(Some(description)) = descriptions.get(position) {
                let _ = write!(text, " ({description})");
            }
        }
        text
    }
}
