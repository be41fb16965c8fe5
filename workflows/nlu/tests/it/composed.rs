//! Messages put together from what guests say, so that what they mean is known: wishes, stays,
//! parties, small talk and numbers that are no dates, in three languages, in any order, with the
//! slips of thumbs and of microphones. Dates are read as they were meant or asked, never wrong.

mod pieces;
mod stays;

use chrono::NaiveDate;
use nlu::{Context, Intent, Language, Reading, read};

use crate::composed::pieces::{Piece, party, small_talk, trap, wish};
use crate::composed::stays::{Stay, stay};
use crate::judge::corpus_day;

/// How many messages of each language are composed.
const MESSAGES: usize = 3000;

const LANGUAGES: [Language; 3] = [Language::Es, Language::Pt, Language::En];

/// A generator of numbers that gives the same ones every time, so that what fails fails again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    fn of<'t, T>(&mut self, choices: &'t [T]) -> &'t T {
        let chosen = self.below(choices.len());
        choices.get(chosen).expect("there are choices")
    }
}

/// A message, and what it means.
struct Composed {
    text: String,
    intent: Option<Intent>,
    stay: Option<Stay>,
    guests: Option<u8>,
    children: Option<u8>,
}

fn compose(dice: &mut Dice, language: Language) -> Composed {
    let wish = (!dice.one_in(5)).then(|| wish(dice, language));
    let stay = (!dice.one_in(6)).then(|| stay(dice, language, corpus_day()));
    let party = (!dice.one_in(3)).then(|| party(dice, language));
    let mut parts: Vec<String> = Vec::new();
    parts.extend(wish.as_ref().map(|(text, _)| text.clone()));
    parts.extend(stay.as_ref().map(|stay| stay.text.clone()));
    parts.extend(party.as_ref().map(|party| party.text.clone()));
    let turn = dice.below(parts.len().max(1));
    parts.rotate_left(turn);
    if dice.one_in(3) {
        parts.insert(0, small_talk(dice, language).to_owned());
    }
    if dice.one_in(4) {
        parts.push(trap(dice, language).to_owned());
    }
    let joint = *dice.of(&[", ", ". ", " ", "\n", " - "]);
    let text = parts.join(joint);
    Composed {
        text: worn(dice, text),
        intent: wish.map(|(_, intent)| intent),
        stay,
        guests: party.as_ref().and_then(|Piece { guests, .. }| *guests),
        children: party.as_ref().and_then(|Piece { children, .. }| *children),
    }
}

/// As it arrives: without accents, without signs as a microphone hears it, in capitals.
fn worn(dice: &mut Dice, text: String) -> String {
    match dice.below(6) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        2 => text
            .chars()
            .map(|letter| match letter {
                'á' | 'ã' => 'a',
                'é' | 'ê' => 'e',
                'í' => 'i',
                'ó' | 'õ' => 'o',
                'ú' => 'u',
                'ç' => 'c',
                'ñ' => 'n',
                other => other,
            })
            .collect(),
        3 => text.replace(['¿', '¡', '?', '!'], ""),
        4 => format!("{text} 🙏"),
        _ => text,
    }
}

fn mismatch(composed: &Composed, reading: &Reading) -> Option<&'static str> {
    let said = composed.stay.as_ref();
    let (check_in, check_out) =
        said.map_or((None, None), |stay| (Some(stay.check_in), stay.check_out));
    let wrong = |read: Option<NaiveDate>, meant: Option<NaiveDate>| read.is_some() && read != meant;
    if wrong(reading.check_in, check_in) || wrong(reading.check_out, check_out) {
        return Some("wrong dates");
    }
    if said.is_none() && reading.date_error.is_some() {
        return Some("an error in dates that were not said");
    }
    if wrong_number(reading.guests, composed.guests) {
        return Some("a wrong party");
    }
    if wrong_number(reading.children, composed.children) {
        return Some("wrong children");
    }
    None
}

/// A party may be left unread, not misread; where none was said, none may be read.
fn wrong_number(read: Option<u8>, meant: Option<u8>) -> bool {
    read.is_some() && read != meant
}

#[test]
fn composed_messages_are_read_as_meant_or_asked() {
    for language in LANGUAGES {
        let mut dice = Dice(u64::from(language == Language::Es) + 7);
        let (mut wrong, mut dated, mut asked, mut counted, mut unread, mut wished, mut missed) =
            (Vec::new(), 0, Vec::new(), 0, Vec::new(), 0, Vec::new());
        for _ in 0..MESSAGES {
            let composed = compose(&mut dice, language);
            let reading = read(&composed.text, corpus_day(), &Context::default());
            if let Some(why) = mismatch(&composed, &reading) {
                wrong.push(format!(
                    "{why}: {:?} read {:?}..{:?}, {:?} guests, {:?} children, {:?}",
                    composed.text,
                    reading.check_in,
                    reading.check_out,
                    reading.guests,
                    reading.children,
                    reading.date_error,
                ));
            }
            if let Some(stay) = &composed.stay {
                dated += 1;
                if reading.check_in.is_none()
                    || (stay.check_out.is_some() && reading.check_out.is_none())
                {
                    asked.push(composed.text.clone());
                }
            }
            if composed.guests.is_some() {
                counted += 1;
                if reading.guests.is_none() {
                    unread.push(composed.text.clone());
                }
            }
            if let Some(intent) = composed.intent {
                wished += 1;
                if reading.intent.fold() != intent {
                    missed.push(format!("{:?} is {:?}", composed.text, reading.intent));
                }
            }
        }
        assert!(
            wrong.is_empty(),
            "{} of {MESSAGES} in {language:?} are read wrong:\n{}",
            wrong.len(),
            first(&wrong)
        );
        for (what, few, of) in [
            ("dates asked again", &asked, dated),
            ("parties unread", &unread, counted),
            ("wishes missed", &missed, wished),
        ] {
            assert!(
                few.len() * 100 <= of,
                "{language:?}, {what}: {} of {of}:\n{}",
                few.len(),
                first(few)
            );
        }
    }
}

fn first(lines: &[String]) -> String {
    lines
        .iter()
        .take(40)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n")
}

/// Two stays, and nothing that says which.
#[test]
fn of_two_stays_none_is_chosen_silently() {
    let mut dice = Dice(3);
    let mut chosen = Vec::new();
    for _ in 0..MESSAGES {
        let language = *dice.of(&LANGUAGES);
        let (one, other) = (
            stay(&mut dice, language, corpus_day()),
            stay(&mut dice, language, corpus_day()),
        );
        if one.check_in == other.check_in || one.check_out.is_none() || other.check_out.is_none() {
            continue;
        }
        let or = match language {
            Language::Es => *dice.of(&[" o ", " o si no ", ", ", ". ", " y también "]),
            Language::Pt => *dice.of(&[" ou ", " ou então ", ", ", ". "]),
            Language::En => *dice.of(&[" or ", " or maybe ", ", ", ". "]),
        };
        let text = format!("{}{or}{}", one.text, other.text);
        let reading = read(&text, corpus_day(), &Context::default());
        if reading.check_in.is_some() || reading.check_out.is_some() {
            chosen.push(format!(
                "{text:?} read {:?}..{:?}",
                reading.check_in, reading.check_out
            ));
        }
    }
    assert!(chosen.is_empty(), "{}:\n{}", chosen.len(), first(&chosen));
}

/// A stay and its correction: the second counts, or it is asked.
#[test]
fn a_correction_is_followed_or_asked() {
    let mut dice = Dice(5);
    let mut wrong = Vec::new();
    for _ in 0..MESSAGES {
        let language = *dice.of(&LANGUAGES);
        let (one, other) = (
            stay(&mut dice, language, corpus_day()),
            stay(&mut dice, language, corpus_day()),
        );
        // "5 noches desde el 8/3, mejor el 23 de abril": the nights may stay.
        if other.check_out.is_none() {
            continue;
        }
        let but = match language {
            Language::Es => *dice.of(&[", perdón, ", ", mejor ", ", digo ", ". No, ", ", no, "]),
            Language::Pt => *dice.of(&[", desculpa, ", ", melhor ", ". Não, "]),
            Language::En => *dice.of(&[", sorry, ", ", I mean ", ", actually "]),
        };
        let text = format!("{}{but}{}", one.text, other.text);
        let reading = read(&text, corpus_day(), &Context::default());
        let meant = (Some(other.check_in), other.check_out);
        if reading.check_in.is_some_and(|read| Some(read) != meant.0)
            || reading.check_out.is_some_and(|read| Some(read) != meant.1)
        {
            wrong.push(format!(
                "{text:?} read {:?}..{:?}",
                reading.check_in, reading.check_out
            ));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), first(&wrong));
}
