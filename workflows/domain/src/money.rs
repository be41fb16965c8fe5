//! Money as integer centavos with a currency, and the one rounding rule.
//!
//! There is no float and no conversion from one: amounts come in as centavos.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The currencies a price can be charged in (ISO 4217 codes on the wire).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Argentine peso.
    Ars,
}

impl Currency {
    /// The ISO 4217 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ars => "ARS",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A share in hundredths of a percent: 3000 is 30 %, 15 000 is one and a half times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    /// The whole: 100 %.
    pub const WHOLE: Self = Self(10_000);
}

/// An amount in centavos.
///
/// Amounts saturate instead of wrapping; no price of a stay comes near the limits of an `i64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Hundredths of the currency's unit; negative for discounts.
    pub centavos: i64,
    /// What the centavos are of.
    pub currency: Currency,
}

impl Money {
    /// No money at all, in pesos.
    pub const ZERO: Self = Self::ars(0);

    /// An amount of Argentine centavos.
    #[must_use]
    pub const fn ars(centavos: i64) -> Self {
        Self {
            centavos,
            currency: Currency::Ars,
        }
    }

    /// Whole pesos.
    #[must_use]
    pub const fn pesos(pesos: i64) -> Self {
        Self::ars(pesos.saturating_mul(100))
    }

    /// This amount `quantity` times.
    #[must_use]
    pub fn times(self, quantity: u32) -> Self {
        Self {
            centavos: self.centavos.saturating_mul(i64::from(quantity)),
            ..self
        }
    }

    /// A share of this amount, rounded half up (away from zero) to the centavo.
    ///
    /// This is the only place where money is rounded.
    #[must_use]
    pub fn share(self, share: BasisPoints) -> Self {
        let product = i128::from(self.centavos) * i128::from(share.0);
        let whole = i128::from(BasisPoints::WHOLE.0);
        let half = whole / 2;
        let rounded = if product >= 0 {
            (product + half) / whole
        } else {
            (product - half) / whole
        };
        Self {
            centavos: i64::try_from(rounded).unwrap_or(if rounded < 0 {
                i64::MIN
            } else {
                i64::MAX
            }),
            ..self
        }
    }

    /// The smaller of two amounts.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        if other.centavos < self.centavos {
            other
        } else {
            self
        }
    }

    /// What is left after taking `other` away, never below zero.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self {
            centavos: self.centavos.saturating_sub(other.centavos).max(0),
            ..self
        }
    }

    /// Whether this is more than nothing.
    #[must_use]
    pub const fn is_positive(self) -> bool {
        self.centavos > 0
    }
}

impl std::ops::Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            centavos: self.centavos.saturating_add(other.centavos),
            ..self
        }
    }
}

impl std::ops::Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            centavos: self.centavos.saturating_neg(),
            ..self
        }
    }
}

impl std::iter::Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |total, amount| total + amount)
    }
}

/// `$ 48.000`, or `$ 48.000,50` when there are centavos: how prices are written in Argentina.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.centavos.unsigned_abs();
        let (units, centavos) = (magnitude / 100, magnitude % 100);
        let digits = units.to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position) % 3 == 0 {
                grouped.push('.');
            }
            grouped.push(digit);
        }
        let sign = if self.centavos < 0 { "-" } else { "" };
        if centavos == 0 {
            write!(f, "{sign}$ {grouped}")
        } else {
            write!(f, "{sign}$ {grouped},{centavos:02}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_half_up_to_the_centavo() {
        assert_eq!(Money::ars(5).share(BasisPoints(5_000)), Money::ars(3));
        assert_eq!(Money::ars(-5).share(BasisPoints(5_000)), Money::ars(-3));
        assert_eq!(Money::ars(33).share(BasisPoints(3_000)), Money::ars(10));
        assert_eq!(Money::ars(35).share(BasisPoints(3_000)), Money::ars(11));
    }

    #[test]
    fn money_is_written_as_argentines_write_it() {
        assert_eq!(Money::pesos(48_000).to_string(), "$ 48.000");
        assert_eq!(Money::ars(123_456_750).to_string(), "$ 1.234.567,50");
        assert_eq!(Money::ars(-9_905).to_string(), "-$ 99,05");
        assert_eq!(Money::ZERO.to_string(), "$ 0");
    }

    #[test]
    fn extreme_amounts_saturate() {
        let most = Money::ars(i64::MAX);
        assert_eq!(most.share(BasisPoints(20_000)), most);
        assert_eq!(most + most, most);
        assert_eq!(most.times(2), most);
    }
}
