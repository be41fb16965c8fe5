//! Everything that reads what strangers send, and what must be so whatever they send.

mod queries;

use std::{fs, path::Path, time::Duration};

use anyhow::{Context as _, Result, ensure};
use chrono::NaiveDate;
use mercado_pago::notification::{Headers, Notification, Verdict};
use nlu::{Awaiting, Context};
use whatsapp::{signature::Secret, webhook::Event};

/// How an input was read, so roughly that what is new is worth keeping.
pub(crate) type Shape = String;

/// Reads one input and holds the answer to what must always be so.
type Look = Box<dyn FnMut(&[u8]) -> Result<Shape>>;

/// One way in.
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    /// What it looks for in what it reads.
    pub(crate) words: &'static [&'static str],
    /// Inputs to begin with that are kept elsewhere.
    pub(crate) examples: Vec<Vec<u8>>,
    pub(crate) look: Look,
}

pub(crate) fn all() -> Result<Vec<Reader>> {
    Ok(vec![
        webhooks(),
        notifications(),
        signatures(),
        phrases(),
        audio()?,
        queries::reader()?,
    ])
}

/// Meta's envelopes. What is read is kept as JSON in the inbox, and read from there once more.
fn webhooks() -> Reader {
    let look = |input: &[u8]| {
        let Ok(events) = whatsapp::webhook::parse(input) else {
            return Ok("malformed".to_owned());
        };
        for event in &events {
            ensure!(!event.event_id().is_empty(), "an event has no name");
            let kept = serde_json::to_value(event).context("it cannot be kept")?;
            let read: Event = serde_json::from_value(kept).context("it cannot be read again")?;
            ensure!(read == *event, "it is another one after it was kept");
        }
        let kinds = events.iter().map(|event| match event {
            Event::Message(message) => {
                let content = format!("{:?}", message.content);
                let end = content.find([' ', '(', '{']).unwrap_or(content.len());
                content.split_at(end).0.to_owned()
            }
            Event::Status(status) => status.status.as_str().chars().take(12).collect(),
            Event::Other(_) => "other".to_owned(),
        });
        Ok(kinds.take(4).collect::<Vec<_>>().join(" "))
    };
    let words = &[
        "\"messages\":[",
        "\"statuses\":[",
        "\"type\":",
        "\"text\"",
        "\"audio\"",
        "\"interactive\"",
        "\"button_reply\"",
        "\"list_reply\"",
        "\"errors\":[",
        "\"contacts\":[",
        "\"wa_id\":",
        "\"user_id\":",
        "\"from\":",
        "\"id\":\"\"",
        "\"timestamp\":\"-1\"",
        "\"timestamp\":99999999999999999999",
        "\"biz_opaque_callback_data\":",
        "null",
        "true",
        "{}",
        "[]",
        "1e999",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"system\"",
        "\"reaction\"",
        "\"location\"",
        "\"referral\":",
        "\"context\":{\"id\":\"a\"}",
        "\"metadata\":{\"phone_number_id\":1}",
        "\"field\":\"account_update\"",
    ];
    Reader {
        name: "webhooks",
        words,
        examples: Vec::new(),
        look: Box::new(look),
    }
}

/// Mercado Pago's notifications: a line each for the query, the signature and the request's id, then the body.
fn notifications() -> Reader {
    let secret = "a secret that no input knows".into();
    let look = move |input: &[u8]| {
        let text = String::from_utf8_lossy(input);
        let mut parts = text.splitn(4, '\n');
        let query = parts.next().unwrap_or_default();
        let headers = Headers {
            signature: parts.next().filter(|it| !it.is_empty()),
            request_id: parts.next().filter(|it| !it.is_empty()),
        };
        let signed = headers.signature.is_some();
        let body = parts.next().unwrap_or_default();
        let verdict = Notification::parse(query, headers, body.as_bytes(), &secret);
        Ok(match verdict {
            Verdict::Authentic(_) => anyhow::bail!("it is believed"),
            Verdict::Hint { topic, resource_id } => {
                ensure!(!resource_id.is_empty(), "a hint at nothing");
                format!(
                    "{signed} {} {}",
                    topic.as_str().len().min(20),
                    resource_id.len().min(20)
                )
            }
            Verdict::Forged => "forged".to_owned(),
            Verdict::Malformed => format!("{signed} malformed"),
        })
    };
    let words = &[
        "data.id=",
        "id=",
        "topic=payment",
        "type=payment",
        "&",
        "=",
        "%00",
        "%2F",
        "ts=1767225600,",
        "v1=",
        "ts=,v1=,",
        "\n",
        "{\"data\":{\"id\":\"1\"}}",
        "\"resource\":\"/v1/payments/1\"",
        "\"action\":",
        "\"type\":",
        "chargebacks",
        "merchant_order",
        "stop_delivery_op_wh",
        "9223372036854775808",
        "\"user_id\":",
        "null",
    ];
    Reader {
        name: "notifications",
        words,
        examples: Vec::new(),
        look: Box::new(look),
    }
}

/// `X-Hub-Signature-256` on one line, and the bytes it is to be of.
fn signatures() -> Reader {
    let secret = Secret::new("a secret that no input knows".to_owned());
    let look = move |input: &[u8]| {
        let at = input
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(input.len());
        let (header, body) = input.split_at(at);
        let header = str::from_utf8(header).unwrap_or_default();
        let refused = secret
            .verify(Some(header), body)
            .err()
            .context("a forged signature is believed")?;
        secret
            .verify(Some(&secret.sign(body)), body)
            .context("a true signature is refused")?;
        Ok(refused.to_string())
    };
    let words = &[
        "sha256=", "sha1=", "SHA256=", " ", "\n", "00", "ff", "é", "=",
    ];
    Reader {
        name: "signatures",
        words,
        examples: Vec::new(),
        look: Box::new(look),
    }
}

/// What a guest writes; the first byte is what they were asked.
fn phrases() -> Reader {
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap_or_default();
    let asked = [
        None,
        Some(Awaiting::Dates),
        Some(Awaiting::CheckIn),
        Some(Awaiting::CheckOut),
        Some(Awaiting::Nights),
        Some(Awaiting::Guests),
        Some(Awaiting::Children),
        Some(Awaiting::Pets),
        Some(Awaiting::Accommodation),
        Some(Awaiting::Confirmation),
        Some(Awaiting::ReservationCode),
        Some(Awaiting::Other),
    ];
    let look = move |input: &[u8]| {
        let first = input.first().copied().map_or(0, usize::from);
        let context = Context {
            awaiting: asked[first % asked.len()],
            ..Context::default()
        };
        let text = String::from_utf8_lossy(input.get(1..).unwrap_or_default());
        let reading = nlu::read(&text, today, &context);
        ensure!(
            reading == nlu::read(&text, today, &context),
            "it is read otherwise the second time"
        );
        if let Some(check_in) = reading.check_in {
            ensure!(check_in >= today, "it arrives in the past: {reading:?}");
            ensure!(
                reading.check_out.is_none_or(|it| it > check_in),
                "it leaves before it arrives: {reading:?}"
            );
        }
        if let (Some(children), Some(guests)) = (reading.children, reading.guests) {
            ensure!(children <= guests, "more children than guests: {reading:?}");
        }
        Ok(format!(
            "{:?} {} {} {} {} {:?} {}",
            reading.intent,
            reading.check_in.is_some(),
            reading.check_out.is_some(),
            reading.nights.is_some(),
            reading.guests.is_some(),
            reading.date_error,
            reading.choices.len()
        ))
    };
    let words = &[
        "del 12 al 15",
        " de enero",
        "30/2",
        "31/12/2026",
        "2027-01-15",
        " para ",
        "somos 4",
        "99999999999",
        "noches",
        "finde largo",
        "semana santa",
        "mañana",
        "pasado",
        "viernes",
        "from ",
        " to ",
        "até ",
        "RES260115ABC123",
        "cancelar",
        "sí",
        "no",
        "2 adultos y 3 chicos",
        "perro",
        "½",
        "١٢",
        "𝟙𝟚",
        "\u{200b}",
        "\u{202e}",
        "ß",
        "-",
    ];
    Reader {
        name: "phrases",
        words,
        examples: Vec::new(),
        look: Box::new(look),
    }
}

/// Voice notes, decoded as if somebody were to listen to them.
fn audio() -> Result<Reader> {
    const LONGEST: Duration = Duration::from_secs(120);
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../activities/speech/tests/fixtures");
    let shortest = ["03-cancelar.ogg", "08-confirmo.ogg"].map(|name| fs::read(folder.join(name)));
    let look = |input: &[u8]| {
        Ok(match speech::measure(input, LONGEST) {
            Ok(length) => {
                ensure!(length <= LONGEST, "it lasts {length:?}");
                format!("{} s", length.as_secs())
            }
            Err(refusal) => format!("{refusal:?}"),
        })
    };
    let words = &[
        "OggS", "OpusHead", "OpusTags", "\0\0\0\0", "\u{1}", "\u{2}", "\u{4}",
    ];
    Ok(Reader {
        name: "audio",
        words,
        examples: shortest.into_iter().collect::<Result<_, _>>()?,
        look: Box::new(look),
    })
}
