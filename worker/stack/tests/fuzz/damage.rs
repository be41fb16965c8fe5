//! How an input is damaged: bytes, words that its reader knows, and parts of other inputs.

use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};

/// Bytes on which readers stumble.
const BYTES: &[u8] = b"\0\n\r\t \"'\\/{}[]:,;=&%+-.0123456789eE\x7f\x80\xc3\xff";

/// `input` with some damage, partly from `other`.
pub(crate) fn of(mut input: Vec<u8>, other: &[u8], words: &[&str], rng: &mut StdRng) -> Vec<u8> {
    for _ in 0..rng.random_range(1..=6) {
        let at = rng.random_range(0..=input.len());
        let to = rng.random_range(at..=input.len()).min(at + 24);
        match rng.random_range(0..7) {
            0 => drop(input.drain(at..to)),
            1 => {
                let word = words.choose(rng).copied().unwrap_or_default();
                input.splice(at..to, word.bytes());
            }
            2 => {
                let word = words.choose(rng).copied().unwrap_or_default();
                input.splice(at..at, word.bytes());
            }
            3 => {
                let from = rng.random_range(0..=other.len());
                let until = rng.random_range(from..=other.len()).min(from + 200);
                input.splice(at..at, other[from..until].iter().copied());
            }
            4 => {
                let again = input[at..to].repeat(rng.random_range(1..40));
                input.splice(at..at, again);
            }
            5 if at < input.len() => input[at] = rng.random(),
            _ => {
                let byte = BYTES.choose(rng).copied().unwrap_or_default();
                input.insert(at, byte);
            }
        }
    }
    input
}
