//! What looks like part of a date and was read by no rule. Beside a stay that was read it says that
//! the message holds more than was understood: the stay is then asked, not assumed.

use crate::tokens::{Kind, Token};

/// Words after which a number from 1 to 31 is a day.
const BEFORE_A_DAY: &[&str] = &[
    "el", "del", "al", "dia", "dias", "hasta", "desde", "the", "ao", "ate", "until", "till",
];

/// Whether a part of a date was left over.
pub(crate) fn left_over(tokens: &[Token]) -> bool {
    (0..tokens.len()).any(|at| is_date_like(tokens, at))
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
        && after(1).is_none_or(|unit| {
            unit.kind == Kind::Sign || unit.is_any(&["o", "u", "y", "no", "al", "a"])
        });
    let joined = day
        && after(1).is_some_and(|joint| joint.is_any(&["a", "al", "ao", "ate", "hasta", "to"]))
        && after(2).is_some_and(|other| {
            !other.article && other.value.is_some_and(|n| (1..=31).contains(&n))
        });
    named || written || joined || (introduced && !taken_back(tokens, at))
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
