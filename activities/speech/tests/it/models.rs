//! The models of `make setup`, loaded once for all tests.

use std::{
    path::PathBuf,
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use domain::Language;
use speech::{Model, Settings, Transcriber, Verdict};

/// What the set-up puts under `.posada/models`, with the digests it checks.
pub(crate) fn settings() -> Settings {
    let model = |name: &str, sha256: &str| Model {
        path: PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.posada/models"))
            .join(name),
        sha256: sha256.to_owned(),
    };
    Settings {
        model: model(
            "ggml-base-q5_1.bin",
            "422f1ae452ade6f30a004d7e5c6a43195e4433bc370bf23fac9cc591f01a8898",
        ),
        voices: model(
            "ggml-silero-v6.2.0.bin",
            "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987",
        ),
        longest: Duration::from_secs(90),
        names: vec![
            "Cabaña del Bosque".to_owned(),
            "Cabaña del Lago".to_owned(),
            "Loft del Arroyo".to_owned(),
        ],
    }
}

pub(crate) fn transcriber() -> &'static Transcriber {
    static LOADED: OnceLock<Transcriber> = OnceLock::new();
    LOADED.get_or_init(|| {
        Transcriber::start(settings()).expect("the models are there after `make setup`")
    })
}

pub(crate) fn clip(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}.ogg", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).expect(&path)
}

/// Hears a clip; one test at a time, as the queue is short.
pub(crate) fn hear(bytes: Vec<u8>, language: Option<Language>) -> Verdict {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(transcriber().hear(bytes, language))
        .unwrap()
}
