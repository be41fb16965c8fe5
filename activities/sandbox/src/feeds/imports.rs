//! A channel that reads a calendar of ours and shows its nights again as its own, as channels do: under other
//! names, in its own words, and for as long as it has not read anew.

use axum::body::Bytes;
use calendar_feed::{Nights, Settings, Window, read};
use chrono::{NaiveDate, Utc};
use reqwest::{StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What a channel imports.
#[derive(Clone, Debug)]
pub(super) struct Import {
    wish: Wish,
    /// Of the last good answer.
    etag: Option<String>,
    events: Vec<Event>,
    /// How often it was read.
    readings: u32,
}

/// The calendar it reads, and how it shows what is in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    url: String,
    /// What its copies are called.
    #[serde(default = "usual_summary")]
    summary: String,
    /// What becomes of the UIDs.
    #[serde(default)]
    uids: Uids,
}

fn usual_summary() -> String {
    "Not available".to_owned()
}

/// What becomes of the UIDs that a channel reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Uids {
    /// Its own, made from the dates.
    #[default]
    Rewritten,
    /// Its own, and others with every reading.
    Rotating,
    /// Those it read.
    Kept,
}

/// An event as it was read.
#[derive(Clone, Debug)]
struct Event {
    uid: String,
    nights: Nights,
}

/// An answer to a reading.
pub(super) struct Answer {
    status: StatusCode,
    etag: Option<String>,
    body: Bytes,
}

impl Import {
    pub(super) const fn new(wish: Wish) -> Self {
        Self {
            wish,
            etag: None,
            events: Vec::new(),
            readings: 0,
        }
    }

    /// Asks for the calendar, conditionally where there was an answer before.
    pub(super) async fn ask(&self, http: &reqwest::Client) -> reqwest::Result<Answer> {
        let mut request = http
            .get(&self.wish.url)
            .header(header::USER_AGENT, "a channel of the sandbox");
        if let Some(etag) = &self.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let answer = request.send().await?;
        let etag = answer.headers().get(header::ETAG);
        Ok(Answer {
            status: answer.status(),
            etag: etag
                .and_then(|value| value.to_str().ok())
                .map(ToOwned::to_owned),
            body: answer.bytes().await?,
        })
    }

    /// Takes over what was answered; an answer that is no calendar changes nothing.
    pub(super) fn take(&mut self, answer: &Answer) {
        if answer.status != StatusCode::OK {
            return;
        }
        let mut settings = Settings::new(chrono_tz::UTC, Utc::now(), "");
        settings.window = Window {
            from: NaiveDate::MIN,
            until: NaiveDate::MAX,
        };
        let Ok(snapshot) = read(&answer.body, &settings) else {
            return;
        };
        self.readings = self.readings.saturating_add(1);
        self.etag.clone_from(&answer.etag);
        self.events = snapshot
            .occurrences()
            .into_iter()
            .map(|one| Event {
                uid: one.uid.unwrap_or_default().to_owned(),
                nights: Nights {
                    check_in: one.start,
                    check_out: one.end,
                },
            })
            .collect();
    }

    /// What the control API answers: the status, and the nights the channel has now.
    pub(super) fn report(&self, answer: &Answer) -> Value {
        let nights = self.events.iter().map(|event| event.nights);
        json!({ "status": answer.status.as_u16(), "nights": nights.collect::<Vec<_>>() })
    }

    /// A channel's own calendar with the copies in it.
    pub(super) fn added_to(&self, name: &str, own: Option<&Bytes>) -> Bytes {
        const FRAME: &str =
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a channel//EN\r\nEND:VCALENDAR\r\n";
        const END: &[u8] = b"END:VCALENDAR";
        let own = own.map_or(FRAME.as_bytes(), |own| &own[..]);
        let at = own.windows(END.len()).rposition(|part| part == END);
        let Some((before, end)) = at.and_then(|at| own.split_at_checked(at)) else {
            return Bytes::copy_from_slice(own);
        };
        let copies: String = self
            .events
            .iter()
            .map(|event| self.copy(name, event))
            .collect();
        [before, copies.as_bytes(), end].concat().into()
    }

    fn copy(&self, name: &str, event: &Event) -> String {
        let Nights {
            check_in,
            check_out,
        } = event.nights;
        let seed = match self.wish.uids {
            Uids::Kept => None,
            Uids::Rewritten => Some(format!("{name}/{check_in}/{check_out}")),
            Uids::Rotating => Some(format!("{name}/{check_in}/{check_out}/{}", self.readings)),
        };
        let uid = seed.map_or_else(
            || event.uid.clone(),
            |seed| {
                let mut digest = hex::encode(Sha256::digest(seed.as_bytes()));
                digest.truncate(32);
                format!("{digest}@channel.example")
            },
        );
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\nSUMMARY:{}\r\nEND:VEVENT\r\n",
            check_in.format("%Y%m%d"),
            check_out.format("%Y%m%d"),
            self.wish.summary,
        )
    }
}
