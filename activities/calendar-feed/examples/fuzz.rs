//! Looks for a feed that the reader does not survive, for so many seconds: `make fuzz`.
//!
//! It begins with the fixtures and the corpus, damages them line by line and byte by byte, and keeps what was
//! read in a way not seen before, so that it gets deeper than chance alone. What it finds is written into the
//! corpus, which every test run reads; the seed repeats a run.
#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a program for developers"
)]

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use calendar_feed::{ReadError, Settings, read};
use clap::Parser;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use sha2::{Digest as _, Sha256};

/// A feed of this size, or it is cut: what is larger tells little more.
const LONGEST: usize = 64 * 1024;

/// The longest that one feed of that size may take.
const SLOW: Duration = Duration::from_secs(1);

/// Looks for a feed that the reader does not survive.
#[derive(Debug, Parser)]
struct Args {
    /// For how long.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Repeats a run.
    #[arg(long)]
    seed: Option<u64>,
}

/// What is put in the place of values: what readers of calendars have stumbled over.
const VALUES: &[&str] = &[
    "20261210",
    "20270230",
    "00010101",
    "99991231",
    "20261210T250000",
    "20270328T023000",
    "20261210T000000Z",
    "2026-12-10T18:00:00Z",
    "20261210/P3D",
    "20261210T100000Z/20261212T100000Z",
    "-P1D",
    "P99999999999999999D",
    "PT0S",
    "P1W",
    "FREQ=DAILY",
    "FREQ=DAILY;COUNT=999999999",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYDAY=5MO;BYMONTH=2;BYSETPOS=-366",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1,2,3;BYMINUTE=0,1,2;BYSETPOS=1,-1",
    "FREQ=WEEKLY;INTERVAL=0",
    "FREQ=WEEKLY;UNTIL=19000101",
    "FREQ=SECONDLY",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
    "CANCELLED",
    "TRANSPARENT",
    "9223372036854775807",
    "-1",
    "+2400",
    "-030045",
    "a@reservas.example.com",
    "",
];

/// Lines that change what the others mean.
const LINES: &[&str] = &[
    "BEGIN:VCALENDAR",
    "END:VCALENDAR",
    "BEGIN:VEVENT",
    "END:VEVENT",
    "BEGIN:VALARM",
    "END:VALARM",
    "BEGIN:VTIMEZONE",
    "END:VTIMEZONE",
    "BEGIN:STANDARD",
    "BEGIN:X",
    "RECURRENCE-ID:20261210",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:20261210T100000Z",
    "SEQUENCE:7",
    "DTSTART;TZID=Customized Time Zone:20261210T100000",
    "DTSTART;TZID=\"a:b;c\":20261210T100000",
    "DTEND;VALUE=DATE:20261212T100000Z",
    "EXDATE;TZID=Pacific/Apia:20111230T100000,20261210",
    "RDATE;VALUE=PERIOD:20261210T100000Z/PT100H",
    "TZOFFSETFROM:+2359",
    "TZOFFSETTO:-2359",
    "RRULE:FREQ=DAILY;COUNT=400",
    " ",
    "\t",
];

struct Fuzzer {
    rng: StdRng,
    settings: Settings,
    pool: Vec<Vec<u8>>,
    seen: HashSet<Vec<usize>>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let seed = args.seed.unwrap_or_else(|| rand::rng().random());
    println!("fuzz: {} s with --seed {seed}", args.seconds);
    let mut fuzzer = Fuzzer {
        rng: StdRng::seed_from_u64(seed),
        settings: Settings::new(
            chrono_tz::America::Argentina::Buenos_Aires,
            "2026-11-24T12:00:00Z".parse()?,
            "reservas.example.com",
        ),
        pool: feeds()?,
        seen: HashSet::new(),
    };
    let (began, mut runs) = (Instant::now(), 0_u64);
    for feed in fuzzer.pool.clone() {
        fuzzer.seen.insert(fuzzer.look(&feed)?);
    }
    while began.elapsed() < Duration::from_secs(args.seconds) {
        let feed = fuzzer.another();
        let shape = fuzzer.look(&feed)?;
        if fuzzer.seen.insert(shape) {
            fuzzer.pool.push(feed);
        }
        runs += 1;
    }
    println!(
        "fuzz: {runs} feeds were read or refused, in {} different ways",
        fuzzer.seen.len()
    );
    Ok(())
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

fn feeds() -> anyhow::Result<Vec<Vec<u8>>> {
    let mut paths = BTreeSet::new();
    for name in ["fixtures", "corpus"] {
        for entry in fs::read_dir(folder(name)).context("no feeds to begin with")? {
            paths.insert(entry?.path());
        }
    }
    let feeds = paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "ics"));
    feeds.map(|path| Ok(fs::read(path)?)).collect()
}

impl Fuzzer {
    /// Reads a feed and holds the answer to what must always be so. Answers how it was read, roughly.
    fn look(&self, feed: &[u8]) -> anyhow::Result<Vec<usize>> {
        let began = Instant::now();
        let answer = read(feed, &self.settings);
        let took = began.elapsed();
        let wrong = match &answer {
            Err(ReadError::Panicked) => Some("it panicked".to_owned()),
            // What costs too much is refused in time.
            _ if took > SLOW + self.settings.limits.cpu_time => Some(format!("it took {took:?}")),
            Ok(snapshot) => {
                let window = self.settings.window;
                let all = snapshot.occurrences();
                let mut ends = all.iter().filter(|one| {
                    one.start >= one.end || one.start < window.from || one.end > window.until
                });
                let is_known = |key: &String| snapshot.blocks.iter().any(|block| block.key == *key);
                if let Some(one) = ends.next() {
                    Some(format!("{one:?} is out of the window, or no night"))
                } else if snapshot.silent.iter().any(is_known) {
                    Some("a key takes nights and takes none".to_owned())
                } else if read(feed, &self.settings).as_ref() != Ok(snapshot) {
                    Some("it is read otherwise the second time".to_owned())
                } else {
                    None
                }
            }
            Err(_) => None,
        };
        if let Some(wrong) = wrong {
            bail!("{wrong}; the feed is kept as {}", keep(feed)?.display());
        }
        Ok(shape(&answer))
    }

    fn another(&mut self) -> Vec<u8> {
        let mut feed = self.pool.choose(&mut self.rng).cloned().unwrap_or_default();
        for _ in 0..self.rng.random_range(1..=8) {
            if self.rng.random_bool(0.6) {
                self.damage_lines(&mut feed);
            } else {
                self.damage_bytes(&mut feed);
            }
        }
        feed.truncate(LONGEST);
        feed
    }

    fn damage_lines(&mut self, feed: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> = feed
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        let at = self.rng.random_range(0..lines.len());
        match self.rng.random_range(0..7) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(at, lines[at].clone()),
            2 => {
                let other = self.rng.random_range(0..lines.len());
                lines.swap(at, other);
            }
            3 => {
                let line = LINES.choose(&mut self.rng).copied().unwrap_or_default();
                lines.insert(at, line.as_bytes().to_vec());
            }
            4 => {
                let value = VALUES.choose(&mut self.rng).copied().unwrap_or_default();
                let colon = lines[at].iter().position(|byte| *byte == b':');
                if let Some(colon) = colon {
                    lines[at].truncate(colon + 1);
                    lines[at].extend_from_slice(value.as_bytes());
                }
            }
            5 => {
                // A part of another feed.
                let other = self.pool.choose(&mut self.rng).cloned().unwrap_or_default();
                let others: Vec<_> = other
                    .split(|byte| *byte == b'\n')
                    .map(<[u8]>::to_vec)
                    .collect();
                let from = self.rng.random_range(0..others.len());
                let to = self.rng.random_range(from..others.len()).min(from + 20);
                lines.splice(at..at, others[from..to].iter().cloned());
            }
            _ => {
                // The same again and again.
                let to = self.rng.random_range(at..lines.len()).min(at + 12);
                let part = lines[at..=to].to_vec();
                for _ in 0..self.rng.random_range(1..30) {
                    lines.splice(at..at, part.iter().cloned());
                }
            }
        }
        *feed = lines.join(&b'\n');
    }

    fn damage_bytes(&mut self, feed: &mut Vec<u8>) {
        if feed.is_empty() {
            return;
        }
        let at = self.rng.random_range(0..feed.len());
        let byte = if self.rng.random_bool(0.5) {
            *b"\r\n:;,=\" \t\\-+/0T\0\xff\xc3"
                .choose(&mut self.rng)
                .unwrap_or(&0)
        } else {
            self.rng.random()
        };
        match self.rng.random_range(0..4) {
            0 => feed[at] = byte,
            1 => drop(feed.remove(at)),
            2 => feed.insert(at, byte),
            _ => {
                let many = self.rng.random_range(1..6_000);
                feed.splice(at..at, std::iter::repeat_n(byte, many));
            }
        }
    }
}

/// How a feed was read, so roughly that what is new is worth keeping.
fn shape(answer: &Result<calendar_feed::Snapshot, ReadError>) -> Vec<usize> {
    let snapshot = match answer {
        Ok(snapshot) => snapshot,
        Err(error) => return error.code().bytes().map(usize::from).collect(),
    };
    let size =
        |count: usize| usize::try_from(count.checked_ilog2().map_or(0, |log| log + 1)).unwrap_or(0);
    let mut warnings: Vec<&str> = snapshot
        .warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect();
    warnings.sort_unstable();
    warnings.dedup();
    let ranges: usize = snapshot.blocks.iter().map(|block| block.nights.len()).sum();
    let kinds: BTreeSet<&str> = snapshot
        .blocks
        .iter()
        .map(|block| block.kind.as_str())
        .collect();
    let counts = [
        snapshot.events,
        snapshot.blocks.len(),
        ranges,
        snapshot.silent.len(),
        snapshot.own_events,
        snapshot.cancelled,
        snapshot.skipped_free,
        snapshot.skipped_lines,
        snapshot.rejected.len(),
    ];
    let words = warnings
        .into_iter()
        .chain(kinds)
        .flat_map(|word| word.bytes().map(usize::from));
    counts.into_iter().map(size).chain(words).collect()
}

/// Keeps what was found where the tests read it from now on.
fn keep(feed: &[u8]) -> anyhow::Result<PathBuf> {
    let mut name = hex::encode(Sha256::digest(feed));
    name.truncate(12);
    let path = folder("corpus").join(format!("found-{name}.ics"));
    fs::write(&path, feed)?;
    Ok(path)
}
