//! The texts as their owner sees and changes them.

use std::collections::BTreeSet;

use domain::Language;
use minijinja::Value;

use super::{
    Environment, Key, LABEL_PREFIX, Label, Override, Texts, TextsError, Trial, add, check,
    environment, source, template_name, unknown,
};

/// The longest text: a message has at most 4096 characters, and values need room too.
const LONGEST: usize = 3000;

/// A text of ours that the owner can replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Of which language.
    pub language: Language,
    /// Its name, as an [`Override`] has it.
    pub key: String,
    /// What it is about: `labels`, or the file that ours is in.
    pub part: &'static str,
    /// How ours is written.
    pub ours: String,
    /// What one of the owner's must keep to.
    pub rule: Rule,
}

/// What a text must keep to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// The words of a button or a row: so many characters at most.
    Label {
        /// The limit.
        max: usize,
    },
    /// A template.
    Template {
        /// The variables it may use.
        variables: &'static [&'static str],
        /// Those that it must say, as ours always does.
        told: Vec<&'static str>,
    },
}

impl Texts {
    /// Every text of ours that can be replaced, in the order of the files.
    #[must_use]
    pub fn wordings(&self) -> Vec<Wording> {
        let mut found = Vec::new();
        for (language, labels, files) in source::FILES {
            for (part, file) in source::PARTS.into_iter().zip(files) {
                for (name, text) in source::sections(file) {
                    let Some(key) = Key::named(name).filter(|key| !key.is_approved()) else {
                        continue;
                    };
                    found.push(Wording {
                        language,
                        key: name.to_owned(),
                        part,
                        ours: text.trim().to_owned(),
                        rule: Rule::Template {
                            variables: key.variables(),
                            told: told(&self.ours, language, key),
                        },
                    });
                }
            }
            let label = |name: &str| Label::ALL.iter().copied().find(|it| it.as_str() == name);
            found.extend(source::labels(labels).filter_map(|(name, words)| {
                Some(Wording {
                    language,
                    key: format!("{LABEL_PREFIX}{name}"),
                    part: "labels",
                    ours: words.to_owned(),
                    rule: Rule::Label {
                        max: label(name)?.max(),
                    },
                })
            }));
        }
        found
    }

    /// What guests would read, for each of the values that the text can be given; the usual ones first.
    ///
    /// # Errors
    /// As [`Texts::with_overrides`].
    pub fn preview(&self, own: &Override) -> Result<Vec<String>, TextsError> {
        let Some(key) = replaceable(own)? else {
            let mut labels = Self {
                ours: environment(),
                owners: environment(),
                labels: std::collections::HashMap::new(),
            };
            labels.replace(own)?;
            return Ok(vec![own.source.clone()]);
        };
        let mut tried = environment();
        let mut said: Vec<String> = Vec::new();
        for trial in self.try_out(&mut tried, key, own)? {
            if !said.contains(&trial.said) {
                said.push(trial.said);
            }
        }
        Ok(said)
    }

    /// Puts a text of the owner's in the place of one of ours.
    ///
    /// # Errors
    /// As [`Texts::with_overrides`]; the texts are as they were then.
    pub fn replace(&mut self, own: &Override) -> Result<(), TextsError> {
        let Some(key) = replaceable(own)? else {
            let label = own.key.strip_prefix(LABEL_PREFIX).unwrap_or_default();
            return self.set_label(own.language, label, &own.source);
        };
        self.try_out(&mut environment(), key, own)?;
        add(&mut self.owners, own.language, key, &own.source)
    }

    fn try_out(
        &self,
        tried: &mut Environment<'static>,
        key: Key,
        own: &Override,
    ) -> Result<Vec<Trial>, TextsError> {
        let language = own.language;
        if own.source.trim().is_empty() || own.source.chars().count() > LONGEST {
            return Err(TextsError::Length {
                language,
                key: key.as_str(),
            });
        }
        add(tried, language, key, &own.source)?;
        let trials = check(tried, language, key)?;
        let says = told(tried, language, key);
        let left_out = told(&self.ours, language, key)
            .into_iter()
            .find(|variable| !says.contains(variable));
        match left_out {
            Some(variable) => Err(TextsError::LeftOut {
                language,
                key: key.as_str(),
                variable,
            }),
            None => Ok(trials),
        }
    }
}

/// The text that is to be replaced; none for a label.
fn replaceable(own: &Override) -> Result<Option<Key>, TextsError> {
    if own.key.starts_with(LABEL_PREFIX) {
        return Ok(None);
    }
    Key::named(&own.key)
        .filter(|key| !key.is_approved())
        .map(Some)
        .ok_or_else(|| unknown(&own.key))
}

/// The variables that a template says whenever they have a value, whatever the others are. A guest who is asked to
/// agree must read what they agree to, so the owner's text says them too.
fn told(environment: &Environment<'_>, language: Language, key: Key) -> Vec<&'static str> {
    if environment
        .get_template(&template_name(language, key))
        .is_err()
    {
        return Vec::new();
    }
    let Ok(trials) = check(environment, language, key) else {
        return Vec::new();
    };
    let silent: BTreeSet<&str> = trials
        .iter()
        .flat_map(|trial| {
            let unsaid = |(_, value): &&(&'static str, Value)| {
                value
                    .as_str()
                    .is_some_and(|text| !trial.said.contains(text))
            };
            trial.values.iter().filter(unsaid).map(|(name, _)| *name)
        })
        .collect();
    let is_text = |name: &str| {
        let of = |trial: &Trial| {
            let value = trial.values.iter().find(|(it, _)| *it == name);
            value.is_some_and(|(_, value)| value.as_str().is_some())
        };
        trials.iter().any(of)
    };
    key.variables()
        .iter()
        .copied()
        .filter(|name| is_text(name) && !silent.contains(name))
        .collect()
}
