//! Answers that are typed instead of pressed: an option by its number or title, and the few words that
//! steer the conversation itself.

use crate::state::{Asked, Choice, State};

/// A text in one form: lower case, no accents, no punctuation, single spaces.
///
/// Folding keeps one character per character up to the cleaning of spaces, so that what follows a known
/// beginning can be cut from the original.
pub(super) fn folded(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { fold(c) } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn fold(c: char) -> char {
    match c.to_lowercase().next().unwrap_or(c) {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        other => other,
    }
}

/// The id of the option that the text names, by its title or by its number.
pub(super) fn option<'s>(state: &'s State, text: &str) -> Option<&'s str> {
    let text = folded(text);
    if text.is_empty() {
        return None;
    }
    let titled: Vec<&Choice> = state
        .options
        .iter()
        .filter(|choice| folded(&choice.title) == text)
        .collect();
    if let [only] = titled.as_slice() {
        return Some(&only.id);
    }
    if matches!(state.asked, Asked::Nights | Asked::Guests) {
        return None;
    }
    let position = number(&text)?.checked_sub(1)?;
    state.options.get(position).map(|choice| choice.id.as_str())
}

/// A bare number as an answer to a numbered list: `2`, `la 2`, `opción 2`, `la segunda`.
fn number(text: &str) -> Option<usize> {
    let word = [
        "la ", "a ", "the ", "opcion ", "opcao ", "option ", "numero ", "number ",
    ]
    .iter()
    .find_map(|start| text.strip_prefix(start))
    .unwrap_or(text);
    let word = word.strip_suffix(" one").unwrap_or(word);
    match word {
        "primera" | "primeira" | "first" => Some(1),
        "segunda" | "second" => Some(2),
        "tercera" | "terceira" | "third" => Some(3),
        digits => digits.parse().ok(),
    }
}

/// Whether the guest calls for the bot while a person has the conversation.
pub(super) fn calls_the_bot(text: &str) -> bool {
    matches!(
        folded(text).as_str(),
        "menu" | "bot" | "asistente" | "assistente" | "assistant"
    )
}

/// Whether the guest wants messages again.
pub(super) fn opts_in(text: &str) -> bool {
    matches!(
        folded(text).as_str(),
        "alta" | "start" | "quiero volver" | "volver" | "voltar"
    )
}

/// Whether a guest who wants to cancel speaks of the right to revoke a purchase.
pub(super) fn revokes(text: &str) -> bool {
    let text = folded(text);
    [
        "arrepent",
        "arrepient",
        "arrepend",
        "revoc",
        "revog",
        "revok",
        "withdrawal",
    ]
    .iter()
    .any(|stem| text.contains(stem))
}

/// Whether a guest who wants to pay speaks of what remains after the deposit.
pub(super) fn means_the_balance(text: &str) -> bool {
    folded(text).split(' ').any(|word| {
        matches!(
            word,
            "saldo" | "resto" | "restante" | "diferencia" | "diferenca" | "balance" | "remainder"
        )
    })
}

/// Beginnings of a sentence in which a guest says their name.
const INTRODUCTIONS: [&str; 7] = [
    "mi nombre es ",
    "me llamo ",
    "llamame ",
    "meu nome e ",
    "me chamo ",
    "my name is ",
    "call me ",
];

/// The name the guest gives in so many words, as they wrote it.
pub(super) fn name(text: &str) -> Option<String> {
    let plain: String = text.chars().map(fold).collect();
    let (start, introduction) = INTRODUCTIONS
        .iter()
        .find_map(|words| Some((plain.find(words)?, *words)))?;
    let before = plain.get(..start)?.chars().count() + introduction.chars().count();
    let rest: String = text.chars().skip(before).collect();
    let end = |c: char| matches!(c, ',' | '.' | ';' | '!' | '?' | '\n' | '(');
    let sentence = rest.split(end).next().unwrap_or_default();
    let words: Vec<&str> = sentence
        .split_whitespace()
        .take_while(|word| {
            !matches!(
                folded(word).as_str(),
                "y" | "e" | "and" | "pero" | "quiero" | "quero" | "tenes"
            )
        })
        .take(3)
        .collect();
    crate::format::clean_name(&words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(titles: &[&str]) -> State {
        let options = titles
            .iter()
            .map(|title| Choice {
                id: format!("id of {title}"),
                title: (*title).to_owned(),
            })
            .collect();
        State {
            options,
            ..State::default()
        }
    }

    #[test]
    fn an_option_can_be_typed_by_number_or_by_title() {
        let state = offered(&["Cabaña Arrayán", "Casa Lenga"]);
        for text in [
            "2",
            "la 2",
            "opción 2!",
            "la segunda",
            "casa lenga",
            "CASA LENGA.",
        ] {
            assert_eq!(option(&state, text), Some("id of Casa Lenga"), "{text}");
        }
        for text in ["3", "0", "", "somos 2", "casa"] {
            assert_eq!(option(&state, text), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_an_answer_when_a_number_was_asked_for() {
        let state = State {
            asked: Asked::Guests,
            ..offered(&["1 persona", "2 personas"])
        };
        assert_eq!(option(&state, "2"), None);
        assert_eq!(option(&state, "2 personas"), Some("id of 2 personas"));
    }

    #[test]
    fn a_name_is_heard_as_it_is_written() {
        assert_eq!(
            name("Hola, me llamo José María y quiero reservar"),
            Some("José María".to_owned())
        );
        assert_eq!(name("MI NOMBRE ES Ana."), Some("Ana".to_owned()));
        assert_eq!(name("My name is Bob, hi"), Some("Bob".to_owned()));
        assert_eq!(
            name("¿me llamo yo o ustedes?").as_deref(),
            Some("yo o ustedes")
        );
        assert_eq!(name("hola"), None);
    }
}
