//! The grammar of people: "somos 4", "2 adultos y un nene", "mi señora y yo", "familia de 5".

use winnow::combinator::{alt, eof, not, opt, peek, preceded};
use winnow::prelude::*;

use crate::grammar::{Input, Parsed, map_token, maybe, number, token, word};
use crate::party::company::{another_of_age, company, the_child};
use crate::party::counted::{
    ages_of_children, begins_or_is_a_date, counted, labelled, number_of_ages, small, unclear,
};
use crate::party::part::Part;
use crate::party::words::{ADULTS, CHILDREN, COUPLES, FRIENDS, PEOPLE};
use crate::tokens::{Kind, Token};

/// Something said about who comes. `talked_to` is set when the companions are only asked or told.
pub(crate) fn parts(input: &mut Input<'_>, talked_to: bool) -> Parsed<Vec<Part>> {
    let company = |i: &mut Input<'_>| company(i, talked_to);
    alt((company, one_part.map(|part| vec![part]))).parse_next(input)
}

fn one_part(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        alt((
            bed,
            unclear,
            rejected_statement,
            change,
            alt((labelled, counted)),
            ages_of_children,
            number_of_ages,
        )),
        alt((couple, alone, family, rejected, statement)),
        alt((the_child, of_some_years, another_of_age, some_are_children)),
    ))
    .parse_next(input)
}

/// "a cama é de casal?": for how many the bed is, not how many come.
fn bed(input: &mut Input<'_>) -> Parsed<Part> {
    word(&["cama", "camas"]).parse_next(input)?;
    maybe(&["e", "es", "sao", "son"]).parse_next(input)?;
    maybe(&["de", "para"]).parse_next(input)?;
    word(&["casal", "matrimonio", "pareja"])
        .value(Part::Rejected)
        .parse_next(input)
}

/// "una pareja", "en pareja", "somos matrimonio".
fn couple(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        (
            word(&["en", "somos", "como", "de", "para"]),
            maybe(&["un", "una"]),
            word(COUPLES),
        )
            .value(Part::Adults(2)),
        (
            word(&["matrimonio", "casal", "pareja", "couple"]),
            peek(alt((
                word(&[
                    "con", "y", "mas", "+", "com", "e", "sin", "with", "and", "sem",
                ])
                .void(),
                // "..., casal": said alone, after the dates.
                token(|token| token.kind == Kind::Sign).void(),
                eof.void(),
            ))),
        )
            .value(Part::Adults(2)),
    ))
    .parse_next(input)
}

/// "6 pero uno es bebé", "de los cuales 2 son chicos".
fn some_are_children(input: &mut Input<'_>) -> Parsed<Part> {
    let n = small.parse_next(input)?;
    let of_them = opt(alt((
        (word(&["of"]), word(&["them", "us", "whom", "which"])).void(),
        (
            word(&["de"]),
            word(&["ellos", "ellas", "nosotros", "los", "las"]),
            maybe(&["cuales"]),
        )
            .void(),
        word(&["deles", "delas"]).void(),
    )))
    .parse_next(input)?;
    let verb = opt(word(&[
        "es", "son", "is", "are", "e", "sao", "siendo", "being", "sendo",
    ]))
    .parse_next(input)?;
    if of_them.is_none() && verb.is_none() {
        return Err(winnow::error::EmptyError);
    }
    maybe(&["un", "una", "a", "um", "uma"]).parse_next(input)?;
    word(CHILDREN).parse_next(input)?;
    Ok(Part::Children(n))
}

/// "a 3 year old": a child.
fn of_some_years(input: &mut Input<'_>) -> Parsed<Part> {
    maybe(&["a", "an", "one", "our", "my"]).parse_next(input)?;
    let years = word(&["year", "years", "yr", "yrs"]);
    let months = word(&["month", "months"]);
    alt((
        (small.verify(|age| *age < 18), maybe(&["-"]), years).void(),
        (small, maybe(&["-"]), months).void(),
    ))
    .parse_next(input)?;
    maybe(&["-"]).parse_next(input)?;
    word(&["old"]).value(Part::Children(1)).parse_next(input)
}

fn alone(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        (
            word(&["solo", "solamente", "sola", "unicamente"]),
            word(&["yo"]),
        )
            .void(),
        (
            word(&["yo"]),
            word(&["solo", "sola", "nomas", "solito", "solita"]),
        )
            .void(),
        (
            word(&[
                "voy", "viajo", "iria", "estoy", "estaria", "vou", "soy", "viajaria",
            ]),
            maybe(&["yo"]),
            maybe(&["a", "ir", "viajar"]),
            word(&["solo", "sola", "sozinho", "sozinha", "solito", "solita"]),
        )
            .void(),
        (word(&["just", "only"]), word(&["me", "myself"])).void(),
        (word(&["so"]), word(&["eu"])).void(),
        (
            word(&["para", "for", "pra"]),
            word(&["mi", "me", "mim"]),
            word(&["solo", "sola", "alone", "solito"]),
        )
            .void(),
        (word(&["traveling", "travelling"]), word(&["alone", "solo"])).void(),
    ))
    .value(Part::Total(1))
    .parse_next(input)
}

/// "familia de 5", "grupo de 8", "party of 6"; a "familia tipo" is four.
fn family(input: &mut Input<'_>) -> Parsed<Part> {
    let typical =
        opt((word(&["familia"]), word(&["tipo"]), peek(not(number)))).parse_next(input)?;
    if typical.is_some() {
        return Ok(Part::Total(4));
    }
    word(&[
        "familia",
        "grupo",
        "party",
        "group",
        "family",
        "contingente",
    ])
    .parse_next(input)?;
    word(&["de", "of"]).parse_next(input)?;
    small.map(Part::Total).parse_next(input)
}

/// "uno más", "se suma una persona".
fn change(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        (
            maybe(&["somos", "seriamos", "seremos", "vamos"]),
            number,
            maybe(&["persona", "personas", "person"]),
            alt((
                word(&["mas", "more", "mais"]).value(1),
                word(&["menos", "less"]).value(-1),
            )),
            peek(not(alt((
                word(&["o", "noche", "noches", "dia", "dias", "night", "nights"]).void(),
                number.void(),
            )))),
        )
            .map(|(_, n, _, sign, _)| (n, sign)),
        (
            word(&[
                "suma",
                "sumo",
                "sumamos",
                "agrega",
                "agrego",
                "agregamos",
                "sumar",
                "agregar",
                "add",
                "adicionar",
                "acrescentar",
            ]),
            maybe(&["mais", "mas"]),
            number,
            maybe(&["persona", "personas", "person", "pessoa", "pessoas"]),
            peek(not(word(&[
                "noche", "noches", "dia", "dias", "night", "nights",
            ]))),
        )
            .map(|(_, _, n, _, _)| (n, 1)),
        (word(&["one"]), word(&["more"]), word(&["person", "guest"])).value((1, 1)),
        (word(&["otra"]), word(&["persona"]), word(&["mas"])).value((1, 1)),
    ))
    .verify(|(n, _): &(u32, i32)| *n < 60)
    .map(|(n, sign)| Part::Change(i32::try_from(n).unwrap_or(0) * sign))
    .parse_next(input)
}

/// "no somos 3", "en vez de 3".
fn rejected_statement(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        (
            word(&["no", "not", "nao"]),
            word(&["somos", "eramos", "para", "for", "are"]),
            small,
        )
            .void(),
        (word(&["en"]), word(&["vez", "lugar"]), word(&["de"]), small).void(),
        (word(&["instead"]), word(&["of"]), small).void(),
    ))
    .value(Part::Rejected)
    .parse_next(input)
}

/// "..., no 3".
fn rejected(input: &mut Input<'_>) -> Parsed<Part> {
    (
        word(&["no", "not", "nao"]),
        small,
        peek(not(begins_or_is_a_date)),
    )
        .value(Part::Rejected)
        .parse_next(input)
}

/// "somos 4": a verb of people makes the number a party, whatever was asked.
fn statement(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        word(&[
            "somos",
            "seriamos",
            "seremos",
            "eramos",
            "vamos",
            "iriamos",
            "iremos",
            "viajamos",
            "viajariamos",
            "quedamos",
            "quedariamos",
            "estaremos",
            "estamos",
            "vendriamos",
            "venimos",
            "nosotros",
            "nosotras",
            "nos",
            "ficamos",
            "entramos",
            "entremos",
            "entren",
            "quepan",
            "quepamos",
            "duerman",
            "entrarian",
            "seran",
            "serian",
            "van",
        ]),
        (word(&["we"]), word(&["are", "will"]), maybe(&["be"])).map(|(first, _, _)| first),
        (word(&["there"]), word(&["are", "will"]), maybe(&["be"])).map(|(first, _, _)| first),
    ))
    .parse_next(input)?;
    maybe(&[
        "a",
        "ser",
        "solo",
        "en",
        "em",
        "como",
        "solamente",
        "unos",
        "los",
        "las",
        "nosotros",
        "so",
    ])
    .parse_next(input)?;
    maybe(&["ser", "total", "las", "los"]).parse_next(input)?;
    // "somos menos, 3": the number that follows is the party.
    opt((
        word(&["menos", "mas", "mais", "less", "more"]),
        word(&[",", ":"]),
    ))
    .parse_next(input)?;
    alt((young_people, how_many)).parse_next(input)
}

/// "somos 6 chicas": young people on their own are no children.
fn young_people(input: &mut Input<'_>) -> Parsed<Part> {
    let n = small.parse_next(input)?;
    word(&[
        "chicas",
        "chicos",
        "pibes",
        "pibas",
        "muchachos",
        "muchachas",
        "gurises",
    ])
    .parse_next(input)?;
    peek(not(word(&["y", "e", "con", ",", "de", "mas", "+", "("]))).parse_next(input)?;
    Ok(Part::Total(n))
}

/// What is left once dates are read: numbers that "para" makes people. `expecting` is set when the
/// guest was asked how many they are.
pub(crate) fn said(input: &mut Input<'_>, expecting: bool) -> Parsed<Part> {
    alt((
        purpose,
        plus,
        (word(&["sino"]), small).map(|(_, n)| Part::Total(n)),
        corrected,
        |i: &mut Input<'_>| expected(i, expecting),
    ))
    .parse_next(input)
}

/// "somos tres no perdón cuatro": the number after the slip.
fn corrected(input: &mut Input<'_>) -> Parsed<Part> {
    word(&["perdon", "digo", "sorry", "desculpa"]).parse_next(input)?;
    maybe(&[","]).parse_next(input)?;
    let n = map_token(|token| {
        token
            .value
            .filter(|n| !token.article && !token.dated && (1..=20).contains(n))
    })
    .parse_next(input)?;
    peek(not(begins_or_is_a_date)).parse_next(input)?;
    Ok(Part::Total(n))
}

/// "para 4", "x 4".
fn purpose(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        word(&["para", "for", "pra"]),
        word(&["x", "por"]).verify(|token: &&Token| token.span.len() <= 1),
    ))
    .parse_next(input)?;
    maybe(&["/", "los", "las", "nosotros", "unos", "solo", "us", "the"]).parse_next(input)?;
    let part = how_many(input)?;
    // "para 2 ambientes" is not about people.
    peek(not(word(&[
        "cabanas",
        "habitaciones",
        "autos",
        "ambientes",
        "cuartos",
        "rooms",
        "cabins",
    ])))
    .parse_next(input)?;
    Ok(part)
}

/// A number of people, unless it is the day of a date; "3 o 4" is not said.
fn how_many(input: &mut Input<'_>) -> Parsed<Part> {
    let n = map_token(|token| {
        let article = token.article && !token.is_any(&["uno", "one"]);
        token
            .value
            .filter(|n| !article && !token.dated && (1..=60).contains(n))
    })
    .parse_next(input)?;
    let other = opt((word(&["o", "u", "or", "ou", "/", "-"]), number)).parse_next(input)?;
    peek(not(alt((
        begins_or_is_a_date,
        alt((
            word(ADULTS),
            word(CHILDREN),
            word(COUPLES),
            word(FRIENDS),
            word(PEOPLE),
        ))
        .void(),
        word(&["%", "hs", "km", "estrellas"]).void(),
        token(|token| token.glued && token.is_any(&["/", ":"])).void(),
        // "for 3 nighs": of what, nobody knows.
        token(|token| token.doubt.is_some()).void(),
    ))))
    .parse_next(input)?;
    Ok(if other.is_some() {
        Part::Unclear
    } else {
        Part::Total(n)
    })
}

/// "somos 4 + 2", "más 1".
fn plus(input: &mut Input<'_>) -> Parsed<Part> {
    (word(&["+", "mas", "plus"]), small)
        .map(|(_, n)| Part::Plus(n))
        .parse_next(input)
}

/// A bare number where the party was asked for, or that nobody else comes.
fn expected(input: &mut Input<'_>, expecting: bool) -> Parsed<Part> {
    if !expecting {
        return Err(winnow::error::EmptyError);
    }
    let alone = opt(alt((
        word(&[
            "solo", "sola", "solito", "solita", "sozinho", "sozinha", "alone", "myself", "yo", "eu",
        ])
        .void(),
        (word(&["just", "only"]), word(&["me"])).void(),
    )))
    .parse_next(input)?;
    if alone.is_some() {
        peek(not(token(|token| {
            token.value.is_some() || token.is_any(&["y", "e", "con", "com", "and"])
        })))
        .parse_next(input)?;
        return Ok(Part::Total(1));
    }
    let between = opt(word(&["entre", "between"]))
        .parse_next(input)?
        .is_some();
    let n = token(|token| {
        token.value.is_some_and(|n| (1..=60).contains(&n))
            && (!token.article || token.is_any(&["uno", "una", "one"]))
    })
    .map(|token| token.value.unwrap_or(1))
    .parse_next(input)?;
    let other = opt((word(&["o", "u", "or", "ou", "/", "-"]), number)).parse_next(input)?;
    // "entre 4 y 6" is open, "2 y 2" are the grown ones and the little ones.
    let and = opt(preceded(word(&["y", "e", "and"]), number)).parse_next(input)?;
    let n = n + and.filter(|_| !between).unwrap_or(0);
    peek(not(token(|token| token.kind == Kind::Digits))).parse_next(input)?;
    Ok(if other.is_some() || between {
        Part::Unclear
    } else {
        Part::Total(n)
    })
}
