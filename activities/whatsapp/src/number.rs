//! The spellings of an Argentine mobile number.
//!
//! WhatsApp says `549…` when a guest writes, its test numbers want `54…`, and people type `011 15-…`.
//! Ids are stored as received; these functions are for comparing, for sending from test numbers, and for
//! reading what a person typed.
//! Numbers of other countries pass through untouched or are not recognised; nothing is guessed.

/// Area codes of three digits; `11` has two, every other one has four.
const THREE_DIGIT_AREAS: [&str; 38] = [
    "220", "221", "223", "230", "236", "237", "249", "260", "261", "263", "264", "266", "280",
    "291", "294", "297", "298", "299", "336", "341", "342", "343", "345", "348", "351", "353",
    "358", "362", "364", "370", "376", "379", "380", "381", "383", "385", "387", "388",
];

/// The ten digits of an Argentine number, however it is written, or `None` if it is not one.
///
/// ```
/// use whatsapp::number::national;
///
/// assert_eq!(national("5491122334455").as_deref(), Some("1122334455"));
/// assert_eq!(national("011 15-2233-4455").as_deref(), Some("1122334455"));
/// assert_eq!(national("+34 600 000 000"), None);
/// ```
#[must_use]
pub fn national(written: &str) -> Option<String> {
    let is_foreign = written.trim_start().starts_with('+') && !written.contains("+54");
    if is_foreign || written.contains(char::is_alphabetic) {
        return None;
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let digits = digits.strip_prefix("54").unwrap_or(digits);
    let digits = digits.strip_prefix('9').unwrap_or(digits);
    let digits = digits.strip_prefix('0').unwrap_or(digits);
    let national = without_15(digits);
    (national.len() == 10).then_some(national)
}

/// Whether two spellings are the same Argentine number, or the same digits otherwise.
#[must_use]
pub fn same(one: &str, other: &str) -> bool {
    let digits = |number: &str| -> String { number.chars().filter(char::is_ascii_digit).collect() };
    match (national(one), national(other)) {
        (Some(one), Some(other)) => one == other,
        _ => digits(one) == digits(other),
    }
}

/// The WhatsApp id of an Argentine mobile number that a person typed.
#[must_use]
pub fn wa_id(typed: &str) -> Option<String> {
    national(typed).map(|national| format!("549{national}"))
}

/// `549…` as Meta's test numbers want it, `54…`; anything else unchanged.
#[must_use]
pub fn strip_nine(wa_id: &str) -> String {
    match wa_id.strip_prefix("549") {
        Some(national) if national.len() == 10 && national.bytes().all(|b| b.is_ascii_digit()) => {
            format!("54{national}")
        }
        _ => wa_id.to_owned(),
    }
}

/// Removes the domestic mobile prefix `15`, which stands between the area code and the subscriber.
fn without_15(digits: &str) -> String {
    if digits.len() != 12 {
        return digits.to_owned();
    }
    area_lengths(digits)
        .iter()
        .filter_map(|length| digits.split_at_checked(*length))
        .find_map(|(area, rest)| Some(format!("{area}{}", rest.strip_prefix("15")?)))
        .unwrap_or_else(|| digits.to_owned())
}

/// How long the area code may be: some of four digits begin like one of three.
fn area_lengths(digits: &str) -> &'static [usize] {
    if digits.starts_with("11") {
        &[2]
    } else if THREE_DIGIT_AREAS
        .iter()
        .any(|area| digits.starts_with(area))
    {
        &[3, 4]
    } else {
        &[4]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_number_is_the_same_number() {
        for written in [
            "+54 9 11 2233-4455",
            "5491122334455",
            "541122334455",
            "00 54 9 11 2233 4455",
            "011 15-2233-4455",
            "11 15 2233 4455",
            "11 2233 4455",
        ] {
            assert_eq!(
                national(written).as_deref(),
                Some("1122334455"),
                "{written}"
            );
            assert!(same(written, "5491122334455"), "{written}");
        }
    }

    #[test]
    fn the_15_is_looked_for_behind_the_area_code_and_nowhere_else() {
        // Bariloche is 294; San Martín de los Andes is 2972 although 297 is Comodoro Rivadavia.
        assert_eq!(national("0294 15 460-1234").as_deref(), Some("2944601234"));
        assert_eq!(national("02972 15 41-2345").as_deref(), Some("2972412345"));
        // A subscriber number may itself begin with 15.
        assert_eq!(national("11 1522 3344").as_deref(), Some("1115223344"));
    }

    #[test]
    fn what_is_not_an_argentine_number_is_not_made_one() {
        for written in [
            "",
            "hola",
            "34600000000",
            "+34 600 000 0000",
            "123",
            "AR.1349120865",
        ] {
            assert_eq!(national(written), None, "{written}");
        }
        assert!(!same("34600000000", "34600000001"));
        assert!(same("+34 600 000 000", "34600000000"));
    }

    #[test]
    fn only_argentine_mobiles_lose_their_nine() {
        assert_eq!(strip_nine("5491122334455"), "541122334455");
        assert_eq!(strip_nine("541122334455"), "541122334455");
        assert_eq!(strip_nine("54911223344556"), "54911223344556");
        assert_eq!(strip_nine("34600000000"), "34600000000");
    }
}
