//! The platform's JSON, as the contract writes it.
//!
//! These structs hold no rules; every way from them into a message goes through its constructor.

mod template;

use serde::{Deserialize, Serialize};

use super::{
    Message as Content, Recipient,
    interactive::{Button, Buttons, CtaUrl, List, NumberRequest, Row, Section},
    media::{Image, Location},
    text::{
        Body, ButtonId, ButtonTitle, Caption, Footer, Header, Invalid, RowDescription, RowId,
        RowTitle, SectionTitle, Text,
    },
};
use template::TemplateBody;

/// A whole request to `/messages`.
#[derive(Serialize)]
pub(crate) struct Envelope<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    #[serde(flatten)]
    recipient: Address<'a>,
    biz_opaque_callback_data: &'a str,
    #[serde(flatten)]
    message: Message,
}

#[derive(Serialize)]
enum Address<'a> {
    #[serde(rename = "to")]
    Phone(&'a str),
    #[serde(rename = "recipient")]
    User(&'a str),
}

impl<'a> Envelope<'a> {
    pub(crate) fn new(recipient: &'a Recipient, message: &Content, callback_data: &'a str) -> Self {
        Self {
            messaging_product: "whatsapp",
            recipient_type: "individual",
            recipient: match recipient {
                Recipient::Phone(id) => Address::Phone(id),
                Recipient::User(id) => Address::User(id),
            },
            biz_opaque_callback_data: callback_data,
            message: message.clone().into(),
        }
    }
}

/// The part of a request that is the message itself.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Message {
    Text { text: TextBody },
    Image { image: ImageBody },
    Location { location: LocationBody },
    Interactive { interactive: Interactive },
    Template { template: TemplateBody },
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct TextBody {
    body: Text,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct ImageBody {
    link: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<Caption>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct LocationBody {
    latitude: f64,
    longitude: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Interactive {
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<HeaderBody>,
    body: TextOf<Body>,
    #[serde(skip_serializing_if = "Option::is_none")]
    footer: Option<TextOf<Footer>>,
    #[serde(flatten)]
    action: Action,
}

#[derive(Clone, Serialize, Deserialize)]
struct TextOf<T> {
    text: T,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum HeaderBody {
    Text { text: Header },
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "type", content = "action", rename_all = "snake_case")]
enum Action {
    Button {
        buttons: Vec<ButtonBody>,
    },
    List {
        button: ButtonTitle,
        sections: Vec<SectionBody>,
    },
    CtaUrl {
        name: CtaUrlName,
        parameters: CtaUrlParameters,
    },
    RequestContactInfo {
        name: NumberRequestName,
    },
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ButtonBody {
    Reply { reply: Reply },
}

#[derive(Clone, Serialize, Deserialize)]
struct Reply {
    id: ButtonId,
    title: ButtonTitle,
}

#[derive(Clone, Serialize, Deserialize)]
struct SectionBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<SectionTitle>,
    rows: Vec<RowBody>,
}

#[derive(Clone, Serialize, Deserialize)]
struct RowBody {
    id: RowId,
    title: RowTitle,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<RowDescription>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CtaUrlName {
    CtaUrl,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NumberRequestName {
    RequestContactInfo,
}

#[derive(Clone, Serialize, Deserialize)]
struct CtaUrlParameters {
    display_text: ButtonTitle,
    url: String,
}

impl From<Content> for Message {
    fn from(message: Content) -> Self {
        match message {
            Content::Text(body) => Self::Text {
                text: TextBody { body },
            },
            Content::Image(Image { link, caption }) => Self::Image {
                image: ImageBody { link, caption },
            },
            Content::Location(place) => Self::Location {
                location: LocationBody {
                    latitude: place.latitude,
                    longitude: place.longitude,
                    name: place.name,
                    address: place.address,
                },
            },
            Content::Buttons(buttons) => Self::Interactive {
                interactive: buttons.into(),
            },
            Content::List(list) => Self::Interactive {
                interactive: list.into(),
            },
            Content::CtaUrl(link) => Self::Interactive {
                interactive: link.into(),
            },
            Content::NumberRequest(request) => Self::Interactive {
                interactive: request.into(),
            },
            Content::Template(template) => Self::Template {
                template: template.into(),
            },
        }
    }
}

impl TryFrom<Message> for Content {
    type Error = Invalid;

    fn try_from(message: Message) -> Result<Self, Invalid> {
        Ok(match message {
            Message::Text { text } => Self::Text(text.body),
            Message::Image { image } => Self::Image(Image::new(image.link, image.caption)?),
            Message::Location { location } => {
                Self::Location(Location::new(location.latitude, location.longitude)?.named(
                    location.name.unwrap_or_default(),
                    location.address.unwrap_or_default(),
                ))
            }
            Message::Interactive { interactive } => interactive.try_into()?,
            Message::Template { template } => Self::Template(template.try_into()?),
        })
    }
}

impl Interactive {
    fn new(header: Option<Header>, body: Body, footer: Option<Footer>, action: Action) -> Self {
        Self {
            header: header.map(|text| HeaderBody::Text { text }),
            body: TextOf { text: body },
            footer: footer.map(|text| TextOf { text }),
            action,
        }
    }
}

impl From<Buttons> for Interactive {
    fn from(message: Buttons) -> Self {
        let reply = |Button { id, title }| ButtonBody::Reply {
            reply: Reply { id, title },
        };
        let buttons = message.buttons.into_iter().map(reply).collect();
        let action = Action::Button { buttons };
        Self::new(message.header, message.body, message.footer, action)
    }
}

impl From<List> for Interactive {
    fn from(message: List) -> Self {
        let row = |row: Row| RowBody {
            id: row.id,
            title: row.title,
            description: row.description,
        };
        let section = |section: Section| SectionBody {
            title: section.title,
            rows: section.rows.into_iter().map(row).collect(),
        };
        let action = Action::List {
            button: message.open,
            sections: message.sections.into_iter().map(section).collect(),
        };
        Self::new(message.header, message.body, message.footer, action)
    }
}

impl From<CtaUrl> for Interactive {
    fn from(message: CtaUrl) -> Self {
        let action = Action::CtaUrl {
            name: CtaUrlName::CtaUrl,
            parameters: CtaUrlParameters {
                display_text: message.label,
                url: message.url,
            },
        };
        Self::new(message.header, message.body, message.footer, action)
    }
}

impl From<NumberRequest> for Interactive {
    fn from(message: NumberRequest) -> Self {
        let action = Action::RequestContactInfo {
            name: NumberRequestName::RequestContactInfo,
        };
        Self::new(None, message.body, None, action)
    }
}

impl TryFrom<Interactive> for Content {
    type Error = Invalid;

    fn try_from(interactive: Interactive) -> Result<Self, Invalid> {
        let header = interactive.header.map(|HeaderBody::Text { text }| text);
        let footer = interactive.footer.map(|footer| footer.text);
        let body = interactive.body.text;
        Ok(match interactive.action {
            Action::Button { buttons } => {
                let button = |ButtonBody::Reply { reply }| Button {
                    id: reply.id,
                    title: reply.title,
                };
                let message = Buttons::new(body, buttons.into_iter().map(button).collect())?;
                Self::Buttons(Buttons {
                    header,
                    footer,
                    ..message
                })
            }
            Action::List { button, sections } => {
                let sections = sections.into_iter().map(Section::from).collect();
                let message = List::new(body, button, sections)?;
                Self::List(List {
                    header,
                    footer,
                    ..message
                })
            }
            Action::CtaUrl { parameters, .. } => {
                let message = CtaUrl::new(body, parameters.display_text, parameters.url)?;
                Self::CtaUrl(CtaUrl {
                    header,
                    footer,
                    ..message
                })
            }
            Action::RequestContactInfo { .. } => Self::NumberRequest(NumberRequest::new(body)),
        })
    }
}

impl From<SectionBody> for Section {
    fn from(section: SectionBody) -> Self {
        let row = |row: RowBody| Row {
            id: row.id,
            title: row.title,
            description: row.description,
        };
        Self {
            title: section.title,
            rows: section.rows.into_iter().map(row).collect(),
        }
    }
}
