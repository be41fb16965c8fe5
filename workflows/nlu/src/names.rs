//! Which of the host's accommodations a guest names. A full name counts anywhere; the part of a
//! name that tells it from the others counts where it can only be a name ("la del lago"), and not
//! where it is scenery ("cerca del lago").

use crate::spelling::{distance, sound};
use crate::text::fold_str;
use crate::tokens::{Kind, Token, tokenise};
use crate::{AccommodationName, Awaiting, Context};

/// Words that are in many names and tell nothing.
const GENERIC: &[&str] = &[
    "cabana",
    "cabanas",
    "casa",
    "casita",
    "departamento",
    "apartamento",
    "depto",
    "suite",
    "habitacion",
    "el",
    "la",
    "los",
    "las",
    "de",
    "del",
    "un",
    "una",
    "cabin",
    "house",
    "the",
    "chale",
    "room",
    "y",
    "a",
    "al",
    "en",
    "loft",
    "bungalow",
    "refugio",
    "lodge",
    "posada",
];

/// Words before a part of a name that make it scenery.
const SCENERY: &[&str] = &[
    "al", "vista", "cerca", "frente", "lejos", "orilla", "costa", "near", "close", "view",
    "centro", "ver", "hay", "bajada", "camino", "perto",
];

/// The id of the accommodation that a message names, when it names exactly one.
pub(crate) fn find(text: &str, tokens: &[Token], context: &Context) -> Option<String> {
    if context.accommodations.is_empty() {
        return None;
    }
    // Names are the host's own words: what was typed counts, not what spelling made of it.
    let typed: Vec<Token> = tokens
        .iter()
        .map(|token| {
            let typed = text.get(token.span.clone()).map(fold_str);
            let mended = typed.filter(|typed| {
                token.kind == Kind::Word && token.value.is_none() && !typed.contains(' ')
            });
            Token {
                text: mended.unwrap_or_else(|| token.text.clone()),
                ..token.clone()
            }
        })
        .collect();
    let tokens = &typed;
    let mut best: Option<(usize, &AccommodationName)> = None;
    let mut tied = false;
    for accommodation in &context.accommodations {
        let score = score(tokens, accommodation, context);
        match best {
            _ if score == 0 => {}
            Some((top, _)) if score == top => tied = true,
            Some((top, _)) if score < top => {}
            _ => {
                best = Some((score, accommodation));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied).map(|(_, found)| found.id.clone())
}

/// How well a message names an accommodation; nought is not at all.
fn score(tokens: &[Token], accommodation: &AccommodationName, context: &Context) -> usize {
    let names = accommodation.names.iter();
    names
        .map(|name| {
            let words: Vec<String> = tokenise(&fold_str(name))
                .into_iter()
                .map(|token| token.text)
                .collect();
            if contains(tokens, &words) {
                return 10 + words.len();
            }
            let telling: Vec<&String> = words
                .iter()
                .filter(|word| !GENERIC.contains(&word.as_str()))
                .collect();
            let told = |word: &&&String| tells(tokens, word, context);
            if telling.is_empty() {
                0
            } else if telling.iter().all(|word| told(&word)) {
                5 + telling.len()
            } else {
                0
            }
        })
        .max()
        .unwrap_or(0)
}

fn contains(tokens: &[Token], words: &[String]) -> bool {
    !words.is_empty()
        && tokens.windows(words.len()).any(|window| {
            window
                .iter()
                .zip(words)
                .all(|(token, word)| alike(&token.text, word))
        })
}

/// Whether a word is a name, or a slip of it: written as it sounds, or one or two letters off
/// where the name is long enough for that to be no other word.
fn alike(written: &str, name: &str) -> bool {
    let several = |ending| written.strip_suffix(ending) == Some(name);
    if written == name || several("s") || several("es") || translated(written) == Some(name) {
        return true;
    }
    let allowed = match name.len() {
        0..=3 => return false,
        4..=5 => 0,
        6..=8 => 1,
        _ => 2,
    };
    let (written, name) = (sound(written), sound(name));
    written == name
        || (allowed > 0
            && written.len().abs_diff(name.len()) <= allowed
            && distance(written.as_bytes(), name.as_bytes()) <= allowed)
}

/// The scenery that names are made of, as foreign guests call it.
fn translated(word: &str) -> Option<&'static str> {
    Some(match word {
        "lake" => "lago",
        "forest" | "woods" | "wood" | "floresta" => "bosque",
        "river" => "rio",
        "mountain" | "montanha" => "montana",
        "hill" => "cerro",
        "viewpoint" | "lookout" | "mirante" => "mirador",
        "pines" | "pinheiros" => "pinos",
        "beach" | "praia" => "playa",
        "sun" | "sol" => "sol",
        "moon" | "lua" => "luna",
        "stone" | "pedra" => "piedra",
        _ => return None,
    })
}

/// Whether a telling word stands where it names an accommodation.
fn tells(tokens: &[Token], name: &str, context: &Context) -> bool {
    tokens.iter().enumerate().any(|(at, token)| {
        if !alike(&token.text, name) {
            return false;
        }
        if context.awaiting == Some(Awaiting::Accommodation) {
            return true;
        }
        let before: Vec<&Token> = tokens.iter().take(at).rev().take(3).collect();
        let scenery = before.iter().any(|token| token.is_any(SCENERY));
        let named = before
            .iter()
            .any(|token| token.is_any(GENERIC) && !token.is_any(&["a", "al", "en", "y"]));
        // A number or a single letter is a name only right after a generic word.
        let short = name.chars().count() <= 2;
        let beside = before.first().is_some_and(|token| {
            token.is_any(&[
                "cabana",
                "casa",
                "departamento",
                "cabin",
                "suite",
                "habitacion",
            ])
        });
        !scenery && if short { beside } else { named }
    })
}
