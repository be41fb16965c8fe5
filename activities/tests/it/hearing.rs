//! Recordings are listened to once, however often it is asked for.

use std::{path::PathBuf, time::Duration};

use activities::SpeechActivities;
use database::messages;
use domain::MessageId;
use serde_json::json;
use speech::{Model, Settings, Transcriber};
use temporalio_sdk::testing::{ActivityEnvironment, TestActivityInfoOptions};
use whatsapp::webhook::Content;
use workflows::contracts::speech::Hearing;

use crate::{guest::ANA, house::House};

/// The models of `make setup`, with the digests it checks.
fn transcriber() -> Transcriber {
    let model = |name: &str, sha256: &str| Model {
        path: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.posada/models")).join(name),
        sha256: sha256.to_owned(),
    };
    let settings = Settings {
        model: model(
            "ggml-base-q5_1.bin",
            "422f1ae452ade6f30a004d7e5c6a43195e4433bc370bf23fac9cc591f01a8898",
        ),
        voices: model(
            "ggml-silero-v6.2.0.bin",
            "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987",
        ),
        longest: Duration::from_secs(90),
        names: Vec::new(),
    };
    Transcriber::start(settings).expect("the models are there after `make setup`")
}

fn clip(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/speech/tests/fixtures");
    std::fs::read(format!("{folder}/{name}.ogg")).unwrap()
}

/// A house in which somebody listens.
struct Ears {
    house: House,
    first: ActivityEnvironment,
    again: ActivityEnvironment,
}

impl Ears {
    async fn open() -> Self {
        let house = House::open().await;
        let transcriber = transcriber();
        let attempt = |attempt| {
            ActivityEnvironment::builder_with_default()
                .info(TestActivityInfoOptions::builder().attempt(attempt).build())
                .register_activities(SpeechActivities::new(&house.world, transcriber.clone()))
                .build()
        };
        Self {
            first: attempt(1),
            again: attempt(2),
            house,
        }
    }

    /// What Ana recorded, as a message that is to be heard.
    async fn note(&self, sound: &[u8]) -> MessageId {
        let media_id = self.house.provider.guest_records(ANA, sound).await;
        self.note_of(media_id).await
    }

    async fn note_of(&self, media_id: String) -> MessageId {
        let content = Content::Audio {
            media_id,
            mime: "audio/ogg; codecs=opus".to_owned(),
            voice: true,
        };
        let (_guest, message) = self.house.hears_at(content, chrono::Utc::now()).await;
        message
    }

    async fn heard(&self, message: MessageId) -> Hearing {
        let listen = SpeechActivities::transcribe;
        self.first.run(listen, message).await.unwrap()
    }

    async fn heard_again(&self, message: MessageId) -> Hearing {
        let listen = SpeechActivities::transcribe;
        self.again.run(listen, message).await.unwrap()
    }

    async fn kept(&self, message: MessageId) -> serde_json::Value {
        let found = messages::inbound(&self.house.db, message).await.unwrap();
        found.unwrap().hearing.unwrap()
    }
}

#[tokio::test]
async fn a_note_is_heard_once_and_its_words_stay() {
    let ears = Ears::open().await;
    let message = ears.note(&clip("03-cancelar")).await;
    assert_eq!(ears.heard(message).await, Hearing::Text);
    let kept = ears.kept(message).await;
    let words = kept["text"].as_str().unwrap();
    assert!(
        words.to_lowercase().contains("cancelar mi reserva"),
        "{words}"
    );

    // The platform has forgotten the recording by then: what was heard first is told again.
    ears.house
        .provider
        .trouble("whatsapp.media", json!({ "status": 404 }))
        .await;
    assert_eq!(ears.heard_again(message).await, Hearing::Text);
    assert_eq!(ears.kept(message).await, kept);
}

#[tokio::test]
async fn what_is_no_voice_is_told_the_same_twice() {
    let ears = Ears::open().await;
    for (name, hearing, reason) in [
        ("edge/silence", Hearing::NoSpeech, None),
        ("edge/noise", Hearing::NoSpeech, None),
        ("edge/music", Hearing::NoSpeech, None),
        ("edge/very-short", Hearing::NoSpeech, None),
        ("edge/empty", Hearing::Rejected, Some("empty")),
        ("edge/vorbis", Hearing::Rejected, Some("not_ogg_opus")),
        (
            "edge/mp3-mislabelled",
            Hearing::Rejected,
            Some("not_ogg_opus"),
        ),
        ("edge/long-3min", Hearing::TooLong, None),
    ] {
        let message = ears.note(&clip(name)).await;
        assert_eq!(ears.heard(message).await, hearing, "{name}");
        assert_eq!(ears.heard_again(message).await, hearing, "{name}");
        let kept = ears.kept(message).await;
        assert!(kept["text"].is_null(), "{name}: {kept}");
        if let Some(reason) = reason {
            assert_eq!(kept["reason"], reason, "{name}");
        }
    }
    let gone = ears.note_of("1234567890".to_owned()).await;
    assert_eq!(ears.heard(gone).await, Hearing::Rejected);
    assert_eq!(ears.heard_again(gone).await, Hearing::Rejected);
}

#[tokio::test]
async fn a_clip_is_heard_once_and_forgotten_ones_are_not_waited_for() {
    let ears = Ears::open().await;
    let clips = &ears.house.world.clips;
    let name = clips.leave(&clip("edge/stereo48k")).await.unwrap();
    let listen = SpeechActivities::transcribe_clip;
    assert_eq!(
        ears.first.run(listen, name.clone()).await.unwrap(),
        Hearing::Text
    );
    let words = clips.heard(&name).await.unwrap().unwrap();
    assert_eq!(clips.sound(&name).await.unwrap(), None, "the sound is gone");
    let listen = SpeechActivities::transcribe_clip;
    assert_eq!(
        ears.again.run(listen, name.clone()).await.unwrap(),
        Hearing::Text
    );
    assert_eq!(clips.heard(&name).await.unwrap(), Some(words));
    clips.forget(&name).await;
    let listen = SpeechActivities::transcribe_clip;
    assert_eq!(
        ears.again.run(listen, name).await.unwrap(),
        Hearing::Unavailable
    );
}
