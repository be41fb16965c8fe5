//! The grammar of two days that belong together: "del 12 al 14", "desde el 30 hasta el 2",
//! "de viernes a lunes", "12-14 dic", "llegamos el 3 ... nos vamos el 5", "el 12 o el 13".

use winnow::combinator::{alt, not, opt, peek, preceded, repeat};
use winnow::prelude::*;

use crate::dates::mention::{Day, Mention, Point, Role, Week};
use crate::dates::point::{bare, bare_with_article, explicit};
use crate::dates::role::{arrival_word, departure_word, with_role};
use crate::dates::weekday::part_of_day;
use crate::grammar::{Input, Parsed, map_token, maybe, sign, token, word};
use crate::tokens::{Kind, Token};

/// How sure a range of two bare numbers is by the words around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// "del", "desde el", "from the".
    Strong,
    /// "entre el".
    Window,
    /// "entre", which also bounds addresses and numbers.
    LooseWindow,
    /// "de", which also counts people and prices.
    Weak,
    None,
}

/// Everything said about one or two days. `expecting` is set when the guest was asked for dates:
/// bare numbers are then days. `talking` is set when dates were talked about: a bare pair is then
/// two days.
pub(crate) fn mention(input: &mut Input<'_>, expecting: bool, talking: bool) -> Parsed<Mention> {
    alt((
        alt((dotted_range, short_weekdays)),
        |i: &mut Input<'_>| range(i, expecting || talking),
        pair_or_date,
        nights_of,
        |i: &mut Input<'_>| several(i, expecting),
        with_role,
        explicit.map(|point| Mention::Point(point, Role::Unsaid)),
        bare_with_article.map(|point| Mention::Point(point, Role::Unsaid)),
        |i: &mut Input<'_>| expected(i, expecting),
    ))
    .parse_next(input)
}

pub(super) fn end(input: &mut Input<'_>) -> Parsed<Point> {
    alt((explicit, bare)).parse_next(input)
}

/// "la noche del", "la mañana del" before an end of a range.
fn part_of_its_day(input: &mut Input<'_>) -> Parsed<()> {
    (
        maybe(&["la", "el"]),
        word(&["noche", "manana", "tarde", "mediodia"]),
        word(&["del", "de"]),
    )
        .void()
        .parse_next(input)
}

pub(crate) fn range(input: &mut Input<'_>, expecting: bool) -> Parsed<Mention> {
    let lead = lead.parse_next(input)?;
    opt(part_of_its_day).parse_next(input)?;
    let from = alt((both_in_numbered_months, end, first_in_words)).parse_next(input)?;
    opt(part_of_day).parse_next(input)?;
    opt(sign(",")).parse_next(input)?;
    let window = matches!(lead, Lead::Window | Lead::LooseWindow);
    let separator = separator(input, window)?;
    opt(alt((arrival_word, departure_word))).parse_next(input)?;
    opt(part_of_its_day).parse_next(input)?;
    maybe(&["el", "o", "the"]).parse_next(input)?;
    let to = alt((in_numbered_month, end)).parse_next(input)?;
    let sure = match (from, to) {
        (Point::Day(from), Point::Day(to)) => {
            from.month.is_some()
                || to.month.is_some()
                || from.weekday.is_some()
                || expecting
                || matches!(lead, Lead::Strong | Lead::Window)
                || (separator == Separator::Sure && lead != Lead::LooseWindow)
        }
        _ => true,
    };
    // "del 5 al 8 o 9": the second end is open.
    let open = opt(preceded(
        word(&["o", "u", "or", "ou"]),
        alt((bare, explicit)),
    ))
    .parse_next(input)?;
    // "del 15 al 20 de octubre pasado" is told, not asked for.
    if opt(word(&["pasado", "passado"]))
        .parse_next(input)?
        .is_some()
    {
        return Ok(Mention::Bygone);
    }
    match (sure, open) {
        (false, _) => Err(winnow::error::EmptyError),
        (true, None) => Ok(Mention::Range { from, to, window }),
        (true, Some(_)) => Ok(Mention::Either(vec![from])),
    }
}

/// "de um a oito de dezembro": the article is the first where a range goes on.
fn first_in_words(input: &mut Input<'_>) -> Parsed<Point> {
    (
        word(&["um", "uno", "one"]),
        peek((word(&["a", "ao", "al", "ate", "hasta", "to"]), end)),
    )
        .map(|_| Point::Day(Day::bare(1)))
        .parse_next(input)
}

/// "3 del 3 al 3 del 4": both ends so.
fn both_in_numbered_months(input: &mut Input<'_>) -> Parsed<Point> {
    let digits = |most: u32| {
        map_token(move |token| {
            token
                .value
                .filter(|n| token.kind == Kind::Digits && (1..=most).contains(n))
        })
    };
    let (day, _, month) = (digits(31), word(&["del"]), digits(12)).parse_next(input)?;
    peek((word(&["al", "hasta"]), maybe(&["el"]), in_numbered_month)).parse_next(input)?;
    Ok(Point::Day(Day {
        month: Some(month),
        ..Day::bare(day)
    }))
}

/// "al 18 del 1": the month by its number, where a range says that it can be nothing else.
fn in_numbered_month(input: &mut Input<'_>) -> Parsed<Point> {
    let digits = |most: u32| {
        map_token(move |token| {
            token
                .value
                .filter(|n| token.kind == Kind::Digits && (1..=most).contains(n))
        })
    };
    let day = digits(31).parse_next(input)?;
    word(&["del"]).parse_next(input)?;
    maybe(&["mes"]).parse_next(input)?;
    let month = digits(12).parse_next(input)?;
    peek(not(alt((
        word(&["al", "a", "-", "/", "hasta", "de"]).void(),
        token(|token| token.month.is_some()).void(),
    ))))
    .parse_next(input)?;
    Ok(Point::Day(Day {
        month: Some(month),
        ..Day::bare(day)
    }))
}

/// "15.1 a 18.1": alone such numbers are prices and versions, two of them joined are days.
fn dotted_range(input: &mut Input<'_>) -> Parsed<Mention> {
    maybe(&["del", "de", "desde", "from"]).parse_next(input)?;
    let from = dotted_day.parse_next(input)?;
    separator(input, false)?;
    let to = dotted_day.parse_next(input)?;
    Ok(Mention::Range {
        from,
        to,
        window: false,
    })
}

fn dotted_day(input: &mut Input<'_>) -> Parsed<Point> {
    let digits = |most: u32, glued: bool| {
        map_token(move |token| {
            let fits = token.kind == Kind::Digits && (!glued || token.glued);
            token
                .value
                .filter(|n| fits && token.text.len() <= 2 && (1..=most).contains(n))
        })
    };
    let day = digits(31, false).parse_next(input)?;
    token(|token| token.glued && token.is(".")).parse_next(input)?;
    let month = digits(12, true).parse_next(input)?;
    Ok(Point::Day(Day {
        month: Some(month),
        ..Day::bare(day)
    }))
}

/// "vie-dom", "Fri to Sun", "sex a dom": two abbreviations explain each other.
fn short_weekdays(input: &mut Input<'_>) -> Parsed<Mention> {
    let name = || map_token(|token| token.weekday.filter(|_| token.short));
    maybe(&["de", "del", "from"]).parse_next(input)?;
    let from = name().parse_next(input)?;
    opt(sign(".")).parse_next(input)?;
    separator(input, false)?;
    let to = map_token(|token| token.weekday).parse_next(input)?;
    peek(not(token(|token| token.kind == Kind::Digits))).parse_next(input)?;
    Ok(Mention::Range {
        from: Point::Weekday(from, Week::Coming),
        to: Point::Weekday(to, Week::Coming),
        window: false,
    })
}

fn lead(input: &mut Input<'_>) -> Parsed<Lead> {
    let lead = opt(alt((
        word(&["entre", "between"]).value(Lead::Window),
        word(&["del", "desde", "dende", "from", "do"]).value(Lead::Strong),
        arrival_word.value(Lead::Strong),
        word(&["de"]).value(Lead::Weak),
    )))
    .parse_next(input)?
    .unwrap_or(Lead::None);
    let named = opt(alt((
        (
            maybe(&["el", "los", "las", "os", "o", "as", "the"]),
            word(&["dia", "dias"]),
        )
            .value(true),
        word(&["el", "the", "los", "os", "as"]).value(false),
    )))
    .parse_next(input)?;
    Ok(match (lead, named) {
        (Lead::None | Lead::Weak, Some(true)) => Lead::Strong,
        (Lead::Weak, Some(false)) => Lead::Strong,
        // "calle 12 entre 5 y 6" names no days.
        (Lead::Window, None) => Lead::LooseWindow,
        (lead, _) => lead,
    })
}

/// What joins the two ends of a range.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// "al", "hasta": only days are joined so.
    Sure,
    /// "a", "-": numbers of any kind are joined so.
    Loose,
}

fn separator(input: &mut Input<'_>, window: bool) -> Parsed<Separator> {
    let separator = alt((
        (
            maybe(&["y", "e", "and"]),
            word(&["hasta", "ate", "until", "till", "til", "through", "thru"]),
        )
            .value(Separator::Sure),
        word(&["al", "ao"]).value(Separator::Sure),
        (word(&["a"]), word(&["el", "o"])).value(Separator::Sure),
        word(&["a", "to", "as"]).value(Separator::Loose),
        (sign("-"), opt(sign("-")), opt(sign(">"))).value(Separator::Loose),
        (opt(sign("=")), sign(">")).value(Separator::Loose),
    ));
    let mut separator = alt((
        separator,
        word(&["y", "e", "and"])
            .verify(move |_: &&Token| window)
            .value(Separator::Sure),
    ));
    separator.parse_next(input)
}

/// "5-7", where both numbers are days and the second could be a month.
fn pair_or_date(input: &mut Input<'_>) -> Parsed<Mention> {
    let small = || {
        map_token(|token| {
            token
                .value
                .filter(|n| token.kind == Kind::Digits && (1..=12).contains(n))
        })
    };
    let glued = |text: &'static str| token(move |token| token.glued && token.is(text));
    maybe(&["el", "del", "the", "para"]).parse_next(input)?;
    let (first, _, second) = (small(), glued("-"), small())
        .verify(|(first, _, second)| first < second)
        .parse_next(input)?;
    peek(not(alt((
        (
            maybe(&["-", "/", "."]),
            token(|token| token.kind == Kind::Digits),
        )
            .void(),
        (maybe(&["de", "of"]), token(|token| token.month.is_some())).void(),
    ))))
    .parse_next(input)?;
    Ok(Mention::PairOrDate(first, second))
}

/// "las noches del 12 y 13".
fn nights_of(input: &mut Input<'_>) -> Parsed<Mention> {
    word(&["noche", "noches", "noite", "noites", "night", "nights"]).parse_next(input)?;
    word(&["del", "de", "do", "of"]).parse_next(input)?;
    maybe(&["el", "the", "los", "dia"]).parse_next(input)?;
    alt((
        and_list.map(Mention::NightsOf),
        end.map(|point| Mention::NightsOf(vec![point])),
    ))
    .parse_next(input)
}

pub(crate) fn and_list(input: &mut Input<'_>) -> Parsed<Vec<Point>> {
    list(input, &["y", "e", "and", "&", ","])
}

/// Two or more days in a row. All but the last may lack the month.
pub(super) fn list(input: &mut Input<'_>, joints: &'static [&'static str]) -> Parsed<Vec<Point>> {
    let first = preceded(maybe(&["el", "the", "o"]), end).parse_next(input)?;
    // "mañana o pasado": the word alone is a day only here.
    let after_tomorrow = || word(&["pasado"]).value(Point::Ahead(2));
    let rest: Vec<Point> = repeat(
        1..,
        preceded(
            (word(joints), maybe(&["el", "the", "o"])),
            alt((end, after_tomorrow())),
        ),
    )
    .parse_next(input)?;
    Ok(std::iter::once(first).chain(rest).collect())
}

/// "el 12 y el 13", "viernes o sábado".
fn several(input: &mut Input<'_>, expecting: bool) -> Parsed<Mention> {
    let strong = opt(peek(word(&["el", "dia", "los", "dias"])))
        .parse_next(input)?
        .is_some();
    maybe(&["los", "os", "dias"]).parse_next(input)?;
    maybe(&["dias"]).parse_next(input)?;
    let mention = alt((
        (|i: &mut Input<'_>| list(i, &["o", "u", "or", "ou"])).map(Mention::Either),
        and_list.map(Mention::Both),
    ))
    .parse_next(input)?;
    let (Mention::Either(points) | Mention::Both(points)) = &mention else {
        return Err(winnow::error::EmptyError);
    };
    let named = points.iter().any(|point| match point {
        Point::Day(day) => day.month.is_some() || day.weekday.is_some(),
        Point::Weekday(..) | Point::Ahead(_) => true,
    });
    if strong || named || expecting {
        Ok(mention)
    } else {
        Err(winnow::error::EmptyError)
    }
}

/// A bare number where dates were asked for: "28", "28 30".
fn expected(input: &mut Input<'_>, expecting: bool) -> Parsed<Mention> {
    if !expecting {
        return Err(winnow::error::EmptyError);
    }
    let first = bare.parse_next(input)?;
    let second = opt(bare).parse_next(input)?;
    peek(not(token(|token| token.kind == Kind::Digits))).parse_next(input)?;
    Ok(match second {
        None => Mention::Point(first, Role::Unsaid),
        Some(second) => Mention::Range {
            from: first,
            to: second,
            window: false,
        },
    })
}
