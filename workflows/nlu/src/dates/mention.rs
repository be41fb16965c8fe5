//! What a message can say about dates, as it was said: nothing here knows what day it is.

use chrono::Weekday;

/// One day, as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    /// A day of the calendar, more or less complete.
    Day(Day),
    /// "el viernes", "el viernes de la semana que viene".
    Weekday(Weekday, Week),
    /// So many days after today.
    Ahead(u32),
}

/// A day of the calendar; what was not said is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) day: u32,
    pub(crate) month: Option<u32>,
    pub(crate) year: Option<Year>,
    pub(crate) weekday: Option<Weekday>,
}

impl Day {
    /// A day of no particular month.
    pub(crate) const fn bare(day: u32) -> Self {
        Self {
            day,
            month: None,
            year: None,
            weekday: None,
        }
    }
}

/// Which week a weekday or a weekend is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Week {
    /// The first one ahead, or ahead of the dates talked about.
    Coming,
    /// The first one ahead of today ("este").
    This,
    /// The calendar week after this one.
    Next,
    /// The one after the first one ahead.
    Second,
    /// The first or the second, nobody can tell (English "next Friday").
    Unclear,
}

/// Whether a day is an arrival or a departure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Unsaid,
    Arrival,
    Departure,
}

/// Something said about when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mention {
    /// "del 12 al 14"; `window` for "entre el 12 y el 20", which may only bound the stay.
    Range {
        from: Point,
        to: Point,
        window: bool,
    },
    /// "cambiarla del 12 al 14": to those days, or from the one to the other.
    Moved { from: Point, to: Point },
    /// "el 12".
    Point(Point, Role),
    /// "el 12 y el 13": the nights, or arrival and departure.
    Both(Vec<Point>),
    /// "las noches del 12 y 13".
    NightsOf(Vec<Point>),
    /// "el 12 o el 13".
    Either(Vec<Point>),
    /// "5-7": the 5th to the 7th, or the 5th of July.
    PairOrDate(u32, u32),
    /// A weekend.
    Weekend(Weekend),
    /// A feast or long weekend.
    Feast(Feast, Option<Year>),
    /// A stretch in which the stay lies.
    Period(Stretch),
    /// A time that is over, told rather than asked for.
    Bygone,
    /// What looks like a date and names none: "los viernes", "a la mañana".
    Nothing,
}

/// Friday to Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weekend {
    In(Week),
    /// The one that holds a day.
    Holding(Point),
    /// The first, second, third or fourth of a month.
    Nth(u32, u32),
    /// The last of a month.
    Last(u32),
    /// Some weekend.
    Any,
}

/// Days that have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feast {
    HolyWeek,
    Carnival,
    Christmas,
    NewYear,
    /// The next long weekend.
    LongWeekend,
    /// The next long weekend of a month.
    LongWeekendIn(u32),
    /// The long weekend that keeps the holiday of a day.
    LongWeekendOf(Point),
}

/// A year, as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Year {
    /// "de 2027".
    Is(i32),
    /// "de este año", "del año que viene": so many after this one.
    Ahead(i32),
}

/// A stretch of the calendar that is not a stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stretch {
    /// A month, or the part of one between two days.
    Month {
        month: u32,
        year: Option<Year>,
        first: u32,
        last: u32,
        /// The whole of it may be meant as the stay ("todo febrero", "la primera quincena").
        whole: bool,
    },
    /// This calendar week or one after it.
    Week(u32),
    /// The week that holds a day.
    WeekOf(Point),
    /// This month or one after it.
    MonthAhead(u32),
    /// Around, before or after a day: no bound is certain.
    Near(Point),
}

/// How long, as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Nights(u32),
    /// Days: as many nights, or one fewer.
    Days(u32),
    /// "3 o 4 noches".
    Unclear,
    /// "una noche más", "una noche menos".
    Change(i32),
    /// "un día antes": days to move, and which end.
    Shift(i32, Role),
    /// "correr la reserva un día": days that both ends move.
    Move(i32),
    /// "en 15 días": that many days ahead.
    Ahead(u32),
    /// "hace dos días": no length of a stay.
    Elapsed,
}
