//! A few cabins that everybody wants, and what is remembered of the day.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use chrono::{DateTime, Days, TimeDelta, Utc};
use database::{Database, Error};
use domain::{AccommodationId, ReservationCode, Stay};
use rand::{Rng as _, rngs::StdRng};

use crate::{
    support::{Fresh, day, now},
    witness::Witness,
};

/// Few enough that everybody meets everybody.
const CABINS: usize = 4;

/// Only some cabins are sold elsewhere as well.
const WITH_CHANNELS: usize = 2;

/// The nights that are wanted.
const SEASON: u64 = 24;

/// What came of it all.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) guests: u64,
    pub(crate) channels: u64,
    pub(crate) moved: u64,
    pub(crate) retaken: u64,
    pub(crate) displaced: u64,
    pub(crate) refused: u64,
}

/// Where everybody meets.
pub(crate) struct Town {
    pub(crate) db: Database,
    pub(crate) witness: Witness,
    cabins: Vec<AccommodationId>,
    asked: AtomicU64,
    most: u64,
    minute: AtomicI64,
    counts: Mutex<Counts>,
    codes: Mutex<HashSet<ReservationCode>>,
    displaced: Mutex<BTreeSet<ReservationCode>>,
    surprises: Mutex<Vec<String>>,
}

impl Town {
    pub(crate) async fn open(fresh: &Fresh, most: u64) -> Self {
        let mut cabins = vec![fresh.cabin];
        while cabins.len() < CABINS {
            cabins.push(fresh.another_cabin().await);
        }
        Self {
            db: fresh.db.clone(),
            witness: Witness::default(),
            cabins,
            asked: AtomicU64::new(0),
            most,
            minute: AtomicI64::new(0),
            counts: Mutex::default(),
            codes: Mutex::default(),
            displaced: Mutex::default(),
            surprises: Mutex::default(),
        }
    }

    pub(crate) fn cabin(&self, number: usize) -> AccommodationId {
        *self.cabins.get(number).unwrap()
    }

    pub(crate) fn any_cabin(&self, chance: &mut StdRng) -> usize {
        chance.random_range(0..self.cabins.len())
    }

    pub(crate) fn cabins_with_channels(&self) -> impl Iterator<Item = usize> + use<> {
        0..WITH_CHANNELS
    }

    /// One to five nights of the season.
    pub(crate) fn any_stay(chance: &mut StdRng) -> Stay {
        let first = day("2027-01-04") + Days::new(chance.random_range(0..SEASON));
        Stay::of_nights(first, chance.random_range(1..=5)).unwrap()
    }

    /// A code nobody else has. There are a thousand million of a day, and a run that draws a hundred thousand
    /// of them would meet some twice.
    pub(crate) fn new_code(&self) -> ReservationCode {
        let mut codes = self.codes.lock().unwrap();
        loop {
            let code = ReservationCode::generate(day("2026-11-24")).unwrap();
            if codes.insert(code.clone()) {
                return code;
            }
        }
    }

    /// Whether more may be asked. Counts one operation.
    pub(crate) fn goes_on(&self) -> bool {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let step = (self.most / 10).max(10_000);
        if asked > 0 && asked.is_multiple_of(step) {
            println!("{asked} of {} operations", self.most);
        }
        asked < self.most
    }

    /// The town's clock, which moves when a channel looks at it.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        now() + TimeDelta::minutes(self.minute.load(Ordering::Relaxed))
    }

    /// Five minutes later.
    pub(crate) fn later(&self) -> DateTime<Utc> {
        self.minute.fetch_add(5, Ordering::Relaxed);
        self.now()
    }

    pub(crate) fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.counts.lock().unwrap());
    }

    /// These have to give way: their workflows would hear of it.
    pub(crate) fn displace(&self, codes: impl IntoIterator<Item = ReservationCode>) {
        self.displaced.lock().unwrap().extend(codes);
    }

    /// Whether this one has to give way.
    pub(crate) fn has_to_go(&self, code: &ReservationCode) -> bool {
        self.displaced.lock().unwrap().remove(code)
    }

    /// An answer nobody can explain.
    pub(crate) fn wonder(&self, at: &str, answer: &dyn Debug) {
        self.surprises
            .lock()
            .unwrap()
            .push(format!("{at}: {answer:?}"));
    }

    /// The answer, or a surprise: nothing that is asked here may fail.
    pub(crate) fn expect<T>(&self, what: &str, answer: Result<T, Error>) -> Option<T> {
        answer.inspect_err(|error| self.wonder(what, error)).ok()
    }

    pub(crate) fn surprises(&self) -> Vec<String> {
        self.surprises.lock().unwrap().clone()
    }

    pub(crate) fn sold_twice(&self) -> Vec<String> {
        self.witness.objections()
    }

    pub(crate) fn tally(&self) -> String {
        format!("{:?}", self.counts.lock().unwrap())
    }

    pub(crate) fn everything_held(&self) -> Counts {
        std::mem::take(&mut self.counts.lock().unwrap())
    }
}
