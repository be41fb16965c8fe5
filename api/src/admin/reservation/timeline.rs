//! What happened to a reservation, in plain words.

use chrono::{DateTime, Utc};
use database::reservations::Event;
use serde_json::Value;

use super::super::chrome::Shell;

/// One thing that happened.
pub(super) struct Happening {
    pub(super) at: String,
    pub(super) what: String,
    pub(super) detail: Option<String>,
    /// Which colour its dot has.
    pub(super) tone: &'static str,
}

/// An event, in words. One that is not known here keeps its own word.
pub(super) fn told(shell: &Shell, event: &Event) -> Happening {
    let text = |name: &str| {
        event
            .details
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let detail = match event.kind.as_str() {
        "held" | "extended" => until(shell, &event.details),
        "cancelled" | "blocked" => text("reason"),
        "requested" => asked(shell, &event.details),
        "note" => text("text"),
        _ => None,
    };
    let by = text("by_name");
    Happening {
        at: shell.format().instant(event.at),
        what: match (shell.t.event(&event.kind), by) {
            (what, Some(by)) => format!("{what} · {by}"),
            (what, None) => what.to_owned(),
        },
        detail,
        tone: tone(&event.kind),
    }
}

fn until(shell: &Shell, details: &Value) -> Option<String> {
    let at: DateTime<Utc> = details["expires_at"].as_str()?.parse().ok()?;
    let (word, time) = (shell.t.until_time, shell.format().time(at));
    Some(format!("{word} {time}"))
}

fn asked(shell: &Shell, details: &Value) -> Option<String> {
    let act = shell.t.request(details["act"].as_str()?);
    let reason = details["reason"].as_str().unwrap_or_default();
    Some(if reason.is_empty() {
        act.to_owned()
    } else {
        format!("{act}: {reason}")
    })
}

fn tone(kind: &str) -> &'static str {
    match kind {
        "confirmed" | "completed" | "retaken" => "good",
        "held" | "extended" | "dates_changed" => "warn",
        "cancelled" | "no_show" | "expired" => "bad",
        _ => "calm",
    }
}
