//! Guests who talk: understood, answered, and asked to write when they cannot be.

use std::path::Path;

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use stack::{App, eventually};

use crate::{
    booking::code_in,
    guest::{Guest, Heard},
    house::{CABIN_FOR_FOUR, House},
};

/// How long a worker may take to load its models and ask for work.
const LISTENS: std::time::Duration = std::time::Duration::from_secs(60);

/// A clip of the fixtures of `speech`.
fn clip(name: &str) -> Result<Vec<u8>> {
    let fixtures =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../activities/speech/tests/fixtures");
    let path = fixtures.join(format!("{name}.ogg"));
    std::fs::read(&path).with_context(|| path.display().to_string())
}

impl Guest {
    /// Sends a clip of the fixtures of `speech`.
    pub(crate) async fn says(&self, name: &str) -> Result<String> {
        let audio = STANDARD.encode(clip(name)?);
        self.sends(json!({ "audio": audio, "mime": "audio/ogg; codecs=opus" }))
            .await
    }
}

fn can_confirm(heard: &Heard) -> bool {
    heard
        .options()
        .iter()
        .any(|(title, _)| *title == "Confirmar")
}

#[tokio::test]
async fn a_guest_books_by_voice_and_notices_nothing_of_a_killed_worker() -> Result<()> {
    let mut house = House::opens().await?;
    let wa_id = "5491155550002";
    Guest::new(&house, "Ana", wa_id)
        .says("01-disponibilidad-enero")
        .await?;
    // The turn that says it is to be listened to is written down: it is being listened to.
    house
        .counts(
            "recordings to be heard",
            1,
            "dialogue_turns WHERE reply -> 'task' ->> 'task' = 'listen'",
        )
        .await?;
    house.app.worker.kill9()?;
    house.app.restart_worker().await?;

    let mut ana = Guest::new(&house, "Ana", wa_id);
    let list = ana
        .hears("the cabins, after what was heard", |heard| {
            heard.options().len() > 1 && heard.text().contains("15/01")
        })
        .await?;
    assert!(list.text().starts_with("🎤 Entendí: «"), "{}", list.text());
    ana.taps(&list, CABIN_FOR_FOUR).await?;
    let readback = ana.hears("the choice read back", can_confirm).await?;
    ana.taps(&readback, "Confirmar").await?;
    let link = ana
        .hears("a payment link", |heard| heard.link().is_some())
        .await?;
    let code = code_in(link.text()).context("a code")?;
    house.pays_by_card(&code).await?;
    house.sees(&code, "confirmed").await?;

    // What they say later is understood as well.
    ana.says("03-cancelar").await?;
    ana.hears("what cancelling gives back", |heard| {
        heard.text().contains("Entendí: «") && heard.text().to_lowercase().contains("cancelar")
    })
    .await?;
    let heard = ana.count(|heard| heard.text().contains("15 al 18")).await?;
    assert_eq!(heard, 1, "the note is answered once");
    // Words are with the message, and in no history.
    house
        .counts(
            "transcripts",
            2,
            "messages WHERE hearing ->> 'result' = 'text'",
        )
        .await
}

#[tokio::test]
async fn whatever_cannot_be_heard_is_answered() -> Result<()> {
    let house = House::opens().await?;
    for (name, answer) in [
        ("edge/silence", "no escuché a nadie"),
        ("edge/noise", "no escuché a nadie"),
        ("edge/music", "no escuché a nadie"),
        ("edge/very-short", "no escuché a nadie"),
        ("edge/empty", "no pude abrir"),
        ("edge/mp3-mislabelled", "no pude abrir"),
        ("edge/vorbis", "no pude abrir"),
        ("edge/long-3min", "muy largo"),
        ("edge/truncated", "llegó cortado"),
    ] {
        let mut guest = house.guest("Ana");
        guest.says(name).await?;
        let heard = guest.hears_text(answer).await?;
        assert!(heard.has_options(), "{name}: {heard:?}");
    }
    house.counts("reservations", 0, "reservations").await
}

#[tokio::test]
async fn without_a_model_guests_are_asked_to_write_and_the_worker_says_so() -> Result<()> {
    let house = House::of(App::start_with(&[("SPEECH_MODEL", "")]).await?).await?;
    let mut ana = house.guest("Ana");
    ana.says("03-cancelar").await?;
    ana.hears_text("no puedo escuchar audios").await?;
    ana.writes("Hola").await?;
    ana.hears("the menu", |heard| heard.options().len() > 3)
        .await?;
    let health = format!("{}/healthz", house.app.worker_url);
    let health = house.app.http.get(health).send().await?;
    assert!(health.status().is_success());
    assert!(health.text().await?.contains("voice notes are not heard"));
    Ok(())
}

async fn transcribed(house: &House, clip: Vec<u8>) -> Result<Value> {
    let url = format!("{}/api/v1/audio/transcribe", house.app.api_url);
    // Without a token: in the sandbox anybody may ask.
    let request = house.app.http.post(url).header("content-type", "audio/ogg");
    let answer = request.body(clip).send().await?;
    assert_eq!(answer.status().as_u16(), 200);
    Ok(answer.json().await?)
}

#[tokio::test]
async fn a_clip_can_be_tried_over_http() -> Result<()> {
    let house = House::opens().await?;
    eventually("health says that somebody listens", LISTENS, async || {
        let health = format!("{}/api/v1/healthz", house.app.api_url);
        let health: Value = house
            .app
            .http
            .get(health)
            .send()
            .await
            .ok()?
            .json()
            .await
            .ok()?;
        (health["checks"]["voice"]["status"] == "up").then_some(())
    })
    .await?;
    let heard = transcribed(&house, clip("03-cancelar")?).await?;
    assert_eq!(heard["result"], "text", "{heard}");
    assert!(
        heard["text"]
            .as_str()
            .is_some_and(|it| it.contains("cancelar"))
    );
    assert_eq!(
        (&heard["language"], &heard["damaged"]),
        (&json!("es"), &json!(false))
    );
    assert!(heard["confidence"].as_f64().is_some_and(|it| it > 0.6));
    let heard = transcribed(&house, clip("edge/noise")?).await?;
    assert_eq!(
        (&heard["result"], &heard["text"]),
        (&json!("no_speech"), &Value::Null)
    );
    let heard = transcribed(&house, clip("edge/vorbis")?).await?;
    assert_eq!(heard["reason"], "not_ogg_opus");
    let heard = transcribed(&house, clip("edge/long-3min")?).await?;
    assert_eq!(
        (&heard["result"], &heard["seconds"]),
        (&json!("too_long"), &json!(180.0))
    );
    let heard = transcribed(&house, Vec::new()).await?;
    assert_eq!(
        (&heard["result"], &heard["reason"]),
        (&json!("rejected"), &json!("empty"))
    );
    Ok(())
}
