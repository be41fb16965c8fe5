//! From what the transcriber found to what is told.

use std::time::Duration;

use clips::Heard;
use speech::{Transcript, Verdict};
use workflows::contracts::speech::Hearing;

/// Words that are less sure than this are not acted upon: who spoke is asked to write. Of a damaged recording the
/// end is always unsure, and its dates are asked for again anyway.
const SURE: f32 = 0.6;

/// What a verdict is told as.
pub(super) fn told(verdict: Verdict) -> Heard {
    match verdict {
        Verdict::Text(transcript) => words(transcript),
        Verdict::NoSpeech { length } => lasting(length, Heard::only(Hearing::NoSpeech)),
        Verdict::Unclear { length } => lasting(length, Heard::only(Hearing::Unclear)),
        Verdict::TooLong { length } => lasting(length, Heard::only(Hearing::TooLong)),
        Verdict::OutOfTime { length } => {
            lasting(length, Heard::nothing(Hearing::Unavailable, "out_of_time"))
        }
        Verdict::Rejected(refusal) => Heard::nothing(Hearing::Rejected, refusal.as_str()),
    }
}

fn words(transcript: Transcript) -> Heard {
    let unsure = transcript.confidence < SURE && !transcript.damaged;
    let heard = Heard {
        text: (!unsure).then_some(transcript.text),
        confidence: Some(rounded(f64::from(transcript.confidence), 1000.0)),
        language: Some(transcript.language),
        damaged: Some(transcript.damaged),
        reason: unsure.then(|| "low_confidence".to_owned()),
        ..Heard::only(if unsure {
            Hearing::Unclear
        } else {
            Hearing::Text
        })
    };
    lasting(transcript.length, heard)
}

fn lasting(length: Duration, heard: Heard) -> Heard {
    Heard {
        seconds: Some(rounded(length.as_secs_f64(), 10.0)),
        ..heard
    }
}

#[expect(
    clippy::float_arithmetic,
    reason = "seconds and probabilities, told with as many digits as mean something"
)]
fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

#[cfg(test)]
mod tests {
    use domain::Language;
    use speech::Refusal;

    use super::*;

    fn transcript(confidence: f32, damaged: bool) -> Heard {
        told(Verdict::Text(Transcript {
            text: "hola".to_owned(),
            confidence,
            language: Language::Es,
            length: Duration::from_millis(1234),
            damaged,
        }))
    }

    #[test]
    fn words_are_told_when_they_are_sure_enough() {
        let heard = transcript(0.91234, false);
        assert_eq!(heard.result, Hearing::Text);
        assert_eq!(heard.text.as_deref(), Some("hola"));
        assert_eq!((heard.confidence, heard.seconds), (Some(0.912), Some(1.2)));

        let unsure = transcript(0.59, false);
        assert_eq!((unsure.result, unsure.text), (Hearing::Unclear, None));
        assert_eq!(unsure.reason.as_deref(), Some("low_confidence"));

        let cut = transcript(0.5, true);
        assert_eq!((cut.result, cut.damaged), (Hearing::Text, Some(true)));
    }

    #[test]
    fn why_there_are_no_words_is_told() {
        let length = Duration::from_secs(180);
        let heard = told(Verdict::TooLong { length });
        assert_eq!(
            (heard.result, heard.seconds),
            (Hearing::TooLong, Some(180.0))
        );
        let heard = told(Verdict::Rejected(Refusal::Empty));
        assert_eq!(heard.reason.as_deref(), Some("empty"));
        let heard = told(Verdict::OutOfTime { length });
        assert_eq!(heard.result, Hearing::Unavailable);
    }
}
