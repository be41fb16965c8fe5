//! Numbers that are neither dates nor people: phones, documents, prices, times, distances,
//! addresses, percentages. They are claimed before anything else may read them.

use winnow::combinator::{alt, not, opt, peek, preceded, repeat};
use winnow::prelude::*;

use crate::dates::point::written_out;
use crate::grammar::{Input, Parsed, map_token, maybe, number, sign, sweep_or_skip, token, word};
use crate::tokens::{Kind, Token};

/// Claims every such number.
pub(crate) fn claim(tokens: &mut [Token]) {
    claim_addresses_of_the_net(tokens);
    sweep_or_skip(tokens, |input: &mut Input<'_>| {
        alt((
            // A number that tells what it is, whatever it looks like.
            alt((document, money)).map(Some),
            preceded(
                word(&["el", "del", "al", "dia", "desde", "hasta", "entre"]),
                written_out,
            )
            .map(|_| None),
            always_open.map(Some),
            // "15/1 a las 14": the day is not the hour's.
            written_out.map(|_| None),
            opaque.map(Some),
        ))
        .parse_next(input)
    });
}

fn opaque(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        alt((phone, time, percent)),
        alt((measure, place, multiplication, ancient, large)),
    ))
    .parse_next(input)
}

/// E-mail and web addresses, as one run of tokens without spaces.
fn claim_addresses_of_the_net(tokens: &mut [Token]) {
    let marks: Vec<usize> = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| token.is_any(&["@", "http", "https", "www"]))
        .map(|(at, _)| at)
        .collect();
    for mark in marks {
        let mut start = mark;
        while start > 0 && tokens.get(start).is_some_and(|token| token.glued) {
            start -= 1;
        }
        let after = tokens
            .iter()
            .skip(mark + 1)
            .take_while(|token| token.glued)
            .count();
        for token in tokens.iter_mut().take(mark + 1 + after).skip(start) {
            token.claimed = true;
        }
    }
}

fn digits(input: &mut Input<'_>) -> Parsed<usize> {
    map_token(|token| (token.kind == Kind::Digits).then_some(token.text.len())).parse_next(input)
}

/// Groups of digits with dots, hyphens or spaces between them.
fn digit_groups(input: &mut Input<'_>) -> Parsed<Vec<usize>> {
    let first = digits.parse_next(input)?;
    let rest: Vec<usize> =
        repeat(0..8, preceded(maybe(&["-", ".", ")", "("]), digits)).parse_next(input)?;
    Ok(std::iter::once(first).chain(rest).collect())
}

/// "dni 30.123.456", "CUIT: 20-30123456-3".
fn document(input: &mut Input<'_>) -> Parsed<()> {
    word(&[
        "dni",
        "documento",
        "cuit",
        "cuil",
        "pasaporte",
        "cpf",
        "rg",
        "passport",
        "cedula",
        "cbu",
        "cvu",
        "patente",
        "tel",
        "telefono",
        "cel",
        "celular",
        "phone",
        "operacion",
        "comprobante",
    ])
    .parse_next(input)?;
    repeat::<_, _, (), _, _>(
        0..3,
        word(&[
            ":", "es", "nro", "numero", "number", "is", "de", ".", "#", "n", "°", "no", "mi",
        ]),
    )
    .parse_next(input)?;
    digit_groups
        .verify(|groups: &Vec<usize>| groups.iter().sum::<usize>() >= 5)
        .void()
        .parse_next(input)
}

/// Seven digits or more that are no date: "1155667788", "11 5566-7788", "+54 9 294 ...".
fn phone(input: &mut Input<'_>) -> Parsed<()> {
    let plus = opt(sign("+")).parse_next(input)?.is_some();
    maybe(&["("]).parse_next(input)?;
    digit_groups
        .verify(|groups: &Vec<usize>| {
            let total: usize = groups.iter().sum();
            let long_groups = groups.iter().filter(|length| **length >= 3).count();
            let one_long = groups.iter().any(|length| *length >= 6);
            total >= 7 && (plus || long_groups >= 2 || one_long)
        })
        .void()
        .parse_next(input)
}

const CURRENCIES: &[&str] = &[
    "pesos", "peso", "dolares", "dolar", "usd", "lucas", "luca", "reais", "real", "dollars",
    "dollar", "euros", "euro", "palos", "ars", "mangos", "bucks", "k", "eur", "brl", "$", "€",
    "mil",
];

fn money(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            alt((
                sign("$"),
                sign("€"),
                word(&["usd", "ars", "u", "us", "r", "eur"]),
            )),
            repeat::<_, _, (), _, _>(0..3, word(&["$", "s", "."])),
            amount,
        )
            .verify(|(first, (), ())| !first.is_any(&["u", "us", "r"]))
            .void(),
        (word(&["u", "us", "r"]), sign("$"), maybe(&["s"]), amount).void(),
        (amount, repeat::<_, _, Vec<_>, _, _>(1..3, word(CURRENCIES))).void(),
        (
            amount,
            word(&["por"]),
            word(&["noche", "persona", "dia", "cabeza"]),
        )
            .void(),
    ))
    .parse_next(input)
}

/// An amount, with its thousands set off or not.
fn amount(input: &mut Input<'_>) -> Parsed<()> {
    (
        token(|token| token.value.is_some() || token.kind == Kind::Digits),
        repeat::<_, _, (), _, _>(
            0..4,
            (
                token(|token| token.glued && token.is_any(&[".", ","])),
                token(|token| token.glued && token.kind == Kind::Digits),
            ),
        ),
    )
        .void()
        .parse_next(input)
}

const HOURS: &[&str] = &[
    "hs", "h", "hrs", "hr", "horas", "hora", "hours", "hour", "am", "pm",
];

fn clock(input: &mut Input<'_>) -> Parsed<()> {
    (
        number,
        opt((sign(":"), number)),
        opt((word(&["y"]), word(&["media", "cuarto"]))),
    )
        .void()
        .parse_next(input)
}

/// "a las 14", "14:30", "10 hs", "3 de la tarde", "de 10 a 18 hs", "at 4pm".
fn time(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            number,
            sign(":"),
            token(|token| token.glued && token.kind == Kind::Digits),
            maybe(HOURS),
        )
            .void(),
        (
            clock,
            word(&["a", "-", "y", "to", "o"]),
            maybe(&["las"]),
            clock,
            word(HOURS),
        )
            .void(),
        (clock, word(HOURS)).void(),
        (clock, part_of_day).void(),
        (
            word(&[
                "a", "desde", "hasta", "tipo", "sobre", "de", "entre", "y", "as", "at",
            ]),
            word(&["las", "la", "as"]),
            clock,
            peek(not(counted_noun)),
            maybe(HOURS),
        )
            .void(),
        (
            word(&["as", "at"]),
            clock,
            peek(not(counted_noun)),
            maybe(HOURS),
        )
            .void(),
    ))
    .parse_next(input)
}

fn part_of_day(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            word(&["de", "da", "in"]),
            word(&["la", "the", "tarde", "manha", "noite"]),
            maybe(&[
                "manana",
                "tarde",
                "noche",
                "madrugada",
                "morning",
                "afternoon",
                "evening",
            ]),
        )
            .verify(|(first, second, third)| third.is_some() || first.is("da") && !second.is("la"))
            .void(),
        (word(&["del"]), word(&["mediodia"])).void(),
    ))
    .parse_next(input)
}

/// What follows a number that is not a time, after all.
fn counted_noun(input: &mut Input<'_>) -> Parsed<()> {
    token(|token| {
        token.month.is_some()
            || token.is_any(&[
                "noches", "personas", "cabanas", "nenas", "chicas", "hijas", "semanas", "noche",
                "persona", "de", "del", "/", "cosas", "fotos", "camas", "amigas", "mujeres",
                "least", "night", "nights",
            ])
    })
    .void()
    .parse_next(input)
}

fn percent(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (amount, sign("%")).void(),
        (
            amount,
            word(&["por"]),
            word(&["ciento", "cento", "cien", "100"]),
        )
            .void(),
    ))
    .parse_next(input)
}

/// Things that are counted and are neither nights nor people.
const THINGS: &[&str] = &[
    "km",
    "kms",
    "kilometros",
    "kilometro",
    "metros",
    "mts",
    "mt",
    "m",
    "cm",
    "cuadras",
    "cuadra",
    "min",
    "minutos",
    "minutes",
    "mins",
    "kg",
    "kilos",
    "litros",
    "grados",
    "ambientes",
    "ambiente",
    "habitaciones",
    "habitacion",
    "dormitorios",
    "dormitorio",
    "cuartos",
    "cuarto",
    "camas",
    "cama",
    "banos",
    "bano",
    "plazas",
    "autos",
    "auto",
    "coches",
    "coche",
    "camionetas",
    "camioneta",
    "motos",
    "cuotas",
    "cuota",
    "estrellas",
    "stars",
    "pisos",
    "bedrooms",
    "bedroom",
    "beds",
    "bed",
    "bathrooms",
    "cars",
    "car",
    "rooms",
    "room",
    "blocks",
    "miles",
    "quartos",
    "quarto",
    "carros",
    "carro",
    "camas",
    "banheiros",
    "veces",
    "vez",
    "vezes",
    "times",
    "fotos",
    "foto",
    "opciones",
    "opcion",
    "cabanas",
    "cabana",
    "cabins",
    "cabin",
    "unidades",
    "departamentos",
    "casas",
    "mensajes",
    "valijas",
    "puntos",
    "reservas",
    "bicis",
    "bicicletas",
    "kayaks",
    "sillas",
    "reposeras",
    "llaves",
    "toallas",
    "almohadas",
    "juegos",
    "preguntas",
    "consultas",
    "cosas",
    "cosa",
    "consulta",
    "pregunta",
    "question",
    "questions",
    "segundos",
    "segundo",
    "parcelas",
    "vehiculos",
    "vehiculo",
    "cuotitas",
    "pagos",
    "correos",
    "sabanas",
];

fn measure(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            number,
            word(&["o", "a", "y", "-", "u"]),
            number,
            word(THINGS),
        )
            .void(),
        (amount, word(THINGS)).void(),
        (
            word(&["media", "1"]),
            maybe(&["/"]),
            maybe(&["2"]),
            word(&["hora", "dia"]),
        )
            .void(),
    ))
    .parse_next(input)
}

/// "ruta 40", "km 2080", "av. San Martín 1234" by its size, "cabaña 3", "piso 2".
fn place(input: &mut Input<'_>) -> Parsed<()> {
    word(&[
        "ruta",
        "rn",
        "rp",
        "av",
        "avenida",
        "calle",
        "km",
        "kilometro",
        "nro",
        "altura",
        "piso",
        "lote",
        "cabana",
        "casa",
        "unidad",
        "habitacion",
        "departamento",
        "cabin",
        "room",
        "opcion",
        "option",
        "opcao",
        "chale",
        "bungalow",
        "pin",
        "clave",
        "version",
        "android",
        "iphone",
        "fiat",
        "peugeot",
        "temporada",
        "covid",
        "numero",
        "puerta",
        "manzana",
        "kilometer",
        "route",
        "unit",
        "n",
    ])
    .parse_next(input)?;
    maybe(&[".", "°", "numero", "nro", ":"]).parse_next(input)?;
    token(|token| token.value.is_some() && !token.article).parse_next(input)?;
    peek(not(alt((
        counted_noun,
        word(&["al", "a", "-", "hasta", "y", "to", "ao", "ate", "."]).void(),
        token(|token| token.is_any(crate::party::NOUNS)).void(),
    ))))
    .parse_next(input)
}

/// "24/7", where it is no 24 July.
fn always_open(input: &mut Input<'_>) -> Parsed<()> {
    (
        token(|token| token.is("24")),
        token(|token| token.glued && token.is("/")),
        token(|token| token.is("7")),
        peek(not(word(&["/", "al", "a", "-", "hasta", "to", "por"]))),
    )
        .void()
        .parse_next(input)
}

/// "4x4", "2x1".
fn multiplication(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            token(|token| token.kind == Kind::Digits),
            token(|token| token.glued && token.is_any(&["x", "por"])),
            token(|token| token.glued && token.kind == Kind::Digits),
        )
            .void(),
        (
            token(|token| token.kind == Kind::Digits),
            word(&["+", "*", "=", "mas", "menos", "por"]),
            token(|token| token.kind == Kind::Digits),
            peek(alt((sign("="), sign("?")))),
        )
            .verify(|(_, operator, _, _)| !operator.is("mas"))
            .void(),
    ))
    .parse_next(input)
}

/// Years of the past: "en 2019", "desde 1998".
fn ancient(input: &mut Input<'_>) -> Parsed<()> {
    map_token(|token| token.value.filter(|n| (1000..2000).contains(n)))
        .void()
        .parse_next(input)
}

/// Whatever is too large for a day, a party or a year, thousands set off or not.
fn large(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            token(|token| token.kind == Kind::Digits && token.text.len() <= 3),
            repeat::<_, _, (), _, _>(
                1..4,
                (
                    token(|token| token.glued && token.is_any(&[".", ","])),
                    token(|token| {
                        token.glued && token.kind == Kind::Digits && token.text.len() == 3
                    }),
                ),
            ),
        )
            .void(),
        token(|token| {
            token.kind == Kind::Digits && token.value.is_none_or(|n| n >= 2100)
                || token.value.is_some_and(|n| n >= 2100)
        })
        .void(),
    ))
    .parse_next(input)
}
