//! What is heard in each clip.

use std::io::Cursor;

use domain::Language;
use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};
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

/// The sound of the three minutes, over and over until five are full.
fn five_minutes() -> Vec<u8> {
    const PACKETS_A_SECOND: usize = 50;
    const SAMPLES_A_PACKET: u64 = 960;
    let mut packets = Vec::new();
    let mut reader = PacketReader::new(Cursor::new(clip("edge/long-3min")));
    while let Some(packet) = reader.read_packet().unwrap() {
        packets.push(packet.data);
    }
    let (heads, sound) = packets.split_at(2);
    let mut bytes = Vec::new();
    let mut writer = PacketWriter::new(&mut bytes);
    for head in heads {
        let end = PacketWriteEndInfo::EndPage;
        writer.write_packet(head.clone(), 1, end, 0).unwrap();
    }
    // One more: a decoder leaves out the first moments, which its head calls the pre-skip.
    let many = 5 * 60 * PACKETS_A_SECOND + 1;
    let mut position = 0;
    for (at, packet) in sound.iter().cycle().take(many).enumerate() {
        position += SAMPLES_A_PACKET;
        let end = if at + 1 == many {
            PacketWriteEndInfo::EndStream
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        writer
            .write_packet(packet.clone(), 1, end, position)
            .unwrap();
    }
    bytes
}

#[test]
fn five_minutes_are_not_listened_to_and_the_next_note_is() {
    match hear(five_minutes(), None) {
        Verdict::TooLong { length } => assert_eq!(length.as_secs(), 300),
        other => panic!("{other:?}"),
    }
    let next = text_of("03-cancelar", None);
    assert!(next.text.to_lowercase().contains("cancelar"));
}

#[test]
fn a_note_in_an_unknown_language_is_heard_in_its_own() {
    let transcript = text_of("03-cancelar", None);
    assert_eq!(transcript.language, Language::Es);
    assert!(transcript.text.to_lowercase().contains("cancelar"));
}
