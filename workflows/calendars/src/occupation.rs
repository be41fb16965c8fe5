//! From blocks to the rows that keep others from the nights.
//!
//! Blocks may say the same night twice, and a stay of ours may have it already; a night has one row. So the
//! rows are what is left of the blocks: each night goes to the block that has it, otherwise to the block that
//! was seen first, and to none when it is ours.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};

use crate::{NightSet, Nights};

/// The longest row there is.
const LONGEST: u64 = 90;

/// A block that takes nights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Which block.
    pub block: i64,
    /// When it was first seen: the earlier one has the night.
    pub first_seen: DateTime<Utc>,
    /// The nights.
    pub nights: NightSet,
}

/// A row of an imported block that keeps others from its nights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its code.
    pub code: String,
    /// Whose it is.
    pub block: i64,
    /// Its nights.
    pub nights: Nights,
}

/// A row that gets other dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Its code.
    pub code: String,
    /// What it keeps of its nights on the way: it never takes a night before the row that had it let go.
    pub meanwhile: Nights,
    /// Its nights.
    pub nights: Nights,
}

/// What has to be done to the rows, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The codes of rows that are given up.
    pub given_up: Vec<String>,
    /// Rows that get other dates.
    pub moved: Vec<Moved>,
    /// Nights that get a row, and whose they are.
    pub taken: Vec<(i64, Nights)>,
}

impl Rows {
    /// Whether there is nothing to do.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.given_up.is_empty() && self.moved.is_empty() && self.taken.is_empty()
    }
}

/// Compares what the blocks claim with the rows there are. Nights before `today` are left as they are.
#[must_use]
pub fn occupy(claims: &[Claim], rows: &[Row], ours: &NightSet, today: NaiveDate) -> Rows {
    let wanted = assign(claims, rows, ours, today);
    let mut of_block: HashMap<i64, Vec<&Row>> = HashMap::new();
    for row in rows {
        if row.nights.to() > today {
            of_block.entry(row.block).or_default().push(row);
        }
    }
    let mut plan = Rows::default();
    for (block, nights) in wanted {
        let rows = of_block.remove(&block).unwrap_or_default();
        plan.fit(block, rows, &nights, today);
    }
    for row in of_block.into_values().flatten() {
        plan.given_up.push(row.code.clone());
    }
    plan.given_up.sort_unstable();
    plan.moved.sort_by(|a, b| a.code.cmp(&b.code));
    plan
}

/// Which block has which of the nights ahead.
fn assign(
    claims: &[Claim],
    rows: &[Row],
    ours: &NightSet,
    today: NaiveDate,
) -> BTreeMap<i64, NightSet> {
    let mut held: HashMap<i64, Vec<Nights>> = HashMap::new();
    for row in rows {
        held.entry(row.block).or_default().push(row.nights);
    }
    let mut wanted: Vec<(&Claim, NightSet, NightSet)> = claims
        .iter()
        .map(|claim| {
            let nights = claim.nights.from_on(today).without(ours);
            let has = held.remove(&claim.block).unwrap_or_default();
            let keeps = nights.intersection(&NightSet::of(has));
            (claim, nights, keeps)
        })
        .collect();
    wanted.sort_by_key(|(claim, ..)| (claim.first_seen, claim.block));
    let mut taken = NightSet::of(
        wanted
            .iter()
            .flat_map(|(_, _, keeps)| keeps.ranges())
            .copied(),
    );
    let mut assigned = BTreeMap::new();
    for (claim, nights, keeps) in wanted {
        let gained = nights.without(&taken);
        if !gained.is_empty() {
            taken = taken.union(&gained);
        }
        let has = keeps.union(&gained);
        if !has.is_empty() {
            assigned.insert(claim.block, has);
        }
    }
    assigned
}

impl Rows {
    /// Makes the rows of a block say its nights, with as few changes as there can be.
    fn fit(&mut self, block: i64, rows: Vec<&Row>, nights: &NightSet, today: NaiveDate) {
        let mut pieces: Vec<Nights> = Vec::new();
        for range in nights.ranges() {
            pieces.extend(range.pieces(LONGEST));
        }
        let ahead = |row: &Row| Nights::new(row.nights.from().max(today), row.nights.to());
        let mut left: Vec<&Row> = Vec::new();
        for row in rows {
            match pieces.iter().position(|piece| Some(*piece) == ahead(row)) {
                Some(same) => drop(pieces.swap_remove(same)),
                None => left.push(row),
            }
        }
        for row in left {
            let shared =
                |piece: &Nights| NightSet::of([*piece]).intersection(&NightSet::of([row.nights]));
            let nearest = pieces
                .iter()
                .enumerate()
                .max_by_key(|(_, piece)| shared(piece).count());
            let nearest = nearest.and_then(|(position, piece)| {
                let meanwhile = shared(piece).ranges().first().copied()?;
                Some((position, meanwhile))
            });
            match nearest {
                Some((position, meanwhile)) => self.moved.push(Moved {
                    code: row.code.clone(),
                    meanwhile,
                    nights: pieces.swap_remove(position),
                }),
                None => self.given_up.push(row.code.clone()),
            }
        }
        pieces.sort_unstable();
        self.taken
            .extend(pieces.into_iter().map(|piece| (block, piece)));
    }
}
