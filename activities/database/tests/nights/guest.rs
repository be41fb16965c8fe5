//! A guest, or the owner: one after the other, as their workflow would ask.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use database::{
    Error,
    reservations::{self, Claim, HoldPlaced, NewBlock, NewDates, Transition},
};
use domain::{Channel, Party, ReservationCode, Stay};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::{
    support::quote,
    town::Town,
    witness::{Had, Moment, Whose},
};

/// One story after the other until the town has been asked enough.
pub(crate) async fn come_and_go(town: Arc<Town>, seed: u64) {
    let mut chance = StdRng::seed_from_u64(seed);
    while town.goes_on() {
        if let Some(mut visit) = Visit::begin(&town, &mut chance).await {
            visit.run(&mut chance).await;
        }
    }
}

/// Nights that one of ours has, from the holding to the giving up.
struct Visit<'a> {
    town: &'a Town,
    code: ReservationCode,
    cabin: usize,
    /// The nights it has, with when each was asked for and granted.
    nights: BTreeMap<NaiveDate, (Moment, Moment)>,
    is_block: bool,
}

impl<'a> Visit<'a> {
    async fn begin(town: &'a Town, chance: &mut StdRng) -> Option<Self> {
        let cabin = town.any_cabin(chance);
        let stay = Town::any_stay(chance);
        let code = town.new_code();
        let is_block = chance.random_bool(0.1);
        let asked = town.witness.moment();
        let placed = if is_block {
            Self::block(town, &code, cabin, stay).await
        } else {
            Self::hold(town, &code, cabin, stay, chance.random_bool(0.2)).await
        };
        match placed? {
            HoldPlaced::Held(_) => {
                town.count(|counts| counts.guests += 1);
                let granted = town.witness.moment();
                Some(Self {
                    town,
                    code,
                    cabin,
                    nights: stay
                        .each_night()
                        .map(|night| (night, (asked, granted)))
                        .collect(),
                    is_block,
                })
            }
            HoldPlaced::Taken => {
                town.count(|counts| counts.refused += 1);
                None
            }
        }
    }

    async fn block(
        town: &Town,
        code: &ReservationCode,
        cabin: usize,
        stay: Stay,
    ) -> Option<HoldPlaced> {
        let block = NewBlock {
            code: code.clone(),
            accommodation_id: town.cabin(cabin),
            stay,
            reason: "paint".to_owned(),
            at: town.now(),
        };
        town.expect("block", reservations::block(&town.db, &block).await)
    }

    /// Holds the nights; some ask twice at the same moment, and both answers must be the same.
    async fn hold(
        town: &Town,
        code: &ReservationCode,
        cabin: usize,
        stay: Stay,
        twice: bool,
    ) -> Option<HoldPlaced> {
        let hold = reservations::NewHold {
            code: code.clone(),
            accommodation_id: town.cabin(cabin),
            guest_id: None,
            stay,
            party: Party::of(2).unwrap(),
            quote: quote(stay),
            terms: domain::policy::Policies::default(),
            channel: Channel::WhatsApp,
            expires_at: town.now() + TimeDelta::minutes(30),
            at: town.now(),
        };
        let ask = async || {
            town.expect(
                "place_hold",
                reservations::place_hold(&town.db, &hold).await,
            )
        };
        if !twice {
            return ask().await;
        }
        let (one, other) = futures::join!(ask(), ask());
        // A repeat that was asked while the first was still undecided may find the nights gone to a rival in
        // between; that the row is the caller's, if there is one, is what counts.
        match (one?, other?) {
            (HoldPlaced::Taken, HoldPlaced::Taken) => Some(HoldPlaced::Taken),
            (held @ HoldPlaced::Held(_), _) | (_, held @ HoldPlaced::Held(_)) => Some(held),
        }
    }

    async fn run(&mut self, chance: &mut StdRng) {
        while self.town.goes_on() {
            let goes_on = match chance.random_range(0..100) {
                _ if self.is_block => chance.random_bool(0.7) && self.waits().await,
                _ if self.town.has_to_go(&self.code) => {
                    self.town.count(|counts| counts.displaced += 1);
                    self.cancel().await
                }
                0..25 => self.confirm().await,
                25..45 => self.change_dates(chance).await,
                45..55 => self.extend().await,
                55..70 => self.expire(chance).await,
                70..80 => self.complete().await,
                _ => self.cancel().await,
            };
            if !goes_on {
                break;
            }
        }
        if !self.nights.is_empty() {
            self.cancel().await;
        }
    }

    /// Some moments pass.
    async fn waits(&self) -> bool {
        tokio::task::yield_now().await;
        true
    }

    /// Tells the witness of the nights that are given up: those that `stays` does not name.
    fn give_up(&mut self, given_up: Moment, stays: impl Fn(NaiveDate) -> bool) {
        let gone = self.nights.extract_if(.., |night, _| !stays(*night));
        for (night, (asked, granted)) in gone {
            self.town.witness.note(Had {
                whose: Whose::Ours,
                name: self.code.to_string(),
                cabin: self.cabin,
                night,
                asked,
                granted,
                given_up,
            });
        }
    }

    fn answered(&self, what: &str, answer: Result<Transition, Error>) -> Option<Transition> {
        self.town.expect(what, answer)
    }

    async fn confirm(&self) -> bool {
        let at = self.town.now();
        let answer = reservations::confirm(&self.town.db, &self.code, at).await;
        if let Some(Transition::Not(found)) = self.answered("confirm", answer) {
            self.town.wonder("confirm", &found);
        }
        true
    }

    async fn extend(&self) -> bool {
        let at = self.town.now();
        let end = at + TimeDelta::minutes(15);
        let answer = reservations::extend(&self.town.db, &self.code, end, at).await;
        self.answered("extend", answer).is_some()
    }

    /// Gives the nights up; the row must follow, whatever it was.
    async fn cancel(&mut self) -> bool {
        let given_up = self.town.witness.moment();
        let at = self.town.now();
        let answer = reservations::cancel(&self.town.db, &self.code, "tried", at).await;
        match self.answered("cancel", answer) {
            Some(Transition::Done(_) | Transition::Already(_)) => {}
            other => self.town.wonder("cancel", &other),
        }
        self.give_up(given_up, |_| false);
        false
    }

    /// The stay is over, if it was one. What is only held cannot be completed.
    async fn complete(&mut self) -> bool {
        let given_up = self.town.witness.moment();
        let at = self.town.now();
        let answer = reservations::complete(&self.town.db, &self.code, at).await;
        match self.answered("complete", answer) {
            Some(Transition::Done(_)) => {
                self.give_up(given_up, |_| false);
                false
            }
            _ => true,
        }
    }

    /// The hold ends, if it is one; half of them are paid late.
    async fn expire(&mut self, chance: &mut StdRng) -> bool {
        let given_up = self.town.witness.moment();
        let at = self.town.now();
        let answer = reservations::expire(&self.town.db, &self.code, at).await;
        if !matches!(self.answered("expire", answer), Some(Transition::Done(_))) {
            return true;
        }
        self.give_up(given_up, |_| false);
        if chance.random_bool(0.5) {
            return false;
        }
        let asked = self.town.witness.moment();
        let at = self.town.now();
        let answer = reservations::retake_expired(&self.town.db, &self.code, at).await;
        match self.town.expect("retake_expired", answer) {
            Some(Claim::Done(retaken)) => {
                let granted = self.town.witness.moment();
                let nights = retaken.stay.each_night();
                self.nights
                    .extend(nights.map(|night| (night, (asked, granted))));
                self.town.count(|counts| counts.retaken += 1);
                true
            }
            Some(Claim::Taken) | None => false,
            Some(other) => {
                self.town.wonder("retake_expired", &other);
                false
            }
        }
    }

    async fn change_dates(&mut self, chance: &mut StdRng) -> bool {
        let stay = Town::any_stay(chance);
        let new = NewDates {
            stay,
            party: Party::of(3).unwrap(),
            quote: quote(stay),
            ends_by: None,
        };
        let asked = self.town.witness.moment();
        let at = self.town.now();
        let answer = reservations::change_dates(&self.town.db, &self.code, &new, at).await;
        match self.town.expect("change_dates", answer) {
            Some(Claim::Done(moved)) => {
                if moved.stay != stay {
                    self.town.wonder("change_dates", &moved);
                }
                // What is in both was never given up, and what is new was granted by this answer.
                let granted = self.town.witness.moment();
                self.give_up(asked, |night| stay.contains(night));
                for night in stay.each_night() {
                    self.nights.entry(night).or_insert((asked, granted));
                }
                self.town.count(|counts| counts.moved += 1);
            }
            Some(Claim::Already(_) | Claim::Taken) => {}
            other => self.town.wonder("change_dates", &other),
        }
        true
    }
}
