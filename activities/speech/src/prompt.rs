//! What Whisper is told beforehand: a few sentences as guests say them, which lowers its errors in our words.
//! Nothing that a guest said ever goes in here.

use domain::Language;

/// Each token costs time.
const MOST_TOKENS: usize = 100;

const ES: &str = "Hola, quería reservar una cabaña para el finde. Somos dos adultos y un nene. ¿Tienen pileta y \
                  parrilla? ¿Aceptan mascotas? Ya hice la transferencia de la seña.";
const PT: &str = "Olá, queria reservar uma cabana para o fim de semana. Somos dois adultos e uma criança. Tem \
                  piscina e churrasqueira? Aceitam animais? Já fiz a transferência do sinal.";
const EN: &str = "Hi, I would like to book a cabin for the weekend. We are two adults and one child. Do you have \
                  a pool and a barbecue? Do you take pets? I have already paid the deposit.";

/// The prompt of a language, with as many of the accommodations' names as there is room for.
pub(crate) fn of(language: Language, names: &[String], tokens: impl Fn(&str) -> usize) -> String {
    let sentences = match language {
        Language::Es => ES,
        Language::Pt => PT,
        Language::En => EN,
    };
    let with = |count: usize| {
        let named: Vec<&str> = names
            .iter()
            .take(count)
            .map(|name| name.split('\0').next().unwrap_or_default())
            .collect();
        format!("{}. {sentences}", named.join(", "))
    };
    (1..=names.len())
        .rev()
        .map(with)
        .find(|prompt| tokens(prompt) <= MOST_TOKENS)
        .unwrap_or_else(|| sentences.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    #[test]
    fn names_are_told_as_long_as_there_is_room() {
        let names: Vec<String> = (0..200).map(|number| format!("Cabaña {number}")).collect();
        for language in [Language::Es, Language::Pt, Language::En] {
            let prompt = of(language, &names, words);
            assert!(prompt.starts_with("Cabaña 0, Cabaña 1, "), "{prompt}");
            assert!(words(&prompt) <= MOST_TOKENS);
            assert_eq!(of(language, &[], words), of(language, &names, |_| 1000));
        }
    }
}
