//! What is heard in each clip.

use domain::Language;
use serde_json::Value;
use speech::{Refusal, Transcript, Verdict};

use crate::models::{clip, hear};

/// What the clips say, and which words must be heard in them whatever else is.
fn expected() -> serde_json::Map<String, Value> {
    serde_json::from_str(include_str!("../fixtures/expected.json")).unwrap()
}

fn text_of(name: &str, language: Option<Language>) -> Transcript {
    match hear(clip(name), language) {
        Verdict::Text(transcript) => transcript,
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_note_is_understood_and_its_facts_are_heard() {
    for (name, wanted) in expected() {
        let name = name.trim_end_matches(".ogg");
        let Some(facts) = wanted.get("heard").and_then(Value::as_array) else {
            continue;
        };
        let transcript = text_of(name, Some(Language::Es));
        let heard = transcript.text.to_lowercase();
        for spellings in facts {
            let mut spellings = spellings.as_array().unwrap().iter();
            assert!(
                spellings.any(|word| heard.contains(word.as_str().unwrap())),
                "{name}: {transcript:?}"
            );
        }
        let damaged = wanted.get("damaged").and_then(Value::as_bool);
        assert_eq!(transcript.damaged, damaged.unwrap_or(false), "{name}");
        assert!(transcript.confidence > 0.5, "{name}: {transcript:?}");
    }
}

#[test]
fn nothing_is_heard_where_nobody_speaks() {
    for name in ["silence", "noise", "music", "very-short"] {
        let verdict = hear(clip(&format!("edge/{name}")), None);
        assert!(
            matches!(verdict, Verdict::NoSpeech { .. }),
            "{name}: {verdict:?}"
        );
    }
}

#[test]
fn what_is_no_voice_note_is_rejected() {
    for (name, refusal) in [
        ("empty", Refusal::Empty),
        ("mp3-mislabelled", Refusal::NotOggOpus),
        ("vorbis", Refusal::NotOggOpus),
    ] {
        assert_eq!(
            hear(clip(&format!("edge/{name}")), None),
            Verdict::Rejected(refusal),
            "{name}"
        );
    }
}

#[test]
fn three_minutes_are_not_listened_to() {
    match hear(clip("edge/long-3min"), None) {
        Verdict::TooLong { length } => assert_eq!(length.as_secs(), 180),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_note_in_an_unknown_language_is_heard_in_its_own() {
    let transcript = text_of("03-cancelar", None);
    assert_eq!(transcript.language, Language::Es);
    assert!(transcript.text.to_lowercase().contains("cancelar"));
}
