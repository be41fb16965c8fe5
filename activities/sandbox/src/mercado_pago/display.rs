//! How the page writes money and times for people in Argentina.

use chrono::{DateTime, FixedOffset, Utc};
use mercado_pago::Amount;

/// `$ 48.000` or `$ 48.000,50`.
pub(super) fn pesos(amount: Amount) -> String {
    let centavos = amount.centavos().unsigned_abs();
    let digits = (centavos / 100).to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(at);
        if at > 0 && left.is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    match centavos % 100 {
        0 => format!("$ {grouped}"),
        rest => format!("$ {grouped},{rest:02}"),
    }
}

/// `10/12 a las 15:15`, in Argentina's time.
pub(super) fn moment(instant: DateTime<Utc>) -> String {
    const PATTERN: &str = "%d/%m a las %H:%M";
    match FixedOffset::west_opt(3 * 3600) {
        Some(argentina) => instant
            .with_timezone(&argentina)
            .format(PATTERN)
            .to_string(),
        None => instant.format(PATTERN).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pesos_are_grouped_by_thousands_and_show_centavos_only_if_there_are_any() {
        let text = |centavos| pesos(Amount::from_centavos(centavos));
        assert_eq!(text(4_800_000), "$ 48.000");
        assert_eq!(text(123_456_789), "$ 1.234.567,89");
        assert_eq!(text(99_905), "$ 999,05");
        assert_eq!(text(0), "$ 0");
    }

    #[test]
    fn times_are_argentinas() {
        let instant = mercado_pago::date::parse("2026-12-11T02:05:00Z").unwrap();
        assert_eq!(moment(instant), "10/12 a las 23:05");
    }
}
