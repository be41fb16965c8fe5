//! Which addresses are out in the open, and which may be something of ours.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is routed on the public internet. What is embedded in an IPv6 address is judged by the
/// address inside.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_closed = match (a, b, c) {
        // This network, loopback, private, shared, link-local.
        (0 | 10 | 127, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => true,
        (169, 254, _) => true,
        // Protocol assignments, documentation, 6to4 relays, benchmarks.
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) => {
            true
        }
        // Multicast, reserved, broadcast.
        (224.., ..) => true,
        _ => false,
    };
    !is_closed
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = address.segments();
    let [.., a, b, c, d] = address.octets();
    let last = Ipv4Addr::new(a, b, c, d);
    match (s0, s1) {
        // Unspecified, loopback, mapped, translated and compatible forms.
        (0, 0) if (s2, s3) == (0, 0) => match (s4, s5) {
            (0, 0xffff) | (0xffff, 0) => is_public_v4(last),
            (0, 0) if s6 != 0 => is_public_v4(last),
            _ => false,
        },
        // NAT64, as everybody has it; the local prefix beside it is nobody's.
        (0x64, 0xff9b) if (s2, s3, s4, s5) == (0, 0, 0, 0) => is_public_v4(last),
        // Teredo: the client's address is written inverted.
        (0x2001, 0) => {
            let [high, low] = [s6, s7].map(|part| (!part).to_be_bytes());
            is_public_v4(Ipv4Addr::new(high[0], high[1], low[0], low[1]))
        }
        // Other protocol assignments, and documentation.
        (0x2001, 0x0001..=0x01ff | 0x0db8) | (0x3fff, 0..=0x0fff) => false,
        // 6to4.
        (0x2002, _) => {
            let [high, low] = [s1, s2].map(u16::to_be_bytes);
            is_public_v4(Ipv4Addr::new(high[0], high[1], low[0], low[1]))
        }
        // Only this block is given out at all: unique-local, link-local, site-local and multicast are not in it.
        (0x2000..=0x3fff, _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(address: &str) -> bool {
        is_public(address.parse().unwrap())
    }

    #[test]
    fn what_is_out_in_the_open_may_be_fetched() {
        for address in [
            "1.1.1.1",
            "34.117.59.81",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4003::200e",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
            "2002:0101:0101::1",
        ] {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn what_may_be_ours_is_not() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1.1.1.1",
            "100::1",
            "2001::f5ff:fffe",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:c0a8:0101::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!public(address), "{address}");
        }
    }
}
