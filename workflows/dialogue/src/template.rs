//! Messages that the platform has approved beforehand: the only ones that may be sent when the guest has not
//! written for 24 hours.
//!
//! Their bodies are the sections `approved_…` of the template files. What is submitted to the platform and what
//! is filled in come from the same text, so that the two cannot differ; owners cannot replace it.

use domain::Language;
use minijinja::{Value, context};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::{
    Notice, NoticeFacts, Texts,
    format::clean_name,
    notice,
    texts::{Key, Label, sample},
};

/// The longest parameter; the whole message may have 1024 characters.
const MAX_PARAM: usize = 300;

/// A message that the platform has approved beforehand, filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its name with the platform.
    pub name: String,
    /// The platform's language code: `es_AR`, `pt_BR` or `en`.
    pub language: String,
    /// Named parameters, in the order in which the body uses them: one line each, and never empty.
    pub params: Vec<(String, String)>,
    /// What a press of each of its buttons answers with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replies: Vec<String>,
}

/// A template as it is submitted to the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovedTemplate {
    /// Its name with the platform.
    pub name: String,
    /// The platform's language code.
    pub language: String,
    /// The platform's category: all of ours are about a reservation of the guest's.
    pub category: String,
    /// The body, with its parameters as `{{name}}`.
    pub body: String,
    /// An example of each parameter.
    pub examples: Vec<(String, String)>,
    /// What its buttons show.
    pub buttons: Vec<String>,
}

/// The approved template that says a notice outside the 24-hour window.
#[must_use]
pub fn template_for(
    notice: &Notice,
    facts: &NoticeFacts<'_>,
    language: Language,
    texts: &Texts,
) -> Template {
    let voice = facts.voice(language, texts);
    let values = notice::values(notice, facts, &voice);
    filled(key(notice, facts), &values, language, texts)
}

/// The approved template that says, in place of an answer, that a guest's message was seen too late to answer it.
#[must_use]
pub fn seen_late(guest_name: Option<&str>, language: Language, texts: &Texts) -> Template {
    let guest = guest_name.and_then(clean_name);
    let guest = guest
        .as_deref()
        .and_then(|name| name.split_whitespace().next());
    filled(Key::ApprovedSeenLate, &context! { guest }, language, texts)
}

pub(crate) fn filled(key: Key, values: &Value, language: Language, texts: &Texts) -> Template {
    let params = parameters(&texts.source(language, key))
        .into_iter()
        .map(|name| {
            let value = values.get_attr(&name).ok().filter(|value| !value.is_none());
            let fallback = || {
                if name == "guest" {
                    texts.label(language, Label::DearGuest).to_owned()
                } else {
                    "—".to_owned()
                }
            };
            let written = value
                .map(|value| one_line(&value))
                .filter(|text| !text.is_empty());
            (name.clone(), written.unwrap_or_else(fallback))
        })
        .collect();
    Template {
        name: platform_name(key),
        language: platform_language(language).to_owned(),
        params,
        replies: Vec::new(),
    }
}

/// What can be answered with a press. Each answers with what the sender says.
const fn quick_replies(key: Key) -> &'static [Label] {
    match key {
        Key::ApprovedOwnerDrop => &[Label::OwnerFree, Label::OwnerKeep],
        _ => &[],
    }
}

/// Every template to submit to the platform, in every language.
#[must_use]
pub fn templates(texts: &Texts) -> Vec<ApprovedTemplate> {
    let keys = || Key::ALL.iter().copied().filter(|key| key.is_approved());
    [Language::Es, Language::Pt, Language::En]
        .into_iter()
        .flat_map(|language| keys().map(move |key| (language, key)))
        .map(|(language, key)| {
            let source = texts.source(language, key);
            let examples = parameters(&source)
                .into_iter()
                .map(|name| {
                    let example = sample(&name)
                        .map(|value| one_line(&value))
                        .unwrap_or_default();
                    (name, example)
                })
                .collect();
            ApprovedTemplate {
                name: platform_name(key),
                language: platform_language(language).to_owned(),
                category: "UTILITY".to_owned(),
                body: source.replace("{{ ", "{{").replace(" }}", "}}"),
                examples,
                buttons: quick_replies(key)
                    .iter()
                    .map(|label| texts.label(language, *label).to_owned())
                    .collect(),
            }
        })
        .collect()
}

/// The manifest: a JSON array of all templates, each as the platform takes it at `POST …/message_templates`.
#[must_use]
pub fn manifest(texts: &Texts) -> String {
    let submissions = templates(texts)
        .iter()
        .map(ApprovedTemplate::submission)
        .collect();
    format!("{:#}\n", Json::Array(submissions))
}

impl ApprovedTemplate {
    /// The body of the request that submits it.
    #[must_use]
    pub fn submission(&self) -> Json {
        let examples: Vec<Json> = self
            .examples
            .iter()
            .map(|(name, example)| json!({ "param_name": name, "example": example }))
            .collect();
        let mut components = vec![json!({
            "type": "BODY",
            "text": self.body,
            "example": { "body_text_named_params": examples },
        })];
        if !self.buttons.is_empty() {
            let reply = |text: &String| json!({ "type": "QUICK_REPLY", "text": text });
            let buttons: Vec<Json> = self.buttons.iter().map(reply).collect();
            components.push(json!({ "type": "BUTTONS", "buttons": buttons }));
        }
        json!({
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "parameter_format": "NAMED",
            "components": components,
        })
    }
}

fn platform_name(key: Key) -> String {
    let name = key.as_str();
    name.strip_prefix("approved_").unwrap_or(name).to_owned()
}

const fn platform_language(language: Language) -> &'static str {
    match language {
        Language::Es => "es_AR",
        Language::Pt => "pt_BR",
        Language::En => "en",
    }
}

/// The names between double braces, each once, in order.
fn parameters(source: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in source.split("{{").skip(1) {
        let name = part
            .split("}}")
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// A parameter as the platform takes it: without line breaks, tabs or runs of spaces.
fn one_line(value: &Value) -> String {
    let text = value.to_string();
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(MAX_PARAM).collect()
}

fn key(notice: &Notice, facts: &NoticeFacts<'_>) -> Key {
    match notice {
        Notice::PaymentLink if facts.payment_url.is_none() => Key::ApprovedHoldWithoutLink,
        Notice::PaymentLink => Key::ApprovedPaymentLink,
        Notice::HoldWithoutLink => Key::ApprovedHoldWithoutLink,
        Notice::Offer { .. } if facts.payment_url.is_none() => Key::ApprovedHoldWithoutLink,
        Notice::Offer { .. } => Key::ApprovedOffer,
        Notice::HoldReminder { .. } => Key::ApprovedHoldReminder,
        Notice::HoldExpired => Key::ApprovedHoldExpired,
        Notice::Extended => Key::ApprovedExtended,
        Notice::Confirmed => Key::ApprovedConfirmed,
        Notice::ArrivalReminder => Key::ApprovedArrivalReminder,
        Notice::Instructions => Key::ApprovedInstructions,
        Notice::Thanks => Key::ApprovedThanks,
        Notice::NoShow => Key::ApprovedNoShow,
        Notice::Cancelled { .. } => Key::ApprovedCancelled,
        Notice::Revoked { .. } => Key::ApprovedRevoked,
        Notice::ExpiredShort { .. } => Key::ApprovedExpiredShort,
        Notice::PaymentReceived { .. } => Key::ApprovedPaymentReceived,
        Notice::BalanceLink => Key::ApprovedBalanceLink,
        Notice::PaymentRejected => Key::ApprovedPaymentRejected,
        Notice::PaymentPending => Key::ApprovedPaymentPending,
        Notice::ConfirmedLate => Key::ApprovedConfirmedLate,
        Notice::RefundedLate { .. } => Key::ApprovedRefundedLate,
        Notice::Displaced { .. } => Key::ApprovedDisplaced,
        Notice::OverpaidReturned { .. } => Key::ApprovedOverpaid,
        Notice::DatesChanged { .. } => Key::ApprovedDatesChanged,
        Notice::RefundDone { .. } => Key::ApprovedRefundDone,
    }
}
