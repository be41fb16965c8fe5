//! Places and bookings as an owner has them in a spreadsheet.
//!
//! Every line is read before anything is done, and every line that cannot be read is named.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use csv::{ReaderBuilder, StringRecord};
use database::{
    Database,
    acts::Actor,
    bring_in::{self, BroughtIn, NewBooking, NewPlace, Trouble},
    guests::Contact,
    inbox,
};
use domain::{
    Accommodation, AccommodationId, Money, Party, ReservationCode, Stay,
    accommodation::{Kind, Location},
    policy::Policies,
    rate::RatePlan,
};
use serde::Serialize;

/// The columns of places; those behind the first three may be missing.
pub const PLACES: [&str; 8] = [
    "name",
    "capacity",
    "nightly_rate",
    "kind",
    "description",
    "area",
    "address",
    "access",
];

/// The columns of bookings; those behind the first five may be missing.
pub const BOOKINGS: [&str; 10] = [
    "reference",
    "accommodation",
    "check_in",
    "check_out",
    "guest_name",
    "guests",
    "children",
    "phone",
    "email",
    "total",
];

/// The most lines of one file.
const MOST_LINES: u64 = 5_000;

/// The longest line of text.
const LONGEST_LINE: usize = 120;

/// The longest text.
const LONGEST: usize = 1_500;

/// Which file a line is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum File {
    /// Places.
    Accommodations,
    /// Bookings.
    Bookings,
}

/// A line that cannot come in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct BadLine {
    /// Which file.
    pub file: File,
    /// Which line; the headings are the first.
    pub line: u64,
    /// Which column, when it is one.
    pub column: Option<&'static str>,
    /// What is wrong, to branch on.
    pub code: &'static str,
}

/// What came in, or would, or why nothing did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Unpacked {
    /// Places that are new.
    pub accommodations: u32,
    /// Bookings that are new.
    pub bookings: u32,
    /// Lines that were there already.
    pub known: u32,
    /// Lines that cannot come in. When there is one, nothing came in.
    pub bad: Vec<BadLine>,
    /// What is to be handed to workflows now, or left to the sweep.
    #[serde(skip)]
    pub begun: Vec<inbox::Event>,
}

/// Brings in what the files say: all of it, or nothing. Without `keep` it says what would come in.
///
/// Brought in twice, everything is there once: a place goes by its name, a booking by its reference.
///
/// # Errors
/// When the database does not answer.
pub async fn unpack(
    db: &Database,
    (places, bookings): (&str, &str),
    keep: bool,
    by: &Actor,
    at: DateTime<Utc>,
) -> Result<Unpacked, database::Error> {
    let mut bad = Vec::new();
    let places = Sheet::read(File::Accommodations, places, &mut bad).each(place);
    let bookings = Sheet::read(File::Bookings, bookings, &mut bad).each(booking);
    let keep = keep && bad.is_empty();
    let BroughtIn {
        places,
        bookings,
        known,
        troubles,
        begun,
    } = bring_in::bring_in(db, (&places, &bookings), keep, by, at).await?;
    bad.extend(troubles.into_iter().map(|(line, trouble)| BadLine {
        file: File::Bookings,
        line,
        column: match trouble {
            Trouble::UnknownPlace => Some("accommodation"),
            Trouble::TooMany => Some("guests"),
            Trouble::NightsTaken => Some("check_in"),
        },
        code: match trouble {
            Trouble::UnknownPlace => "unknown_accommodation",
            Trouble::TooMany => "too_many_guests",
            Trouble::NightsTaken => "nights_taken",
        },
    }));
    bad.sort();
    Ok(Unpacked {
        accommodations: places,
        bookings,
        known,
        bad,
        begun,
    })
}

/// A file, line by line.
struct Sheet<'a> {
    file: File,
    lines: Vec<Line>,
    bad: &'a mut Vec<BadLine>,
}

/// A line, by its headings.
struct Line {
    number: u64,
    headings: StringRecord,
    cells: StringRecord,
}

/// What is wrong with a cell.
type Wrong = (&'static str, &'static str);

impl<'a> Sheet<'a> {
    fn read(file: File, text: &str, bad: &'a mut Vec<BadLine>) -> Self {
        // The reader counts a line's end at its first character.
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        // Spreadsheets of countries with a decimal comma separate by semicolons.
        let first = text.lines().next().unwrap_or_default();
        let separator = if first.contains(';') { b';' } else { b',' };
        let mut reader = ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let mut sheet = Self {
            file,
            lines: Vec::new(),
            bad,
        };
        let headings = reader.headers().cloned().unwrap_or_default();
        let known: &[&str] = match file {
            File::Accommodations => &PLACES,
            File::Bookings => &BOOKINGS,
        };
        if headings.iter().any(|heading| !known.contains(&heading)) && !text.trim().is_empty() {
            sheet.wrong(1, None, "unknown_column");
            return sheet;
        }
        for record in reader.records() {
            let Ok(cells) = record else {
                sheet.wrong(1, None, "unreadable");
                break;
            };
            let number = cells.position().map_or(0, csv::Position::line);
            if number > MOST_LINES {
                sheet.wrong(number, None, "too_many_lines");
                break;
            }
            sheet.lines.push(Line {
                number,
                headings: headings.clone(),
                cells,
            });
        }
        sheet
    }

    fn wrong(&mut self, line: u64, column: Option<&'static str>, code: &'static str) {
        self.bad.push(BadLine {
            file: self.file,
            line,
            column,
            code,
        });
    }

    fn each<T>(mut self, read: impl Fn(&Line) -> Result<(String, T), Wrong>) -> Vec<T> {
        let (mut all, mut seen) = (Vec::new(), HashSet::new());
        for line in std::mem::take(&mut self.lines) {
            match read(&line) {
                Ok((key, value)) => {
                    if seen.insert(key) {
                        all.push(value);
                    } else {
                        self.wrong(line.number, None, "twice");
                    }
                }
                Err((column, code)) => self.wrong(line.number, Some(column), code),
            }
        }
        all
    }
}

impl Line {
    fn cell(&self, column: &'static str) -> &str {
        let at = self.headings.iter().position(|heading| heading == column);
        at.and_then(|at| self.cells.get(at)).unwrap_or_default()
    }

    fn required(&self, column: &'static str) -> Result<String, Wrong> {
        let text = self.line(column)?;
        if text.is_empty() {
            return Err((column, "missing"));
        }
        Ok(text)
    }

    fn line(&self, column: &'static str) -> Result<String, Wrong> {
        let text = self.cell(column);
        if text.chars().count() > LONGEST_LINE || text.contains(char::is_control) {
            return Err((column, "no_line"));
        }
        // A mark that our own export puts before what looks like a formula.
        Ok(text.strip_prefix('\'').unwrap_or(text).to_owned())
    }

    fn text(&self, column: &'static str) -> Result<String, Wrong> {
        let text = self.cell(column);
        let is_text = text.chars().count() <= LONGEST
            && !text
                .contains(|letter: char| letter.is_control() && letter != '\n' && letter != '\r');
        is_text.then(|| text.to_owned()).ok_or((column, "too_long"))
    }

    fn number(&self, column: &'static str, usual: u8) -> Result<u8, Wrong> {
        match self.cell(column) {
            "" => Ok(usual),
            text => text.parse().map_err(|_no_number| (column, "no_number")),
        }
    }

    fn date(&self, column: &'static str) -> Result<NaiveDate, Wrong> {
        let text = self.cell(column);
        // Day before month, as it is written here.
        ["%Y-%m-%d", "%d/%m/%Y"]
            .iter()
            .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
            .ok_or((column, "no_date"))
    }

    /// `48000`, `48000.50` or `48000,50`.
    fn money(&self, column: &'static str) -> Result<Money, Wrong> {
        let text = self.cell(column);
        let (pesos, centavos) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let is_money = (1..=12).contains(&pesos.len())
            && (1..=2).contains(&centavos.len())
            && digits(pesos)
            && digits(centavos);
        let parts = (
            pesos.parse::<i64>(),
            format!("{centavos:0<2}").parse::<i64>(),
        );
        match parts {
            (Ok(pesos), Ok(centavos)) if is_money => Ok(Money::ars(pesos * 100 + centavos)),
            _ => Err((column, "no_amount")),
        }
    }
}

fn place(line: &Line) -> Result<(String, NewPlace), Wrong> {
    let name = line.required("name")?;
    let capacity = line.number("capacity", 0)?;
    if Party::of(capacity).is_err() {
        return Err(("capacity", "out_of_range"));
    }
    let nightly = line.money("nightly_rate")?;
    if !nightly.is_positive() {
        return Err(("nightly_rate", "no_amount"));
    }
    let kind = match line.cell("kind") {
        "" | "cabin" => Kind::Cabin,
        "house" => Kind::House,
        "apartment" => Kind::Apartment,
        "room" => Kind::Room,
        _ => return Err(("kind", "unknown_kind")),
    };
    let place = Accommodation {
        id: AccommodationId::generate(),
        name: name.clone(),
        aliases: Vec::new(),
        kind,
        capacity,
        description: line.text("description")?,
        amenities: Vec::new(),
        photos: Vec::new(),
        location: Location {
            area: line.line("area")?,
            address: line.line("address")?,
            latitude: 0.0,
            longitude: 0.0,
        },
        access: line.text("access")?,
        time_zone: chrono_tz::America::Argentina::Buenos_Aires,
        rates: RatePlan::flat(nightly),
        policies: Policies::default(),
    };
    let number = line.number;
    Ok((
        name.to_lowercase(),
        NewPlace {
            line: number,
            place,
        },
    ))
}

fn booking(line: &Line) -> Result<(String, NewBooking), Wrong> {
    let reference = line.required("reference")?;
    let place = line.required("accommodation")?;
    let (check_in, check_out) = (line.date("check_in")?, line.date("check_out")?);
    let stay = Stay::new(check_in, check_out).map_err(|_no_stay| ("check_out", "no_stay"))?;
    let (guests, children) = (line.number("guests", 1)?, line.number("children", 0)?);
    let party =
        Party::new(guests, children, false).map_err(|_no_party| ("guests", "out_of_range"))?;
    let total = match line.cell("total") {
        "" => Money::ZERO,
        _ => line.money("total")?,
    };
    let contact = Contact {
        name: Some(line.required("guest_name")?),
        phone_e164: phone(line)?,
        email: Some(line.line("email")?).filter(|email| !email.is_empty()),
        language: None,
    };
    let booking = NewBooking {
        line: line.number,
        code: ReservationCode::of_reference(&reference),
        place,
        stay,
        party,
        total,
        contact,
    };
    Ok((reference, booking))
}

/// With `+` and country, as it is dialled from anywhere.
fn phone(line: &Line) -> Result<Option<String>, Wrong> {
    let text = line.line("phone")?;
    let kept: String = text
        .chars()
        .filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')'))
        .collect();
    if kept.is_empty() {
        return Ok(None);
    }
    let is_number = kept.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    is_number.then_some(Some(kept)).ok_or(("phone", "no_phone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bookings(text: &str) -> (Vec<NewBooking>, Vec<BadLine>) {
        let mut bad = Vec::new();
        let read = Sheet::read(File::Bookings, text, &mut bad).each(booking);
        (read, bad)
    }

    fn bad(text: &str) -> Vec<(u64, Option<&'static str>, &'static str)> {
        let (_, bad) = bookings(text);
        let told = bad.into_iter().map(|bad| (bad.line, bad.column, bad.code));
        told.collect()
    }

    const HEADINGS: &str = "reference,accommodation,check_in,check_out,guest_name";

    #[test]
    fn spreadsheets_of_either_kind_are_read() {
        let comma =
            format!("{HEADINGS},total\nA,Faro,2035-01-15,2035-01-18,\"Gómez, Ana\",48000.5\n");
        let semicolon = "\u{feff}total;guest_name;check_out;check_in;accommodation;reference\r\n\
            48000,50;Gómez, Ana;18/01/2035;15/01/2035;Faro;A\r\n";
        let (first, none) = bookings(&comma);
        assert_eq!(none, []);
        let (second, none) = bookings(semicolon);
        assert_eq!(none, []);
        assert_eq!(first, second);
        let [booking] = first.as_slice() else {
            panic!("{first:?}")
        };
        assert_eq!(booking.total, Money::ars(4_800_050));
        assert_eq!(booking.contact.name.as_deref(), Some("Gómez, Ana"));
        assert_eq!(booking.stay.nights(), 3);
    }

    #[test]
    fn a_reference_always_gives_the_same_code() {
        let one = ReservationCode::of_reference("A-1");
        assert_eq!(one, ReservationCode::of_reference("A-1"));
        assert_ne!(one, ReservationCode::of_reference("A-2"));
        assert_eq!(one.to_string().parse(), Ok(one));
    }

    #[test]
    fn each_line_that_cannot_be_is_named_with_its_column() {
        let text = format!(
            "{HEADINGS},guests,phone,total\n\
             ,Faro,2035-01-15,2035-01-18,Ana,2,,\n\
             B,Faro,31/02/2035,2035-01-18,Ana,2,,\n\
             C,Faro,2035-01-15,2035-01-15,Ana,2,,\n\
             D,Faro,2035-01-15,2035-01-18,,2,,\n\
             E,Faro,2035-01-15,2035-01-18,Ana,many,,\n\
             F,Faro,2035-01-15,2035-01-18,Ana,99,,\n\
             G,Faro,2035-01-15,2035-01-18,Ana,2,1155550001,\n\
             H,Faro,2035-01-15,2035-01-18,Ana,2,,1e6\n\
             I,Faro,2035-01-15,2035-01-18,Ana,2,'+5491155550001,10\n\
             I,Faro,2035-02-15,2035-02-18,Ana,2,,\n"
        );
        assert_eq!(
            bad(&text),
            [
                (2, Some("reference"), "missing"),
                (3, Some("check_in"), "no_date"),
                (4, Some("check_out"), "no_stay"),
                (5, Some("guest_name"), "missing"),
                (6, Some("guests"), "no_number"),
                (7, Some("guests"), "out_of_range"),
                (8, Some("phone"), "no_phone"),
                (9, Some("total"), "no_amount"),
                (11, None, "twice"),
            ]
        );
    }

    #[test]
    fn a_heading_that_is_not_known_is_no_guess() {
        assert_eq!(
            bad("reference,cabin\nA,Faro\n"),
            [(1, None, "unknown_column")]
        );
        assert_eq!(bad(""), []);
        assert_eq!(bad(&format!("{HEADINGS}\n")), []);
    }

    #[test]
    fn places_need_a_name_a_size_and_a_price() {
        let text = "name,capacity,nightly_rate,kind\nFaro,6,95000,house\n,6,95000,\nSol,0,95000,\nMar,4,0,\nRío,4,1,tent\n";
        let mut bad = Vec::new();
        let read = Sheet::read(File::Accommodations, text, &mut bad).each(place);
        assert_eq!(read.len(), 1);
        let codes: Vec<_> = bad.iter().map(|bad| (bad.line, bad.code)).collect();
        assert_eq!(
            codes,
            [
                (3, "missing"),
                (4, "out_of_range"),
                (5, "no_amount"),
                (6, "unknown_kind")
            ]
        );
    }
}
