//! Days on which something is done and nobody sleeps there: "pagué el lunes", "te confirmo el
//! viernes".

use crate::Language;
use crate::dates::mention::{Mention, Point, Role};
use crate::grammar::Found;
use crate::tokens::{Kind, Token};

/// Verbs whose day is when something is done, or was, and no day of a stay: "pagué el lunes",
/// "¿me aguantás hasta mañana?", "te confirmo el viernes".
pub(crate) const ERRANDS: &[(Language, &str)] = &[
    (
        Language::Es,
        "guardas guardame guardan guardarme guardar guardala aguantas aguantame aguantan aguantar \
         esperas esperame esperan esperar esperarme bancas bancame bancan pagar pago pagare \
         transferir transfiero deposito depositar confirmar confirmo aviso avisar plazo tiempo \
         cobro pague transferi deposite mande envie llame escribi consulte hable transferencia \
         llamo llamame escribime hablamos mando envio senar sene seno cobre cobramos cobremos \
         cobrar vemos",
    ),
    (
        Language::Pt,
        "segura segurar guarda aguarda receba receber paguei mandei enviei liguei falei depositei vejo vemos",
    ),
    (
        Language::En,
        "hold keep save wait pay paying confirm time paid sent transferred called wrote emailed see",
    ),
];

/// Whether a word is such a verb, in any language.
fn is_errand(token: &Token) -> bool {
    ERRANDS
        .iter()
        .any(|(_, verbs)| verbs.split(' ').any(|verb| token.is(verb)))
}

/// What may stand between such a verb and its day.
const BESIDE_ERRANDS: &[&str] = &[
    "el", "la", "los", "a", "hasta", "until", "till", "ate", "on", "by", "me", "te", "lo", "les",
    "it", "for", "us", "antes", "del", "de", "recien", "pesos", "reales", "reais", "$", "para",
    "yo", "sena", "cabana", "plata", "esto", "link", "este", "esta", "seria", "mismo", "si",
    "puede", "ser", "you",
];

/// Leaves out single days that say when something is paid, sent or told.
pub(crate) fn without(tokens: &[Token], mentions: Vec<Found<Mention>>) -> Vec<Found<Mention>> {
    let errand = |found: &Found<Mention>| {
        let single = matches!(
            found.what,
            Mention::Point(Point::Weekday(..) | Point::Ahead(_), _)
                | Mention::Point(_, Role::Departure)
        );
        single
            && tokens
                .iter()
                .take(found.at.start)
                .rev()
                .find(|token| token.kind == Kind::Word && !token.is_any(BESIDE_ERRANDS))
                .is_some_and(is_errand)
    };
    mentions
        .into_iter()
        .filter(|found| !errand(found))
        .collect()
}
