//! Names, resolved by us: a connection goes to exactly the addresses that were judged here.

use std::{io, net::SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::is_public;

/// The name leads to a network that is not public.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to a network that is not public")]
pub(crate) struct NotPublic;

/// The name cannot be resolved.
#[derive(Debug, thiserror::Error)]
#[error("the name cannot be resolved")]
pub(crate) struct Unresolved(#[source] io::Error);

/// Resolves names, and refuses those with any address that is not public.
#[derive(Debug)]
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let found: Vec<_> = found.map_err(Unresolved)?.collect();
            Ok(judged(found)?)
        })
    }
}

/// One closed address among open ones is how a name is used to reach inside.
fn judged(found: Vec<SocketAddr>) -> Result<Addrs, NotPublic> {
    if found.iter().all(|address| is_public(address.ip())) {
        Ok(Box::new(found.into_iter()))
    } else {
        Err(NotPublic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(addresses: &[&str]) -> bool {
        let addresses = addresses.iter().map(|address| address.parse().unwrap());
        judged(addresses.collect()).is_ok()
    }

    #[test]
    fn one_closed_address_closes_the_name() {
        assert!(judge(&["1.1.1.1:0", "[2606:4700::1111]:0"]));
        assert!(!judge(&["1.1.1.1:0", "127.0.0.1:0"]));
        assert!(!judge(&["1.1.1.1:0", "[::ffff:10.0.0.1]:0"]));
    }
}
