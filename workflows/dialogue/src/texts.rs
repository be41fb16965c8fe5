//! The words: templates in three languages, checked when they are loaded.
//!
//! What a guest or the owner typed only ever enters a template as a value, never as its source. A text of
//! the owner's that turns out wrong when it is needed gives way to ours: a guest is never left unanswered for it.

mod keys;
mod labels;
mod samples;
mod source;
mod wording;

use std::collections::HashMap;

use domain::Language;
use minijinja::{Environment, UndefinedBehavior, Value};

pub(crate) use keys::Key;
pub(crate) use labels::Label;
pub use wording::{Rule, Wording};

/// The most steps that a text may take to be written; ours take a few hundred.
const MOST_STEPS: u64 = 50_000;

/// How the name of a label is written in an [`Override`].
const LABEL_PREFIX: &str = "label_";

/// Every text the guest can be told, in every language.
#[derive(Debug)]
pub struct Texts {
    ours: Environment<'static>,
    owners: Environment<'static>,
    labels: HashMap<(Language, Label), String>,
}

/// A text of the owner's in place of one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Of which language.
    pub language: Language,
    /// Of which text: its name in the template files, or `label_` and the name of a label.
    pub key: String,
    /// The template, or the label's words.
    pub source: String,
}

/// Why texts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TextsError {
    /// There is no text of this name, or it is one that the platform has approved as it is.
    #[error("there is no text named {key} to replace")]
    UnknownKey {
        /// The name.
        key: String,
    },
    /// A text is missing in a language.
    #[error("the text {key} is missing in {language}")]
    Missing {
        /// The language.
        language: Language,
        /// The name.
        key: &'static str,
    },
    /// A label is empty or too long for its button.
    #[error("the label {key} must have 1 to {max} characters in {language}")]
    LabelLength {
        /// The language.
        language: Language,
        /// The name.
        key: &'static str,
        /// The limit.
        max: usize,
    },
    /// A text uses a variable that it is not given.
    #[error("the text {key} in {language} uses {variable}, which it is not given")]
    UnknownVariable {
        /// The language.
        language: Language,
        /// The name.
        key: &'static str,
        /// The variable.
        variable: String,
    },
    /// A text leaves something out that ours always says.
    #[error("the text {key} in {language} does not say {variable}, which ours does")]
    LeftOut {
        /// The language.
        language: Language,
        /// The name.
        key: &'static str,
        /// The variable.
        variable: &'static str,
    },
    /// A text is longer than a message, or says nothing.
    #[error("the text {key} in {language} has no words, or too many of them")]
    Length {
        /// The language.
        language: Language,
        /// The name.
        key: &'static str,
    },
    /// A text is not a template, or fails with the values it will be given.
    #[error("the text {key} in {language} cannot be rendered")]
    Broken {
        /// The language.
        language: Language,
        /// The name.
        key: &'static str,
        /// Why.
        #[source]
        source: minijinja::Error,
    },
}

impl Texts {
    /// Our own texts.
    ///
    /// # Errors
    /// When one is missing or wrong; the tests see to it that none is.
    pub fn new() -> Result<Self, TextsError> {
        let mut texts = Self {
            ours: environment(),
            owners: environment(),
            labels: HashMap::new(),
        };
        for (language, labels, files) in source::FILES {
            for (name, words) in source::labels(labels) {
                texts.set_label(language, name, words)?;
            }
            for (name, text) in files.iter().flat_map(|file| source::sections(file)) {
                let key = Key::named(name).ok_or_else(|| unknown(name))?;
                add(&mut texts.ours, language, key, &text)?;
            }
        }
        texts.check_complete()?;
        Ok(texts)
    }

    /// Our own texts, some of them replaced by the owner's.
    ///
    /// # Errors
    /// When a text is unknown, not a template, names a variable that it is not given, or leaves out what ours
    /// always says.
    pub fn with_overrides(overrides: &[Override]) -> Result<Self, TextsError> {
        let mut texts = Self::new()?;
        for own in overrides {
            texts.replace(own)?;
        }
        Ok(texts)
    }

    /// A text with its variables filled in.
    pub(crate) fn render(&self, language: Language, key: Key, values: &Value) -> String {
        let render = |environment: &Environment<'_>| -> Option<String> {
            let template = environment
                .get_template(&template_name(language, key))
                .ok()?;
            let text = source::tidy(&template.render(values.clone()).ok()?);
            (!text.is_empty()).then_some(text)
        };
        render(&self.owners)
            .or_else(|| render(&self.ours))
            .unwrap_or_else(|| self.label(language, Label::Menu).to_owned())
    }

    /// A word or title.
    pub(crate) fn label(&self, language: Language, label: Label) -> &str {
        self.labels
            .get(&(language, label))
            .map_or("…", String::as_str)
    }

    /// The source of one of our texts.
    pub(crate) fn source(&self, language: Language, key: Key) -> String {
        let template = self.ours.get_template(&template_name(language, key));
        template
            .map(|template| template.source().trim().to_owned())
            .unwrap_or_default()
    }

    fn set_label(&mut self, language: Language, name: &str, words: &str) -> Result<(), TextsError> {
        let label = Label::ALL
            .iter()
            .copied()
            .find(|label| label.as_str() == name)
            .ok_or_else(|| unknown(name))?;
        if words.is_empty() || words.chars().count() > label.max() {
            return Err(TextsError::LabelLength {
                language,
                key: label.as_str(),
                max: label.max(),
            });
        }
        self.labels.insert((language, label), words.to_owned());
        Ok(())
    }

    fn check_complete(&self) -> Result<(), TextsError> {
        for (language, ..) in source::FILES {
            for key in Key::ALL.iter().copied() {
                check(&self.ours, language, key)?;
            }
            for label in Label::ALL.iter().copied() {
                if !self.labels.contains_key(&(language, label)) {
                    return Err(TextsError::Missing {
                        language,
                        key: label.as_str(),
                    });
                }
            }
        }
        Ok(())
    }
}

/// A template, rendered with some of the values that it can be given.
struct Trial {
    values: Vec<(&'static str, Value)>,
    said: String,
}

/// The usual value of a variable, as an example.
pub(crate) fn sample(variable: &str) -> Option<Value> {
    samples::of(variable).into_iter().next()
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(MOST_STEPS));
    environment
}

fn template_name(language: Language, key: Key) -> String {
    format!("{language}/{}", key.as_str())
}

fn unknown(key: &str) -> TextsError {
    TextsError::UnknownKey {
        key: key.to_owned(),
    }
}

fn add(
    environment: &mut Environment<'static>,
    language: Language,
    key: Key,
    text: &str,
) -> Result<(), TextsError> {
    environment
        .add_template_owned(template_name(language, key), source::template(text))
        .map_err(|source| TextsError::Broken {
            language,
            key: key.as_str(),
            source,
        })
}

/// Tries a template out: only variables that it is given, and each of their values renders. What it says of each.
fn check(
    environment: &Environment<'_>,
    language: Language,
    key: Key,
) -> Result<Vec<Trial>, TextsError> {
    // The only way for a template not to be there is that it is missing: broken ones are not added.
    let template = environment
        .get_template(&template_name(language, key))
        .map_err(|_missing| TextsError::Missing {
            language,
            key: key.as_str(),
        })?;
    let given = key.variables();
    let mut used: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    used.sort();
    if let Some(variable) = used
        .into_iter()
        .find(|variable| !given.contains(&variable.as_str()))
    {
        return Err(TextsError::UnknownVariable {
            language,
            key: key.as_str(),
            variable,
        });
    }
    let samples: Vec<(&str, Vec<Value>)> = given
        .iter()
        .map(|name| (*name, samples::of(name)))
        .collect();
    let rounds = samples
        .iter()
        .map(|(_, values)| values.len())
        .max()
        .unwrap_or(1);
    let trial = |round: usize| {
        let values: Vec<_> = samples
            .iter()
            .filter_map(|(name, values)| Some((*name, values.iter().cycle().nth(round)?.clone())))
            .collect();
        let said = template
            .render(Value::from_pairs(values.iter().cloned()))
            .map_err(|source| TextsError::Broken {
                language,
                key: key.as_str(),
                source,
            })?;
        Ok(Trial {
            values,
            said: source::tidy(&said),
        })
    };
    (0..rounds).map(trial).collect()
}
