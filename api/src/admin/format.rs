//! Dates, times and money as people here read them.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use domain::{BasisPoints, Language, Money};

/// Where the cabins are, until an accommodation says otherwise.
const HOME: Tz = chrono_tz::America::Argentina::Buenos_Aires;

const WEEKDAYS_ES: [&str; 7] = ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"];
const WEEKDAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS_ES: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// How things are written in a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    english: bool,
}

impl Format {
    pub(super) fn of(language: Language) -> Self {
        Self {
            english: language == Language::En,
        }
    }

    /// The date where the cabins are.
    pub(super) fn today(now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&HOME).date_naive()
    }

    /// When a day begins where the cabins are.
    pub(super) fn start_of(day: NaiveDate) -> Option<DateTime<Utc>> {
        let begins = day.and_time(NaiveTime::MIN).and_local_timezone(HOME);
        begins.earliest().map(|at| at.to_utc())
    }

    /// `vie 15/01`.
    pub(super) fn day(self, date: NaiveDate) -> String {
        let weekday = self.weekday(date);
        if self.english {
            format!("{weekday} {} {}", date.day(), first_three(self.month(date)))
        } else {
            format!("{weekday} {}", date.format("%d/%m"))
        }
    }

    /// `vie 15/01/2027`.
    pub(super) fn full_day(self, date: NaiveDate) -> String {
        let (day, year) = (self.day(date), date.year());
        if self.english {
            format!("{day} {year}")
        } else {
            format!("{day}/{year}")
        }
    }

    /// `viernes` is too long for a column: `vie`.
    pub(super) fn weekday(self, date: NaiveDate) -> &'static str {
        let names = if self.english {
            &WEEKDAYS_EN
        } else {
            &WEEKDAYS_ES
        };
        let index = usize::try_from(date.weekday().num_days_from_monday()).unwrap_or_default();
        names.get(index).copied().unwrap_or_default()
    }

    /// `enero`.
    pub(super) fn month(self, date: NaiveDate) -> &'static str {
        let names = if self.english { &MONTHS_EN } else { &MONTHS_ES };
        let index = usize::try_from(date.month0()).unwrap_or_default();
        names.get(index).copied().unwrap_or_default()
    }

    /// `vie 15/01 16:30`, where the cabins are.
    pub(super) fn instant(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&HOME);
        format!("{} {}", self.day(local.date_naive()), local.format("%H:%M"))
    }

    /// `16:30`, where the cabins are.
    pub(super) fn time(self, at: DateTime<Utc>) -> String {
        at.with_timezone(&HOME).format("%H:%M").to_string()
    }

    /// `hace 5 min`.
    pub(super) fn ago(self, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let passed = now.signed_duration_since(at);
        if passed < TimeDelta::minutes(1) {
            return if self.english { "just now" } else { "recién" }.to_owned();
        }
        if passed >= TimeDelta::days(7) {
            return self.instant(at);
        }
        let length = self.length(passed);
        if self.english {
            format!("{length} ago")
        } else {
            format!("hace {length}")
        }
    }

    /// `5 min`, `3 h`, `2 d`: never below zero, and rounded down.
    pub(super) fn length(self, length: TimeDelta) -> String {
        let minutes = length.num_minutes().max(0);
        if minutes < 60 {
            format!("{minutes} min")
        } else if minutes < 48 * 60 {
            format!("{} h", minutes / 60)
        } else {
            format!("{} d", minutes / (24 * 60))
        }
    }

    /// `$ 48.000`, with centavos only where there are some.
    pub(super) fn money(self, amount: Money) -> String {
        let (thousands, decimal, space) = if self.english {
            (',', '.', "")
        } else {
            ('.', ',', "\u{a0}")
        };
        let sign = if amount.centavos < 0 { "−" } else { "" };
        let centavos = amount.centavos.unsigned_abs();
        let whole = grouped(centavos / 100, thousands);
        let rest = centavos % 100;
        if rest == 0 {
            format!("{sign}${space}{whole}")
        } else {
            format!("{sign}${space}{whole}{decimal}{rest:02}")
        }
    }
}

/// A hundred thousand million pesos: more than any stay costs, and far from where sums overflow.
const MOST_CENTAVOS: i64 = 10_000_000_000_000;

/// Pesos as people here write them: `14400`, `14.400`, `$ 14.400,50`.
pub(super) fn read_pesos(text: &str) -> Option<Money> {
    let text: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '$')
        .collect();
    let (pesos, centavos) = text.split_once(',').unwrap_or((&text, ""));
    let pesos: i64 = if pesos.contains('.') {
        let mut groups = pesos.split('.');
        let first = groups.next().filter(|it| (1..=3).contains(&it.len()))?;
        let rest: Vec<_> = groups.collect();
        if rest.iter().any(|group| group.len() != 3) {
            return None;
        }
        format!("{first}{}", rest.concat()).parse().ok()?
    } else {
        pesos.parse().ok()?
    };
    let centavos: i64 = match centavos.len() {
        0 => 0,
        1 => centavos.parse::<i64>().ok()? * 10,
        2 => centavos.parse().ok()?,
        _ => return None,
    };
    let amount = pesos.checked_mul(100)?.checked_add(centavos)?;
    (pesos >= 0 && centavos >= 0 && amount <= MOST_CENTAVOS).then(|| Money::ars(amount))
}

/// `14400`, or `14400,50` where there are centavos: what [`read_pesos`] reads.
pub(super) fn pesos(amount: Money) -> String {
    let centavos = amount.centavos.unsigned_abs();
    match centavos % 100 {
        0 => (centavos / 100).to_string(),
        rest => format!("{},{rest:02}", centavos / 100),
    }
}

/// `1,25` or `1.25` in hundredths: 125. At most two digits behind the mark.
pub(super) fn read_hundredths(text: &str) -> Option<u32> {
    let text = text.trim().trim_end_matches('%').trim_end();
    let (whole, rest) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !is_digits(whole) || !is_digits(rest) || rest.len() > 2 {
        return None;
    }
    let rest: u32 = format!("{rest:0<2}").parse().ok()?;
    whole
        .parse::<u32>()
        .ok()?
        .checked_mul(100)?
        .checked_add(rest)
}

/// `125`, or `125,5` where there are hundredths: what [`read_hundredths`] reads.
pub(super) fn percent(share: BasisPoints) -> String {
    let (whole, rest) = (share.0 / 100, share.0 % 100);
    match rest {
        0 => whole.to_string(),
        rest => format!("{whole},{rest:02}")
            .trim_end_matches('0')
            .to_owned(),
    }
}

fn first_three(word: &str) -> &str {
    word.get(..3).unwrap_or(word)
}

fn grouped(number: u64, separator: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    const ES: Format = Format { english: false };
    const EN: Format = Format { english: true };

    #[test]
    fn money_is_read_as_it_is_written_here() {
        let centavos = |centavos| Money::ars(centavos);
        for (amount, es, en) in [
            (centavos(4_800_000), "$\u{a0}48.000", "$48,000"),
            (
                centavos(123_456_789),
                "$\u{a0}1.234.567,89",
                "$1,234,567.89",
            ),
            (centavos(-50_005), "−$\u{a0}500,05", "−$500.05"),
            (centavos(0), "$\u{a0}0", "$0"),
        ] {
            assert_eq!(ES.money(amount), es);
            assert_eq!(EN.money(amount), en);
        }
    }

    #[test]
    fn days_are_those_where_the_cabins_are() {
        let late: DateTime<Utc> = "2027-01-16T02:30:00Z".parse().unwrap();
        assert_eq!(ES.instant(late), "vie 15/01 23:30");
        assert_eq!(EN.instant(late), "Fri 15 Jan 23:30");
        assert_eq!(Format::today(late).to_string(), "2027-01-15");
    }

    #[test]
    fn what_passed_is_told_in_one_unit() {
        let now: DateTime<Utc> = "2027-01-16T12:00:00Z".parse().unwrap();
        let ago = |minutes| ES.ago(now - TimeDelta::minutes(minutes), now);
        assert_eq!(
            [ago(0), ago(5), ago(150), ago(3000)],
            ["recién", "hace 5 min", "hace 2 h", "hace 2 d"]
        );
    }

    #[test]
    fn pesos_are_read_as_people_write_them() {
        for (text, centavos) in [
            ("14400", 1_440_000),
            ("14.400", 1_440_000),
            ("$ 1.014.400,5", 101_440_050),
            ("0,05", 5),
        ] {
            assert_eq!(read_pesos(text), Some(Money::ars(centavos)), "{text}");
        }
        for text in ["", "-5", "14.40", "1,234", "mil", "1.2.3", "14,4,0"] {
            assert_eq!(read_pesos(text), None, "{text}");
        }
    }

    #[test]
    fn a_share_keeps_its_hundredths() {
        for (share, text) in [
            (12_500, "125"),
            (12_550, "125,5"),
            (12_505, "125,05"),
            (7, "0,07"),
        ] {
            assert_eq!(percent(BasisPoints(share)), text);
            assert_eq!(read_hundredths(text), Some(share), "{text}");
        }
        assert_eq!(read_hundredths(" 33.3 % "), Some(3_330));
        for text in ["", ",5", "5,", "1,234", "-1", "+1", "1e3", "99999999999"] {
            assert_eq!(read_hundredths(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for centavos in [0, 5, 1_440_000, 101_440_050] {
            assert_eq!(
                read_pesos(&pesos(Money::ars(centavos))),
                Some(Money::ars(centavos))
            );
        }
    }
}
