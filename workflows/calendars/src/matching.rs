//! Which event of a snapshot is which block that we know.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::{Block, Incoming, Key, Kind, NightSet};

/// How many known blocks an event is compared with before it is taken for a new one. Real feeds stay far
/// below; a feed that is made to be compared for ever is not.
const MOST_CANDIDATES: usize = 24;

/// Pairs of an event's and a block's position. What is in no pair is new, or missing.
pub(crate) struct Matched {
    /// The block of each event.
    pub(crate) of_event: Vec<Option<usize>>,
    /// The event of each block.
    pub(crate) of_block: Vec<Option<usize>>,
}

/// Compares by name, then by nights, then by what two events share.
pub(crate) fn match_up(events: &[Incoming], blocks: &[Block]) -> Matched {
    let mut matched = Matched {
        of_event: vec![None; events.len()],
        of_block: vec![None; blocks.len()],
    };
    matched.by_key(events, blocks);
    matched.by_nights(events, blocks);
    matched.by_likeness(events, blocks);
    matched
}

impl Matched {
    fn pair(&mut self, event: usize, block: usize) {
        if let (Some(of_event), Some(of_block)) =
            (self.of_event.get_mut(event), self.of_block.get_mut(block))
            && of_event.is_none()
            && of_block.is_none()
        {
            *of_event = Some(block);
            *of_block = Some(event);
        }
    }

    fn new_events<'a>(&self, events: &'a [Incoming]) -> Vec<(usize, &'a Incoming)> {
        let pairs = events.iter().enumerate().zip(&self.of_event);
        pairs
            .filter_map(|(event, of)| of.is_none().then_some(event))
            .collect()
    }

    fn lost_blocks<'a>(&self, blocks: &'a [Block]) -> Vec<(usize, &'a Block)> {
        let pairs = blocks.iter().enumerate().zip(&self.of_block);
        pairs
            .filter_map(|(block, of)| of.is_none().then_some(block))
            .collect()
    }

    fn by_key(&mut self, events: &[Incoming], blocks: &[Block]) {
        let known: HashMap<&Key, usize> = blocks
            .iter()
            .enumerate()
            .map(|(position, block)| (&block.key, position))
            .collect();
        for (event, incoming) in events.iter().enumerate() {
            if let Some(block) = known.get(&incoming.key) {
                self.pair(event, *block);
            }
        }
    }

    /// The same nights under another name: the name was changed.
    fn by_nights(&mut self, events: &[Incoming], blocks: &[Block]) {
        let mut lost: HashMap<&NightSet, Vec<usize>> = HashMap::new();
        for (position, block) in self.lost_blocks(blocks).into_iter().rev() {
            lost.entry(&block.nights).or_default().push(position);
        }
        for (event, incoming) in self.new_events(events) {
            if let Some(block) = lost.get_mut(&incoming.nights).and_then(Vec::pop) {
                self.pair(event, block);
            }
        }
    }

    /// Nights in common and the start, the end, or the kind of a block or rule: it was moved.
    fn by_likeness(&mut self, events: &[Incoming], blocks: &[Block]) {
        let lost = Lost::index(self.lost_blocks(blocks));
        let mut pairs = Vec::new();
        for (event, incoming) in self.new_events(events) {
            let candidates = lost.candidates(incoming);
            pairs.extend(candidates.filter_map(|(block, known)| {
                let shared = known.nights.shared(&incoming.nights);
                (shared > 0).then_some((std::cmp::Reverse(shared), block, event))
            }));
        }
        pairs.sort_unstable();
        for (_, block, event) in pairs {
            self.pair(event, block);
        }
    }
}

/// Blocks without an event, by what an event may share with them.
struct Lost<'a> {
    by_start: HashMap<NaiveDate, Vec<(usize, &'a Block)>>,
    by_end: HashMap<NaiveDate, Vec<(usize, &'a Block)>>,
    by_kind: HashMap<Kind, Vec<(usize, &'a Block)>>,
}

impl<'a> Lost<'a> {
    fn index(blocks: Vec<(usize, &'a Block)>) -> Self {
        let mut lost = Self {
            by_start: HashMap::new(),
            by_end: HashMap::new(),
            by_kind: HashMap::new(),
        };
        for (position, block) in blocks {
            let entry = (position, block);
            if let Some((start, end)) = block.nights.start().zip(block.nights.end()) {
                lost.by_start.entry(start).or_default().push(entry);
                lost.by_end.entry(end).or_default().push(entry);
            }
            if matches!(block.kind, Kind::Block | Kind::Rule) {
                lost.by_kind.entry(block.kind).or_default().push(entry);
            }
        }
        for blocks in lost.by_kind.values_mut() {
            blocks.sort_by_key(|(_, block)| block.nights.start());
        }
        lost
    }

    fn candidates(&self, event: &Incoming) -> impl Iterator<Item = (usize, &'a Block)> {
        let (start, end) = (event.nights.start(), event.nights.end());
        let starting = start.and_then(|start| self.by_start.get(&start));
        let ending = end.and_then(|end| self.by_end.get(&end));
        let alike = self.by_kind.get(&event.kind).map(|blocks| {
            let later = blocks.partition_point(|(_, block)| block.nights.start() < end);
            // The nearest ones that begin before this one ends.
            let from = later.saturating_sub(MOST_CANDIDATES);
            blocks.iter().take(later).skip(from)
        });
        let starting = starting.into_iter().flatten().take(MOST_CANDIDATES);
        let ending = ending.into_iter().flatten().take(MOST_CANDIDATES);
        starting
            .chain(ending)
            .chain(alike.into_iter().flatten())
            .copied()
    }
}
