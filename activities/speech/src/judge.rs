//! Whether a reading of Whisper's is to be believed. Whisper is confident when it is wrong: of noise it says
//! "No, no, no, ...", each word at 92 %.

/// A phrase that follows itself so often is a loop.
const REPEATS: usize = 3;

/// Loops of more words have not been seen.
const LONGEST_PHRASE: usize = 10;

/// A short word may be repeated by people: a loop has at least so many words.
const SHORTEST_LOOP: usize = 6;

/// Above this mean log-probability a reading is accepted at once; nine notes of ten are.
const GOOD: f32 = -0.7;

/// Below this one, nothing that was read is worth repeating to the guest.
const BAD: f32 = -1.0;

/// What Whisper read, before anybody believes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) text: String,
    /// How many tokens the text has.
    pub(crate) tokens: usize,
    /// The mean of their log-probabilities.
    pub(crate) mean_log_probability: f32,
    /// More tokens than anybody says in so short a time.
    pub(crate) too_many: bool,
}

impl Reading {
    /// Nothing was read.
    pub(crate) fn is_silent(&self) -> bool {
        self.tokens == 0 || !self.text.chars().any(char::is_alphanumeric)
    }

    pub(crate) fn is_looped(&self) -> bool {
        self.too_many || is_looped(&self.text)
    }

    /// To be taken as it is.
    pub(crate) fn is_good(&self) -> bool {
        !self.is_silent() && !self.is_looped() && self.mean_log_probability > GOOD
    }

    /// Worth telling the guest, when no better one is to be had.
    pub(crate) fn is_usable(&self) -> bool {
        !self.is_silent() && !self.is_looped() && self.mean_log_probability >= BAD
    }

    /// The better of two readings of one clip: no loop is better than a loop, then the likelier.
    pub(crate) fn or_better(self, other: Self) -> Self {
        let rank = |reading: &Self| (!reading.is_silent(), !reading.is_looped());
        let is_better = rank(&other) > rank(&self)
            || (rank(&other) == rank(&self)
                && other.mean_log_probability > self.mean_log_probability);
        if is_better { other } else { self }
    }

    /// The geometric mean of the tokens' probabilities.
    pub(crate) fn confidence(&self) -> f32 {
        self.mean_log_probability.exp().clamp(0.0, 1.0)
    }
}

/// Whether some phrase of up to ten words is said three times on end, six words in all.
pub(crate) fn is_looped(text: &str) -> bool {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| {
            word.chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect::<String>()
        })
        .filter(|word| !word.is_empty())
        .collect();
    (1..=LONGEST_PHRASE).any(|phrase| {
        let again = REPEATS.max(SHORTEST_LOOP.div_ceil(phrase)) - 1;
        // A phrase that follows itself `again` times is a stretch in which every word is the one a phrase
        // earlier.
        let mut stretch = 0;
        words.iter().zip(words.iter().skip(phrase)).any(|(a, b)| {
            stretch = if a == b { stretch + 1 } else { 0 };
            stretch >= again * phrase
        })
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reading(text: &str, mean_log_probability: f32) -> Reading {
        Reading {
            text: text.to_owned(),
            tokens: text.split_whitespace().count(),
            mean_log_probability,
            too_many: false,
        }
    }

    #[test]
    fn loops_are_found_and_speech_is_not() {
        for text in [
            "No, no, no, no, no, no.",
            "Quiero ir. Quiero ir. Quiero ir.",
            "hola del quince al veinte del quince al veinte del quince al veinte",
            "Gracias por ver el video. gracias por ver el video, ¡Gracias por ver el video!",
        ] {
            assert!(is_looped(text), "{text}");
        }
        for text in [
            "",
            "No, no, no.",
            "Sí, sí, sí, dale.",
            "Del quince al dieciocho, o del quince al veinte, o del quince al diez.",
            "uno dos tres uno dos tres",
        ] {
            assert!(!is_looped(text), "{text}");
        }
    }

    #[test]
    fn a_likely_reading_is_taken_and_a_looped_one_never() {
        assert!(reading("Hola, quería reservar.", -0.2).is_good());
        assert!(!reading("Hola, quería reservar.", -0.8).is_good());
        assert!(reading("Hola, quería reservar.", -0.8).is_usable());
        assert!(!reading("Hola, quería reservar.", -1.1).is_usable());
        assert!(!reading("no no no no no no", -0.1).is_usable());
        assert!(!reading("...", -0.1).is_usable());
        let many = Reading {
            too_many: true,
            ..reading("Hola.", -0.1)
        };
        assert!(!many.is_usable());
    }

    #[test]
    fn the_better_of_two_is_the_one_without_a_loop_then_the_likelier() {
        let looped = reading("no no no no no no", -0.1);
        let unlikely = reading("quiero reservar", -0.9);
        let likely = reading("quiero reservar", -0.3);
        let silent = reading("", 0.0);
        assert_eq!(looped.clone().or_better(unlikely.clone()), unlikely);
        assert_eq!(unlikely.clone().or_better(looped), unlikely);
        assert_eq!(unlikely.clone().or_better(likely.clone()), likely);
        assert_eq!(likely.clone().or_better(silent), likely);
    }

    proptest! {
        #[test]
        fn a_phrase_said_often_enough_is_a_loop_wherever_it_is(
            phrase in prop::collection::vec("[a-z]{1,6}", 1..=10),
            before in prop::collection::vec("[a-z]{1,6}", 0..5),
            after in prop::collection::vec("[a-z]{1,6}", 0..5),
            more in 0_usize..3,
        ) {
            let times = 3.max(6_usize.div_ceil(phrase.len())) + more;
            let words: Vec<String> = before
                .into_iter()
                .chain(std::iter::repeat_n(phrase, times).flatten())
                .chain(after)
                .collect();
            prop_assert!(is_looped(&words.join(" ")));
            prop_assert!(is_looped(&words.join(", ").to_uppercase()));
        }

        #[test]
        fn words_that_are_all_different_are_no_loop(count in 0_usize..60) {
            let words: Vec<String> = (0..count).map(|word| format!("w{word}")).collect();
            prop_assert!(!is_looped(&words.join(" ")));
        }

        #[test]
        fn twice_is_no_loop(phrase in prop::collection::hash_set("[a-z]{4,6}", 1..=10)) {
            let once: Vec<String> = phrase.into_iter().collect();
            let twice = [once.clone(), once].concat();
            prop_assert!(!is_looped(&twice.join(" ")));
        }

        #[test]
        fn nothing_is_too_strange_to_be_judged(text in any::<String>(), mean in any::<f32>()) {
            let reading = reading(&text, mean);
            let _ = (reading.is_good(), reading.is_usable(), reading.confidence());
        }
    }
}
