//! What may have been somebody and was read by no rule: the party is then asked, not assumed.

use crate::tokens::{Token, Weight};

/// Whether a word that nobody can mend may have been people: "2 adultos y 2 nees".
pub(crate) fn of_people(tokens: &[Token]) -> bool {
    (0..tokens.len()).any(|at| {
        let Some(token) = tokens
            .get(at)
            .filter(|token| token.unheard && !token.claimed)
        else {
            return false;
        };
        let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
        let counted = before(1).is_some_and(|number| number.value.is_some_and(|n| n <= 20));
        let added = before(2).is_some_and(|joint| {
            joint.is_any(&[
                "y", "e", "and", "con", "com", "with", "mas", "mais", "+", ",",
            ])
        });
        token.doubt.is_some_and(Weight::of_party) || (counted && added)
    })
}
