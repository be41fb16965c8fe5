//! Which workflows get nowhere, for a runbook to begin with.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};
use front_desk::FrontDesk;
use keyring::Keyring;
use secrecy::ExposeSecret as _;

use crate::command::StuckOptions;

/// Something is stuck.
const STUCK: u8 = 1;

/// Lists them.
pub(crate) async fn list(options: &StuckOptions) -> Result<(String, u8)> {
    let temporal = &options.temporal;
    let keys = temporal.payload_keys.expose_secret().parse::<Keyring>();
    let keys = keys.context("POSADA_PAYLOAD_KEYS cannot be used")?;
    let client = front_desk::connect(&temporal.address, &temporal.namespace, "posada", &keys);
    let client = client.await.context("TEMPORAL_ADDRESS cannot be used")?;
    let desk = FrontDesk::new(client, &temporal.task_queue);
    let found = desk.stuck(options.attempts).await?;
    if found.is_empty() {
        return Ok(("Nothing is stuck.\n".to_owned(), 0));
    }
    let mut said = String::new();
    for stuck in found {
        let _ = writeln!(
            said,
            "{} is at {}, tried {} times: {}",
            stuck.workflow, stuck.at, stuck.attempts, stuck.why
        );
    }
    Ok((said, STUCK))
}
