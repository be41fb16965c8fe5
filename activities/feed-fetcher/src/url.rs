//! The door for addresses: what a person typed, and where a channel sends us on to.

use std::fmt;

use reqwest::Url;
use secrecy::SecretString;

use crate::address::is_public;

/// The longest address that is kept.
const LONGEST: usize = 2_000;

/// Which addresses may be fetched.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Whether a calendar may come without encryption.
    pub http: bool,
    /// Our own host names: a feed cannot import what we publish.
    pub own_hosts: Vec<String>,
    /// What is fetched although it is not public, over any scheme and port: the sandbox, and nothing else.
    pub trusted: Vec<Origin>,
}

/// A scheme, a host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

/// It is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin looks like http://sandbox:8080")]
pub struct InvalidOrigin;

impl std::str::FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let url = Url::parse(text).or(Err(InvalidOrigin))?;
        Self::of(&url).ok_or(InvalidOrigin)
    }
}

impl Origin {
    fn of(url: &Url) -> Option<Self> {
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str()?.trim_end_matches('.').to_owned(),
            port: url.port_or_known_default()?,
        })
    }
}

/// Why an address is not fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// No calendar has one as long.
    #[error("the link has at most 2,000 characters")]
    TooLong,
    /// It cannot be read.
    #[error(
        "this is no link; paste the calendar's link as the channel shows it, with https:// in front"
    )]
    Malformed,
    /// It is not encrypted, or something else.
    #[error("the link must begin with https:// or webcal://")]
    Scheme,
    /// A web server listens at one of two.
    #[error("the link must not name a port")]
    Port,
    /// A name or a password in it would be sent to whoever answers.
    #[error("the link must not hold a user name or a password")]
    UserInfo,
    /// It is our own calendar.
    #[error("this is one of our own calendars; paste the channel's link")]
    OwnHost,
    /// It leads to a network that is not public.
    #[error("the link must lead to a public web server")]
    Address,
}

impl InvalidUrl {
    /// Its name for machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooLong => "url_too_long",
            Self::Malformed => "url_malformed",
            Self::Scheme => "url_scheme",
            Self::Port => "url_port",
            Self::UserInfo => "url_user_info",
            Self::OwnHost => "url_own_host",
            Self::Address => "url_address",
        }
    }
}

/// Where a calendar is fetched. Whoever knows it reads when the house is empty: it is shown masked.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedUrl {
    url: Url,
    trusted: bool,
}

impl Policy {
    /// Reads an address, if it may be fetched. A name still has to lead somewhere public when it is resolved.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn parse(&self, text: &str) -> Result<FeedUrl, InvalidUrl> {
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(InvalidUrl::TooLong);
        }
        let url = Url::parse(&with_web_scheme(text)).or(Err(InvalidUrl::Malformed))?;
        self.admit(url)
    }

    /// Where a redirect leads, if it may be followed.
    pub(crate) fn follow(&self, from: &FeedUrl, location: &str) -> Result<FeedUrl, InvalidUrl> {
        if location.chars().count() > LONGEST {
            return Err(InvalidUrl::TooLong);
        }
        let joined = from.url.join(&with_web_scheme(location));
        self.admit(joined.or(Err(InvalidUrl::Malformed))?)
    }

    fn admit(&self, mut url: Url) -> Result<FeedUrl, InvalidUrl> {
        url.set_fragment(None);
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidUrl::UserInfo);
        }
        let origin = Origin::of(&url).ok_or(InvalidUrl::Malformed)?;
        if self.trusted.contains(&origin) {
            return Ok(FeedUrl { url, trusted: true });
        }
        if url.scheme() == "http" && !self.http {
            return Err(InvalidUrl::Scheme);
        }
        if !matches!(origin.port, 80 | 443) {
            return Err(InvalidUrl::Port);
        }
        let is_own = |own: &String| own.trim_end_matches('.').eq_ignore_ascii_case(&origin.host);
        if self.own_hosts.iter().any(is_own) {
            return Err(InvalidUrl::OwnHost);
        }
        // A client's resolver is not asked for literal addresses.
        let literal = origin.host.trim_matches(['[', ']']).parse();
        if literal.is_ok_and(|address| !is_public(address)) {
            return Err(InvalidUrl::Address);
        }
        Ok(FeedUrl {
            url,
            trusted: false,
        })
    }
}

fn with_web_scheme(text: &str) -> String {
    let rest = ["webcal://", "webcals://"].iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    });
    rest.map_or_else(|| text.to_owned(), |rest| format!("https://{rest}"))
}

impl FeedUrl {
    /// The address itself, to be kept.
    #[must_use]
    pub fn to_secret(&self) -> SecretString {
        self.url.as_str().into()
    }

    /// A link that is kept, shown without its secret.
    #[must_use]
    pub fn masked(text: &str) -> String {
        let shown = Url::parse(text).map(|url| {
            Self {
                url,
                trusted: false,
            }
            .to_string()
        });
        shown.unwrap_or_else(|_no_link| "…".to_owned())
    }

    /// Its host, which is no secret.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    pub(crate) const fn is_trusted(&self) -> bool {
        self.trusted
    }
}

/// Scheme, host and the last four characters.
impl fmt::Display for FeedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut after_host = self.url.path().to_owned();
        after_host.extend(self.url.query());
        // A short one would be shown whole.
        let last = match after_host.char_indices().rev().nth(3) {
            Some((at, _)) if at > 4 => after_host.get(at..).unwrap_or_default(),
            _ => "",
        };
        write!(f, "{}://{}/…{last}", self.url.scheme(), self.host())
    }
}

impl fmt::Debug for FeedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FeedUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy {
            http: false,
            own_hosts: vec!["reservas.example.com".to_owned()],
            trusted: vec!["http://127.0.0.1:4000".parse().unwrap()],
        }
    }

    fn refused(text: &str) -> Option<InvalidUrl> {
        policy().parse(text).err()
    }

    #[test]
    fn a_link_as_a_channel_shows_it_is_taken() {
        for (typed, kept) in [
            (
                " https://www.airbnb.com/calendar/ical/1.ics?s=2 ",
                "https://www.airbnb.com/calendar/ical/1.ics?s=2",
            ),
            (
                "webcal://ical.example.org/a.ics",
                "https://ical.example.org/a.ics",
            ),
            (
                "WebCal://ical.example.org/a.ics#top",
                "https://ical.example.org/a.ics",
            ),
            (
                "https://ical.example.org:443/a",
                "https://ical.example.org/a",
            ),
            ("https://1.1.1.1/a", "https://1.1.1.1/a"),
            ("https://[2606:4700::1111]/a", "https://[2606:4700::1111]/a"),
            (
                "http://127.0.0.1:4000/sandbox/feeds/a.ics",
                "http://127.0.0.1:4000/sandbox/feeds/a.ics",
            ),
        ] {
            let url = policy().parse(typed).unwrap();
            assert_eq!(url.url.as_str(), kept);
        }
    }

    #[test]
    fn a_link_that_leads_astray_is_refused_with_the_reason() {
        use InvalidUrl::{Address, Malformed, OwnHost, Port, Scheme, TooLong, UserInfo};
        for (typed, why) in [
            ("", Malformed),
            ("airbnb.com/calendar", Malformed),
            ("https://", Malformed),
            ("ftp://example.org/a", Scheme),
            ("file:///etc/passwd", Scheme),
            ("http://ical.example.org/a.ics", Scheme),
            ("https://ical.example.org:8443/a", Port),
            ("https://me:secret@ical.example.org/a", UserInfo),
            ("https://me@ical.example.org/a", UserInfo),
            ("https://Reservas.Example.com/ical/x.ics", OwnHost),
            ("https://reservas.example.com./ical/x.ics", OwnHost),
            ("https://127.0.0.1/a", Address),
            ("https://2130706433/a", Address),
            ("https://0x7f.1/a", Address),
            ("https://0177.0.0.1/a", Address),
            ("https://127.1/a", Address),
            ("https://169.254.169.254/latest/meta-data", Address),
            ("https://[::1]/a", Address),
            ("https://[::ffff:10.0.0.1]/a", Address),
            ("http://127.0.0.1:4001/a", Scheme),
            ("https://127.0.0.1:4000/a", Port),
        ] {
            assert_eq!(refused(typed), Some(why), "{typed}");
        }
        assert_eq!(
            refused(&format!("https://a.example/{}", "x".repeat(2_000))),
            Some(TooLong)
        );
    }

    #[test]
    fn a_redirect_passes_the_same_door() {
        let from = policy().parse("https://ical.example.org/a/b.ics").unwrap();
        let to = |location| policy().follow(&from, location);
        assert_eq!(
            to("../c.ics").unwrap().url.as_str(),
            "https://ical.example.org/c.ics"
        );
        assert_eq!(to("//other.example/c").unwrap().host(), "other.example");
        assert_eq!(to("http://localhost/c"), Err(InvalidUrl::Scheme));
        assert_eq!(to("https://10.0.0.1/c"), Err(InvalidUrl::Address));
        assert_eq!(
            to("https://reservas.example.com/c"),
            Err(InvalidUrl::OwnHost)
        );
    }

    #[test]
    fn a_link_is_shown_without_its_secret() {
        let url = policy()
            .parse("https://www.airbnb.com/calendar/ical/77.ics?s=c0ffee1234")
            .unwrap();
        assert_eq!(url.to_string(), "https://www.airbnb.com/…1234");
        assert_eq!(format!("{url:?}"), "FeedUrl(https://www.airbnb.com/…1234)");
        let short = policy().parse("https://a.example/abcd").unwrap();
        assert_eq!(short.to_string(), "https://a.example/…");
    }
}
