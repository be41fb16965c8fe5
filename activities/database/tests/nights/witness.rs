//! Judges from what people were told, and from nothing else.
//!
//! Every question is stamped when it is asked and when it is answered, by one counter. Whoever was told that
//! nights are theirs certainly has them from that answer until they ask to give them up. Two such times that
//! share a night and a moment are a night sold twice, whatever the tables say.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;

/// A place in the one order of questions and answers.
pub(crate) type Moment = u64;

/// Whose nights they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// A guest's or the owner's: nobody else may have them.
    Ours,
    /// Claimed by a channel. What we had sold before we were told is a conflict, and no fault; what we sell
    /// afterwards is.
    Channels,
}

/// A night that somebody has.
#[derive(Clone, Debug)]
pub(crate) struct Had {
    pub(crate) whose: Whose,
    pub(crate) name: String,
    pub(crate) cabin: usize,
    pub(crate) night: NaiveDate,
    /// When it was asked for.
    pub(crate) asked: Moment,
    /// When it was granted.
    pub(crate) granted: Moment,
    /// When its giving up was asked for.
    pub(crate) given_up: Moment,
}

/// The counter, and everything that was had.
#[derive(Default)]
pub(crate) struct Witness {
    counter: AtomicU64,
    had: Mutex<Vec<Had>>,
}

impl Witness {
    /// A new moment, after every earlier one.
    pub(crate) fn moment(&self) -> Moment {
        self.counter.fetch_add(1, Ordering::SeqCst)
    }

    pub(crate) fn note(&self, had: Had) {
        self.had.lock().unwrap().push(had);
    }

    /// Every pair that had a night at the same time, described.
    pub(crate) fn objections(&self) -> Vec<String> {
        let had = self.had.lock().unwrap();
        let mut by_night: BTreeMap<(usize, NaiveDate), Vec<&Had>> = BTreeMap::new();
        for one in had.iter() {
            by_night
                .entry((one.cabin, one.night))
                .or_default()
                .push(one);
        }
        let mut objections = Vec::new();
        for ((cabin, night), mut owners) in by_night {
            owners.sort_by_key(|one| one.granted);
            for (at, one) in owners.iter().enumerate() {
                // Who was granted it later than this one gave it up cannot contradict it, nor can anybody after.
                let rivals = owners.iter().skip(at + 1);
                for other in rivals.take_while(|other| other.granted < one.given_up) {
                    if contradict(one, other) {
                        objections.push(format!(
                            "cabin {cabin}, {night}: {} and {}; of {owners:?}",
                            one.name,
                            other.name,
                            owners = near(&owners, other)
                        ));
                    }
                }
            }
        }
        objections
    }
}

/// Who had the night shortly before and after.
fn near<'a>(owners: &[&'a Had], one: &Had) -> Vec<&'a Had> {
    let at = owners.partition_point(|other| other.granted < one.granted);
    let some = owners.iter().skip(at.saturating_sub(4)).take(8);
    some.copied().collect()
}

/// Whether the later of two who had a night at the same time may not have been granted it.
fn contradict(earlier: &Had, later: &Had) -> bool {
    match (earlier.whose, later.whose) {
        (Whose::Ours, Whose::Ours) => true,
        (Whose::Channels, Whose::Ours) => later.asked > earlier.granted,
        (_, Whose::Channels) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn had(whose: Whose, night: u32, [asked, granted, given_up]: [Moment; 3]) -> Had {
        Had {
            whose,
            name: format!("{whose:?}"),
            cabin: 0,
            night: NaiveDate::from_ymd_opt(2027, 1, night).unwrap(),
            asked,
            granted,
            given_up,
        }
    }

    fn objections(had: impl IntoIterator<Item = Had>) -> usize {
        let witness = Witness::default();
        had.into_iter().for_each(|one| witness.note(one));
        witness.objections().len()
    }

    #[test]
    fn the_witness_objects_to_a_night_that_two_have_at_once() {
        use Whose::{Channels, Ours};
        let first = || had(Ours, 1, [0, 1, 10]);
        assert_eq!(objections([first(), had(Ours, 1, [2, 3, 4])]), 1);
        assert_eq!(objections([first(), had(Ours, 2, [2, 3, 4])]), 0);
        assert_eq!(objections([first(), had(Ours, 1, [10, 11, 12])]), 0);
        assert_eq!(objections([first(), had(Channels, 1, [2, 3, 4])]), 0);
        let claimed = || had(Channels, 1, [0, 1, 10]);
        assert_eq!(objections([claimed(), had(Ours, 1, [2, 3, 4])]), 1);
        assert_eq!(objections([claimed(), had(Ours, 1, [0, 3, 4])]), 0);
    }
}
