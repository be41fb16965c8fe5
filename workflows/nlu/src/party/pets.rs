//! Animals that come along. A question about animals in general says nothing about the party.

use winnow::combinator::{alt, opt, preceded};
use winnow::prelude::*;

use crate::grammar::{Input, Parsed, maybe, number, word};

/// Words for animals that guests bring.
pub(crate) const ANIMALS: &[&str] = &[
    "perro",
    "perra",
    "perros",
    "perras",
    "perrito",
    "perrita",
    "perritos",
    "perritas",
    "perrazo",
    "caniche",
    "gato",
    "gata",
    "gatos",
    "gatas",
    "gatito",
    "gatita",
    "gatitos",
    "michi",
    "michis",
    "mascota",
    "mascotas",
    "mascotita",
    "cachorro",
    "cachorra",
    "cachorros",
    "conejo",
    "dog",
    "dogs",
    "doggy",
    "cat",
    "cats",
    "pet",
    "pets",
    "puppy",
    "puppies",
    "animal",
    "animales",
    "animais",
    "pichicho",
    "pichichos",
    "firulais",
    "peludo",
    "peludos",
    "labrador",
    "golden",
    "salchicha",
    "bulldog",
    "cachorrinho",
    "cachorrinha",
    "🐶",
    "🐕",
    "🐩",
    "🐱",
    "🐈",
    "🐾",
    "bichon",
    "perruno",
    "ovejero",
    "boxer",
    "beagle",
    "pug",
    "rottweiler",
    "mestizo",
    "galgo",
    "chihuahua",
    "husky",
    "retriever",
    "kitten",
    "kittens",
    "gatinho",
    "gatinha",
    "perrote",
    "doguinho",
];

/// Whether animals come along.
pub(crate) fn pets(input: &mut Input<'_>) -> Parsed<bool> {
    alt((without, with)).parse_next(input)
}

fn without(input: &mut Input<'_>) -> Parsed<bool> {
    let animal = || {
        preceded(
            maybe(&[
                "ninguna", "ningun", "any", "nuestra", "mi", "nenhum", "con", "las", "el", "la",
                "los", "o", "a", "the", "my",
            ]),
            word(ANIMALS),
        )
    };
    alt((
        (
            word(&["sin", "without", "sem", "ni", "ninguna", "ningun", "nenhum"]),
            animal(),
        )
            .void(),
        (
            word(&["no", "not", "nao", "tampoco", "do"]),
            maybe(&["not"]),
            brings,
            animal(),
        )
            .void(),
        (word(&["no"]), animal()).void(),
    ))
    .value(false)
    .parse_next(input)
}

fn brings(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            word(&["vamos", "voy", "viajamos", "viajo", "iriamos", "vou"]),
            word(&["con", "com"]),
        )
            .void(),
        word(&[
            "llevamos",
            "llevo",
            "tenemos",
            "tengo",
            "hay",
            "llevaria",
            "llevariamos",
            "traemos",
            "traigo",
            "van",
            "va",
            "have",
            "bring",
            "bringing",
            "temos",
            "tenho",
            "levamos",
            "levo",
            "llevar",
        ])
        .void(),
    ))
    .parse_next(input)
}

fn with(input: &mut Input<'_>) -> Parsed<bool> {
    alt((
        (
            word(&[
                "con", "with", "com", "mas", "+", "llevamos", "llevo", "tenemos", "tengo",
                "traemos", "traigo", "have", "bringing", "temos", "tenho", "levamos", "levo",
                "vou", "bring", "viaja", "va", "viene",
            ]),
            maybe(&[
                "a", "con", "nosotros", "nosotras", "levar", "um", "uma", "mi",
            ]),
            opt(owner),
            word(ANIMALS),
        )
            .void(),
        (owner, word(ANIMALS)).void(),
    ))
    .value(true)
    .parse_next(input)
}

/// Whose animal, or how many: then it is a real one.
fn owner(input: &mut Input<'_>) -> Parsed<()> {
    alt((
        (
            word(&[
                "mi", "mis", "nuestro", "nuestra", "nuestros", "nuestras", "my", "our", "meu",
                "minha", "meus", "el", "los", "la", "a", "small", "nosso", "nossa", "al",
            ]),
            maybe(&["2", "small", "pequeno", "little"]),
        )
            .void(),
        (number, maybe(&["de", "small", "little"])).void(),
        (word(&["algun", "alguna"])).void(),
    ))
    .verify(|()| true)
    .parse_next(input)
}
