//! What the owner decides: how long nights are kept, what is paid when, what is given back. Reservations keep the terms
//! that they were made under.

use chrono::NaiveTime;
use domain::{Accommodation, BasisPoints};
use serde::Deserialize;
use std::{ops::RangeInclusive, str::FromStr};

use super::{Change, Forms, words::PlaceWords};
use crate::admin::{
    format::{percent, read_hundredths},
    words::Words,
};

/// The terms, as the form says them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Terms {
    version: String,
    pub(super) deposit: String,
    pub(super) whole_within: String,
    pub(super) hold: String,
    pub(super) free_until: String,
    pub(super) late: String,
    pub(super) notice: String,
    pub(super) horizon: String,
    pub(super) preparation: String,
    pub(super) check_in: String,
    pub(super) check_out: String,
    pub(super) pets: String,
    pub(super) vouchers: String,
}

impl Terms {
    pub(super) fn of(place: &Accommodation) -> Self {
        let policies = &place.policies;
        let checked = |yes: bool| if yes { "yes" } else { "" }.to_owned();
        Self {
            version: String::new(),
            deposit: percent(policies.deposit.share),
            whole_within: policies.deposit.whole_within_days.to_string(),
            hold: (policies.hold.seconds / 60).to_string(),
            free_until: policies.cancellation.free_until_hours.to_string(),
            late: percent(policies.cancellation.late_share),
            notice: policies.stay.notice_days.to_string(),
            horizon: policies.stay.horizon_days.to_string(),
            preparation: policies.stay.preparation_days.to_string(),
            check_in: policies.stay.check_in_from.format("%H:%M").to_string(),
            check_out: policies.stay.check_out_by.format("%H:%M").to_string(),
            pets: checked(policies.stay.pets_allowed),
            vouchers: checked(policies.hold.vouchers.allowed),
        }
    }
}

impl Change for Terms {
    fn version(&self) -> &str {
        &self.version
    }

    fn apply(
        &self,
        place: &mut Accommodation,
        _active: &mut bool,
        w: &'static PlaceWords,
        _t: &'static Words,
    ) -> Result<(), &'static str> {
        let share = |text: &str, least: u32| {
            read_hundredths(text)
                .filter(|it| (least..=10_000).contains(it))
                .map(BasisPoints)
                .ok_or(w.share_invalid)
        };
        let policies = &mut place.policies;
        policies.deposit.share = share(&self.deposit, 100)?;
        policies.deposit.whole_within_days = number(&self.whole_within, 0..=60, w.days_invalid)?;
        let minutes: u32 = number(&self.hold, 5..=1_440, w.hold_invalid)?;
        // Seconds that the form does not show stay, unless somebody says another number of minutes.
        if policies.hold.seconds / 60 != minutes {
            policies.hold.seconds = minutes * 60;
            policies.hold.reminder_seconds = policies.hold.reminder_seconds.min(minutes * 30);
            policies.hold.look_before_seconds = policies.hold.look_before_seconds.min(minutes * 30);
        }
        policies.hold.vouchers.allowed = !self.vouchers.is_empty();
        policies.cancellation.free_until_hours =
            number(&self.free_until, 0..=2_160, w.hours_invalid)?;
        policies.cancellation.late_share = share(&self.late, 0)?;
        policies.stay.notice_days = number(&self.notice, 0..=60, w.days_invalid)?;
        policies.stay.horizon_days = number(&self.horizon, 30..=1_095, w.horizon_invalid)?;
        policies.stay.preparation_days = number(&self.preparation, 0..=7, w.preparation_invalid)?;
        policies.stay.pets_allowed = !self.pets.is_empty();
        let time = |text: &str| {
            NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_no| w.time_invalid)
        };
        policies.stay.check_in_from = time(&self.check_in)?;
        policies.stay.check_out_by = time(&self.check_out)?;
        if policies.stay.check_out_by > policies.stay.check_in_from {
            return Err(w.times_cross);
        }
        Ok(())
    }

    fn keep(self, forms: &mut Forms) {
        forms.terms = self;
    }
}

fn number<T: FromStr + PartialOrd>(
    text: &str,
    bounds: RangeInclusive<T>,
    problem: &'static str,
) -> Result<T, &'static str> {
    let number = text.trim().parse().ok();
    number.filter(|it| bounds.contains(it)).ok_or(problem)
}
