//! Texts with a limit, one type per place where they stand.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

/// Why a message cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A text that must say something is blank.
    #[error("{what} is empty")]
    Empty {
        /// Which one.
        what: &'static str,
    },
    /// A text is too long.
    #[error("{what} has {length} characters, {max} are allowed")]
    TooLong {
        /// Which one.
        what: &'static str,
        /// Its length in Unicode scalar values.
        length: usize,
        /// The platform's limit.
        max: usize,
    },
    /// There are none or too many of something.
    #[error("{what}: {count} given, 1 to {max} are allowed")]
    Count {
        /// Of what.
        what: &'static str,
        /// How many were given.
        count: usize,
        /// The platform's limit.
        max: usize,
    },
    /// Two of something are equal that have to differ.
    #[error("{what} is given twice")]
    Duplicate {
        /// Which one.
        what: &'static str,
    },
    /// Something has the wrong form.
    #[error("{what} is malformed")]
    Malformed {
        /// Which one.
        what: &'static str,
    },
}

/// Defines a text of at most `$max` Unicode scalar values that is not blank.
macro_rules! limited_text {
    ($(#[$doc:meta])* $name:ident, $max:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The limit in Unicode scalar values.
            pub const MAX: usize = $max;

            /// Takes a text that keeps the limit; surrounding white space is removed.
            ///
            /// # Errors
            ///
            /// [`Invalid::Empty`] or [`Invalid::TooLong`].
            pub fn parse(text: impl AsRef<str>) -> Result<Self, Invalid> {
                let text = text.as_ref().trim();
                check(text, $what, Self::MAX)?;
                Ok(Self(text.to_owned()))
            }

            /// Takes a text of any length, cut between graphemes where it must be.
            ///
            /// # Errors
            ///
            /// [`Invalid::Empty`]: there is nothing to cut.
            pub fn truncating(text: impl AsRef<str>) -> Result<Self, Invalid> {
                Self::parse(truncate(text.as_ref().trim(), Self::MAX))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

limited_text!(
    /// A plain text message, up to 4096 characters.
    Text, 4096, "the text"
);
limited_text!(
    /// The body of a message with buttons, a list or a link, up to 1024 characters.
    Body, 1024, "the body"
);
limited_text!(
    /// The line above the body, up to 60 characters.
    Header, 60, "the header"
);
limited_text!(
    /// The small line below the body, up to 60 characters.
    Footer, 60, "the footer"
);
limited_text!(
    /// The text under a picture, up to 1024 characters.
    Caption, 1024, "the caption"
);
limited_text!(
    /// What a button says, also the one that opens a list or a link: up to 20 characters.
    ButtonTitle, 20, "the button's title"
);
limited_text!(
    /// What a tapped button answers, up to 256 characters.
    ButtonId, 256, "the button's id"
);
limited_text!(
    /// The heading of a section, up to 24 characters.
    SectionTitle, 24, "the section's title"
);
limited_text!(
    /// What a chosen row answers, up to 200 characters.
    RowId, 200, "the row's id"
);
limited_text!(
    /// What a row says, up to 24 characters.
    RowTitle, 24, "the row's title"
);
limited_text!(
    /// The small print of a row, up to 72 characters.
    RowDescription, 72, "the row's description"
);

fn check(text: &str, what: &'static str, max: usize) -> Result<(), Invalid> {
    let length = text.chars().count();
    if length == 0 {
        Err(Invalid::Empty { what })
    } else if length > max {
        Err(Invalid::TooLong { what, length, max })
    } else {
        Ok(())
    }
}

/// At most `max` scalar values, ending in an ellipsis if anything was cut, no grapheme split.
fn truncate(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let room = max.saturating_sub(1);
    let mut taken = 0_usize;
    let mut kept = String::new();
    for grapheme in text.graphemes(true) {
        taken = taken.saturating_add(grapheme.chars().count());
        if taken > room {
            break;
        }
        kept.push_str(grapheme);
    }
    let mut cut = kept.trim_end().to_owned();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_counts_characters_not_bytes() {
        let twenty = "ñ".repeat(20);
        assert!(ButtonTitle::parse(&twenty).is_ok());
        assert_eq!(
            ButtonTitle::parse(format!("{twenty}ñ")),
            Err(Invalid::TooLong {
                what: "the button's title",
                length: 21,
                max: 20
            })
        );
    }

    #[test]
    fn a_blank_text_is_none() {
        assert!(matches!(Body::parse(" \n "), Err(Invalid::Empty { .. })));
        assert!(matches!(
            RowTitle::truncating(""),
            Err(Invalid::Empty { .. })
        ));
    }

    #[test]
    fn truncating_keeps_what_fits_and_marks_what_it_cut() {
        assert_eq!(
            ButtonTitle::truncating("Confirmar").unwrap().as_str(),
            "Confirmar"
        );
        assert_eq!(
            ButtonTitle::truncating("Confirmar la reserva ahora")
                .unwrap()
                .as_str(),
            "Confirmar la reserv…"
        );
    }

    #[test]
    fn truncating_never_splits_an_emoji() {
        // A family is one grapheme of seven scalar values.
        let family = "👨‍👩‍👧‍👦";
        let cut = ButtonTitle::truncating(family.repeat(3)).unwrap();
        assert_eq!(cut.as_str(), format!("{family}{family}…"));
    }
}
