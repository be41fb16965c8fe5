//! Word from Postgres that something changed, the moment it did.

use sea_orm::sqlx::postgres::PgListener;
use secrecy::{ExposeSecret as _, SecretString};

use crate::Error;

/// The channel that the triggers speak on.
const CHANNEL: &str = "posada_changes";

/// A connection of its own that listens.
#[derive(Debug)]
pub struct Changes(PgListener);

impl Changes {
    /// The kinds of things that change.
    pub const ALL: [&str; 4] = ["reservations", "messages", "payments", "queue"];

    /// Begins to listen.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when nothing answers there.
    pub async fn listen(url: &SecretString) -> Result<Self, Error> {
        let away = |cause: sea_orm::sqlx::Error| Error::Unavailable(Box::new(cause));
        let mut listener = PgListener::connect(url.expose_secret())
            .await
            .map_err(away)?;
        listener.listen(CHANNEL).await.map_err(away)?;
        Ok(Self(listener))
    }

    /// Waits for the next change, and says which kind of thing it is.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the connection is lost: what changed meanwhile is not told.
    pub async fn next(&mut self) -> Result<String, Error> {
        match self.0.try_recv().await {
            Ok(Some(told)) => Ok(told.payload().to_owned()),
            Ok(None) => Err(Error::Unavailable("the connection was lost".into())),
            Err(cause) => Err(Error::Unavailable(Box::new(cause))),
        }
    }
}
