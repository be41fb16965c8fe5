//! The grammar of people: "somos 4", "2 adultos y un nene", "mi señora y yo", "familia de 5".

use winnow::combinator::{alt, not, opt, peek, preceded, repeat};
use winnow::prelude::*;

use crate::grammar::{Input, Parsed, map_token, maybe, number, sign, token, word};
use crate::tokens::{Kind, Token};

/// Something said about who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Everybody: "somos 4", "para 4".
    Total(u32),
    /// People of no said age: "4 personas".
    People(u32),
    Adults(u32),
    Children(u32),
    /// Named companions without the guest: "mi marido" is one, "mis padres" two.
    Companions(u32),
    /// The guest, where it matters: "mi señora y yo", "voy con ...".
    Guest,
    /// More on top of what was said: "+ 2".
    Plus(u32),
    /// "uno más", "una persona menos": against the party talked about.
    Change(i32),
    /// Said to be wrong: "no 3".
    Rejected,
    /// People whose number was not said, or said in two ways.
    Unclear,
}

const ADULTS: &[&str] = &[
    "adultos", "adulto", "adultas", "adulta", "mayores", "mayor", "grandes", "grande", "adults",
    "adult", "ad", "adultis", "grown",
];
const CHILDREN: &[&str] = &[
    "nino",
    "nina",
    "ninos",
    "ninas",
    "nene",
    "nena",
    "nenes",
    "nenas",
    "chico",
    "chica",
    "chicos",
    "chicas",
    "menor",
    "menores",
    "bebe",
    "bebes",
    "beba",
    "bebita",
    "bebito",
    "hijo",
    "hija",
    "hijos",
    "hijas",
    "criatura",
    "criaturas",
    "peque",
    "peques",
    "pequeno",
    "pequenos",
    "pibe",
    "pibes",
    "nieto",
    "nieta",
    "nietos",
    "nietas",
    "sobrino",
    "sobrina",
    "sobrinos",
    "sobrinas",
    "crianca",
    "criancas",
    "filho",
    "filha",
    "filhos",
    "filhas",
    "nenem",
    "kid",
    "kids",
    "child",
    "children",
    "baby",
    "babies",
    "infant",
    "infants",
    "toddler",
    "toddlers",
    "son",
    "daughter",
    "sons",
    "daughters",
    "enano",
    "enanos",
    "gurises",
    "gurisitos",
    "nenito",
    "nenita",
    "chiquito",
    "chiquitos",
    "mellizos",
    "gemelos",
    "bb",
    "bbs",
    "ninitos",
    "ninito",
    "ninita",
    "hijitos",
    "pequena",
    "pequenas",
    "chiquita",
    "chiquitas",
];
const PEOPLE: &[&str] = &[
    "personas",
    "persona",
    "pessoas",
    "pessoa",
    "people",
    "persons",
    "person",
    "guests",
    "guest",
    "huespedes",
    "huesped",
    "hospedes",
    "hospede",
    "pasajeros",
    "pasajero",
    "integrantes",
    "mujeres",
    "hombres",
    "varones",
    "homens",
    "mulheres",
    "women",
    "men",
    "girls",
    "guys",
    "jovenes",
    "adolescentes",
    "adolescente",
    "perso",
    "person",
    "almas",
    "visitantes",
    "plaza",
];
/// Every noun of people, for rules that must not take their numbers.
pub(crate) const NOUNS: &[&str] = &[
    "personas",
    "persona",
    "pessoas",
    "pessoa",
    "people",
    "adultos",
    "adulto",
    "adults",
    "adult",
    "chicos",
    "nenes",
    "nenas",
    "nene",
    "nena",
    "ninos",
    "ninas",
    "kids",
    "children",
    "menores",
    "bebes",
    "huespedes",
    "guests",
    "mayores",
    "grandes",
    "criancas",
    "noches",
    "noche",
    "nights",
    "night",
    "noites",
    "noite",
    "dias",
    "dia",
    "semanas",
    "amigos",
    "amigas",
];
/// Every word of this grammar that spelling must know.
pub(crate) const VOCABULARY: &[&[&str]] = &[
    ADULTS,
    CHILDREN,
    PEOPLE,
    NOUNS,
    COUPLES,
    FRIENDS,
    ONE_COMPANION,
    TWO_COMPANIONS,
];
const COUPLES: &[&str] = &[
    "pareja",
    "parejas",
    "matrimonio",
    "matrimonios",
    "casal",
    "casais",
    "couple",
    "couples",
];
const FRIENDS: &[&str] = &[
    "amigos",
    "amigas",
    "amigues",
    "friends",
    "colegas",
    "companeros",
    "companeras",
    "primos",
    "primas",
    "hermanos",
    "hermanas",
    "familiares",
    "cunados",
    "parientes",
    "irmaos",
];
const ONE_COMPANION: &[&str] = &[
    "marido",
    "esposo",
    "esposa",
    "mujer",
    "senora",
    "novio",
    "novia",
    "pareja",
    "mama",
    "papa",
    "madre",
    "padre",
    "vieja",
    "viejo",
    "hermano",
    "hermana",
    "suegra",
    "suegro",
    "abuela",
    "abuelo",
    "tia",
    "tio",
    "amigo",
    "amiga",
    "primo",
    "prima",
    "cunado",
    "cunada",
    "husband",
    "wife",
    "partner",
    "girlfriend",
    "boyfriend",
    "mother",
    "father",
    "mom",
    "mum",
    "dad",
    "brother",
    "sister",
    "friend",
    "fiance",
    "fiancee",
    "namorado",
    "namorada",
    "mae",
    "pai",
    "irmao",
    "irma",
    "noivo",
    "noiva",
    "jermu",
    "gorda",
    "gordo",
    "companero",
    "companera",
    "nuera",
    "yerno",
    "companheiro",
    "companheira",
    "sogra",
    "sogro",
];
const TWO_COMPANIONS: &[&str] = &[
    "padres", "viejos", "papas", "suegros", "abuelos", "parents", "tios", "sogros", "avos",
];
const MINE: &[&str] = &[
    "mi", "mis", "my", "minha", "meu", "minhas", "meus", "nuestro", "nuestra", "nuestros",
    "nuestras", "our", "un", "una", "a", "o", "a", "el", "la", "um", "uma", "one",
];

/// Something said about who comes.
pub(crate) fn parts(input: &mut Input<'_>) -> Parsed<Vec<Part>> {
    alt((company, one_part.map(|part| vec![part]))).parse_next(input)
}

fn one_part(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        alt((
            unclear,
            rejected_statement,
            change,
            counted,
            ages_of_children,
        )),
        alt((couple, alone, family, rejected, statement)),
    ))
    .parse_next(input)
}

/// The guest and named companions, in a list: "mi señora, los 2 chicos y yo", "con mi marido y
/// los tres chicos".
fn company(input: &mut Input<'_>) -> Parsed<Vec<Part>> {
    let travels = opt((
        word(&[
            "voy",
            "vamos",
            "viajo",
            "viajamos",
            "iria",
            "iriamos",
            "somos",
            "seriamos",
            "soy",
            "vou",
            "iremos",
            "traveling",
            "travelling",
            "going",
            "coming",
            "viajando",
            "ire",
            "vengo",
            "venimos",
            "estamos",
            "estoy",
            "quedo",
            "quedamos",
            "estaria",
            "estariamos",
            "seria",
            "sere",
            "ir",
            "viajar",
            "irme",
            "irnos",
            "escaparme",
            "escaparnos",
            "go",
            "travel",
            "stay",
        ]),
        maybe(&["yo", "eu", "a"]),
        maybe(&["ir", "viajar"]),
        word(&["con", "with", "com"]),
    ))
    .parse_next(input)?
    .is_some();
    if !travels {
        maybe(&["con", "with", "com", "para"]).parse_next(input)?;
    }
    let first = companion.parse_next(input)?;
    let rest: Vec<Part> = repeat(
        0..6,
        preceded(
            (
                word(&[",", "y", "e", "and", "+", "mas", "con", "&", "with", "com"]),
                maybe(&["y", "e", "and", "con", "tambien"]),
            ),
            companion,
        ),
    )
    .parse_next(input)?;
    let mut parts: Vec<Part> = std::iter::once(first).chain(rest).collect();
    let guest = parts.contains(&Part::Guest);
    let company = parts.iter().any(|part| matches!(part, Part::Companions(_)));
    if travels && !guest {
        parts.push(Part::Guest);
    }
    // "yo" alone or "mi marido" alone counts nobody.
    if (guest && parts.len() > 1)
        || (travels && company)
        || (travels && !parts.contains(&Part::Unclear))
    {
        Ok(parts)
    } else {
        Err(winnow::error::EmptyError)
    }
}

fn companion(input: &mut Input<'_>) -> Parsed<Part> {
    let mine = || {
        (
            word(MINE),
            maybe(&["mejor", "pequeno", "pequena", "querida"]),
        )
    };
    alt((
        counted,
        (
            word(&["yo", "eu", "i", "me", "myself"]),
            peek(not(word(&["quiero", "necesito", "voy", "would", "want"]))),
        )
            .value(Part::Guest),
        (word(&["mi"]), peek(alt((sign(","), word(&["y"]))))).value(Part::Guest),
        (mine(), word(TWO_COMPANIONS)).value(Part::Companions(2)),
        (mine(), word(ONE_COMPANION)).value(Part::Companions(1)),
        ages_of_children,
        (mine(), singular_child, ages).map(|(_, _, ())| Part::Children(1)),
        (
            maybe(&[
                "los", "las", "mis", "unos", "unas", "my", "the", "our", "nuestros", "algunos",
                "varios", "meus", "os",
            ]),
            alt((word(CHILDREN), word(FRIENDS), word(&["familia", "family"]))),
        )
            .value(Part::Unclear),
        (
            word(&["mi", "la", "toda", "my", "minha"]),
            maybe(&["la"]),
            word(&["familia", "family"]),
        )
            .value(Part::Unclear),
    ))
    .parse_next(input)
}

fn singular_child<'t>(input: &mut Input<'t>) -> Parsed<&'t Token> {
    token(|token| {
        token.is_any(CHILDREN)
            && (!token.text.ends_with('s') || token.is("kids"))
            && !token.is_any(&["kids", "children", "babies"])
    })
    .parse_next(input)
}

/// How many, in a range that names a party.
fn small(input: &mut Input<'_>) -> Parsed<u32> {
    number.verify(|n| (1..=99).contains(n)).parse_next(input)
}

/// "4 adultos", "un nene", "dos parejas", "3 amigos", "4 personas".
fn counted(input: &mut Input<'_>) -> Parsed<Part> {
    maybe(&[
        "los", "las", "mis", "my", "the", "otros", "otras", "our", "nuestros", "nuestras", "meus",
        "os",
    ])
    .parse_next(input)?;
    let n = small.parse_next(input)?;
    maybe(&[
        "de", "hermosas", "hermosos", "young", "small", "little", "pequenos", "pequenas",
    ])
    .parse_next(input)?;
    let part = alt((
        word(ADULTS).value(Part::Adults(n)),
        (
            word(CHILDREN),
            maybe(&["chiquito", "chiquita", "chiquitos", "chico", "chicos"]),
            ages,
        )
            .value(Part::Children(n)),
        word(COUPLES).value(Part::Adults(n * 2)),
        word(FRIENDS).value(Part::Companions(n)),
        (word(ONE_COMPANION)).value(Part::Companions(n)),
        (
            word(PEOPLE),
            maybe(&["adultas", "adultos", "mayores", "grandes", "adults"]),
        )
            .map(|(_, adults)| {
                if adults.is_some() {
                    Part::Adults(n)
                } else {
                    Part::People(n)
                }
            }),
        (word(&["en"]), word(&["total"])).value(Part::Total(n)),
        (word(&["of"]), word(&["us"])).value(Part::Total(n)),
        (word(&["in"]), word(&["total"])).value(Part::Total(n)),
    ))
    .parse_next(input)?;
    let alone_after = opt(alt((
        word(&["mas", "more", "mais"]).value(1),
        word(&["menos", "less", "fewer"]).value(-1),
    )))
    .parse_next(input)?;
    Ok(match (part, alone_after) {
        (Part::People(n) | Part::Adults(n), Some(sign)) => {
            Part::Change(i32::try_from(n).unwrap_or(0) * sign)
        }
        (part, _) => part,
    })
}

/// "de 3 y 5 años", "(8 y 10)": claimed, so that ages are not people.
fn ages(input: &mut Input<'_>) -> Parsed<()> {
    opt(age_list).void().parse_next(input)
}

/// The ages that follow, and how many they are.
fn age_list(input: &mut Input<'_>) -> Parsed<u32> {
    maybe(&["("]).parse_next(input)?;
    let introduced = opt(word(&["de", "aged", "of", "age", "ages"]))
        .parse_next(input)?
        .is_some();
    let first = small.parse_next(input)?;
    let rest: Vec<u32> = repeat(
        0..6,
        preceded(
            (word(&[",", "y", "e", "and", "&"]), maybe(&["de", "y"])),
            small,
        ),
    )
    .parse_next(input)?;
    let unit = opt(word(&[
        "anos", "ano", "meses", "mes", "years", "year", "months", "anitos", "aninhos",
    ]))
    .parse_next(input)?
    .is_some();
    if !unit {
        // "2 menores de 10 al 15 de enero" says days, not ages.
        peek(not(begins_or_is_a_date)).parse_next(input)?;
    }
    opt((word(&["de"]), word(&["edad"]))).parse_next(input)?;
    opt(word(&["old"])).parse_next(input)?;
    maybe(&[")"]).parse_next(input)?;
    let grown = first >= 18 || rest.iter().any(|age| *age >= 18);
    if (introduced || unit) && !grown {
        Ok(u32::try_from(rest.len()).unwrap_or(0) + 1)
    } else {
        Err(winnow::error::EmptyError)
    }
}

/// "mis hijos de 3 y 5 años": as many as ages.
fn ages_of_children(input: &mut Input<'_>) -> Parsed<Part> {
    maybe(&["mis", "los", "mi", "my", "the", "our", "un", "una", "meus"]).parse_next(input)?;
    word(CHILDREN).parse_next(input)?;
    age_list.map(Part::Children).parse_next(input)
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
            word(&["matrimonio", "casal", "pareja"]),
            peek(word(&["con", "y", "mas", "+", "com", "e", "sin"])),
        )
            .value(Part::Adults(2)),
    ))
    .parse_next(input)
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

/// "familia de 5", "grupo de 8", "party of 6".
fn family(input: &mut Input<'_>) -> Parsed<Part> {
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

/// "3 o 4 personas", "entre 4 y 6 personas", "de 2 a 4 personas".
fn unclear(input: &mut Input<'_>) -> Parsed<Part> {
    let between = opt(word(&["entre", "between"]))
        .parse_next(input)?
        .is_some();
    maybe(&["de", "somos", "seriamos"]).parse_next(input)?;
    (
        small,
        word(&["o", "u", "or", "ou", "a", "-", "/", "to", "y", "and", "e"])
            .verify(move |joint: &&Token| between || !joint.is_any(&["y", "and", "e"])),
        small,
        alt((word(PEOPLE), word(ADULTS), word(CHILDREN), word(FRIENDS))),
    )
        .value(Part::Unclear)
        .parse_next(input)
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
            ]),
            number,
            maybe(&["persona", "personas", "person"]),
            peek(not(word(&[
                "noche", "noches", "dia", "dias", "night", "nights",
            ]))),
        )
            .map(|(_, n, _, _)| (n, 1)),
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

/// What follows a number that is a day.
fn begins_or_is_a_date(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        word(&["al", "a", "hasta", "-", "/", "ao", "to"]).void(),
        (maybe(&["de", "of"]), token(|token| token.month.is_some())).void(),
    ))
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
            "entramos",
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
    how_many(input)
}

/// What is left once dates are read: numbers that "para" makes people. `expecting` is set when the
/// guest was asked how many they are.
pub(crate) fn said(input: &mut Input<'_>, expecting: bool) -> Parsed<Part> {
    alt((
        purpose,
        plus,
        (word(&["sino"]), small).map(|(_, n)| Part::Total(n)),
        |i: &mut Input<'_>| expected(i, expecting),
    ))
    .parse_next(input)
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
        token.value.filter(|n| !article && (1..=60).contains(n))
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

/// A bare number where the party was asked for.
fn expected(input: &mut Input<'_>, expecting: bool) -> Parsed<Part> {
    if !expecting {
        return Err(winnow::error::EmptyError);
    }
    let n = token(|token| {
        token.value.is_some_and(|n| (1..=60).contains(&n))
            && (!token.article || token.is_any(&["uno", "una", "one"]))
    })
    .map(|token| token.value.unwrap_or(1))
    .parse_next(input)?;
    let other = opt((word(&["o", "u", "or", "ou", "/", "-"]), number)).parse_next(input)?;
    peek(not(token(|token| token.kind == Kind::Digits))).parse_next(input)?;
    Ok(if other.is_some() {
        Part::Unclear
    } else {
        Part::Total(n)
    })
}
