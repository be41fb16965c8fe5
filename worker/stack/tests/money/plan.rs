//! What one guest does, decided by the seed and the guest's number alone.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// One guest.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) number: u32,
    pub(crate) conduct: Conduct,
    /// Whether the provider tells us of the payments.
    pub(crate) announced: bool,
    /// Seconds before the guest does anything, once the link is there.
    pub(crate) hesitates_ms: u64,
}

/// What kind of guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conduct {
    Pays,
    PaysTwice,
    PaysInHalves,
    PaysTooLittle,
    PaysTooMuch,
    IsRejectedFirst,
    PaysByTransfer,
    PaysByVoucherLate { rival: bool },
    NeverFinishes,
    NeverPays,
    PaysLate { rival: bool },
    PaysInDollars,
    PaysSomebodyElse,
    PaysForNothing,
    IsRefundedAtProvider,
    Disputes,
    DisputesInVain,
    Cancels,
    Revokes,
    CancelsUnpaid,
    PaysTheRestInCash,
    PaysTheRestByLink,
    PaysWhileTheOwnerConfirms,
    Extends,
}

/// How often each kind comes by.
const CONDUCTS: [(u32, Conduct); 26] = [
    (22, Conduct::Pays),
    (6, Conduct::PaysTwice),
    (6, Conduct::PaysInHalves),
    (4, Conduct::PaysTooLittle),
    (4, Conduct::PaysTooMuch),
    (6, Conduct::IsRejectedFirst),
    (5, Conduct::PaysByTransfer),
    (3, Conduct::PaysByVoucherLate { rival: false }),
    (3, Conduct::PaysByVoucherLate { rival: true }),
    (2, Conduct::NeverFinishes),
    (6, Conduct::NeverPays),
    (4, Conduct::PaysLate { rival: false }),
    (4, Conduct::PaysLate { rival: true }),
    (2, Conduct::PaysInDollars),
    (2, Conduct::PaysSomebodyElse),
    (2, Conduct::PaysForNothing),
    (2, Conduct::IsRefundedAtProvider),
    (2, Conduct::Disputes),
    (1, Conduct::DisputesInVain),
    (6, Conduct::Cancels),
    (4, Conduct::Revokes),
    (3, Conduct::CancelsUnpaid),
    (4, Conduct::PaysTheRestInCash),
    (3, Conduct::PaysTheRestByLink),
    (4, Conduct::PaysWhileTheOwnerConfirms),
    (3, Conduct::Extends),
];

impl Plan {
    pub(crate) fn of(seed: u64, number: u32) -> Self {
        let own = seed.wrapping_add(u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut chance = StdRng::seed_from_u64(own);
        let all: u32 = CONDUCTS.iter().map(|(weight, _)| weight).sum();
        let mut drawn = chance.random_range(0..all);
        let mut conduct = Conduct::Pays;
        for (weight, kind) in CONDUCTS {
            if drawn < weight {
                conduct = kind;
                break;
            }
            drawn -= weight;
        }
        Self {
            number,
            conduct,
            announced: chance.random_bool(0.85),
            hesitates_ms: chance.random_range(0..3_000),
        }
    }

    /// The guest's telephone, in digits.
    pub(crate) fn phone(&self) -> String {
        format!("54911{:08}", 20_000_000 + self.number)
    }
}
