//! Letters as guests type them, brought to one form: lower case, no accents, no drawn-out vowels.
//! It knows letters only; what a word means is decided elsewhere.

/// The plain form of one character: lower case without accent, or nothing for marks that carry no
/// meaning of their own (combining accents, variation selectors, joiners).
pub(crate) fn fold(c: char) -> Option<char> {
    let folded = match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'Á' | 'À' | 'Â' | 'Ã' | 'Ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'Ú' | 'Ù' | 'Û' | 'Ü' => 'u',
        'ñ' | 'Ñ' => 'n',
        'ç' | 'Ç' => 'c',
        '–' | '—' | '−' | '‐' | '‑' | '→' | '➡' | '~' => '-',
        '’' | '‘' | '`' | '´' => '\'',
        'º' | '°' | 'ª' => '°',
        '\u{0300}'..='\u{036f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{20e3}'
        | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{2060}'
        | '\u{feff}' => return None,
        other => other.to_lowercase().next().unwrap_or(other),
    };
    Some(folded)
}

/// A whole text in its plain form.
pub(crate) fn fold_str(text: &str) -> String {
    text.chars().filter_map(fold).collect()
}

/// A folded word without drawn-out letters: `holaaaa` is `hola`. Two in a row are left alone, for
/// words such as `llegamos`.
pub(crate) fn shorten_runs(word: &str) -> String {
    let mut short = String::with_capacity(word.len());
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        let mut run = 1;
        while chars.next_if_eq(&c).is_some() {
            run += 1;
        }
        short.push(c);
        if run == 2 {
            short.push(c);
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_capitals_do_not_matter() {
        assert_eq!(fold_str("Mañana, SÁBADO"), "manana, sabado");
        assert_eq!(fold_str("man\u{0303}ana"), "manana");
    }

    #[test]
    fn drawn_out_letters_are_shortened() {
        assert_eq!(shorten_runs("holaaaaa"), "hola");
        assert_eq!(shorten_runs("llegamos"), "llegamos");
    }
}
