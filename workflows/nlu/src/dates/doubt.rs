//! What looks like part of a date and was read by no rule. Beside a stay that was read it says that
//! the message holds more than was understood: the stay is then asked, not assumed.

use crate::tokens::{Kind, Token, Weight};

/// Words after which a number from 1 to 31 is a day.
const BEFORE_A_DAY: &[&str] = &[
    "el", "del", "al", "dia", "dias", "hasta", "desde", "the", "ao", "ate", "until", "till",
];

/// Words that join two days.
const JOINTS: &[&str] = &[
    "a", "al", "ao", "ate", "hasta", "to", "until", "y", "e", "and", "o", "-",
];

/// Words that count nothing: the number before them stands alone.
const AFTER_A_DAY: &[&str] = &[
    "o", "u", "y", "no", "al", "a", "gracias", "saludos", "desde", "abrazo", "por", "porfa",
    "dale", "thanks", "please", "obrigado", "obrigada",
];

/// Whether a part of a date was left over.
pub(crate) fn left_over(tokens: &[Token]) -> bool {
    (0..tokens.len()).any(|at| {
        is_date_like(tokens, at) || is_misspelt_date(tokens, at) || is_another(tokens, at)
    })
}

/// "cambiame el finde por el otro": another one, and not the one that was named.
fn is_another(tokens: &[Token], at: usize) -> bool {
    let stands =
        |token: Option<&Token>, words: &[&str]| token.is_some_and(|token| token.is_any(words));
    let unread = tokens.get(at).filter(|token| !token.claimed);
    stands(unread, &["otro", "outro"])
        && stands(
            at.checked_sub(1).and_then(|at| tokens.get(at)),
            &["el", "al", "del", "por", "o"],
        )
        && tokens
            .get(at + 1)
            .is_none_or(|next| next.kind == Kind::Sign)
}

/// A word that nobody can mend where a month or a weekday stands, or that may have been one of the
/// words on which nights hang: "31 de noovembro", "svado y domingo", "juio".
fn is_misspelt_date(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens
        .get(at)
        .filter(|token| token.unheard && !token.claimed)
    else {
        return false;
    };
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    let after = |ahead: usize| tokens.get(at + ahead);
    let day = |token: Option<&Token>| {
        token.is_some_and(|token| !token.article && token.value.is_some_and(|n| n <= 31))
    };
    let dated = |token: Option<&Token>| {
        token.is_some_and(|token| {
            token.claimed && (token.weekday.is_some() || token.month.is_some() || token.dated)
        }) || day(token)
    };
    let is = |token: Option<&Token>, words: &[&str]| token.is_some_and(|token| token.is_any(words));
    let month = day(before(2)) && is(before(1), &["de", "of", "do"]);
    // "quedemonos hasta el 20" is a verb, "del sinko hasta el 20" is not.
    let stands_as_a_day = is(before(1), BEFORE_A_DAY)
        || (is(after(1), &["y", "e", "and"]) && before(1).is_none() && token.text.len() > 3);
    let joined = (stands_as_a_day && is(after(1), JOINTS) && (dated(after(2)) || dated(after(3))))
        || (is(before(1), JOINTS) && dated(before(2)));
    token.doubt.is_some_and(Weight::of_dates) || month || joined
}

fn is_date_like(tokens: &[Token], at: usize) -> bool {
    let Some(token) = tokens.get(at).filter(|token| !token.claimed) else {
        return false;
    };
    let after = |ahead: usize| tokens.get(at + ahead).filter(|token| !token.claimed);
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let beside_a_number = || {
        let number = |token: &Token| token.value.is_some() && !token.article;
        before.is_some_and(number) || tokens.get(at + 1).is_some_and(number)
    };
    let named =
        (token.month.is_some() || token.weekday.is_some()) && (!token.short || beside_a_number());
    let day = token.value.is_some_and(|n| n <= 99) && !token.article;
    let written = token.kind == Kind::Digits
        && day
        && after(1).is_some_and(|sign| sign.glued && sign.is_any(&["/", "-"]))
        && after(2).is_some_and(|month| month.glued && month.kind == Kind::Digits);
    let introduced = day
        && before.is_some_and(|word| word.is_any(BEFORE_A_DAY))
        && after(1).is_none_or(|unit| unit.kind == Kind::Sign || unit.is_any(AFTER_A_DAY));
    let joined = day
        && after(1).is_some_and(|joint| joint.is_any(&["a", "al", "ao", "ate", "hasta", "to"]))
        && after(2).is_some_and(|other| {
            !other.article && other.value.is_some_and(|n| (1..=31).contains(&n))
        });
    // "del cinco al nueve del dos": of February, whatever follows.
    let month = day
        && before.is_some_and(|word| word.is_any(&["del", "de"]))
        && at
            .checked_sub(2)
            .and_then(|at| tokens.get(at))
            .is_some_and(|token| {
                token.claimed && token.value.is_some_and(|n| n <= 31) && !token.dated
            })
        && token.value.is_some_and(|n| (1..=12).contains(&n));
    // "15 16 17 ene": which of them begin and end a stay was not said.
    let in_a_row = day
        && token.kind == Kind::Digits
        && tokens.get(at + 1).is_some_and(|next| {
            next.kind == Kind::Digits && !next.glued && next.value.is_some_and(|n| n <= 31)
        });
    named || written || joined || month || in_a_row || (introduced && !taken_back(tokens, at))
}

/// "en vez del 16": a day that does not count need not be understood.
fn taken_back(tokens: &[Token], at: usize) -> bool {
    tokens
        .iter()
        .take(at)
        .rev()
        .take(3)
        .any(|token| token.is_any(&["vez", "lugar", "instead", "no", "nao", "not"]))
}
