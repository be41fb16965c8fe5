//! TCP ports of this machine: whether one is taken, and which one is free.

use std::collections::HashSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};
use rand::Rng as _;

/// Below the range that systems hand out for outgoing connections, so that nobody is given the port
/// between our look at it and its use.
const CHOICE: std::ops::Range<u16> = 20_000..32_000;

static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);

/// Whether something listens on the port of the loopback address.
#[must_use]
pub(crate) fn is_taken(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_err()
}

/// A port nobody listens on, never the same one twice.
///
/// # Errors
///
/// A thousand ports were taken.
pub fn free_port() -> Result<u16> {
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let given = given.get_or_insert_default();
    for _ in 0..1_000 {
        let port = rand::rng().random_range(CHOICE);
        if !is_taken(port) && given.insert(port) {
            return Ok(port);
        }
    }
    bail!(
        "no free TCP port between {} and {}",
        CHOICE.start,
        CHOICE.end
    )
}
