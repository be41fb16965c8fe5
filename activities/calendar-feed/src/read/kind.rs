//! What an imported event seems to be, by the habits of the platforms.
//!
//! Habits change without notice: they are used for display and alerts, and with the settings of a new
//! source they never decide whether nights are taken.

use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use regex::Regex;

use super::event::Status;
use crate::{Channel, Kind, Nights};

/// A closure is taken for a booking rule when it reaches the end of the feed, is at least so many nights
/// long ...
const RULE_NIGHTS: u64 = 30;
/// ... and ends at least so many days from now: feeds end a year or two ahead.
const RULE_HORIZON: u64 = 300;

/// What is known about an event.
pub(super) struct Signs<'a> {
    pub(super) channel: Channel,
    /// Who wrote the feed, as it says itself.
    pub(super) product: Option<&'a str>,
    pub(super) uid: Option<&'a str>,
    pub(super) summary: Option<&'a str>,
    pub(super) status: Option<Status>,
    pub(super) has_reservation_url: bool,
    /// Before it was clipped to the window.
    pub(super) nights: Option<Nights>,
    pub(super) today: NaiveDate,
    /// The last check-out of the feed.
    pub(super) feed_end: Option<NaiveDate>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Platform {
    Airbnb,
    Booking,
    Vrbo,
    Guesty,
    Other,
}

impl Signs<'_> {
    pub(super) fn kind(&self) -> Kind {
        let platform = self.platform();
        let summary = self.summary.unwrap_or_default().to_lowercase();
        let summary = summary.as_str();
        if platform == Platform::Guesty && self.is_guesty_rule() {
            return Kind::Rule;
        }
        if self.has_reservation_url || is_reservation(platform, summary) {
            return Kind::Reservation;
        }
        if self.status == Some(Status::Tentative) || starts_with_any(summary, &HOLDS) {
            return Kind::Hold;
        }
        if summary.starts_with("closed - not available") {
            // A stay and a closure look alike here.
            return if self.is_catch_all() {
                Kind::Rule
            } else {
                Kind::Unknown
            };
        }
        if is_closure(summary) {
            let is_rule =
                platform == Platform::Airbnb && (self.is_tonight() || self.is_catch_all());
            return if is_rule { Kind::Rule } else { Kind::Block };
        }
        Kind::Unknown
    }

    fn platform(&self) -> Platform {
        let product = self.product.unwrap_or_default().to_lowercase();
        let uid = self.uid.unwrap_or_default().to_lowercase();
        if uid.ends_with("@guesty.com") || product.contains("guesty") {
            Platform::Guesty
        } else if self.channel == Channel::Airbnb || uid.ends_with("@airbnb.com") {
            Platform::Airbnb
        } else if self.channel == Channel::Booking || uid.ends_with("@booking.com") {
            Platform::Booking
        } else if self.channel == Channel::Vrbo || product.contains("homeaway") {
            Platform::Vrbo
        } else {
            Platform::Other
        }
    }

    fn is_guesty_rule(&self) -> bool {
        let uid = self.uid.unwrap_or_default();
        ["_an_", "_bw_", "_bd_", "_a_", "_b_"]
            .iter()
            .any(|sign| uid.contains(sign))
    }

    /// The notice rule closes one night, tonight's.
    fn is_tonight(&self) -> bool {
        self.nights.is_some_and(|nights| {
            nights.check_in == self.today
                && self.today.checked_add_days(Days::new(1)) == Some(nights.check_out)
        })
    }

    /// The booking window closes everything behind it.
    fn is_catch_all(&self) -> bool {
        let Some(nights) = self.nights else {
            return false;
        };
        let later = |from: NaiveDate, days| from.checked_add_days(Days::new(days));
        self.feed_end.is_some_and(|end| nights.check_out >= end)
            && later(nights.check_in, RULE_NIGHTS).is_some_and(|long| nights.check_out >= long)
            && later(self.today, RULE_HORIZON).is_some_and(|far| nights.check_out >= far)
    }
}

const HOLDS: [&str; 6] = [
    "tentative",
    "provisoire",
    "provisional",
    "provisorio",
    "inquiry",
    "consulta",
];

const CLOSURES: [&str; 9] = [
    "not available",
    "unavailable",
    "blocked",
    "indisponible",
    "no disponible",
    "bloqueado",
    "indispon\u{ed}vel",
    "nicht verf\u{fc}gbar",
    "non disponibile",
];

fn starts_with_any(text: &str, signs: &[&str]) -> bool {
    signs.iter().any(|sign| text.starts_with(sign))
}

fn is_closure(summary: &str) -> bool {
    starts_with_any(summary, &CLOSURES) || summary.contains("(not available)")
}

fn is_reservation(platform: Platform, summary: &str) -> bool {
    // A platform's own words count on that platform alone: we publish `Reserved` ourselves, and a site that
    // copies it must still be recognised as an echo.
    match platform {
        Platform::Airbnb => summary == "reserved",
        Platform::Vrbo => VRBO_STAY.is_match(summary),
        Platform::Booking | Platform::Guesty | Platform::Other => {
            RESERVATION_CODE.is_match(summary)
        }
    }
}

static VRBO_STAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(reserved|r\u{e9}serv\u{e9}e?|reservado|reservada|reserviert|prenotato)( - .*)?$")
        .expect("a valid expression")
});

/// Codes that property managers give to stays: `GY-4Tq9Zk`, `HMABCDEF12`, `BC-abc123xyz`, `Booking 1234567`.
static RESERVATION_CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:(?:gy|ha|bc|hm)-[a-z0-9]{5,}|hm[a-z0-9]{8}|(?:reservation|reserva|booking) (?:#|no\.? ?)?[a-z]{0,4}-?[a-z0-9]*[0-9][a-z0-9]*)\b",
    )
    .expect("a valid expression")
});

static URL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i)https://[^\s\\<>"',;]+"#).expect("a valid expression"));

/// Hosts under which the platforms show a host's reservations.
static CHANNEL_HOST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix) ^ (?:[a-z0-9-]+\.)* (?:
            airbnb\.(?:[a-z]{2,3} | com?\.[a-z]{2})
          | booking\.com
          | (?:vrbo|homeaway|expedia|bookabach|stayz)\.(?:com | com?\.[a-z]{2})
          | (?:abritel|homeaway)\.(?:fr|it|es|pt) | fewo-direkt\.de
          | guesty\.com | smoobu\.com | lodgify\.com | hospitable\.com | beds24\.com | hostaway\.com
        ) $",
    )
    .expect("a valid expression")
});

/// The first `https` link of a description to a reservation on a platform's own host.
pub(super) fn reservation_url(description: &str) -> Option<&str> {
    URL.find_iter(description)
        .map(|found| found.as_str().trim_end_matches(['.', ')', ']']))
        .find(|url| {
            let rest = url.get("https://".len()..).unwrap_or_default();
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            let path = rest.get(host.len()..).unwrap_or_default().to_lowercase();
            CHANNEL_HOST.is_match(host)
                && ["reserv", "booking", "itinerary"]
                    .iter()
                    .any(|sign| path.contains(sign))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_to_a_channels_own_host_are_kept() {
        let url = |text| reservation_url(text);
        assert_eq!(
            url(
                "Reservation URL: https://www.airbnb.com/hosting/reservations/details/HMQ7TEST01\\nPhone: 0417"
            ),
            Some("https://www.airbnb.com/hosting/reservations/details/HMQ7TEST01")
        );
        assert_eq!(
            url("https://www.airbnb.com.ar/reservation/itinerary?code=HM1"),
            Some("https://www.airbnb.com.ar/reservation/itinerary?code=HM1")
        );
        for text in [
            "http://www.airbnb.com/hosting/reservations/details/HM1",
            "https://airbnb.com.evil.example/reservations/1",
            "https://www.airbnb.com@evil.example/reservations/1",
            "https://evil.example/airbnb.com/reservations/1",
            "https://www.airbnb.com:8443/reservations/1",
            "https://www.airbnb.com/rooms/1",
            "nothing",
        ] {
            assert_eq!(url(text), None, "{text}");
        }
    }
}
