//! Our own calendar, for other channels to read: which nights cannot be sold, and nothing about anybody.
//!
//! By hand, because the form is a page of code and the `ical` crate's generator counts characters instead of
//! octets. The same events give the same bytes, whenever they are asked for.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::Nights;

/// The most octets of a line, without its end.
const LONGEST_LINE: usize = 75;

/// How many octets of the keyed hash name an event.
const UID_BYTES: usize = 16;

/// The letters of RFC 4648's base 32, in lower case.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Nights that we publish as taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// What identifies them, made by [`uid`]: the same in every feed and for as long as they exist.
    pub uid: String,
    /// From check-in to check-out.
    pub nights: Nights,
    /// How often the dates have changed.
    pub sequence: u32,
    /// When they last changed. Not the time of the request: a calendar that says nothing new is the same bytes.
    pub changed_at: DateTime<Utc>,
}

/// Writes a calendar: an event for each, by first night and UID, whatever the order they come in.
#[must_use]
pub fn write(events: &[Published]) -> String {
    let mut events: Vec<&Published> = events.iter().collect();
    events.sort_by(|one, other| {
        (one.nights.check_in, &one.uid).cmp(&(other.nights.check_in, &other.uid))
    });
    let mut out = String::with_capacity(events.len().saturating_mul(320).saturating_add(120));
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "VERSION:2.0");
    line(&mut out, "PRODID:-//Posada//Availability 1//EN");
    line(&mut out, "CALSCALE:GREGORIAN");
    for event in events {
        write_event(&mut out, event);
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn write_event(out: &mut String, event: &Published) {
    let changed_at = event.changed_at.format("%Y%m%dT%H%M%SZ");
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}", escaped(&event.uid)));
    // Without METHOD the stamp is that of the last change.
    line(out, &format!("DTSTAMP:{changed_at}"));
    line(out, &format!("LAST-MODIFIED:{changed_at}"));
    line(out, &format!("SEQUENCE:{}", event.sequence));
    line(out, &date("DTSTART", event.nights.check_in));
    line(out, &date("DTEND", event.nights.check_out));
    // Some importers pass over "Blocked" and "Not available".
    line(out, "SUMMARY:Reserved");
    line(out, "STATUS:CONFIRMED");
    line(out, "TRANSP:OPAQUE");
    line(out, "END:VEVENT");
}

fn date(name: &str, date: NaiveDate) -> String {
    format!("{name};VALUE=DATE:{}", date.format("%Y%m%d"))
}

/// The UID of what we call `name`, under our feed domain: it tells nothing of the name to those who do not
/// have the key.
#[must_use]
pub fn uid(key: &[u8], name: &str, domain: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(b"uid\0");
    mac.update(name.as_bytes());
    let digest = mac.finalize().into_bytes();
    let digest = digest.get(..UID_BYTES).unwrap_or(&digest);
    let mut uid = String::from("blk-");
    base_32(digest, &mut uid);
    let _ = write!(uid, "@{domain}");
    uid
}

/// The domain of our UIDs, from the address by which others reach us: its host, in lower case.
///
/// The reader leaves out events of this domain, so that writer and reader must be given the same address.
#[must_use]
pub fn feed_domain(public_url: &str) -> String {
    let after = |text: &'static str| {
        move |rest: &str| {
            rest.find(text)
                .and_then(|at| rest.get(at.saturating_add(text.len())..))
                .unwrap_or(rest)
                .to_owned()
        }
    };
    let rest = after("://")(public_url);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = after("@")(authority);
    // What is in brackets is an address of IPv6, whose colons belong to it.
    let end = host.rfind(']').map_or(0, |at| at.saturating_add(1));
    let port = host
        .get(end..)
        .and_then(|tail| tail.find(':'))
        .map_or(host.len(), |at| at.saturating_add(end));
    host.get(..port).unwrap_or(&host).to_ascii_lowercase()
}

fn base_32(bytes: &[u8], out: &mut String) {
    let (mut waiting, mut bits) = (0_u32, 0_u32);
    let mut push = |index: u32| {
        let letter = usize::try_from(index & 31)
            .ok()
            .and_then(|at| LETTERS.get(at));
        out.extend(letter.copied().map(char::from));
    };
    for byte in bytes {
        waiting = (waiting << 8) | u32::from(*byte);
        bits = bits.saturating_add(8);
        while bits >= 5 {
            bits = bits.saturating_sub(5);
            push(waiting >> bits);
        }
        waiting &= (1 << bits) - 1;
    }
    if bits > 0 {
        push(waiting << 5_u32.saturating_sub(bits));
    }
}

/// Text with its escapes; a break is written out, and other control characters are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// One line, folded by octets: never inside a character, and never inside an escape, which makes Google drop
/// the event. Our own lines are shorter than that, unless the domain is very long.
fn line(out: &mut String, text: &str) {
    let mut room = LONGEST_LINE;
    let mut letters = text.char_indices().peekable();
    while let Some((from, letter)) = letters.next() {
        if letter == '\\' {
            let _ = letters.next();
        }
        let to = letters.peek().map_or(text.len(), |(at, _)| *at);
        let piece = text.get(from..to).unwrap_or_default();
        if piece.len() > room {
            out.push_str("\r\n ");
            room = LONGEST_LINE.saturating_sub(1);
        }
        out.push_str(piece);
        room = room.saturating_sub(piece.len());
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        base_32(bytes, &mut out);
        out
    }

    #[test]
    fn base_32_is_that_of_rfc_4648() {
        for (text, code) in [
            ("", ""),
            ("f", "my"),
            ("foo", "mzxw6"),
            ("foob", "mzxw6yq"),
            ("fooba", "mzxw6ytb"),
            ("foobar", "mzxw6ytboi"),
        ] {
            assert_eq!(encoded(text.as_bytes()), code, "{text}");
        }
    }

    #[test]
    fn the_domain_is_the_host_of_our_address() {
        for (url, domain) in [
            ("https://Reservas.Example.com", "reservas.example.com"),
            (
                "https://reservas.example.com:8443/posada",
                "reservas.example.com",
            ),
            ("http://127.0.0.1:8000", "127.0.0.1"),
            ("http://[::1]:8000/", "[::1]"),
            (
                "https://someone@reservas.example.com/",
                "reservas.example.com",
            ),
        ] {
            assert_eq!(feed_domain(url), domain, "{url}");
        }
    }

    #[test]
    fn text_is_escaped_and_loses_control_characters() {
        assert_eq!(
            escaped("a\\b;c,d\ne\r\u{7}f"),
            "a\\\\b\\;c\\,d\\ne".to_owned() + "f"
        );
    }

    #[test]
    fn folds_never_fall_inside_a_character_or_an_escape() {
        for padding in 60..80 {
            let text = format!("{}\u{1f3e1}\u{f1}\\,\\n\u{1f3e1}", "x".repeat(padding)).repeat(3);
            let mut out = String::new();
            line(&mut out, &text);
            let lines: Vec<&str> = out.trim_end_matches("\r\n").split("\r\n").collect();
            assert!(lines.len() > 1);
            for line in &lines {
                assert!(line.len() <= LONGEST_LINE, "{line}");
                let slashes = line.len() - line.trim_end_matches('\\').len();
                assert_eq!(slashes % 2, 0, "{line}");
            }
            assert_eq!(out.replace("\r\n ", "").trim_end(), text);
        }
    }
}
