//! Whisper and the voice detector, on one thread: from sound to a verdict within a deadline.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::Language;
use whisper_rs::{
    FullParams, SamplingStrategy, WhisperContext, WhisperContextParameters, WhisperError,
    WhisperState, WhisperVadContext, WhisperVadContextParams, WhisperVadParams,
};

use crate::{
    judge::Reading,
    model::{Model, ModelError},
    prompt,
    sound::{RATE, Sound},
    verdict::{Transcript, Verdict},
};

/// The languages that are listened to.
const LANGUAGES: [Language; 3] = [Language::Es, Language::Pt, Language::En];

/// Less speech than this, in hundredths of a second, is none.
const LEAST_SPEECH: f32 = 30.0;

/// From here on Whisper hears several windows one after the other, with timestamps: without them it loses what
/// comes after the first pause of each.
const LONG: Duration = Duration::from_secs(28);

/// A note is listened to for so long at most, and a long one for half of what it is longer.
const PATIENCE: Duration = Duration::from_secs(12);

/// How wide the search is, and how wide once more when the first reading is not good.
const BEAM: i32 = 3;
const WIDER_BEAM: i32 = 5;

/// One position of Whisper's window stands for 20 ms; the whole window is 30 s.
const SAMPLES_A_POSITION: usize = RATE / 50;
const WHOLE_WINDOW: usize = 1500;

/// Another language than the expected one must be so likely to be listened to.
const SURE_OF_LANGUAGE: f32 = 0.6;

/// The models, loaded, and what is kept between two notes. It holds nothing of what was heard.
pub(crate) struct Engine {
    context: WhisperContext,
    /// That of the note that is listened to. What a state has decoded colours what it hears next, so every note
    /// has its own.
    state: Option<WhisperState>,
    voices: WhisperVadContext,
    deadline: Deadline,
    params: Vec<(Language, i32, FullParams<'static, 'static>)>,
    path: std::path::PathBuf,
}

impl Engine {
    /// Checks and loads both models.
    pub(crate) fn load(
        model: &Model,
        voices: &Model,
        names: &[String],
    ) -> Result<Self, ModelError> {
        // Whisper's own log goes to stderr otherwise, guests' words included.
        whisper_rs::install_logging_hooks();
        model.check()?;
        voices.check()?;
        let unusable = |model: &Model| ModelError::Unusable(model.path.clone());
        let context =
            WhisperContext::new_with_params(&model.path, WhisperContextParameters::default())
                .map_err(|_failed| unusable(model))?;
        // There is memory for one.
        drop(context.create_state().map_err(|_failed| unusable(model))?);
        let mut one_thread = WhisperVadContextParams::new();
        one_thread.set_n_threads(1);
        let path = voices.path.to_str().ok_or_else(|| unusable(voices))?;
        let detector =
            WhisperVadContext::new(path, one_thread).map_err(|_failed| unusable(voices))?;
        let deadline = Deadline::default();
        let params = params(&context, &deadline, names);
        Ok(Self {
            context,
            state: None,
            voices: detector,
            deadline,
            params,
            path: model.path.clone(),
        })
    }

    /// Listens to a note. Without a language the most likely of ours is listened to, Spanish in doubt.
    pub(crate) fn listen(
        &mut self,
        sound: &Sound,
        language: Option<Language>,
    ) -> Result<Verdict, ModelError> {
        self.listen_for(sound, language, patience(sound.length()))
    }

    fn listen_for(
        &mut self,
        sound: &Sound,
        language: Option<Language>,
        patience: Duration,
    ) -> Result<Verdict, ModelError> {
        let length = sound.length();
        self.deadline.set(patience);
        if !self.has_speech(sound) {
            return Ok(Verdict::NoSpeech { length });
        }
        self.state = None;
        let attempt = Attempt::first(sound);
        let heard = self.read(sound, language.unwrap_or_default(), attempt)?;
        let Some(mut reading) = heard else {
            return Ok(Verdict::OutOfTime { length });
        };
        let mut spoken = language.unwrap_or_default();
        if language.is_none()
            && let Some(other) = self.other_language()
            && let Some(better) = self.read(sound, other, attempt)?
        {
            (reading, spoken) = (better, other);
        }
        // A second try takes longer than the first.
        if !reading.is_good()
            && self.deadline.left() > patience / 2
            && let Some(second) = self.read(sound, spoken, attempt.second())?
        {
            reading = reading.or_better(second);
        }
        if !reading.is_usable() {
            return Ok(Verdict::Unclear { length });
        }
        Ok(Verdict::Text(Transcript {
            confidence: reading.confidence(),
            text: reading.text,
            language: spoken,
            length,
            damaged: sound.damaged,
        }))
    }

    fn has_speech(&mut self, sound: &Sound) -> bool {
        let found = self
            .voices
            .segments_from_samples(WhisperVadParams::new(), &sound.samples);
        // A detector that fails is no reason not to listen: the readings are judged as well.
        found.map_or(true, |segments| {
            segments.map(|part| part.end - part.start).sum::<f32>() >= LEAST_SPEECH
        })
    }

    /// One run of Whisper; nothing when time is up.
    fn read(
        &mut self,
        sound: &Sound,
        language: Language,
        attempt: Attempt,
    ) -> Result<Option<Reading>, ModelError> {
        let mut state = match self.state.take() {
            Some(state) => state,
            None => self
                .context
                .create_state()
                .map_err(|_failed| ModelError::Unusable(self.path.clone()))?,
        };
        let Some((_, _, params)) = self
            .params
            .iter()
            .find(|(of, beam, _)| *of == language && *beam == attempt.beam)
        else {
            return Err(ModelError::Unusable(self.path.clone()));
        };
        let mut params = params.clone();
        let is_long = attempt.window == 0;
        params.set_audio_ctx(attempt.window);
        params.set_no_timestamps(!is_long);
        params.set_single_segment(!is_long);
        params.set_max_tokens(attempt.most_tokens);
        let outcome = state.full(params, &sound.samples);
        match outcome {
            Ok(()) => {
                let reading = self.reading_of(&state, sound);
                self.state = Some(state);
                Ok(Some(reading))
            }
            // There was no memory, and the library has freed the state by itself.
            Err(WhisperError::GenericError(-7)) => {
                std::mem::forget(state);
                Err(ModelError::Unusable(self.path.clone()))
            }
            Err(_) if self.deadline.has_passed() => Ok(None),
            Err(_) => Err(ModelError::Unusable(self.path.clone())),
        }
    }

    fn reading_of(&self, state: &WhisperState, sound: &Sound) -> Reading {
        let first_special = self.context.token_eot();
        let (mut text, mut tokens, mut sum) = (String::new(), 0_u16, 0.0_f32);
        for segment in state.as_iter() {
            if let Ok(words) = segment.to_str_lossy() {
                text.push_str(&words);
            }
            let all = (0..segment.n_tokens()).filter_map(|index| segment.get_token(index));
            for token in all.map(|token| token.token_data()) {
                if token.id < first_special {
                    tokens = tokens.saturating_add(1);
                    sum += token.plog;
                }
            }
        }
        let seconds = sound.samples.len().div_ceil(RATE);
        Reading {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            tokens: usize::from(tokens),
            mean_log_probability: sum / f32::from(tokens.max(1)),
            too_many: usize::from(tokens) > 8 + 7 * seconds,
        }
    }

    /// Which other language of ours the note that was just read is in, if that is likely.
    fn other_language(&self) -> Option<Language> {
        let (_, probabilities) = self.state.as_ref()?.lang_detect(0, 1).ok()?;
        let likely = |language: Language| {
            let id = whisper_rs::get_lang_id(language.code())?;
            probabilities.get(usize::try_from(id).ok()?).copied()
        };
        let ours: f32 = LANGUAGES.into_iter().filter_map(likely).sum();
        LANGUAGES
            .into_iter()
            .filter(|language| *language != Language::default())
            .find(|language| likely(*language).is_some_and(|share| share > SURE_OF_LANGUAGE * ours))
    }
}

/// How a note of this length is listened to for at most.
fn patience(length: Duration) -> Duration {
    PATIENCE + length.saturating_sub(LONG) / 2
}

/// How hard Whisper tries.
#[derive(Debug, Clone, Copy)]
struct Attempt {
    beam: i32,
    /// Positions of the window; 0 is the whole one, again and again.
    window: i32,
    most_tokens: i32,
}

impl Attempt {
    fn first(sound: &Sound) -> Self {
        let samples = sound.samples.len();
        let window = if sound.length() >= LONG {
            0
        } else {
            // A second more than there is, in steps that keep the arithmetic aligned.
            ((samples + RATE) / SAMPLES_A_POSITION)
                .next_multiple_of(64)
                .min(WHOLE_WINDOW)
        };
        let most_tokens = 16 + samples.min(30 * RATE) / (RATE / 8);
        Self {
            beam: BEAM,
            window: i32::try_from(window).unwrap_or(0),
            most_tokens: i32::try_from(most_tokens).unwrap_or(i32::MAX),
        }
    }

    fn second(self) -> Self {
        let whole = i32::try_from(WHOLE_WINDOW).unwrap_or(i32::MAX);
        Self {
            beam: WIDER_BEAM,
            window: if self.window == 0 {
                0
            } else {
                (self.window + 256).min(whole)
            },
            ..self
        }
    }
}

/// Parameters for each language and each width of the search. Setting a language or a prompt leaks its text, so
/// they are set once and cloned for each note.
fn params(
    context: &WhisperContext,
    deadline: &Deadline,
    names: &[String],
) -> Vec<(Language, i32, FullParams<'static, 'static>)> {
    let mut all = Vec::new();
    for language in LANGUAGES {
        let prompt = prompt::of(language, names, |text| {
            context
                .tokenize(text, 512)
                .map_or(usize::MAX, |all| all.len())
        });
        for beam in [BEAM, WIDER_BEAM] {
            let mut params = FullParams::new(SamplingStrategy::BeamSearch {
                beam_size: beam,
                patience: -1.0,
            });
            params.set_n_threads(1);
            params.set_language(Some(language.code()));
            // Or one guest's words leak into the next note.
            params.set_no_context(true);
            params.set_suppress_blank(true);
            params.set_suppress_nst(true);
            params.set_temperature(0.0);
            params.set_temperature_inc(0.0);
            params.set_initial_prompt(&prompt);
            params.set_print_progress(false);
            params.set_print_realtime(false);
            params.set_print_timestamps(false);
            params.set_print_special(false);
            deadline.watch(&mut params);
            all.push((language, beam, params));
        }
    }
    all
}

/// When Whisper must stop. It asks after each run of its encoder and before each token.
#[derive(Debug, Clone)]
struct Deadline {
    began: Instant,
    /// Milliseconds after `began`.
    at: Arc<AtomicU64>,
}

impl Default for Deadline {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            at: Arc::new(AtomicU64::new(u64::MAX)),
        }
    }
}

impl Deadline {
    fn set(&self, from_now: Duration) {
        let at = (self.began.elapsed() + from_now).as_millis();
        self.at
            .store(u64::try_from(at).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn left(&self) -> Duration {
        let at = Duration::from_millis(self.at.load(Ordering::Relaxed));
        at.saturating_sub(self.began.elapsed())
    }

    fn has_passed(&self) -> bool {
        self.left().is_zero()
    }

    /// Has Whisper ask.
    ///
    /// `set_abort_callback_safe` of whisper-rs 0.16 stores a `Box<dyn FnMut() -> bool>` and reads it as the type
    /// that it was called with. So it is called with that very type, which makes the two agree (docs/adr/0014).
    fn watch(&self, params: &mut FullParams<'static, 'static>) {
        let deadline = self.clone();
        let asked: Box<dyn FnMut() -> bool> = Box::new(move || deadline.has_passed());
        params.set_abort_callback_safe::<_, Box<dyn FnMut() -> bool>>(asked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::{Clip, decode};

    fn engine() -> Engine {
        let model = |name: &str, sha256: &str| Model {
            path: format!("../../.posada/models/{name}").into(),
            sha256: sha256.to_owned(),
        };
        let whisper = model(
            "ggml-base-q5_1.bin",
            "422f1ae452ade6f30a004d7e5c6a43195e4433bc370bf23fac9cc591f01a8898",
        );
        let voices = model(
            "ggml-silero-v6.2.0.bin",
            "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987",
        );
        Engine::load(&whisper, &voices, &[]).expect("the models are there after `make setup`")
    }

    fn sound() -> Sound {
        let note = std::fs::read("tests/fixtures/03-cancelar.ogg").unwrap();
        match decode(&note, LONG) {
            Ok(Clip::Sound(sound)) => sound,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn whisper_stops_at_the_deadline_and_hears_the_next_note() {
        let (mut engine, sound) = (engine(), sound());
        let late = engine
            .listen_for(&sound, Some(Language::Es), Duration::ZERO)
            .unwrap();
        assert_eq!(
            late,
            Verdict::OutOfTime {
                length: sound.length()
            }
        );
        let heard = engine
            .listen_for(&sound, Some(Language::Es), Duration::from_secs(600))
            .unwrap();
        assert!(matches!(heard, Verdict::Text(_)), "{heard:?}");
    }

    #[test]
    fn a_note_leaves_nothing_behind_for_the_next_one() {
        let (mut engine, sound) = (engine(), sound());
        let patience = Duration::from_secs(600);
        let first = engine.listen_for(&sound, Some(Language::Es), patience);
        let again = engine.listen_for(&sound, Some(Language::Es), patience);
        assert_eq!(first.unwrap(), again.unwrap());
    }

    #[test]
    fn the_window_follows_the_note_and_the_whole_one_is_for_long_notes() {
        let attempt = |seconds: usize| {
            Attempt::first(&Sound {
                samples: vec![0.0; seconds * RATE],
                damaged: false,
            })
        };
        assert_eq!(attempt(7).window, 448);
        assert_eq!(attempt(7).most_tokens, 16 + 56);
        assert_eq!(attempt(7).second().window, 448 + 256);
        assert_eq!(attempt(27).window, 1408);
        assert_eq!(attempt(27).second().window, 1500);
        assert_eq!((attempt(28).window, attempt(60).window), (0, 0));
        assert_eq!(attempt(60).second().window, 0);
    }

    #[test]
    fn long_notes_are_given_more_time() {
        assert_eq!(patience(Duration::from_secs(10)), PATIENCE);
        assert_eq!(
            patience(Duration::from_secs(88)),
            PATIENCE + Duration::from_secs(30)
        );
    }
}
