//! Which wish is answered first, which others are in the message, and which only seemed to be.

use crate::facts::Facts;
use crate::intent::gist::gist;
use crate::intent::score::Score;
use crate::intent::{CERTAIN, HINT, PLAIN, STRONG};
use crate::tokens::{Kind, Token};
use crate::{Awaiting, Context, Intent, Language};

/// The wishes of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub(crate) intent: Intent,
    /// All of them, the first first; empty when none was said in words.
    pub(crate) all: Vec<Intent>,
}

/// Decides what a message wants.
pub(crate) fn decide(
    mut scores: Vec<Score>,
    facts: &Facts,
    tokens: &[Token],
    language: Language,
    context: &Context,
) -> Wishes {
    let says_a_stay = says_a_stay(facts);
    let social = take_social(&mut scores, tokens);
    if let Some(answer) = answer(&social, &scores, says_a_stay, context) {
        return Wishes::with(answer, &scores);
    }
    discount(&mut scores, facts, tokens, context);
    if counter_evidence(&mut scores) {
        return Wishes::default();
    }
    if facts.when.check_in.is_some() {
        book_first(&mut scores);
    }
    suppress(&mut scores);
    scores.sort_by_key(|score| {
        (
            std::cmp::Reverse(band(score.weight)),
            score.at,
            std::cmp::Reverse((score.weight, score.confirming)),
        )
    });
    let thanks = social.iter().any(|score| score.intent == Intent::Thanks);
    match scores.first() {
        // "gracias por la info" asks for nothing, and neither does "no, gracias, era una consulta".
        Some(first) if first.intent == Intent::Menu && thanks => {
            let refused =
                yes_or_no(&social).is_some_and(|said| said.intent == Intent::Deny && said.at == 0);
            Wishes::one(if refused {
                Intent::Deny
            } else {
                Intent::Thanks
            })
        }
        // "qué lugar hermoso!" hints at a wish and has none.
        Some(first)
            if first.weight <= HINT
                && !says_a_stay
                && thanks
                && !tokens.iter().any(|token| token.is("?")) =>
        {
            Wishes::one(Intent::Thanks)
        }
        Some(first) if first.weight >= PLAIN || says_enough(first.intent, says_a_stay) => {
            Wishes::of(&scores)
        }
        // "llegamos mañana a eso de las cuatro"
        _ if facts.time
            && facts.when.check_out.is_none()
            && facts.party.guests.is_none()
            && tokens.iter().any(|token| token.is_any(COMING)) =>
        {
            Wishes::one(Intent::CheckinInfo)
        }
        _ if says_a_stay => Wishes {
            intent: Intent::Availability,
            all: Vec::new(),
        },
        Some(_) => Wishes::of(&scores),
        None if facts.reservation_code.is_some() => Wishes::one(Intent::Status),
        // "llegamos 22:30"
        None if facts.time && tokens.iter().any(|token| token.is_any(COMING)) => {
            Wishes::one(Intent::CheckinInfo)
        }
        // An amount and no wish haggles.
        None if facts.money => Wishes::one(Intent::Price),
        None if answers_shortly(&social, tokens) => {
            social_intent(&social, context).map_or_else(Wishes::default, Wishes::one)
        }
        None => gist(tokens, language)
            .or_else(|| social_intent(&social, context))
            .map_or_else(Wishes::default, Wishes::one),
    }
}

impl Wishes {
    fn one(intent: Intent) -> Self {
        Self {
            intent,
            all: vec![intent],
        }
    }

    fn of(scores: &[Score]) -> Self {
        let Some(first) = scores.first() else {
            return Self::default();
        };
        let others = scores
            .iter()
            .skip(1)
            .filter(|score| score.weight >= PLAIN)
            .map(|score| score.intent);
        Self {
            intent: first.intent,
            all: std::iter::once(first.intent).chain(others).collect(),
        }
    }

    fn with(answer: Intent, scores: &[Score]) -> Self {
        let others = scores
            .iter()
            .filter(|score| score.weight >= STRONG && score.intent != Intent::Book)
            .map(|score| score.intent);
        Self {
            intent: answer,
            all: std::iter::once(answer).chain(others).collect(),
        }
    }
}

/// Dates, a length or a party: what makes a message a question about free nights.
fn says_a_stay(facts: &Facts) -> bool {
    let when = &facts.when;
    when.check_in.is_some()
        || when.check_out.is_some()
        || when.nights.is_some()
        || when.error.is_some()
        || when.period.is_some()
        || !when.choices.is_empty()
        || facts.party.guests.is_some()
        || facts.party.children.is_some()
}

/// Whether a mere hint beats the dates beside it.
fn says_enough(intent: Intent, says_a_stay: bool) -> bool {
    !says_a_stay
        || matches!(
            intent,
            Intent::Price | Intent::Book | Intent::Complaint | Intent::Location
        )
}

const fn band(weight: u32) -> u32 {
    if weight >= CERTAIN {
        3
    } else if weight >= STRONG {
        2
    } else if weight >= PLAIN {
        1
    } else {
        0
    }
}

const SOCIAL: &[Intent] = &[
    Intent::Greeting,
    Intent::Thanks,
    Intent::Affirm,
    Intent::Deny,
];

/// Verbs of coming and going, which make a time of day a question of arrival.
const COMING: &[&str] = &[
    "llegamos",
    "llego",
    "llegaremos",
    "llegaria",
    "llegariamos",
    "llegando",
    "llegar",
    "caemos",
    "caigo",
    "estaremos",
    "arribamos",
    "entramos",
    "salimos",
    "salgo",
    "arrive",
    "arriving",
    "there",
    "land",
    "landing",
    "coming",
    "leaving",
    "chego",
    "chegamos",
    "chegaremos",
    "chegando",
    "chegar",
    "saio",
    "vuelo",
    "micro",
    "colectivo",
    "bondi",
    "avion",
    "flight",
    "plane",
    "bus",
    "voo",
    "onibus",
    "saimos",
];

/// A yes or no in the middle of a long message answers nothing.
const LONGEST_ANSWER: usize = 8;
/// "Disculpá la demora. Sí, confirmo": unless it begins a sentence, and little follows.
const SHORT_ANSWER: usize = 4;

/// Sets the small talk apart.
fn take_social(scores: &mut Vec<Score>, tokens: &[Token]) -> Vec<Score> {
    let words = tokens
        .iter()
        .filter(|token| token.kind != Kind::Sign)
        .count();
    let (social, rest): (Vec<Score>, Vec<Score>) = scores
        .drain(..)
        .partition(|score| SOCIAL.contains(&score.intent));
    *scores = rest;
    social
        .into_iter()
        .filter(|score| {
            let answers = matches!(score.intent, Intent::Affirm | Intent::Deny);
            let begins_the_end = score.begins && words.saturating_sub(score.at) <= SHORT_ANSWER;
            !answers || words <= LONGEST_ANSWER || score.at <= 1 || begins_the_end
        })
        .collect()
}

/// A yes or no to what was asked, whatever else is said with it.
fn answer(
    social: &[Score],
    scores: &[Score],
    says_a_stay: bool,
    context: &Context,
) -> Option<Intent> {
    if context.awaiting != Some(Awaiting::Confirmation) || says_a_stay {
        return None;
    }
    let first = yes_or_no(social)?;
    let leading = first.at <= 1 || first.begins;
    let settled = |score: &Score| {
        score.weight >= STRONG
            && !matches!(
                score.intent,
                Intent::Book | Intent::Status | Intent::Availability | Intent::Payment
            )
    };
    let says_else = scores.iter().any(settled);
    match first.intent {
        Intent::Affirm if leading && !says_else => Some(Intent::Affirm),
        Intent::Deny if leading && !says_else => Some(Intent::Deny),
        _ => None,
    }
}

fn yes_or_no(social: &[Score]) -> Option<Score> {
    social
        .iter()
        .filter(|score| matches!(score.intent, Intent::Affirm | Intent::Deny))
        .min_by_key(|score| (score.at, std::cmp::Reverse(score.weight)))
        .copied()
}

/// "yeah that works": a yes or no that leads a few words and asks nothing, whatever they name.
fn answers_shortly(social: &[Score], tokens: &[Token]) -> bool {
    let words = tokens.iter().filter(|token| token.kind != Kind::Sign);
    words.count() <= SHORT_ANSWER
        && !tokens.iter().any(|token| token.is("?"))
        && yes_or_no(social).is_some_and(|score| score.at == 0)
}

/// Words that ask about hours rather than tell them.
const ASKS_WHEN: &[&str] = &[
    "hora",
    "horas",
    "horario",
    "horarios",
    "puedo",
    "podemos",
    "puede",
    "podria",
    "podriamos",
    "problema",
    "drama",
    "checkin",
    "checkout",
    "time",
    "can",
    "could",
    "may",
    "possible",
    "late",
    "posso",
    "pode",
    "quien",
    "alguien",
    "someone",
    "anyone",
    "alguem",
    "temprano",
    "early",
    "esta",
    "llave",
    "llaves",
    "key",
    "keys",
    "chave",
    "chaves",
    "valijas",
    "equipaje",
    "bags",
    "luggage",
    "malas",
    "clave",
    "codigo",
    "senha",
    "cedo",
    "antes",
    "despues",
    "recibe",
];

/// Takes away the weight of words that the facts explain.
fn discount(scores: &mut Vec<Score>, facts: &Facts, tokens: &[Token], context: &Context) {
    let stay = says_a_stay(facts);
    let dates = facts.when.check_in.is_some() || facts.when.error.is_some();
    let talking = context.check_in.is_some();
    let asks_when = tokens.iter().any(|token| token.is_any(ASKS_WHEN));
    let wants_a_stay = scores.iter().any(|score| {
        score.weight >= PLAIN
            && matches!(
                score.intent,
                Intent::Availability | Intent::Price | Intent::Book
            )
    });
    let booked = tokens
        .iter()
        .any(|token| token.is_any(&["reserva", "reservation", "booking"]))
        || facts.reservation_code.is_some();
    scores.retain(|score| match score.intent {
        // "somos dos con un perro" tells who comes, it does not ask.
        Intent::Pets => score.weight > HINT + 2 || !stay,
        // "check in 12/12, check out 14/12" are dates, "... llegamos a las 22:30" is told beside a wish.
        Intent::CheckinInfo => {
            let told = !asks_when && wants_a_stay && (stay || facts.time);
            let arrives = !asks_when && !facts.time && dates;
            !told && !arrives && (score.weight > HINT + 2 || !dates)
        }
        // "una noche más" while dates are being chosen corrects them.
        Intent::Modify => booked || !talking || score.weight >= CERTAIN,
        _ => true,
    });
}

/// Phrases that only look like a wish outweigh it.
fn counter_evidence(scores: &mut Vec<Score>) -> bool {
    let against = scores
        .iter()
        .filter(|score| score.intent == Intent::Unknown)
        .map(|score| score.weight)
        .max()
        .unwrap_or(0);
    scores.retain(|score| score.intent != Intent::Unknown);
    against > scores.iter().map(|score| score.weight).max().unwrap_or(0)
}

/// An intent, the least weight it needs, and the intents it explains away.
const EXPLAINS: &[(Intent, u32, &[Intent])] = &[
    (
        Intent::OptOut,
        CERTAIN,
        &[
            Intent::Human,
            Intent::Complaint,
            Intent::Photos,
            Intent::Price,
            Intent::Cancel,
            Intent::Availability,
        ],
    ),
    (
        Intent::CancellationPolicy,
        CERTAIN,
        &[
            Intent::Cancel,
            Intent::Book,
            Intent::Availability,
            Intent::Status,
        ],
    ),
    (
        Intent::Waitlist,
        CERTAIN,
        &[Intent::Cancel, Intent::Availability, Intent::Modify],
    ),
    (
        Intent::Extend,
        CERTAIN,
        &[
            Intent::Payment,
            Intent::Modify,
            Intent::Human,
            Intent::Book,
            Intent::Status,
        ],
    ),
    (
        Intent::Cancel,
        PLAIN,
        &[Intent::Book, Intent::Status, Intent::Availability],
    ),
    (
        Intent::Modify,
        STRONG,
        &[Intent::Book, Intent::Status, Intent::Availability],
    ),
    (
        Intent::Complaint,
        STRONG,
        &[
            Intent::Amenities,
            Intent::Status,
            Intent::Book,
            Intent::Availability,
        ],
    ),
    (Intent::Status, STRONG, &[Intent::Book]),
    // Haggling names the means of payment it offers.
    (Intent::Price, CERTAIN, &[Intent::Payment]),
    (
        Intent::Payment,
        CERTAIN,
        &[Intent::Price, Intent::Cancel, Intent::Status, Intent::Book],
    ),
    (Intent::Location, CERTAIN, &[Intent::Price]),
    (
        Intent::CheckinInfo,
        CERTAIN,
        &[Intent::Availability, Intent::Location],
    ),
    (Intent::Pets, STRONG, &[Intent::Availability]),
    (Intent::Amenities, STRONG, &[Intent::Menu]),
];

/// "reservame del 12 al 15 y pasame el link": the link is the next step of what is booked.
fn book_first(scores: &mut [Score]) {
    let booked = scores
        .iter()
        .find(|score| score.intent == Intent::Book && score.weight >= PLAIN)
        .map(|score| score.at);
    for score in scores.iter_mut() {
        if score.intent == Intent::Payment && booked.is_some_and(|at| at < score.at) {
            score.weight = score.weight.min(PLAIN);
        }
    }
}

fn suppress(scores: &mut Vec<Score>) {
    let strong: Vec<Score> = scores.clone();
    for (intent, least, explained) in EXPLAINS {
        let Some(explaining) = strong
            .iter()
            .find(|score| score.intent == *intent && score.weight >= *least)
        else {
            continue;
        };
        scores.retain(|score| {
            // "tienen descuento si pago en efectivo" asks for a price, and how is beside it.
            let haggles = *intent == Intent::Payment
                && score.intent == Intent::Price
                && score.weight >= CERTAIN;
            // "reserva para 4 a nombre de Gómez": a phrase beyond all doubt.
            let beyond_doubt = score.weight > CERTAIN.max(explaining.weight);
            let stands_alone =
                haggles || beyond_doubt || band(score.weight) > band(explaining.weight);
            stands_alone || !explained.contains(&score.intent)
        });
    }
}

/// What small talk alone means.
fn social_intent(social: &[Score], context: &Context) -> Option<Intent> {
    let has = |intent| social.iter().any(|score| score.intent == intent);
    let asked = matches!(
        context.awaiting,
        Some(Awaiting::Confirmation | Awaiting::Pets | Awaiting::Other)
    );
    match yes_or_no(social).map(|score| (score.intent, score.at)) {
        Some((Intent::Deny, _)) => Some(Intent::Deny),
        // "sí, gracias" is a yes, "ok, gracias" ends a conversation.
        Some((Intent::Affirm, _)) if asked || !has(Intent::Thanks) => {
            if has(Intent::Greeting) && !asked {
                Some(Intent::Greeting)
            } else {
                Some(Intent::Affirm)
            }
        }
        _ if has(Intent::Thanks) => Some(Intent::Thanks),
        _ if has(Intent::Greeting) => Some(Intent::Greeting),
        _ => None,
    }
}
