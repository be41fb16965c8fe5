//! Dates, lengths, parties and prices as guests read them.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use domain::{
    Accommodation, BasisPoints, Language, Party, Quote, Stay,
    quote::{Item, Line},
    rate::NightKind,
};
use minijinja::{Value, context};

use crate::texts::{Key, Label, Texts};

/// Dates further away than this are written with their year.
const DAYS_WITHOUT_YEAR: i64 = 330;

/// The longest name that is repeated to a guest.
const MAX_NAME: usize = 40;

/// A language and the day it is spoken on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Voice<'a> {
    pub(crate) texts: &'a Texts,
    pub(crate) language: Language,
    pub(crate) today: NaiveDate,
}

impl Voice<'_> {
    /// A text with its variables filled in.
    pub(crate) fn say(&self, key: Key, values: &Value) -> String {
        self.texts.render(self.language, key, values)
    }

    /// A text without variables.
    pub(crate) fn plain(&self, key: Key) -> String {
        self.say(key, &context! {})
    }

    /// A word or title.
    pub(crate) fn label(&self, label: Label) -> &str {
        self.texts.label(self.language, label)
    }

    /// `vie 15/01`, with the year when it is not the coming one.
    pub(crate) fn date(&self, date: NaiveDate) -> String {
        let weekday = usize::try_from(date.weekday().num_days_from_monday()).unwrap_or(0);
        let names = self.label(Label::Weekdays);
        let name = names.split_whitespace().nth(weekday).unwrap_or_default();
        let days_ahead = date.signed_duration_since(self.today).num_days();
        let pattern = if (-DAYS_WITHOUT_YEAR..=DAYS_WITHOUT_YEAR).contains(&days_ahead) {
            "%d/%m"
        } else {
            "%d/%m/%Y"
        };
        format!("{name} {}", date.format(pattern))
    }

    /// `vie 15/01 al lun 18/01`.
    pub(crate) fn range(&self, stay: Stay) -> String {
        self.between(stay.check_in(), stay.check_out())
    }

    /// The same, of nights that are more than a stay can have.
    pub(crate) fn between(&self, from: NaiveDate, to: NaiveDate) -> String {
        let (from, to) = (self.date(from), self.date(to));
        format!("{from} {} {to}", self.label(Label::Range))
    }

    /// `3 noches`.
    pub(crate) fn nights(&self, nights: u16) -> String {
        self.counted(nights, Label::Night, Label::Nights)
    }

    /// `4 personas (2 menores), con mascotas`.
    pub(crate) fn party(&self, party: Party) -> String {
        let mut text = self.guests(party.guests());
        if party.children() > 0 {
            let children = self.counted(party.children(), Label::Child, Label::Children);
            text = format!("{text} ({children})");
        }
        if party.pets() {
            text = format!("{text}, {}", self.label(Label::WithPets));
        }
        text
    }

    /// `4 personas`.
    pub(crate) fn guests(&self, guests: u8) -> String {
        self.counted(guests, Label::Guest, Label::Guests)
    }

    fn counted(&self, count: impl Into<u32>, one: Label, more: Label) -> String {
        let count = count.into();
        format!(
            "{count} {}",
            self.label(if count == 1 { one } else { more })
        )
    }

    /// `14:35` of the accommodation's day; with the date when it is another day.
    pub(crate) fn until(
        &self,
        at: DateTime<Utc>,
        place: Option<&Accommodation>,
        now: DateTime<Utc>,
    ) -> String {
        let (local, today) = place.map_or_else(
            || (at.naive_utc(), now.date_naive()),
            |place| {
                (
                    at.with_timezone(&place.time_zone).naive_local(),
                    place.today(now),
                )
            },
        );
        let time = clock(local.time());
        if local.date() == today {
            time
        } else {
            format!("{time} ({})", self.date(local.date()))
        }
    }

    /// What one line of a quote is for: `2 noches de fin de semana a $ 18.000`.
    pub(crate) fn line(&self, line: &Line) -> String {
        let (kind, night, season) = match &line.item {
            Item::Nights { night, season } => {
                ("nights", Some(night_word(*night)), season.as_deref())
            }
            Item::ExtraGuests => ("extra_guests", None, None),
            Item::Pets => ("pets", None, None),
            Item::Cleaning => ("cleaning", None, None),
            Item::LengthDiscount => ("length_discount", None, None),
            Item::Tax => ("tax", None, None),
        };
        let values = context! {
            kind, night, season,
            quantity => line.quantity,
            unit => line.unit.share(line.multiplier).to_string(),
            share => percent(line.multiplier),
        };
        self.say(Key::Line, &values)
    }

    /// Every line of a quote with its amount.
    pub(crate) fn price_lines(&self, quote: &Quote) -> Vec<Value> {
        quote
            .lines
            .iter()
            .map(|line| context! { text => self.line(line), amount => line.amount.to_string() })
            .collect()
    }

    /// A quote in one line: `1 noche a $ 12.000 + 2 noches de fin de semana a $ 18.000 + Limpieza $ 5.000`.
    pub(crate) fn sum(&self, quote: &Quote) -> String {
        let part = |line: &Line| match line.item {
            Item::Nights { .. } => self.line(line),
            Item::ExtraGuests | Item::Pets | Item::Cleaning | Item::LengthDiscount | Item::Tax => {
                format!("{} {}", self.line(line), line.amount)
            }
        };
        quote.lines.iter().map(part).collect::<Vec<_>>().join(" + ")
    }
}

const fn night_word(night: NightKind) -> &'static str {
    match night {
        NightKind::Weekday => "weekday",
        NightKind::Weekend => "weekend",
        NightKind::Holiday => "holiday",
    }
}

/// `15:00`.
pub(crate) fn clock(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

/// `30`, or `12,5`.
pub(crate) fn percent(share: BasisPoints) -> String {
    let (whole, rest) = (share.0 / 100, share.0 % 100);
    if rest == 0 {
        whole.to_string()
    } else {
        format!("{whole},{rest:02}")
            .trim_end_matches('0')
            .to_owned()
    }
}

/// A name that can be repeated: without control or direction characters, on one line, not too long. None when
/// nothing readable is left.
pub(crate) fn clean_name(name: &str) -> Option<String> {
    let invisible = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let visible: String = name
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !invisible(*c))
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let cleaned: String = words.join(" ").chars().take(MAX_NAME).collect();
    let cleaned = cleaned.trim();
    cleaned
        .chars()
        .any(char::is_alphanumeric)
        .then(|| cleaned.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(texts: &Texts, language: Language) -> Voice<'_> {
        Voice {
            texts,
            language,
            today: "2026-11-24".parse().unwrap(),
        }
    }

    #[test]
    fn dates_carry_their_weekday_and_a_far_one_its_year() {
        let texts = Texts::new().unwrap();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let written = |language, date: &str| voice(&texts, language).date(day(date));
        assert_eq!(written(Language::Es, "2027-01-15"), "vie 15/01");
        assert_eq!(written(Language::Pt, "2027-01-15"), "sex 15/01");
        assert_eq!(written(Language::En, "2027-01-15"), "Fri 15/01");
        assert_eq!(written(Language::Es, "2028-01-15"), "sáb 15/01/2028");
    }

    #[test]
    fn a_party_is_counted_in_words() {
        let texts = Texts::new().unwrap();
        let party = |guests, children, pets| {
            voice(&texts, Language::Es).party(Party::new(guests, children, pets).unwrap())
        };
        assert_eq!(party(1, 0, false), "1 persona");
        assert_eq!(party(4, 2, true), "4 personas (2 menores), con mascotas");
    }

    #[test]
    fn shares_are_written_as_percents() {
        assert_eq!(percent(BasisPoints(3_000)), "30");
        assert_eq!(percent(BasisPoints(1_250)), "12,5");
        assert_eq!(percent(BasisPoints(1_205)), "12,05");
    }

    #[test]
    fn a_name_keeps_its_letters_and_loses_what_cannot_be_seen() {
        assert_eq!(
            clean_name(" Ana\n\u{202e}María \u{0}"),
            Some("Ana María".to_owned())
        );
        assert_eq!(clean_name("{{ code }}"), Some("{{ code }}".to_owned()));
        assert_eq!(clean_name("\u{200b}\u{7}🌸"), None);
        assert_eq!(
            clean_name(&"a".repeat(90)).map(|name| name.len()),
            Some(MAX_NAME)
        );
    }
}
