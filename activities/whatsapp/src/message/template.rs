//! Approved templates: the only messages that may go out when the guest has been silent for a day.

use super::text::Invalid;

/// The longest payload of a quick reply.
const MAX_PAYLOAD: usize = 256;
/// The longest run of spaces that a parameter may hold.
const MAX_SPACES: usize = 4;

/// A template, filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pub(super) name: String,
    pub(super) language: String,
    pub(super) body: Parameters,
    pub(super) buttons: Vec<TemplateButton>,
}

/// What stands in the placeholders of the body.
///
/// Line breaks, tabs and long runs of spaces, which the platform refuses, become single spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parameters {
    /// `{{1}}`, `{{2}}`: in order.
    Positional(Vec<String>),
    /// `{{guest}}`, `{{dates}}`: by name.
    Named(Vec<(String, String)>),
}

/// What a template's button is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateButton {
    /// A quick reply answers with this payload.
    QuickReply {
        /// Position among the template's buttons, from 0.
        index: u8,
        /// Comes back when it is tapped.
        payload: String,
    },
    /// A link is completed with this.
    Url {
        /// Position among the template's buttons, from 0.
        index: u8,
        /// Appended to the approved address.
        suffix: String,
    },
}

impl Template {
    /// Fills in a template that the platform has approved under `name` and `language` (`es_AR`).
    ///
    /// # Errors
    ///
    /// [`Invalid::Malformed`] if a name is not made of lowercase letters, digits and underscores,
    /// [`Invalid::Empty`] if a parameter is, [`Invalid::Duplicate`] if two share a name.
    pub fn new(
        name: impl Into<String>,
        language: impl Into<String>,
        body: Parameters,
    ) -> Result<Self, Invalid> {
        let (name, language) = (name.into(), language.into());
        if !is_snake_case(&name) {
            return Err(Invalid::Malformed {
                what: "the template's name",
            });
        }
        let is_code = |c: char| c.is_ascii_alphabetic() || c == '_';
        if language.is_empty() || !language.chars().all(is_code) {
            return Err(Invalid::Malformed {
                what: "the template's language",
            });
        }
        Ok(Self {
            name,
            language,
            body: body.cleaned()?,
            buttons: Vec::new(),
        })
    }

    /// Gives a quick reply its payload.
    ///
    /// # Errors
    ///
    /// [`Invalid::TooLong`] above 256 characters, [`Invalid::Empty`], [`Invalid::Duplicate`] if the
    /// button was given something before.
    pub fn with_quick_reply(self, index: u8, payload: impl Into<String>) -> Result<Self, Invalid> {
        let payload = payload.into();
        let length = payload.chars().count();
        if length > MAX_PAYLOAD {
            return Err(Invalid::TooLong {
                what: "the button's payload",
                length,
                max: MAX_PAYLOAD,
            });
        }
        self.with_button(TemplateButton::QuickReply { index, payload })
    }

    /// Completes a link.
    ///
    /// # Errors
    ///
    /// [`Invalid::Empty`], [`Invalid::Duplicate`] if the button was given something before.
    pub fn with_url_suffix(self, index: u8, suffix: impl Into<String>) -> Result<Self, Invalid> {
        let suffix = suffix.into();
        self.with_button(TemplateButton::Url { index, suffix })
    }

    fn with_button(mut self, button: TemplateButton) -> Result<Self, Invalid> {
        if button.value().trim().is_empty() {
            return Err(Invalid::Empty {
                what: "the button's payload",
            });
        }
        if self
            .buttons
            .iter()
            .any(|other| other.index() == button.index())
        {
            return Err(Invalid::Duplicate {
                what: "a button's index",
            });
        }
        self.buttons.push(button);
        Ok(self)
    }

    /// The approved name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The approved language.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.language
    }
}

impl TemplateButton {
    pub(super) fn index(&self) -> u8 {
        match self {
            Self::QuickReply { index, .. } | Self::Url { index, .. } => *index,
        }
    }

    fn value(&self) -> &str {
        match self {
            Self::QuickReply { payload, .. } => payload,
            Self::Url { suffix, .. } => suffix,
        }
    }
}

impl Parameters {
    /// A template without placeholders.
    #[must_use]
    pub fn none() -> Self {
        Self::Positional(Vec::new())
    }

    /// Named parameters from pairs.
    pub fn named<N: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let pairs = pairs.into_iter();
        Self::Named(
            pairs
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }

    fn cleaned(self) -> Result<Self, Invalid> {
        match self {
            Self::Positional(values) => values
                .iter()
                .map(|value| clean(value))
                .collect::<Result<_, _>>()
                .map(Self::Positional),
            Self::Named(pairs) => {
                let mut cleaned: Vec<(String, String)> = Vec::with_capacity(pairs.len());
                for (name, value) in pairs {
                    if !is_snake_case(&name) {
                        return Err(Invalid::Malformed {
                            what: "a parameter's name",
                        });
                    }
                    if cleaned.iter().any(|(other, _)| *other == name) {
                        return Err(Invalid::Duplicate {
                            what: "a parameter's name",
                        });
                    }
                    cleaned.push((name, clean(&value)?));
                }
                Ok(Self::Named(cleaned))
            }
        }
    }
}

/// One line without long gaps, which is all that the platform takes.
fn clean(value: &str) -> Result<String, Invalid> {
    let line = value.replace(['\n', '\r', '\t'], " ");
    let gap = " ".repeat(MAX_SPACES.saturating_add(1));
    let line = if line.contains(&gap) {
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        line.trim().to_owned()
    };
    if line.is_empty() {
        return Err(Invalid::Empty {
            what: "a template's parameter",
        });
    }
    Ok(line)
}

fn is_snake_case(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
