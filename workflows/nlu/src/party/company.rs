//! The guest and named companions in a list: "mi señora, los 2 chicos y yo".

use winnow::combinator::{alt, eof, not, opt, peek, preceded, repeat};
use winnow::prelude::*;

use crate::grammar::{Input, Parsed, maybe, number, sign, token, word};
use crate::party::counted::{ages, ages_of_children, counted};
use crate::party::part::Part;
use crate::party::words::{CHILDREN, FRIENDS, MINE, ONE_COMPANION, TWO_COMPANIONS};
use crate::tokens::{Kind, Token};

/// The guest and named companions, in a list: "mi señora, los 2 chicos y yo", "con mi marido y
/// los tres chicos".
pub(super) fn company(input: &mut Input<'_>, talked_to: bool) -> Parsed<Vec<Part>> {
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
        // "viajamos mi esposo, los chicos y mi madre".
        alt((
            word(&["con", "with", "com"]).void(),
            peek((word(&["mi", "mis", "my", "minha", "meu"]), companion_noun)).void(),
        )),
    ))
    .parse_next(input)?
    .is_some();
    let with = if travels {
        None
    } else {
        opt(word(&["con", "with", "com", "para"])).parse_next(input)?
    };
    // "el finde con mi hermana" brings her along, "lo hablo con mi hermana" does not.
    let along = with.is_some_and(|with| !with.is("para")) && !talked_to;
    let first = companion.parse_next(input)?;
    let rest: Vec<Part> = repeat(
        0..6,
        preceded(
            alt((
                (
                    word(&[",", "y", "e", "and", "+", "mas", "con", "&", "with", "com"]),
                    maybe(&["y", "e", "and", "con", "tambien"]),
                )
                    .void(),
                // Spoken without a pause: "mi marido mi hija y yo".
                peek((word(&["mi", "my", "minha", "meu"]), companion_noun)).void(),
            )),
            companion,
        ),
    )
    .parse_next(input)?;
    let mut parts: Vec<Part> = std::iter::once(first).chain(rest).collect();
    let guest = parts.contains(&Part::Guest);
    let company = parts.iter().any(|part| matches!(part, Part::Companions(_)));
    let travels = travels || (along && company && !parts.contains(&Part::Unclear));
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

/// "y otro de 5": one more child, by age.
pub(super) fn another_of_age(input: &mut Input<'_>) -> Parsed<Part> {
    (
        word(&["y", "e", "and", ","]),
        word(&["otro", "otra", "outro", "outra", "another"]),
        word(&["de", "aged"]),
        number.verify(|age| *age < 18),
        maybe(&["anos", "ano", "years", "meses", "anitos"]),
        peek(not(token(|token| token.month.is_some()))),
    )
        .value(Part::Children(1))
        .parse_next(input)
}

/// "y el bebé", "com a nenê": one child that everybody knows of. "hola, mi hijo me dijo" tells of
/// one.
pub(super) fn the_child(input: &mut Input<'_>) -> Parsed<Part> {
    let listed = word(&[
        "y", "e", "and", "con", "com", "with", "mas", "mais", "+", "plus", ",",
    ])
    .parse_next(input)?
    .is(",");
    let child = (
        word(MINE),
        maybe(&["mejor", "pequeno", "pequena", "little"]),
        singular_child,
        ages,
        peek(not(word(&["cada", "each"]))),
    )
        .value(Part::Children(1))
        .parse_next(input)?;
    let told = opt(peek(token(|token| {
        token.kind == Kind::Word && !token.is_any(&["y", "e", "and", "mas", "mais", "de", "con"])
    })))
    .parse_next(input)?;
    if listed && told.is_some() {
        return Err(winnow::error::EmptyError);
    }
    Ok(child)
}

fn companion(input: &mut Input<'_>) -> Parsed<Part> {
    let mine = || {
        (
            word(MINE),
            maybe(&["mejor", "pequeno", "pequena", "querida"]),
        )
    };
    alt((
        alt((counted, pronoun, me)),
        (
            word(&["yo", "eu", "i", "myself"]),
            peek(not(word(&["quiero", "necesito", "voy", "would", "want"]))),
        )
            .value(Part::Guest),
        (word(&["mi"]), peek(alt((sign(","), word(&["y", "mi"]))))).value(Part::Guest),
        (mine(), word(TWO_COMPANIONS)).value(Part::Companions(2)),
        // "una amiga que estuvo ahí" comes along only when she is said to.
        (
            mine(),
            word(ONE_COMPANION),
            peek(not(word(&["que", "who"]))),
        )
            .value(Part::Companions(1)),
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

fn companion_noun(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        word(ONE_COMPANION),
        word(TWO_COMPANIONS),
        word(CHILDREN),
        word(FRIENDS),
    ))
    .void()
    .parse_next(input)
}

/// "me and my wife", where "me pasás el precio" is nobody.
fn me(input: &mut Input<'_>) -> Parsed<Part> {
    (
        word(&["me"]),
        peek(alt((
            eof.void(),
            token(|token| token.kind == Kind::Sign).void(),
            word(&["and", "my", "plus", "with"]).void(),
        ))),
    )
        .value(Part::Guest)
        .parse_next(input)
}

/// "ella y yo", "yo y ella".
fn pronoun(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        word(&["ella", "ele", "ela", "her", "him"]).void(),
        (
            word(&["el", "vos"]),
            peek((word(&["y", "e"]), word(&["yo", "eu"]))),
        )
            .void(),
    ))
    .value(Part::Companions(1))
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
