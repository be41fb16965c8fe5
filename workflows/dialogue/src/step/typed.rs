//! Answers that are typed instead of pressed: an option by its number or title, and the few words that
//! steer the conversation itself.

use std::borrow::Cow;

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

/// Whether the guest wants out of the waiting list.
pub(super) fn leaves_the_list(text: &str) -> bool {
    const LIST: [&str; 3] = ["lista de espera", "waiting list", "waitlist"];
    const OUT: [&str; 12] = [
        "salir",
        "salgo",
        "sacame",
        "sacarme",
        "borrame",
        "bajame",
        "sair",
        "me tira",
        "leave",
        "remove",
        "take me off",
        "ya no",
    ];
    let text = folded(text);
    let any = |words: &[&str]| words.iter().any(|words| text.contains(words));
    any(&LIST) && any(&OUT)
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

/// Words that are part of no name and begin what else a message says.
const AFTER_A_NAME: [&str; 42] = [
    "y", "e", "and", "pero", "mas", "but", "quiero", "quero", "queria", "want", "need", "would",
    "necesito", "preciso", "busco", "tenes", "tienen", "tem", "somos", "soy", "sou", "we", "i",
    "my", "mi", "para", "for", "con", "com", "with", "desde", "from", "en", "em", "el", "la",
    "hay", "ha", "te", "me", "por", "a",
];

/// Words that join the parts of a name.
const WITHIN_A_NAME: [&str; 6] = ["de", "del", "da", "do", "dos", "los"];

/// Where in a text the guest says their name: from the introduction to the name's end, in bytes.
struct Introduction<'t> {
    before: &'t str,
    name: String,
    after: &'t str,
}

impl<'t> Introduction<'t> {
    fn find(text: &'t str) -> Option<Self> {
        // One letter stays one letter, so that positions can be counted in letters.
        let plain: String = text.chars().map(fold).collect();
        let (start, words) = INTRODUCTIONS
            .iter()
            .find_map(|words| Some((plain.find(words)?, *words)))?;
        let letters = plain.get(..start)?.chars().count();
        let (before, rest) = text.split_at_checked(byte_of(text, letters))?;
        let rest = rest.get(byte_of(rest, words.chars().count())..)?;
        let name = words_of_name(rest);
        let end = name.last().map_or(0, |word| end_of(rest, word));
        Some(Self {
            before,
            name: crate::format::clean_name(&name.join(" "))?,
            after: rest.get(end..)?,
        })
    }
}

/// The words at the beginning of a text that make a name, four at most.
fn words_of_name(text: &str) -> Vec<&str> {
    let end = |c: char| matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | '\n' | '(');
    let sentence = text.split(end).next().unwrap_or_default();
    let is_large = |word: &str| word.chars().next().is_some_and(char::is_uppercase);
    let is_written_large = is_large(sentence.trim_start());
    let mut words: Vec<&str> = sentence
        .split_whitespace()
        .take_while(|word| {
            let plain = folded(word);
            let is_name =
                !is_written_large || is_large(word) || WITHIN_A_NAME.contains(&plain.as_str());
            is_name && !AFTER_A_NAME.contains(&plain.as_str())
        })
        .take(if is_written_large { 4 } else { 2 })
        .collect();
    while words
        .last()
        .is_some_and(|word| WITHIN_A_NAME.contains(&folded(word).as_str()))
    {
        words.pop();
    }
    words
}

/// The byte at which the letter of this number begins.
fn byte_of(text: &str, letters: usize) -> usize {
    text.char_indices()
        .nth(letters)
        .map_or(text.len(), |(at, _)| at)
}

/// The byte behind a part of a text.
fn end_of(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr() + part.len()
}

/// The name the guest gives in so many words, as they wrote it.
pub(super) fn name(text: &str) -> Option<String> {
    Introduction::find(text).map(|introduction| introduction.name)
}

/// What a message says beside the guest's name: a guest called Julio or Domingo means no date.
#[must_use]
pub(crate) fn without_name(text: &str) -> Cow<'_, str> {
    match Introduction::find(text) {
        Some(Introduction { before, after, .. }) => Cow::Owned(format!("{before}{after}")),
        None => Cow::Borrowed(text),
    }
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
            name("me llamo maría de los ángeles"),
            Some("maría".to_owned())
        );
        assert_eq!(
            name("Me llamo María de los Ángeles y somos 4"),
            Some("María de los Ángeles".to_owned())
        );
        assert_eq!(
            name("me llamo juana necesito una cabaña"),
            Some("juana".to_owned())
        );
        assert_eq!(name("hola"), None);
    }

    #[test]
    fn a_name_is_not_read_as_anything_else() {
        assert_eq!(
            without_name("Hola, me llamo Julio Domingo. ¿Hay lugar el 3 de enero?"),
            "Hola, . ¿Hay lugar el 3 de enero?"
        );
        assert_eq!(without_name("del 3 al 5 de julio"), "del 3 al 5 de julio");
        assert_eq!(without_name("mi nombre es Ñandú"), "");
    }
}
