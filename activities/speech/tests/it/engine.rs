//! The engine as a whole: its models.

use speech::{ModelError, Settings, Transcriber};

use crate::models::settings;

#[test]
fn a_model_that_is_not_the_one_that_was_meant_is_refused() {
    let meant = settings();
    let other = Settings {
        model: speech::Model {
            sha256: "0".repeat(64),
            ..meant.model.clone()
        },
        ..meant.clone()
    };
    let error = Transcriber::start(other).unwrap_err();
    assert!(matches!(error, ModelError::Different { .. }), "{error}");
    let gone = Settings {
        voices: speech::Model {
            path: "nowhere.bin".into(),
            ..meant.voices.clone()
        },
        ..meant
    };
    let error = Transcriber::start(gone).unwrap_err();
    assert!(matches!(error, ModelError::Unreadable { .. }), "{error}");
}
