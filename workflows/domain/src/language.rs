//! The languages guests are answered in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A language with templates of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Spanish of Argentina: the home market, and what is spoken until a guest writes otherwise.
    #[default]
    Es,
    /// Portuguese of Brazil.
    Pt,
    /// English.
    En,
}

impl Language {
    /// The two-letter code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::Pt => "pt",
            Self::En => "en",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// No language of ours has this code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the languages are es, pt and en")]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        match code {
            "es" => Ok(Self::Es),
            "pt" => Ok(Self::Pt),
            "en" => Ok(Self::En),
            _ => Err(UnknownLanguage),
        }
    }
}
