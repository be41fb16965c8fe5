//! Which of the three languages a message is written in, told by its small words. A message that
//! does not show its language is in the language of the conversation.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::spelling;
use crate::tokens::{Kind, Token};

/// A language that guests are answered in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Spanish of the Río de la Plata.
    #[default]
    Es,
    /// Portuguese of Brazil.
    Pt,
    /// English.
    En,
}

/// Words that are common in Spanish and rare in the other two.
const SPANISH: &str = "\
    el la los las del al y un una hola buenas buenos buen tenes tienen tiene tenemos hay cuanto \
    cuantos sale cuesta noche noches quiero quisiera necesito hasta desde en es con si mi te \
    gracias lugar finde manana hoy pasado viernes jueves lunes martes miercoles enero febrero \
    mayo junio julio septiembre octubre noviembre diciembre dos cuatro cinco siete ocho nueve \
    diez puedo pueden podemos podria donde cual perro mascota chicos nene nena muy mejor pero \
    dale bueno estan nosotros llegamos vamos voy quien alguien personas mas ese eso esa somos \
    reserva fecha fechas cabana";

/// Words that are common in Portuguese and rare in the other two.
const PORTUGUESE: &str = "\
    quinta segunda algum alguma voce voces tem nao obrigado obrigada oi bom boa noite noites quero gostaria pessoas pessoa \
    disponibilidade disponivel quanto custa preco hoje amanha ate do da das na ao em um uma com \
    sem janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro crianca \
    criancas animais ha tambem meu minha chegada chegar chegando chegamos chego saindo saida \
    aceitam cartao pagamento pra estou sao onde fica endereco tudo bem falar alguem atendente \
    quais qual fazer diaria diarias reveillon natal pascoa sexta terca quarta feira sim dois \
    duas sete oito nove dez ola e vaga vagas queremos preciso nos mais voltar fim depois proximo \
    filhos filho esposa os gostariamos valeu pode posso minhas isso cancelamento nome";

/// Words that are common in English and rare in the other two.
const ENGLISH: &str = "\
    the is are it do does did you we i have for to from of and how much what when where book \
    booking available availability people night nights please thanks thank hello hi hey can \
    would like want need price cost my our reservation january february march april may june \
    july august september october november december with dog dogs pet pets kids adults yes \
    tomorrow today tonight any room rooms cabin at on time am pm there this next monday tuesday \
    wednesday thursday friday saturday sunday cancel stay be will not good morning only two \
    three four five six seven eight nine ten until till through arriving leaving week person \
    human someone pay just us me your stop sure great perfect sorry change free children speak \
    talk that between check checking help rather make sounds wrong date dates";

/// Of the seven hundred most common words of each language, those that are rare in the other two.
const COMMON: &[(Language, &str)] = &[
    (Language::Es, include_str!("language/es.txt")),
    (Language::Pt, include_str!("language/pt.txt")),
    (Language::En, include_str!("language/en.txt")),
];

/// Letters that one of the three languages writes and the others do not.
const LETTERS: &[(Language, &str)] = &[(Language::Es, "ñ¿¡Ñ"), (Language::Pt, "ãõçêôâàÃÕÇÊÔÂÀ")];

/// The languages that each telling word speaks for.
static TELLING: LazyLock<HashMap<&'static str, Vec<Language>>> = LazyLock::new(|| {
    let mut telling: HashMap<&'static str, Vec<Language>> = HashMap::new();
    for (language, words) in [
        (Language::Es, SPANISH),
        (Language::Pt, PORTUGUESE),
        (Language::En, ENGLISH),
    ]
    .iter()
    .chain(COMMON)
    {
        for word in words.split_whitespace() {
            telling.entry(word).or_default().push(*language);
        }
    }
    telling
});

/// What a common word of a language weighs, and a word that only its grammar knows.
const TELLS: u32 = 2;
const HINTS: u32 = 1;

/// The languages that a message may be in, likeliest first: the one whose words it has most of, or
/// the one spoken so far, then those that are one word behind.
pub(crate) fn candidates(text: &str, tokens: &[Token], spoken: Option<Language>) -> Vec<Language> {
    let mut counted = [(Language::Es, 0), (Language::Pt, 0), (Language::En, 0)];
    for token in tokens.iter().filter(|token| token.kind == Kind::Word) {
        let told = TELLING.get(token.text.as_str());
        // A word that only one language's grammar knows says less than one that is common in it.
        let weight = if told.is_some() { TELLS } else { HINTS };
        let told = told.into_iter().flatten().copied();
        let hinted = spelling::only_language_of(&token.text).filter(|_| weight == HINTS);
        for language in told.chain(hinted) {
            let counts = counted.iter_mut().filter(|(of, _)| *of == language);
            counts.for_each(|(_, count)| *count += weight);
        }
    }
    for (language, letters) in LETTERS {
        if text.contains(|letter| letters.contains(letter)) {
            let counts = counted.iter_mut().filter(|(of, _)| of == language);
            counts.for_each(|(_, count)| *count += TELLS);
        }
    }
    let spoken = spoken.unwrap_or_default();
    counted.sort_by_key(|(language, count)| (Reverse(*count), *language != spoken));
    let most = counted.first().map_or(0, |(_, count)| *count);
    counted
        .into_iter()
        .filter(|(_, count)| count + TELLS >= most)
        .map(|(language, _)| language)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::tokenise;

    #[test]
    fn small_words_tell_the_language() {
        let read = |text| candidates(text, &tokenise(text), None)[0];
        assert_eq!(read("hay algo libre 05/01 al 12/01"), Language::Es);
        assert_eq!(
            read("tem disponibilidade de 3 a 6 de fevereiro?"),
            Language::Pt
        );
        assert_eq!(read("is it available from December 10?"), Language::En);
        assert_eq!(
            candidates("ok", &tokenise("ok"), Some(Language::Pt))[0],
            Language::Pt
        );
    }
}
