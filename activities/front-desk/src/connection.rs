//! The connection to Temporal, which may not be there yet.

use std::time::Duration;

use keyring::{Keyring, data_converter};
use temporalio_client::{Client, ClientOptions, Connection, ConnectionOptions};

use crate::Error;

/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Connects to the Temporal server at `address` (`host:port` or a URL), waiting for as long as it is away. What goes
/// there is closed with `keys`; workers made of the client do the same.
///
/// # Errors
/// [`Error::Unexpected`] when the address cannot be read.
pub async fn connect(
    address: &str,
    namespace: &str,
    identity: &str,
    keys: &Keyring,
) -> Result<Client, Error> {
    let url = if address.contains("://") {
        address.to_owned()
    } else {
        format!("http://{address}")
    };
    let target = url
        .parse::<url::Url>()
        .map_err(|error| Error::Unexpected(Box::new(error)))?;
    let options = ConnectionOptions::new(target)
        .identity(identity.to_owned())
        .build();
    let mut pause = Duration::from_millis(100);
    loop {
        match Connection::connect(options.clone()).await {
            Ok(connection) => {
                let client = ClientOptions::new(namespace)
                    .data_converter(data_converter(keys))
                    .build();
                return Client::new(connection, client)
                    .map_err(|error| Error::Unexpected(Box::new(error)));
            }
            Err(error) => {
                tracing::warn!(%error, "temporal is away, trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}
