//! Listening to recordings: fetched, heard, and kept as words.

mod verdict;

use std::{sync::Arc, time::Instant};

use clips::{Clips, Heard};
use database::{Database, guests, messages, messages::Inbound};
use domain::{Language, MessageId};
use speech::{HearError, Transcriber, Verdict};
use telemetry::metrics;
use temporalio_macros::activities;
use temporalio_sdk::activities::{ActivityContext, ActivityError};
use whatsapp::webhook::Content;
use workflows::contracts::speech::{Hearing, Transcribe, TranscribeClip};

use crate::{
    World,
    alive::alive,
    failure::{garbled, missing, of_database, permanent},
};

/// Fulfils the speech contract with WhatsApp's media, the transcriber and Postgres.
#[derive(Debug)]
pub struct SpeechActivities {
    database: Database,
    whatsapp: whatsapp::Client,
    clips: Clips,
    transcriber: Transcriber,
}

impl SpeechActivities {
    /// Activities in this world, with this transcriber.
    #[must_use]
    pub fn new(world: &World, transcriber: Transcriber) -> Self {
        Self {
            database: world.database.clone(),
            whatsapp: world.whatsapp.clone(),
            clips: world.clips.clone(),
            transcriber,
        }
    }
}

#[activities]
impl SpeechActivities {
    /// Idempotent on the message: what was heard first stays and is told again.
    #[activity(definition = Transcribe)]
    pub async fn transcribe(
        self: Arc<Self>,
        ctx: ActivityContext,
        message: MessageId,
    ) -> Result<Hearing, ActivityError> {
        let found = messages::inbound(&self.database, message)
            .await
            .map_err(of_database)?
            .ok_or_else(|| missing("message"))?;
        if let Some(kept) = found.hearing {
            return Ok(from_memory(kept)?.result);
        }
        let heard = alive(&ctx, self.listen(&found)).await?;
        let heard = serde_json::to_value(&heard).map_err(|_unwritable| garbled(WORDS))?;
        let kept = messages::record_hearing(&self.database, message, heard)
            .await
            .map_err(of_database)?;
        Ok(from_memory(kept)?.result)
    }

    /// Idempotent on the clip's name.
    #[activity(definition = TranscribeClip)]
    pub async fn transcribe_clip(
        self: Arc<Self>,
        ctx: ActivityContext,
        clip: String,
    ) -> Result<Hearing, ActivityError> {
        if let Some(heard) = self.clips.heard(&clip).await? {
            return Ok(heard.result);
        }
        let Some(sound) = self.clips.sound(&clip).await? else {
            return Ok(Hearing::Unavailable);
        };
        let verdict = alive(&ctx, self.hear(sound, None)).await?;
        let heard = verdict::told(verdict);
        self.clips.tell(&clip, &heard).await?;
        Ok(heard.result)
    }
}

impl SpeechActivities {
    async fn listen(&self, message: &Inbound) -> Result<Heard, ActivityError> {
        let content = serde_json::from_value(message.content.clone())
            .map_err(|_unreadable| garbled("a message of a guest"))?;
        let Content::Audio { media_id, .. } = content else {
            return Ok(Heard::nothing(Hearing::Rejected, "no_recording"));
        };
        let language = self.language(message).await?;
        match self.whatsapp.fetch_media(&media_id, speech::LARGEST).await {
            Ok(media) => {
                let verdict = self.hear(media.bytes, language).await?;
                Ok(verdict::told(verdict))
            }
            Err(error) => not_fetched(error),
        }
    }

    /// Hears, and measures how long that took and how sure it is.
    async fn hear(&self, sound: Vec<u8>, language: Option<Language>) -> Result<Verdict, HearError> {
        let began = Instant::now();
        let heard = self.transcriber.hear(sound, language).await;
        let took = began.elapsed().as_secs_f64();
        metrics::TRANSCRIPTION_SECONDS.observe(&[outcome(&heard)], took);
        if let Ok(Verdict::Text(transcript)) = &heard {
            let confidence = f64::from(transcript.confidence);
            metrics::TRANSCRIPTION_CONFIDENCE.observe(&[], confidence);
        }
        heard
    }

    /// The language of the conversation, when the guest has been understood before.
    async fn language(&self, message: &Inbound) -> Result<Option<Language>, ActivityError> {
        let guest = guests::by_id(&self.database, message.guest_id)
            .await
            .map_err(of_database)?;
        Ok(guest.and_then(|guest| guest.language))
    }
}

/// What is gone or too large is answered; an outage passes.
fn not_fetched(error: whatsapp::Error) -> Result<Heard, ActivityError> {
    use whatsapp::Error;
    let reason = match error {
        Error::MediaTooLarge { .. } => speech::Refusal::TooLarge.as_str(),
        Error::MediaGone | Error::MediaFailed { .. } | Error::Rejected { .. } => "gone",
        // A wrong configuration, which trying again does not mend.
        Error::UntrustedHost => return Err(permanent("UntrustedHost", error)),
        Error::RateLimited { .. }
        | Error::PairLimited
        | Error::Restricted { .. }
        | Error::WindowClosed
        | Error::Undeliverable { .. }
        | Error::OptedOut
        | Error::Unauthorized
        | Error::AccountProblem { .. }
        | Error::TemplateUnavailable { .. }
        | Error::Unavailable(_)
        | Error::InDoubt(_) => return Err(error.into()),
    };
    Ok(Heard::nothing(Hearing::Rejected, reason))
}

const fn outcome(heard: &Result<Verdict, HearError>) -> &'static str {
    match heard {
        Ok(Verdict::Text(_)) => "text",
        Ok(Verdict::NoSpeech { .. }) => "no_speech",
        Ok(Verdict::Unclear { .. }) => "unclear",
        Ok(Verdict::TooLong { .. }) => "too_long",
        Ok(Verdict::OutOfTime { .. }) => "out_of_time",
        Ok(Verdict::Rejected(_)) => "rejected",
        Err(_) => "failed",
    }
}

const WORDS: &str = "what was heard";

/// What was kept with a message.
pub(crate) fn from_memory(kept: serde_json::Value) -> Result<Heard, ActivityError> {
    serde_json::from_value(kept).map_err(|_unreadable| garbled(WORDS))
}
