//! People with a number before them, and the ages that may follow.

use winnow::combinator::{alt, not, opt, peek, preceded, repeat};
use winnow::prelude::*;

use crate::grammar::{Input, Parsed, map_token, maybe, number, sign, token, word};
use crate::party::part::Part;
use crate::party::words::{ADULTS, CHILDREN, COUPLES, FRIENDS, ONE_COMPANION, PEOPLE};
use crate::tokens::{Kind, Token};

/// How many, in a range that names a party.
pub(super) fn small(input: &mut Input<'_>) -> Parsed<u32> {
    map_token(|token| token.value.filter(|n| !token.dated && (1..=99).contains(n)))
        .parse_next(input)
}

/// "personas: 4", "adultos: 2", as in a form.
pub(super) fn labelled(input: &mut Input<'_>) -> Parsed<Part> {
    alt((
        (word(PEOPLE), sign(":"), small).map(|(_, _, n)| Part::People(n)),
        (word(ADULTS), sign(":"), small).map(|(_, _, n)| Part::Adults(n)),
        (word(CHILDREN), sign(":"), small).map(|(_, _, n)| Part::Children(n)),
    ))
    .parse_next(input)
}

/// "4 adultos", "un nene", "dos parejas", "3 amigos", "4 personas".
pub(super) fn counted(input: &mut Input<'_>) -> Parsed<Part> {
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
    let each = opt(peek((
        word(CHILDREN),
        alt((
            word(&["cada", "each"]).void(),
            (word(&["por"]), word(COUPLES)).void(),
        )),
    )))
    .parse_next(input)?;
    if each.is_some() {
        word(CHILDREN).parse_next(input)?;
        return Ok(Part::Unclear);
    }
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
pub(super) fn ages(input: &mut Input<'_>) -> Parsed<()> {
    opt(age_list).void().parse_next(input)
}

/// The ages that follow, and how many they are.
pub(super) fn age_list(input: &mut Input<'_>) -> Parsed<u32> {
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
pub(super) fn ages_of_children(input: &mut Input<'_>) -> Parsed<Part> {
    maybe(&["mis", "los", "mi", "my", "the", "our", "un", "una", "meus"]).parse_next(input)?;
    word(CHILDREN).parse_next(input)?;
    alt((age_list, told_ages))
        .map(Part::Children)
        .parse_next(input)
}

/// "the kids are 3 and 6", "mis hijos tienen 3 y 6": ages by the verb before them.
fn told_ages(input: &mut Input<'_>) -> Parsed<u32> {
    word(&["tienen", "tiene", "are", "is", "tem", "cumplen", ":"]).parse_next(input)?;
    let first = small.parse_next(input)?;
    let rest: Vec<u32> =
        repeat(0..6, preceded(word(&[",", "y", "e", "and", "&"]), small)).parse_next(input)?;
    let years = opt(word(&[
        "anos", "ano", "years", "meses", "anitos", "aninhos",
    ]))
    .parse_next(input)?
    .is_some();
    opt(word(&["old"])).parse_next(input)?;
    // "los chicos tienen 3 juegos" tells no age.
    if !years {
        peek(not(token(|token| token.kind == Kind::Word))).parse_next(input)?;
    }
    if first >= 18 || rest.iter().any(|age| *age >= 18) {
        return Err(winnow::error::EmptyError);
    }
    Ok(u32::try_from(rest.len()).unwrap_or(0) + 1)
}

/// "2 de 4 y 7 años": a number and as many ages.
pub(super) fn number_of_ages(input: &mut Input<'_>) -> Parsed<Part> {
    let count = small.parse_next(input)?;
    peek(word(&["de", "aged"])).parse_next(input)?;
    age_list
        .verify(|ages| *ages == count)
        .map(Part::Children)
        .parse_next(input)
}

/// "3 o 4 personas", "entre 4 y 6 personas", "de 2 a 4 personas".
pub(super) fn unclear(input: &mut Input<'_>) -> Parsed<Part> {
    let between = opt(word(&["entre", "between"]))
        .parse_next(input)?
        .is_some();
    maybe(&["de", "somos", "seriamos"]).parse_next(input)?;
    (
        any_number,
        word(&["o", "u", "or", "ou", "a", "-", "/", "to", "y", "and", "e"])
            .verify(move |joint: &&Token| between || !joint.is_any(&["y", "and", "e"])),
        any_number,
        alt((word(PEOPLE), word(ADULTS), word(CHILDREN), word(FRIENDS))),
        // "salida 16/1 personas: 4" is a form.
        peek(not(sign(":"))),
    )
        // "16/01 - 2 adultos" and "January 30 - 2 adults" are a day and a party.
        .verify(|((least, dated), _, (most, other), _, ())| dated == other && least < most)
        .value(Part::Unclear)
        .parse_next(input)
}

/// What follows a number that is a day.
pub(super) fn begins_or_is_a_date(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        word(&["al", "hasta", "/", "ao", "to"]).void(),
        // "para 4 a nombre de Gómez" is a party.
        (word(&["a"]), peek(not(word(&["nombre", "nome", "cargo"])))).void(),
        // "somos 2 - el 4 de mayo" ends a party with its dash.
        (sign("-"), number).void(),
        (word(&["de", "of"]), token(|token| token.month.is_some())).void(),
        // "we are 3, Jan 7 to 13" without its comma: the month is of the day that follows it.
        (
            token(|token| token.month.is_some()),
            peek(not(number.verify(|day| (1..=31).contains(day)))),
        )
            .void(),
    ))
    .parse_next(input)
}

/// A number, and whether it looks like part of a date: "3/4 personas" does and is none.
fn any_number(input: &mut Input<'_>) -> Parsed<(u32, bool)> {
    map_token(|token| {
        token
            .value
            .filter(|n| (1..=99).contains(n))
            .map(|n| (n, token.dated))
    })
    .parse_next(input)
}
