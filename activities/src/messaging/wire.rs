//! From what is said to what WhatsApp carries.

use dialogue::{Say, Template};
use whatsapp::message::{
    Body, Button, ButtonId, ButtonTitle, Buttons, Caption, CtaUrl, Image, Invalid, List, Location,
    Message, NumberRequest, Parameters, Row, RowDescription, RowId, RowTitle, Template as Approved,
    Text,
};

/// The message that says it. What the platform would refuse in its own form is said as plain text, with its
/// options numbered.
pub(super) fn message(say: &Say) -> Result<Message, Invalid> {
    rich(say).or_else(|_refused| Ok(Message::Text(Text::truncating(say.as_plain_text())?)))
}

/// The approved template that says it outside the customer service window.
pub(super) fn template(template: &Template) -> Result<Message, Invalid> {
    let parameters = Parameters::named(template.params.clone());
    let mut approved = Approved::new(
        template.name.as_str(),
        template.language.as_str(),
        parameters,
    )?;
    for (index, reply) in (0..).zip(&template.replies) {
        approved = approved.with_quick_reply(index, reply)?;
    }
    Ok(Message::Template(approved))
}

fn rich(say: &Say) -> Result<Message, Invalid> {
    Ok(match say {
        Say::Text { body } => Message::Text(Text::parse(body.as_str())?),
        Say::Buttons { body, buttons } => {
            let buttons = buttons.iter().map(button).collect::<Result<_, _>>()?;
            Message::Buttons(Buttons::new(Body::parse(body.as_str())?, buttons)?)
        }
        Say::List { body, button, rows } => {
            let rows = rows.iter().map(row).collect::<Result<_, _>>()?;
            let open = ButtonTitle::parse(button.as_str())?;
            Message::List(List::of_rows(Body::parse(body.as_str())?, open, rows)?)
        }
        Say::Link { body, label, url } => {
            let label = ButtonTitle::parse(label.as_str())?;
            Message::CtaUrl(CtaUrl::new(
                Body::parse(body.as_str())?,
                label,
                url.as_str(),
            )?)
        }
        Say::NumberRequest { body } => {
            Message::NumberRequest(NumberRequest::new(Body::parse(body.as_str())?))
        }
        Say::Image { url, caption } => {
            let caption = caption
                .as_ref()
                .map(|text| Caption::parse(text.as_str()))
                .transpose()?;
            Message::Image(Image::new(url.as_str(), caption)?)
        }
        Say::Location {
            latitude,
            longitude,
            name,
            address,
        } => Message::Location(
            Location::new(*latitude, *longitude)?.named(name.as_str(), address.as_str()),
        ),
    })
}

fn button(button: &dialogue::Button) -> Result<Button, Invalid> {
    Ok(Button {
        id: ButtonId::parse(&button.id)?,
        title: ButtonTitle::parse(button.title.as_str())?,
    })
}

fn row(row: &dialogue::Row) -> Result<Row, Invalid> {
    Ok(Row {
        id: RowId::parse(&row.id)?,
        title: RowTitle::parse(row.title.as_str())?,
        description: row
            .description
            .as_ref()
            .map(|text| RowDescription::parse(text.as_str()))
            .transpose()?,
    })
}
