//! Which client a request comes from. What a client says of itself counts only through a proxy of ours.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The header in which proxies write down who asked them.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address of the client: the nearest hop that is not a proxy of ours.
pub(crate) fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_ours = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    if !is_ours(&peer) {
        return peer;
    }
    let hops = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|hop| hop.trim().parse::<IpAddr>());
    let mut client = peer;
    for hop in hops.rev() {
        // What stands left of something unreadable was not written by a proxy of ours.
        let Ok(hop) = hop else { break };
        client = hop;
        if !is_ours(&hop) {
            break;
        }
    }
    client
}

/// What is counted as one client: an IPv4 address, or the network that one IPv6 customer gets.
pub(crate) fn counted_as(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or_else(
            || IpAddr::V6(Ipv6Addr::from(u128::from(six) & (u128::MAX << 64))),
            IpAddr::V4,
        ),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn client(peer: &str, forwarded: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED_FOR, HeaderValue::from_static(forwarded));
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_pose_as_another() {
        assert_eq!(client("198.51.100.7", "203.0.113.9"), "198.51.100.7");
    }

    #[test]
    fn a_proxy_of_ours_is_believed_about_its_own_peer_only() {
        assert_eq!(client(PROXY, "203.0.113.9"), "203.0.113.9");
        assert_eq!(client(PROXY, "192.0.2.66, 203.0.113.9"), "203.0.113.9");
        assert_eq!(client(PROXY, "203.0.113.9, 10.2.3.4"), "203.0.113.9");
    }

    #[test]
    fn nonsense_in_the_header_leaves_the_last_hop_that_is_known() {
        assert_eq!(client(PROXY, "nobody"), PROXY);
        assert_eq!(client(PROXY, "203.0.113.9, nobody, 10.2.3.4"), "10.2.3.4");
    }

    #[test]
    fn one_customer_of_ipv6_is_one_client() {
        let one = counted_as("2001:db8:1:2:3::4".parse().unwrap());
        assert_eq!(one, counted_as("2001:db8:1:2:ffff::1".parse().unwrap()));
        assert_ne!(one, counted_as("2001:db8:1:3::1".parse().unwrap()));
        assert_eq!(
            counted_as("::ffff:192.0.2.1".parse().unwrap()).to_string(),
            "192.0.2.1"
        );
    }
}
