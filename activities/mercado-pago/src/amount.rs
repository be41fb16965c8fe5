//! Pesos on the wire, centavos in memory, no float between them.
//!
//! The provider sends amounts as JSON numbers (`310.5`) or as strings (`"24.50"`). `serde_json`
//! would hand a number over as `f64`, and its `arbitrary_precision` switch would change the meaning
//! of every number in the whole build, so the characters themselves are read through [`RawValue`]
//! and written back the same way. More than two decimals are refused: rounding somebody's money is
//! not this crate's decision.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

/// An exact amount in centavos, the hundredth part of the currency the payment names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(i64);

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    /// Something other than digits with an optional decimal point, such as an exponent.
    #[error("an amount is written as digits with at most two decimals")]
    NotDecimal,
    /// A third decimal that is not zero.
    #[error("an amount has at most two decimals")]
    TooPrecise,
    /// Beyond what 64 bits of centavos hold.
    #[error("the amount is too large")]
    TooLarge,
}

impl Amount {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// From whole centavos.
    #[must_use]
    pub const fn from_centavos(centavos: i64) -> Self {
        Self(centavos)
    }

    /// In whole centavos.
    #[must_use]
    pub const fn centavos(self) -> i64 {
        self.0
    }

    /// What is left after taking `other` away. May be negative.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl FromStr for Amount {
    type Err = InvalidAmount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (pesos, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        if !is_digits(pesos) || !is_digits(decimals) {
            return Err(InvalidAmount::NotDecimal);
        }
        let decimals = decimals.trim_end_matches('0');
        if decimals.len() > 2 {
            return Err(InvalidAmount::TooPrecise);
        }
        let centavos = format!("{pesos}{decimals:0<2}")
            .parse::<i64>()
            .or(Err(InvalidAmount::TooLarge))?;
        Ok(Self(if negative { -centavos } else { centavos }))
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// As the provider writes it: `5000`, `310.5`, `24.75`.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (pesos, rest) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{sign}{pesos}"),
            (_, 0) => write!(f, "{sign}{pesos}.{}", rest / 10),
            _ => write!(f, "{sign}{pesos}.{rest:02}"),
        }
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string())
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get().trim_matches('"');
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Result<i64, String> {
        serde_json::from_str::<Amount>(json)
            .map(Amount::centavos)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_and_strings_are_read_to_the_centavo() {
        assert_eq!(read("5000"), Ok(500_000));
        assert_eq!(read("5000.0"), Ok(500_000));
        assert_eq!(read("310.5"), Ok(31_050));
        assert_eq!(read("0.29"), Ok(29));
        assert_eq!(read("\"24.50\""), Ok(2_450));
        assert_eq!(read("\"24.500\""), Ok(2_450));
        assert_eq!(read("-12.05"), Ok(-1_205));
        // Where an f64 would already be a centavo off.
        assert_eq!(read("90071992547409.93"), Ok(9_007_199_254_740_993));
    }

    #[test]
    fn what_would_have_to_be_rounded_or_guessed_is_refused() {
        for json in [
            "0.005", "1e3", "\"1,50\"", "\"\"", "\"-\"", "\".5\"", "\"5.\"", "null", "true", "{}",
        ] {
            assert!(read(json).is_err(), "{json} was read as an amount");
        }
        assert!(read("92233720368547758.08").is_err());
    }

    #[test]
    fn whole_pesos_are_written_without_decimals() {
        let written = |centavos| serde_json::to_string(&Amount::from_centavos(centavos)).unwrap();
        assert_eq!(written(500_000), "5000");
        assert_eq!(written(31_050), "310.5");
        assert_eq!(written(2_475), "24.75");
        assert_eq!(written(7), "0.07");
        assert_eq!(written(-1_205), "-12.05");
    }

    #[test]
    fn an_amount_survives_a_json_value() {
        let value = serde_json::to_value(Amount::from_centavos(1_234_567)).unwrap();
        assert_eq!(value.to_string(), "12345.67");
        assert_eq!(
            serde_json::from_value::<Amount>(value).unwrap().centavos(),
            1_234_567
        );
    }

    proptest! {
        #[test]
        fn any_amount_survives_the_wire(centavos in -i64::MAX..=i64::MAX) {
            let json = serde_json::to_string(&Amount::from_centavos(centavos)).unwrap();
            prop_assert_eq!(read(&json), Ok(centavos));
        }
    }
}
