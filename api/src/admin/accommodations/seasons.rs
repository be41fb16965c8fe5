//! Times of the year with rates and rules of their own.

use domain::{Accommodation, rate};
use serde::Deserialize;

use super::{Change, Forms, words::PlaceWords};
use crate::{
    admin::{chrome::Shell, format::read_pesos, words::Words},
    wish::whole_date,
};

/// More seasons than this nobody keeps apart.
const MOST: usize = 60;

/// A season, as it is shown.
pub(super) struct SeasonRow {
    pub(super) place: usize,
    pub(super) name: String,
    pub(super) dates: String,
    pub(super) rate: String,
    pub(super) minimum: Option<String>,
}

pub(super) fn rows(shell: &Shell, place: &Accommodation) -> Vec<SeasonRow> {
    let format = shell.format();
    let row = |(index, season): (usize, &rate::Season)| SeasonRow {
        place: index,
        name: season.name.clone(),
        dates: format!(
            "{} → {}",
            format.full_day(season.from),
            format.full_day(season.to)
        ),
        rate: if season.closed {
            shell.t.closed_season.to_owned()
        } else {
            format.money(season.nightly.unwrap_or(place.rates.nightly))
        },
        minimum: season.minimum_nights.map(|it| shell.t.nights(it)),
    };
    place.rates.seasons.iter().enumerate().map(row).collect()
}

/// A season to be added, as the form says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Season {
    version: String,
    pub(super) name: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) nightly: String,
    pub(super) minimum_nights: String,
    pub(super) closed: String,
}

impl Change for Season {
    fn version(&self) -> &str {
        &self.version
    }

    fn apply(
        &self,
        place: &mut Accommodation,
        _active: &mut bool,
        w: &'static PlaceWords,
        t: &'static Words,
    ) -> Result<(), &'static str> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 60 || name.contains(char::is_control) {
            return Err(t.name_invalid);
        }
        let dates = whole_date(&self.from).zip(whole_date(&self.to));
        let (from, to) = dates
            .filter(|(from, to)| from < to)
            .ok_or(w.season_invalid)?;
        let closed = !self.closed.is_empty();
        let nightly = match self.nightly.trim() {
            "" => None,
            text => Some(
                read_pesos(text)
                    .filter(|it| it.is_positive())
                    .ok_or(t.amount_invalid)?,
            ),
        };
        let minimum_nights = match self.minimum_nights.trim() {
            "" => None,
            text => Some(
                text.parse()
                    .ok()
                    .filter(|it| (1..=30).contains(it))
                    .ok_or(t.minimum_invalid)?,
            ),
        };
        let seasons = &mut place.rates.seasons;
        if seasons.len() >= MOST {
            return Err(w.seasons_many);
        }
        // The first that holds a night prices it: a week within the summer comes before the summer.
        let length = to - from;
        let before = seasons.iter().position(|it| it.to - it.from > length);
        let season = rate::Season {
            name: name.to_owned(),
            from,
            to,
            nightly,
            minimum_nights,
            closed,
        };
        seasons.insert(before.unwrap_or(seasons.len()), season);
        Ok(())
    }

    fn keep(self, forms: &mut Forms) {
        forms.season = self;
    }
}

/// A season to be removed: the one at this place, in the state that was shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Removal {
    version: String,
    place: String,
}

impl Change for Removal {
    fn version(&self) -> &str {
        &self.version
    }

    fn apply(
        &self,
        place: &mut Accommodation,
        _active: &mut bool,
        _w: &'static PlaceWords,
        t: &'static Words,
    ) -> Result<(), &'static str> {
        let seasons = &mut place.rates.seasons;
        let index = self.place.parse().ok().filter(|it| *it < seasons.len());
        seasons.remove(index.ok_or(t.changed_meanwhile)?);
        Ok(())
    }

    fn keep(self, _forms: &mut Forms) {}
}
