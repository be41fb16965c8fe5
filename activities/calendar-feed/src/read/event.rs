//! One VEVENT, with the properties that count and no others.

use chrono::NaiveDateTime;

use super::{
    kind,
    moment::{Moment, Span, ZoneName},
    property::{Head, Property},
    zone::Zones,
};

/// The most characters of a summary that are kept.
const LONGEST_SUMMARY: usize = 200;

/// What an event says. Zones are named and not yet looked up, because a feed may define them at its end.
#[derive(Debug, Default)]
pub(super) struct Event {
    pub(super) uid: Option<Box<str>>,
    pub(super) replaces: Option<RecurrenceId>,
    pub(super) sequence: Option<i64>,
    pub(super) last_modified: Option<NaiveDateTime>,
    pub(super) start: Option<Moment>,
    end: Option<Option<Moment>>,
    duration: Option<Option<Span>>,
    /// Each as it is written; an empty one could not be kept whole.
    pub(super) rules: Vec<Box<str>>,
    pub(super) dates: Vec<Addition>,
    /// Whether an addition could not be read.
    pub(super) has_bad_date: bool,
    pub(super) exceptions: Vec<Moment>,
    pub(super) status: Option<Status>,
    pub(super) is_transparent: Option<bool>,
    pub(super) summary: Option<Box<str>>,
    pub(super) reservation_url: Option<Box<str>>,
    /// Whether it is about this occurrence and all that follow.
    pub(super) is_this_and_future: bool,
}

/// Which occurrence an event replaces.
#[derive(Debug)]
pub(super) enum RecurrenceId {
    At(Moment),
    /// It cannot be read: the event stands for itself.
    Unreadable(Box<str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Confirmed,
    Tentative,
    Cancelled,
}

/// How long an event takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    /// One night.
    Missing,
    At(Moment),
    After(Span),
    /// There is one, and nobody can read it.
    Unreadable,
}

/// One item of an RDATE.
#[derive(Clone, Copy, Debug)]
pub(super) enum Addition {
    At(Moment),
    Period(Moment, End),
}

impl Event {
    /// DTEND before DURATION.
    pub(super) fn end(&self) -> End {
        match (self.end, self.duration) {
            (Some(end), _) => end.map_or(End::Unreadable, End::At),
            (None, Some(duration)) => duration.map_or(End::Unreadable, End::After),
            (None, None) => End::Missing,
        }
    }

    /// Takes what counts from a line; whether the line could be split.
    ///
    /// Of a property that is there twice, the first that can be read counts.
    pub(super) fn take(&mut self, head: &Head<'_>, zones: &mut Zones) -> bool {
        let name = head.name();
        let Some(taker) = TAKERS
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        else {
            return true;
        };
        let Some(property) = head.split() else {
            return false;
        };
        taker.1(self, &property, zones);
        true
    }

    fn take_uid(&mut self, property: &Property<'_>, _: &mut Zones) {
        if self.uid.is_none() && !property.value.is_empty() {
            self.uid = Some(property.value.into());
        }
    }

    fn take_recurrence_id(&mut self, property: &Property<'_>, zones: &mut Zones) {
        if matches!(self.replaces, Some(RecurrenceId::At(_))) || property.value.is_empty() {
            return;
        }
        self.is_this_and_future |= property
            .param("RANGE")
            .is_some_and(|range| range.eq_ignore_ascii_case("THISANDFUTURE"));
        self.replaces = Some(match moment(property, zones) {
            Some(moment) => RecurrenceId::At(moment),
            None => RecurrenceId::Unreadable(property.value.into()),
        });
    }

    fn take_sequence(&mut self, property: &Property<'_>, _: &mut Zones) {
        if self.sequence.is_none() {
            self.sequence = property.value.parse().ok().filter(|number| *number >= 0);
        }
    }

    fn take_last_modified(&mut self, property: &Property<'_>, _: &mut Zones) {
        if self.last_modified.is_none() {
            self.last_modified = match Moment::read(property.value, ZoneName::Floating, false) {
                Some(Moment::Utc(instant)) => Some(instant),
                Some(Moment::Date(_) | Moment::Local(..)) | None => None,
            };
        }
    }

    fn take_start(&mut self, property: &Property<'_>, zones: &mut Zones) {
        if self.start.is_none() {
            self.start = moment(property, zones);
        }
    }

    fn take_end(&mut self, property: &Property<'_>, zones: &mut Zones) {
        if !matches!(self.end, Some(Some(_))) {
            self.end = Some(moment(property, zones));
        }
    }

    fn take_duration(&mut self, property: &Property<'_>, _: &mut Zones) {
        if !matches!(self.duration, Some(Some(_))) {
            self.duration = Some(Span::read(property.value));
        }
    }

    fn take_rule(&mut self, property: &Property<'_>, _: &mut Zones) {
        // Half a rule can read like another one.
        self.rules.push(if property.is_cut {
            "".into()
        } else {
            property.value.into()
        });
    }

    fn take_dates(&mut self, property: &Property<'_>, zones: &mut Zones) {
        let (zone, as_date) = form(property, zones);
        for item in property.items() {
            match addition(item, zone, as_date) {
                Some(addition) => self.dates.push(addition),
                None => self.has_bad_date = true,
            }
        }
    }

    fn take_exceptions(&mut self, property: &Property<'_>, zones: &mut Zones) {
        let (zone, as_date) = form(property, zones);
        let read = property
            .items()
            .filter_map(|item| Moment::read(item, zone, as_date));
        self.exceptions.extend(read);
    }

    fn take_status(&mut self, property: &Property<'_>, _: &mut Zones) {
        let is = |text: &str| property.value.eq_ignore_ascii_case(text);
        let status = if is("CANCELLED") || is("CANCELED") {
            Status::Cancelled
        } else if is("TENTATIVE") {
            Status::Tentative
        } else {
            Status::Confirmed
        };
        self.status.get_or_insert(status);
    }

    fn take_transparency(&mut self, property: &Property<'_>, _: &mut Zones) {
        let is_transparent = property.value.eq_ignore_ascii_case("TRANSPARENT");
        self.is_transparent.get_or_insert(is_transparent);
    }

    fn take_summary(&mut self, property: &Property<'_>, _: &mut Zones) {
        if self.summary.is_none() {
            let text: String = unescaped(property.value)
                .filter(|letter| !letter.is_control())
                .take(LONGEST_SUMMARY)
                .collect();
            let text = text.trim();
            self.summary = (!text.is_empty()).then(|| text.into());
        }
    }

    /// Nothing of a description is kept but a link to the reservation.
    fn take_description(&mut self, property: &Property<'_>, _: &mut Zones) {
        if self.reservation_url.is_none() {
            self.reservation_url = kind::reservation_url(property.value).map(Into::into);
        }
    }
}

type Taker = fn(&mut Event, &Property<'_>, &mut Zones);

const TAKERS: [(&str, Taker); 14] = [
    ("UID", Event::take_uid),
    ("DTSTART", Event::take_start),
    ("DTEND", Event::take_end),
    ("SUMMARY", Event::take_summary),
    ("DESCRIPTION", Event::take_description),
    ("STATUS", Event::take_status),
    ("TRANSP", Event::take_transparency),
    ("SEQUENCE", Event::take_sequence),
    ("LAST-MODIFIED", Event::take_last_modified),
    ("DURATION", Event::take_duration),
    ("RRULE", Event::take_rule),
    ("RDATE", Event::take_dates),
    ("EXDATE", Event::take_exceptions),
    ("RECURRENCE-ID", Event::take_recurrence_id),
];

/// The zone a property names, and whether it asks for dates.
fn form(property: &Property<'_>, zones: &mut Zones) -> (ZoneName, bool) {
    let zone = property.param("TZID").map_or(ZoneName::Floating, |name| {
        ZoneName::Named(zones.number(name))
    });
    let as_date = property
        .param("VALUE")
        .is_some_and(|value| value.eq_ignore_ascii_case("DATE"));
    (zone, as_date)
}

fn moment(property: &Property<'_>, zones: &mut Zones) -> Option<Moment> {
    let (zone, as_date) = form(property, zones);
    Moment::read(property.value, zone, as_date).or_else(|| {
        // `TZID=tzone://Microsoft/Custom:20270110T020000` without the quotation marks it needs: the value
        // is what follows a later colon.
        let name = property.param("TZID")?;
        let (rest, value) = property.value.rsplit_once(':')?;
        let zone = ZoneName::Named(zones.number(&format!("{name}:{rest}")));
        Moment::read(value, zone, as_date)
    })
}

/// A date, a time, or a period of a start and an end or a duration.
fn addition(text: &str, zone: ZoneName, as_date: bool) -> Option<Addition> {
    let Some((start, end)) = text.split_once('/') else {
        return Moment::read(text, zone, as_date).map(Addition::At);
    };
    let start = Moment::read(start, zone, as_date)?;
    let end = if end.starts_with(['P', 'p', '+', '-']) {
        Span::read(end).map_or(End::Unreadable, End::After)
    } else {
        Moment::read(end, zone, as_date).map_or(End::Unreadable, End::At)
    };
    Some(Addition::Period(start, end))
}

/// Text without its escapes; a line break becomes a blank.
pub(super) fn unescaped(text: &str) -> impl Iterator<Item = char> {
    let mut letters = text.chars();
    std::iter::from_fn(move || {
        let letter = letters.next()?;
        if letter != '\\' {
            return Some(letter);
        }
        Some(match letters.next() {
            Some('n' | 'N') => ' ',
            Some(escaped) => escaped,
            None => '\\',
        })
    })
}
