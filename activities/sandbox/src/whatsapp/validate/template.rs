//! The rules of template messages: the template exists, may be used, and is filled in completely.

use serde_json::Value;

use super::required;
use crate::whatsapp::{
    refusal::Refusal,
    shown::{Answer, Link, Shown},
    templates::{Catalogue, State, Template},
};

/// The longest payload of a quick reply.
const PAYLOAD: usize = 256;
/// The longest parameter.
const PARAMETER: usize = 1024;

/// Whether a template that nobody registered may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::whatsapp) enum TemplateRules {
    /// Yes, with whatever parameters.
    AnyName,
    /// No: 132001.
    Registered,
}

/// A parameter of the body.
struct Parameter {
    name: Option<String>,
    text: String,
}

/// Checks a `template` object and draws it.
pub(super) fn read(
    template: &Value,
    catalogue: &Catalogue,
    rules: TemplateRules,
) -> Result<Shown, Refusal> {
    let name = required(template, "/name", 512)?;
    let language = required(template, "/language/code", 16)?;
    let parameters = parameters(template)?;
    let registered = catalogue.find(&name, &language);
    let text = match registered {
        Some(registered) => fill(registered, &parameters)?,
        None if rules == TemplateRules::AnyName => improvised(&name, &parameters),
        None => return Err(missing(&name, &language)),
    };
    let (buttons, link) = buttons(template, registered)?;
    Ok(Shown {
        text: Some(text),
        buttons,
        link,
        template: Some(name),
        ..Shown::default()
    })
}

fn missing(name: &str, language: &str) -> Refusal {
    Refusal::new(
        132_001,
        format!("template name ({name}) does not exist in {language}"),
    )
}

fn fill(template: &Template, parameters: &[Parameter]) -> Result<String, Refusal> {
    match template.state {
        State::Approved => {}
        State::Pending | State::Rejected => {
            return Err(missing(&template.name, &template.language));
        }
        State::Paused => return Err(Refusal::new(132_015, "The template is paused.")),
        State::Disabled => return Err(Refusal::new(132_016, "The template is disabled.")),
    }
    let wanted = template.placeholders();
    if wanted.len() != parameters.len() {
        let (given, wanted) = (parameters.len(), wanted.len());
        return Err(Refusal::new(
            132_000,
            format!(
                "body: number of localizable_params ({given}) does not match the expected number of params ({wanted})"
            ),
        ));
    }
    let mut text = template.body.clone();
    for (position, placeholder) in wanted.iter().enumerate() {
        let parameter = if template.is_named() {
            parameters
                .iter()
                .find(|parameter| parameter.name.as_deref() == Some(placeholder))
        } else {
            parameters
                .get(position)
                .filter(|parameter| parameter.name.is_none())
        };
        let Some(parameter) = parameter else {
            return Err(Refusal::new(
                132_012,
                format!("body: no parameter for {{{{{placeholder}}}}}"),
            ));
        };
        text = text.replace(&format!("{{{{{placeholder}}}}}"), &parameter.text);
    }
    Ok(text)
}

/// What a template looks like whose wording nobody registered.
fn improvised(name: &str, parameters: &[Parameter]) -> String {
    let values: Vec<&str> = parameters
        .iter()
        .map(|parameter| parameter.text.as_str())
        .collect();
    format!("[{name}] {}", values.join(" · "))
        .trim_end()
        .to_owned()
}

fn components<'a>(template: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    // Working clients write the names in both cases.
    template
        .get("components")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(move |component| {
            let given = component.get("type").and_then(Value::as_str);
            given.is_some_and(|given| given.eq_ignore_ascii_case(kind))
        })
}

fn parameters(template: &Value) -> Result<Vec<Parameter>, Refusal> {
    components(template, "body")
        .filter_map(|body| body.get("parameters").and_then(Value::as_array))
        .flatten()
        .map(|parameter| {
            let text = required(parameter, "/text", PARAMETER)?;
            if text.contains(['\n', '\t']) || text.contains("     ") {
                return Err(Refusal::new(
                    132_018,
                    "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
                ));
            }
            let name = parameter.get("parameter_name").and_then(Value::as_str);
            Ok(Parameter {
                name: name.map(ToOwned::to_owned),
                text,
            })
        })
        .collect()
}

/// The quick replies, with the payloads given for this message, and the completed link.
fn buttons(
    template: &Value,
    registered: Option<&Template>,
) -> Result<(Vec<Answer>, Option<Link>), Refusal> {
    let label = |index: usize| registered.and_then(|template| template.buttons.get(index));
    let mut answers = Vec::new();
    let mut link = None;
    for button in components(template, "button") {
        let index = index(button)?;
        let kind = required(button, "/sub_type", 64)?;
        if kind.eq_ignore_ascii_case("quick_reply") {
            let payload = required(button, "/parameters/0/payload", PAYLOAD)?;
            answers.push(Answer {
                title: label(index).map_or_else(|| payload.clone(), |label| label.text.clone()),
                id: payload,
            });
        } else if kind.eq_ignore_ascii_case("url") {
            let suffix = required(button, "/parameters/0/text", 2048)?;
            let label = label(index);
            let prefix = label
                .and_then(|label| label.url.as_deref())
                .unwrap_or_default();
            link = Some(Link {
                title: label.map_or_else(|| "Abrir".to_owned(), |label| label.text.clone()),
                url: format!("{}{suffix}", prefix.replace("{{1}}", "")),
            });
        }
    }
    Ok((answers, link))
}

/// A button's position, which clients send as text and as a number.
fn index(button: &Value) -> Result<usize, Refusal> {
    button
        .get("index")
        .and_then(|index| {
            let number = index.as_u64().or_else(|| index.as_str()?.parse().ok())?;
            usize::try_from(number).ok()
        })
        .ok_or_else(|| Refusal::missing("button.index"))
}
