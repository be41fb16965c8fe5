//! Showing guests that their message was read and is being answered.

use chrono::Utc;
use database::{Database, messages, messages::Inbound};
use whatsapp::Client;

/// Marks a message as read and shows that somebody writes, once for each message and in the background: an answer
/// never waits for it, and nothing fails because of it.
pub(super) fn show(db: &Database, client: &Client, message: &Inbound) {
    let (db, client, message) = (db.clone(), client.clone(), message.clone());
    tokio::spawn(async move {
        if let Err(error) = show_once(&db, &client, &message).await {
            tracing::debug!(%error, message.id = %message.id, "a message was not marked as read");
        }
    });
}

async fn show_once(
    db: &Database,
    client: &Client,
    message: &Inbound,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    if messages::mark_seen(db, message.id, Utc::now()).await? {
        client.mark_read(&message.wamid, true).await?;
    }
    Ok(())
}
