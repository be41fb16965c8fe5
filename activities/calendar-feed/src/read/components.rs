//! Which component a line belongs to, by a stack of our own.
//!
//! Components that we do not know are skipped whole, however deep they nest, and what is missing an end is
//! found out here.

use super::{
    budget::Budget,
    event::Event,
    lines::Lines,
    moment::{Moment, ZoneName},
    property::Head,
    zone::{Observance, RawZone, Zones, read_offset},
};
use crate::{ReadError, Settings, Warning, WarningCode};

/// How deep nesting is followed.
const DEEPEST: usize = 16;

/// The events of a body, as they are written.
pub(super) struct Feed {
    pub(super) events: Vec<Event>,
    pub(super) zones: Zones,
    pub(super) product: Option<String>,
    pub(super) skipped_lines: usize,
    pub(super) warnings: Vec<Warning>,
}

/// Reads a body into events.
pub(super) fn collect(
    body: &[u8],
    settings: &Settings,
    budget: &mut Budget,
) -> Result<Feed, ReadError> {
    let mut collector = Collector {
        feed: Feed {
            events: Vec::new(),
            zones: Zones::new(settings.zone, settings.window),
            product: None,
            skipped_lines: 0,
            warnings: Vec::new(),
        },
        open: Vec::new(),
        deeper: Deeper::default(),
        most_events: settings.limits.events,
        found_calendar: false,
    };
    for line in Lines::of(body) {
        budget.step()?;
        let Some(head) = Head::of(&line) else {
            collector.skip_line();
            continue;
        };
        collector.line(&head)?;
    }
    collector.finished()
}

struct Collector {
    feed: Feed,
    open: Vec<Component>,
    deeper: Deeper,
    most_events: usize,
    found_calendar: bool,
}

/// A component without its end so far.
enum Component {
    Calendar,
    Event(Box<Event>),
    Zone(RawZone),
    Observance(Observance),
    Unknown(Box<str>),
}

impl Component {
    fn is_named(&self, name: &str) -> bool {
        match self {
            Self::Calendar => name == "VCALENDAR",
            Self::Event(_) => name == "VEVENT",
            Self::Zone(_) => name == "VTIMEZONE",
            Self::Observance(_) => name == "STANDARD" || name == "DAYLIGHT",
            Self::Unknown(own) => name == &**own,
        }
    }

    /// Whether it may not be closed by anything but its own end.
    fn must_end(&self) -> bool {
        self.is_named("VCALENDAR") || self.is_named("VEVENT")
    }
}

/// Components below the depth that is followed: only counted.
#[derive(Default)]
struct Deeper {
    all: usize,
    calendars: usize,
    events: usize,
}

impl Deeper {
    fn count(&mut self, name: &str, change: impl Fn(usize) -> usize) {
        self.all = change(self.all);
        match name {
            "VCALENDAR" => self.calendars = change(self.calendars),
            "VEVENT" => self.events = change(self.events),
            _ => {}
        }
    }

    /// Whether an END of this name can belong to one of them.
    const fn holds(&self, name: &str) -> bool {
        match name.as_bytes() {
            b"VCALENDAR" => self.calendars > 0,
            b"VEVENT" => self.events > 0,
            _ => self.all > 0,
        }
    }
}

impl Collector {
    fn line(&mut self, head: &Head<'_>) -> Result<(), ReadError> {
        let name = head.name();
        if name.eq_ignore_ascii_case("BEGIN") {
            return self.begin(&head.value().to_ascii_uppercase());
        }
        if name.eq_ignore_ascii_case("END") {
            return self.end(&head.value().to_ascii_uppercase());
        }
        if self.deeper.all > 0 {
            return Ok(());
        }
        match self.open.last_mut() {
            None => self.warn(WarningCode::StrayText),
            Some(Component::Event(event)) => {
                if !event.take(head, &mut self.feed.zones) {
                    self.feed.skipped_lines = self.feed.skipped_lines.saturating_add(1);
                }
            }
            Some(Component::Calendar) => {
                if self.feed.product.is_none() && name.eq_ignore_ascii_case("PRODID") {
                    self.feed.product = Some(head.value().chars().take(200).collect());
                }
            }
            Some(Component::Zone(zone)) => {
                if zone.name.is_none() && name.eq_ignore_ascii_case("TZID") {
                    zone.name = Some(head.value().to_owned());
                }
            }
            Some(Component::Observance(observance)) => observe(observance, head),
            Some(Component::Unknown(_)) => {}
        }
        Ok(())
    }

    fn begin(&mut self, name: &str) -> Result<(), ReadError> {
        // One event's end is missing, and whatever it says next belongs to another.
        if name == "VEVENT" && self.open.iter().any(|open| open.is_named("VEVENT")) {
            return Err(ReadError::Truncated);
        }
        if self.open.len() >= DEEPEST {
            self.deeper.count(name, |count| count.saturating_add(1));
            return Ok(());
        }
        let component = match (name, self.open.last()) {
            ("VCALENDAR", None | Some(Component::Calendar)) => {
                self.found_calendar = true;
                Component::Calendar
            }
            (_, None) => {
                self.warn(WarningCode::StrayText);
                return Ok(());
            }
            ("VEVENT", Some(Component::Calendar)) => {
                if self.feed.events.len() >= self.most_events {
                    return Err(ReadError::LimitsExceeded);
                }
                Component::Event(Box::default())
            }
            ("VTIMEZONE", Some(Component::Calendar)) => Component::Zone(RawZone::default()),
            ("STANDARD" | "DAYLIGHT", Some(Component::Zone(_))) => {
                Component::Observance(Observance::default())
            }
            _ => Component::Unknown(name.into()),
        };
        self.open.push(component);
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), ReadError> {
        if self.deeper.holds(name) {
            self.deeper.count(name, |count| count.saturating_sub(1));
            return Ok(());
        }
        if !self.open.iter().any(|open| open.is_named(name)) {
            if self.open.is_empty() {
                self.warn(WarningCode::StrayText);
            }
            return Ok(());
        }
        self.deeper = Deeper::default();
        while let Some(component) = self.open.pop() {
            let is_it = component.is_named(name);
            if !is_it {
                if component.must_end() {
                    return Err(ReadError::Truncated);
                }
                self.warn(WarningCode::UnclosedComponent);
            }
            self.close(component);
            if is_it {
                break;
            }
        }
        Ok(())
    }

    fn close(&mut self, component: Component) {
        match component {
            Component::Event(event) => self.feed.events.push(*event),
            Component::Zone(zone) => self.feed.zones.define(zone),
            Component::Observance(observance) => {
                if let Some(Component::Zone(zone)) = self.open.last_mut() {
                    zone.observances.push(observance);
                }
            }
            Component::Calendar | Component::Unknown(_) => {}
        }
    }

    fn skip_line(&mut self) {
        if self.open.is_empty() {
            self.warn(WarningCode::StrayText);
        } else {
            self.feed.skipped_lines = self.feed.skipped_lines.saturating_add(1);
        }
    }

    /// Once is enough for what concerns no event.
    fn warn(&mut self, code: WarningCode) {
        let warning = Warning { code, uid: None };
        if !self.feed.warnings.contains(&warning) {
            self.feed.warnings.push(warning);
        }
    }

    fn finished(self) -> Result<Feed, ReadError> {
        if !self.found_calendar {
            return Err(ReadError::NotACalendar);
        }
        if self.open.iter().any(Component::must_end) {
            return Err(ReadError::Truncated);
        }
        Ok(self.feed)
    }
}

fn observe(observance: &mut Observance, head: &Head<'_>) {
    let clock = |text: &str| match Moment::read(text, ZoneName::Floating, false)? {
        Moment::Date(date) => date.and_hms_opt(0, 0, 0),
        Moment::Utc(clock) | Moment::Local(clock, _) => Some(clock),
    };
    let name = head.name();
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    if is("DTSTART") {
        observance.start = observance.start.or_else(|| clock(head.value()));
    } else if is("TZOFFSETFROM") {
        observance.from = observance.from.or_else(|| read_offset(head.value()));
    } else if is("TZOFFSETTO") {
        observance.to = observance.to.or_else(|| read_offset(head.value()));
    } else if is("RRULE") {
        observance.rules.push(head.value().to_owned());
    } else if is("RDATE") {
        observance
            .dates
            .extend(head.value().split(',').map(str::trim).filter_map(clock));
    }
}
