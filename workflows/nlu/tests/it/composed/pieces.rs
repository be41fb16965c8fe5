//! Wishes, parties, small talk, and numbers that are no dates.

use nlu::{Intent, Language};

use crate::composed::Dice;

/// Who comes, and how a guest said it.
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) guests: Option<u8>,
    pub(crate) children: Option<u8>,
}

pub(crate) fn wish(dice: &mut Dice, language: Language) -> (String, Intent) {
    let wishes: &[(&str, Intent)] = match language {
        Language::Es => &[
            ("¿tenés lugar?", Intent::Availability),
            ("quería saber si hay disponibilidad", Intent::Availability),
            ("hay algo libre?", Intent::Availability),
            ("busco una cabaña", Intent::Availability),
            ("¿cuánto sale?", Intent::Price),
            ("me pasás precio por favor", Intent::Price),
            ("cuál es el valor total", Intent::Price),
            ("quiero reservar", Intent::Book),
            ("reservame por favor", Intent::Book),
        ],
        Language::Pt => &[
            ("tem disponibilidade?", Intent::Availability),
            ("vocês têm vaga", Intent::Availability),
            ("quanto custa?", Intent::Price),
            ("qual o valor da diária", Intent::Price),
            ("quero reservar", Intent::Book),
            ("gostaria de fazer uma reserva", Intent::Book),
        ],
        Language::En => &[
            ("do you have anything available?", Intent::Availability),
            ("is there a cabin free", Intent::Availability),
            ("how much is it?", Intent::Price),
            ("what's the price", Intent::Price),
            ("I'd like to book", Intent::Book),
            ("please book it for us", Intent::Book),
        ],
    };
    let (text, intent) = dice.of(wishes);
    ((*text).to_owned(), *intent)
}

pub(crate) fn party(dice: &mut Dice, language: Language) -> Piece {
    let adults = dice.below(5) + 2;
    let children = dice.below(3) + 1;
    let number = |n: usize| u8::try_from(n).expect("a small number");
    let everybody = number(adults + children);
    let (text, guests, of_them) = match (language, dice.below(6)) {
        (Language::Es, 0) => (format!("somos {adults}"), number(adults), None),
        (Language::Es, 1) => (format!("para {adults} personas"), number(adults), None),
        (Language::Es, 2) if children > 1 => (
            format!("{adults} adultos y {children} nenes"),
            everybody,
            Some(number(children)),
        ),
        (Language::Es, 2) => (format!("{adults} adultos y un nene"), everybody, Some(1)),
        (Language::Es, 3) => ("mi marido y yo".to_owned(), 2, None),
        (Language::Es, 4) => (format!("seríamos {adults} en total"), number(adults), None),
        (Language::Es, _) => ("mi señora, los dos chicos y yo".to_owned(), 4, Some(2)),
        (Language::Pt, 0) => (format!("somos {adults}"), number(adults), None),
        (Language::Pt, 1 | 2) => (format!("para {adults} pessoas"), number(adults), None),
        (Language::Pt, 3) if children > 1 => (
            format!("{adults} adultos e {children} crianças"),
            everybody,
            Some(number(children)),
        ),
        (Language::Pt, 3) => (
            format!("{adults} adultos e uma criança"),
            everybody,
            Some(1),
        ),
        (Language::Pt, _) => ("eu e minha esposa".to_owned(), 2, None),
        (Language::En, 0) => (format!("we are {adults}"), number(adults), None),
        (Language::En, 1 | 2) => (format!("for {adults} people"), number(adults), None),
        (Language::En, 3) if children > 1 => (
            format!("{adults} adults and {children} kids"),
            everybody,
            Some(number(children)),
        ),
        (Language::En, 3) => (format!("{adults} adults and one child"), everybody, Some(1)),
        (Language::En, _) => ("my wife and I".to_owned(), 2, None),
    };
    Piece {
        text,
        guests: Some(guests),
        children: of_them,
    }
}

pub(crate) fn small_talk(dice: &mut Dice, language: Language) -> &'static str {
    let choices: &[&'static str] = match language {
        Language::Es => &[
            "Hola!",
            "Buenas tardes",
            "hola qué tal, cómo andan",
            "Buen día, soy Marta de Rosario",
            "che disculpá que moleste",
            "😊 hola",
        ],
        Language::Pt => &[
            "Oi!",
            "Boa tarde",
            "olá tudo bem?",
            "Bom dia, sou a Ana de Floripa",
        ],
        Language::En => &[
            "Hi!",
            "Good morning",
            "hello there",
            "Hey, this is Tom from London",
        ],
    };
    let chosen: &&str = dice.of(choices);
    chosen
}

/// Numbers that are neither dates nor people.
pub(crate) fn trap(dice: &mut Dice, language: Language) -> &'static str {
    let choices: &[&'static str] = match language {
        Language::Es => &[
            "mi cel es 11 5566 7788",
            "mi dni es 28.456.123",
            "estamos a 300 km",
            "tengo 45.000 pesos ahorrados",
            "llegamos a las 22:30",
            "la otra vez pagué $ 60.000",
            "mi mail es juan_82@gmail.com",
        ],
        Language::Pt => &[
            "meu telefone é 51 99876-5432",
            "meu CPF é 123.456.789-09",
            "são 300 km daqui",
            "chegamos às 22:30",
        ],
        Language::En => &[
            "my phone is +44 7911 123456",
            "it's about 300 km from here",
            "we land at 10:45",
            "my passport is 533380006",
        ],
    };
    let chosen: &&str = dice.of(choices);
    chosen
}
