//! The words as they are now: the owner may change them while everything runs.

use std::sync::{Arc, Mutex, PoisonError};

use database::{
    Database,
    own_texts::{self, OwnText},
};
use dialogue::{Override, Texts, TextsError};

/// Every text, with the owner's in the place of ours.
///
/// Each use asks Postgres which texts are the owner's; they are put together anew only when they have changed.
/// When Postgres does not answer, the last ones stay.
#[derive(Debug, Clone)]
pub struct Words {
    database: Database,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug)]
struct Kept {
    own: Vec<OwnText>,
    texts: Arc<Texts>,
}

impl Words {
    /// Ours, until they are first asked for.
    ///
    /// # Errors
    /// When our own texts are wrong; the tests see to it that they are not.
    pub fn new(database: Database) -> Result<Self, TextsError> {
        let kept = Kept {
            own: Vec::new(),
            texts: Arc::new(Texts::new()?),
        };
        Ok(Self {
            database,
            kept: Arc::new(Mutex::new(kept)),
        })
    }

    /// The texts as they are now.
    pub async fn now(&self) -> Arc<Texts> {
        let own = own_texts::all(&self.database).await;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match own {
            Ok(own) if own != kept.own => match replaced(&own) {
                Ok(texts) => {
                    kept.texts = Arc::new(texts);
                    kept.own = own;
                }
                Err(error) => tracing::error!(error = %error, "our texts cannot be used"),
            },
            Ok(_unchanged) => {}
            Err(error) => {
                tracing::warn!(error = %error, "the owner's texts were not read; the last ones stay");
            }
        }
        Arc::clone(&kept.texts)
    }
}

/// One that was right when it was saved may be wrong for a newer version of ours: that one is left out.
fn replaced(own: &[OwnText]) -> Result<Texts, TextsError> {
    let mut texts = Texts::new()?;
    for text in own {
        let put = texts.replace(&Override {
            language: text.language,
            key: text.key.clone(),
            source: text.source.clone(),
        });
        if let Err(error) = put {
            tracing::warn!(text.key, error = %error, "a text of the owner's is left out");
        }
    }
    Ok(texts)
}
