//! What the guest wants. Each language has a table of phrases with weights; [`pattern`] finds them
//! in a message, [`score`] weighs them, [`decide`] puts the wishes in order and lets the dialogue's
//! context have the last word.

pub(crate) mod decide;
mod en;
mod es;
pub(crate) mod gist;
pub(crate) mod pattern;
mod pt;
pub(crate) mod score;
mod topics;

use crate::{Intent, Language};

/// One row of a table: what is wanted, how sure the phrases make us, and the phrases.
///
/// A phrase is words with a space between: `a|b` is either, `a+b` both in a row as one alternative,
/// `pre*` any word that begins so, `_` any one word, `..` up to four words of the same
/// sentence, `...` up to twelve, `~` up to twelve of the next ones too, `#` a number, `word?` may be missing, `^`
/// and `$` the ends of the message, `@name` a class of words.
pub(crate) type Row = (Intent, u32, &'static [&'static str]);

/// Alone, it settles the intent against anything below it.
const CERTAIN: u32 = 12;
/// Rarely means anything else.
const STRONG: u32 = 9;
/// Means it unless something stronger is said.
pub(crate) const PLAIN: u32 = 7;
/// Means it when nothing else does.
const HINT: u32 = 4;

/// Words that phrases use together, under a name: `@have` in a phrase is any of them.
pub(crate) type Class = (&'static str, &'static str);

fn classes(language: Language) -> &'static [Class] {
    match language {
        Language::Es => es::CLASSES,
        Language::Pt => pt::CLASSES,
        Language::En => en::CLASSES,
    }
}

fn table(language: Language) -> &'static [Row] {
    match language {
        Language::Es => es::TABLE,
        Language::Pt => pt::TABLE,
        Language::En => en::TABLE,
    }
}
