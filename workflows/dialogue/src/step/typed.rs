//! Answers that are typed instead of pressed: an option by its number or title, and the few words that
//! steer the conversation itself.

use std::borrow::Cow;

use crate::state::{Asked, Choice, State};

/// A text in one form: lower case, no accents, no punctuation, single spaces.
///
/// Folding keeps one character per character up to the cleaning of spaces, so that what follows a known
/// beginning can be cut from the original.
pub(crate) fn folded(text: &str) -> String {
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

/// Whether `name` is all that somebody says who is polite about it. Both are [`folded`].
pub(super) fn is_all(text: &str, name: &str) -> bool {
    let (words, name): (Vec<&str>, Vec<&str>) =
        (text.split(' ').collect(), name.split(' ').collect());
    let mut places = words.windows(name.len()).enumerate();
    let Some((at, _)) = places.find(|(_, named)| *named == name) else {
        return false;
    };
    let mut rest = words.iter().enumerate();
    rest.all(|(index, word)| {
        (at..at.saturating_add(name.len())).contains(&index) || COURTESIES.contains(word)
    })
}

/// What may stand around the name of what somebody chooses.
const COURTESIES: [&str; 31] = [
    "la",
    "el",
    "a",
    "o",
    "the",
    "con",
    "com",
    "si",
    "sim",
    "yes",
    "dale",
    "mejor",
    "quiero",
    "queremos",
    "queria",
    "prefiero",
    "preferimos",
    "elijo",
    "quero",
    "prefiro",
    "i",
    "d",
    "like",
    "por",
    "favor",
    "porfa",
    "please",
    "gracias",
    "obrigado",
    "obrigada",
    "thanks",
];

/// Whether the guest calls for the bot while a person has the conversation.
pub(super) fn calls_the_bot(text: &str) -> bool {
    matches!(
        folded(text).as_str(),
        "menu" | "bot" | "asistente" | "assistente" | "assistant"
    )
}

/// Whether the guest wants out of the waiting list: what says so stands right before the list. "Si no puedo salir el
/// viernes, anotame en la lista de espera" asks for the opposite.
pub(super) fn leaves_the_list(text: &str) -> bool {
    let text = folded(text);
    let words: Vec<&str> = text.split(' ').collect();
    THE_LIST.iter().any(|list| {
        let mut places = words.windows(list.len()).enumerate();
        places.any(|(at, named)| named == *list && wants_out(words.get(..at).unwrap_or_default()))
    })
}

/// What the waiting list is called.
const THE_LIST: [&[&str]; 3] = [
    &["lista", "de", "espera"],
    &["waiting", "list"],
    &["waitlist"],
];

/// What may stand between wanting out and the list.
const ON_THE_WAY: [&str; 23] = [
    "de", "la", "en", "esta", "esa", "por", "favor", "da", "na", "desta", "essa", "minha", "a",
    "off", "of", "from", "on", "in", "the", "your", "this", "please", "porfa",
];

/// What says that somebody wants out.
const OUT: [&[&str]; 41] = [
    &["salir"],
    &["salirme"],
    &["salgo"],
    &["sacame"],
    &["saqueme"],
    &["sacanos"],
    &["sacarme"],
    &["sacarnos"],
    &["borrame"],
    &["borranos"],
    &["borrarme"],
    &["bajame"],
    &["bajanos"],
    &["bajarme"],
    &["quitame"],
    &["quitarme"],
    &["ya", "no", "quiero"],
    &["ya", "no", "necesito"],
    &["no", "quiero", "estar"],
    &["no", "quiero", "seguir"],
    &["no", "quiero", "mas", "estar"],
    &["ya", "no", "quiero", "estar"],
    &["ya", "no", "quiero", "seguir"],
    &["sair"],
    &["me", "tira"],
    &["me", "tire"],
    &["me", "tirar"],
    &["me", "remova"],
    &["nao", "quero", "mais"],
    &["nao", "preciso", "mais"],
    &["nao", "quero", "mais", "ficar"],
    &["nao", "quero", "mais", "estar"],
    &["leave"],
    &["remove", "me"],
    &["remove", "us"],
    &["take", "me"],
    &["take", "us"],
    &["get", "me"],
    &["don", "t", "want", "to", "be"],
    &["no", "longer", "want", "to", "be"],
    &["no", "longer", "need"],
];

/// Whether these words end in wanting out, and not in not wanting out.
fn wants_out(before: &[&str]) -> bool {
    let last = before.iter().rposition(|word| !ON_THE_WAY.contains(word));
    let said = last
        .and_then(|last| before.get(..=last))
        .unwrap_or_default();
    OUT.iter().any(|out| {
        let rest = said.strip_suffix(*out);
        rest.is_some_and(|rest| !is_denied(rest))
    })
}

/// Whether what follows these words is what the guest does not want.
fn is_denied(before: &[&str]) -> bool {
    matches!(
        before,
        [.., "no" | "nao" | "not" | "t"]
            | [.., "no" | "nao", "quiero" | "quero" | "queria" | "me"]
            | [.., "not" | "t", "want", "to"]
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
    fn a_name_is_all_that_is_said_when_only_courtesies_stand_around_it() {
        let all = |text: &str| is_all(&folded(text), "cabana del lago");
        for text in [
            "La cabaña del Lago, por favor.",
            "cabaña del lago",
            "dale, quiero la cabaña del lago, gracias",
        ] {
            assert!(all(text), "{text}");
        }
        for text in [
            "¿dónde queda la cabaña del lago?",
            "la cabaña",
            "cabaña del lago y del bosque",
            "",
        ] {
            assert!(!all(text), "{text}");
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
    fn out_of_the_list_is_said_right_before_it() {
        for text in [
            "quiero salir de la lista de espera",
            "Sacame de la lista de espera!",
            "sacanos por favor de la lista de espera",
            "ya no quiero estar en la lista de espera",
            "bajame de esa lista de espera porfa",
            "quero sair da lista de espera",
            "me tira da lista de espera",
            "não quero mais ficar na lista de espera",
            "Please take me off the waiting list",
            "remove me from your waitlist",
            "I no longer want to be on the waiting list",
        ] {
            assert!(leaves_the_list(text), "{text}");
        }
        for text in [
            "Anotame en la lista de espera si ya no hay lugar",
            "si ya no queda nada, lista de espera",
            "queremos salir el viernes, me anotás en la lista de espera?",
            "no me puedo ir sin anotarme en la lista de espera",
            "no quiero salir de la lista de espera",
            "não quero sair da lista de espera",
            "I don't want to leave the waiting list",
            "please don't remove me from the waitlist",
            "a quiet cabin with leaves around, or the waiting list",
            "we leave on Sunday; put us on the waiting list",
            "cómo funciona la lista de espera?",
            "sacame de la lista",
        ] {
            assert!(!leaves_the_list(text), "{text}");
        }
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
