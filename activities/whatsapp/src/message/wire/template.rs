//! A template's JSON: everything is a component with parameters.

use serde::{Deserialize, Serialize};

use crate::message::{
    template::{Parameters, Template, TemplateButton},
    text::Invalid,
};

#[derive(Clone, Serialize, Deserialize)]
pub(in crate::message) struct TemplateBody {
    name: String,
    language: Language,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    components: Vec<Component>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Language {
    code: String,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Component {
    Body {
        parameters: Vec<BodyParameter>,
    },
    Button {
        sub_type: SubType,
        index: String,
        parameters: Vec<ButtonParameter>,
    },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SubType {
    QuickReply,
    Url,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum BodyParameter {
    Text {
        #[serde(skip_serializing_if = "Option::is_none")]
        parameter_name: Option<String>,
        text: String,
    },
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ButtonParameter {
    Payload { payload: String },
    Text { text: String },
}

impl From<Template> for TemplateBody {
    fn from(template: Template) -> Self {
        let parameters: Vec<BodyParameter> = match template.body {
            Parameters::Positional(values) => values.into_iter().map(|text| (None, text)).collect(),
            Parameters::Named(pairs) => pairs
                .into_iter()
                .map(|(name, text)| (Some(name), text))
                .collect::<Vec<_>>(),
        }
        .into_iter()
        .map(|(parameter_name, text)| BodyParameter::Text {
            parameter_name,
            text,
        })
        .collect();
        let body = (!parameters.is_empty()).then_some(Component::Body { parameters });
        let buttons = template.buttons.into_iter().map(Component::from);
        Self {
            name: template.name,
            language: Language {
                code: template.language,
            },
            components: body.into_iter().chain(buttons).collect(),
        }
    }
}

impl From<TemplateButton> for Component {
    fn from(button: TemplateButton) -> Self {
        let index = button.index().to_string();
        let (sub_type, parameter) = match button {
            TemplateButton::QuickReply { payload, .. } => {
                (SubType::QuickReply, ButtonParameter::Payload { payload })
            }
            TemplateButton::Url { suffix, .. } => {
                (SubType::Url, ButtonParameter::Text { text: suffix })
            }
        };
        Self::Button {
            sub_type,
            index,
            parameters: vec![parameter],
        }
    }
}

impl TryFrom<TemplateBody> for Template {
    type Error = Invalid;

    fn try_from(body: TemplateBody) -> Result<Self, Invalid> {
        let mut parameters = Vec::new();
        let mut buttons = Vec::new();
        for component in body.components {
            match component {
                Component::Body { parameters: more } => parameters.extend(more),
                Component::Button {
                    index,
                    parameters: given,
                    ..
                } => buttons.push((index, given)),
            }
        }
        let template = Self::new(body.name, body.language.code, parameters_of(parameters)?)?;
        buttons.into_iter().try_fold(template, with_button)
    }
}

fn parameters_of(parameters: Vec<BodyParameter>) -> Result<Parameters, Invalid> {
    let pairs = parameters.into_iter().map(
        |BodyParameter::Text {
             parameter_name,
             text,
         }| (parameter_name, text),
    );
    let (named, positional): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| name.is_some());
    if named.is_empty() {
        let values = positional.into_iter().map(|(_, text)| text).collect();
        return Ok(Parameters::Positional(values));
    }
    if !positional.is_empty() {
        return Err(Invalid::Malformed {
            what: "the mix of named and positional parameters",
        });
    }
    let pair = |(name, text): (Option<String>, String)| (name.unwrap_or_default(), text);
    Ok(Parameters::Named(named.into_iter().map(pair).collect()))
}

fn with_button(
    template: Template,
    (index, given): (String, Vec<ButtonParameter>),
) -> Result<Template, Invalid> {
    let malformed = Invalid::Malformed {
        what: "the template's button",
    };
    let Ok(index) = index.parse() else {
        return Err(malformed);
    };
    match given.into_iter().next() {
        Some(ButtonParameter::Payload { payload }) => template.with_quick_reply(index, payload),
        Some(ButtonParameter::Text { text }) => template.with_url_suffix(index, text),
        None => Err(malformed),
    }
}
