//! One engine on a thread of its own, and a short queue before it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
    time::Duration,
};

use domain::Language;
use tokio::sync::{mpsc, oneshot};

use crate::{
    engine::Engine,
    model::{Model, ModelError},
    sound::{self, Clip, Sound},
    verdict::Verdict,
};

/// How many notes may wait; whoever comes then is told to come again.
const QUEUE: usize = 4;

/// What a transcriber has to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whisper's weights.
    pub model: Model,
    /// The voice detector's weights.
    pub voices: Model,
    /// The longest clip that is listened to.
    pub longest: Duration,
    /// Names that guests may say, such as those of the accommodations.
    pub names: Vec<String>,
}

/// Hears one clip at a time; cheap to clone. The models stay loaded until the last clone is gone.
#[derive(Debug, Clone)]
pub struct Transcriber {
    jobs: mpsc::Sender<Job>,
    longest: Duration,
}

/// A clip could not be listened to. The same clip may be heard another time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HearError {
    /// Others wait already.
    #[error("too many clips wait to be heard")]
    Busy,
    /// The engine broke, and is being mended if it can be.
    #[error("the speech engine failed")]
    Failed,
}

#[derive(Debug)]
struct Job {
    sound: Sound,
    language: Option<Language>,
    answer: oneshot::Sender<Result<Verdict, HearError>>,
}

impl Transcriber {
    /// Checks the models, loads them, and waits until they are. It takes a second or two: do not call it where
    /// nothing may block.
    ///
    /// # Errors
    /// When a model is not the one that was meant, or cannot be loaded.
    pub fn start(settings: Settings) -> Result<Self, ModelError> {
        let longest = settings.longest;
        let engine = Engine::load(&settings.model, &settings.voices, &settings.names)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("speech".to_owned())
            .spawn(move || serve(engine, &settings, queue))
            .map_err(ModelError::NoThread)?;
        Ok(Self { jobs, longest })
    }

    /// Listens to a clip, in the language of the conversation if that is known.
    ///
    /// # Errors
    /// See [`HearError`]. Whatever is wrong with the clip itself is a [`Verdict`].
    pub async fn hear(
        &self,
        clip: Vec<u8>,
        language: Option<Language>,
    ) -> Result<Verdict, HearError> {
        let longest = self.longest;
        let decoded = tokio::task::spawn_blocking(move || sound::decode(&clip, longest))
            .await
            .map_err(|_panicked| HearError::Failed)?;
        let sound = match decoded {
            Ok(Clip::Sound(sound)) => sound,
            Ok(Clip::TooLong(length)) => return Ok(Verdict::TooLong { length }),
            Err(refusal) => return Ok(Verdict::Rejected(refusal)),
        };
        let (answer, answered) = oneshot::channel();
        let job = Job {
            sound,
            language,
            answer,
        };
        self.jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => HearError::Busy,
            mpsc::error::TrySendError::Closed(_) => HearError::Failed,
        })?;
        answered.await.map_err(|_gone| HearError::Failed)?
    }
}

/// What the build makes of this machine; `AVX2 = 1` must be in it on x86-64, or everything is slow.
#[must_use]
pub fn system_info() -> &'static str {
    whisper_rs::print_system_info()
}

/// Serves the queue until nobody can ask any more.
fn serve(engine: Engine, settings: &Settings, mut queue: mpsc::Receiver<Job>) {
    let mut engine = Some(engine);
    while let Some(job) = queue.blocking_recv() {
        // Nobody waits for it any more.
        if job.answer.is_closed() {
            continue;
        }
        if engine.is_none() {
            engine = Engine::load(&settings.model, &settings.voices, &settings.names)
                .inspect_err(|error| tracing::error!(%error, "the speech engine cannot be mended"))
                .ok();
        }
        let heard = engine.as_mut().map(|engine| {
            catch_unwind(AssertUnwindSafe(|| engine.listen(&job.sound, job.language)))
        });
        let answer = match heard {
            Some(Ok(Ok(verdict))) => Ok(verdict),
            Some(Ok(Err(error))) => {
                tracing::error!(%error, "the speech engine failed");
                Err(HearError::Failed)
            }
            Some(Err(_panic)) => {
                tracing::error!("the speech engine panicked; it is loaded anew");
                engine = None;
                Err(HearError::Failed)
            }
            None => Err(HearError::Failed),
        };
        // The one who asked may have gone.
        drop(job.answer.send(answer));
    }
}
