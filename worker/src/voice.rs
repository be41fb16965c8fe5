//! Who listens to voice notes: this worker, another one, or nobody.

use std::{io::ErrorKind, path::Path, time::Duration};

use activities::Listeners;
use anyhow::{Context, bail};
use database::{Database, accommodations};
use speech::{Model, ModelError, Settings, Transcriber};
use workflows::contracts::speech::Patience;

use crate::config::SpeechConfig;

/// Who listens.
#[derive(Debug)]
pub(crate) enum Voice {
    /// This worker.
    Here(Transcriber),
    /// Another worker of the same task queue.
    Elsewhere,
    /// Nobody, for this reason.
    Nobody(String),
}

impl Voice {
    /// Loads the models, if there are any. A model that is not there is said; one that is another than was meant
    /// is a mistake to be mended.
    ///
    /// # Errors
    /// When a model has another digest, or cannot be loaded.
    pub(crate) async fn open(config: &SpeechConfig, database: &Database) -> anyhow::Result<Self> {
        if config.elsewhere {
            return Ok(Self::Elsewhere);
        }
        if config.model.is_empty() || config.vad_model.is_empty() {
            return Ok(nobody(
                "SPEECH_MODEL or SPEECH_VAD_MODEL is not set".to_owned(),
            ));
        }
        if config.model_sha256.is_empty() {
            bail!("SPEECH_MODEL_SHA256 is not set: it says which model SPEECH_MODEL must be");
        }
        let model = |path: &str, sha256: &str| Model {
            path: Path::new(path).to_owned(),
            sha256: sha256.to_owned(),
        };
        let settings = Settings {
            model: model(&config.model, &config.model_sha256),
            voices: model(&config.vad_model, &config.vad_model_sha256),
            longest: Duration::from_secs(config.longest_seconds.into()),
            names: names(database).await,
        };
        let started = tokio::task::spawn_blocking(move || Transcriber::start(settings)).await?;
        match started {
            Ok(transcriber) => {
                tracing::info!(
                    model = config.model,
                    machine = speech::system_info(),
                    "voice notes are heard here"
                );
                Ok(Self::Here(transcriber))
            }
            Err(ModelError::Unreadable { path, source })
                if source.kind() == ErrorKind::NotFound =>
            {
                Ok(nobody(format!("the model {} is not there", path.display())))
            }
            Err(error) => Err(error).context("SPEECH_MODEL or SPEECH_VAD_MODEL cannot be used"),
        }
    }

    /// Who listens, and how long guests who talk are kept waiting for that.
    pub(crate) fn listeners(&self, config: &SpeechConfig) -> Listeners {
        let patience = Patience {
            begin_within_seconds: config.begin_within_seconds,
            end_within_seconds: config.end_within_seconds,
        };
        match self {
            Self::Here(_) => Listeners::Here(patience),
            Self::Elsewhere => Listeners::Elsewhere(patience),
            Self::Nobody(_) => Listeners::Nobody,
        }
    }

    /// What operators should know, if anything.
    pub(crate) fn remark(&self) -> Option<String> {
        match self {
            Self::Here(_) | Self::Elsewhere => None,
            Self::Nobody(why) => Some(format!(
                "voice notes are not heard, guests are asked to write: {why}"
            )),
        }
    }
}

fn nobody(why: String) -> Voice {
    tracing::warn!(why, "voice notes are not heard, guests are asked to write");
    Voice::Nobody(why)
}

/// Names that guests say. Without Postgres they are heard a little worse.
async fn names(database: &Database) -> Vec<String> {
    accommodations::active(database)
        .await
        .inspect_err(|error| tracing::warn!(%error, "the accommodations' names are not known"))
        .unwrap_or_default()
        .into_iter()
        .map(|accommodation| accommodation.name)
        .collect()
}
