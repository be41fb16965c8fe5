//! What strangers send, damaged: webhooks, signatures, what guests write and say, and the questions of clients.
//!
//! `make fuzz` looks for something that one of the readers does not survive, and keeps what it finds in `corpus/`;
//! every test run reads what is kept there. Calendars have a search of their own in `calendar-feed`.

#![expect(
    clippy::indexing_slicing,
    reason = "a place is chosen among those that there are"
)]

mod damage;
mod readers;

use std::{
    collections::HashSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};

use crate::readers::{Reader, Shape, all};

/// The longest that reading one input may take, on a machine that does other things as well.
const SLOW: Duration = Duration::from_secs(2);

/// An input of this size, or it is cut: what is larger tells little more.
const LONGEST: usize = 64 * 1024;

#[test]
fn whatever_was_ever_kept_is_survived() -> Result<()> {
    for mut reader in all()? {
        let kept = corpus(&reader)?;
        assert!(!kept.is_empty(), "nothing is kept for {}", reader.name);
        for input in kept {
            look(&mut reader, &input)?;
        }
    }
    Ok(())
}

#[test]
#[ignore = "takes as long as it is given: `make fuzz`"]
fn whatever_damage_makes_of_it_is_survived() -> Result<()> {
    let number = |name: &str| -> Option<u64> { std::env::var_os(name)?.to_str()?.parse().ok() };
    let seconds = number("SECONDS_OF_FUZZ").unwrap_or(30);
    let seed = number("SEED").unwrap_or_else(|| rand::rng().random());
    println!("fuzz: {seconds} s with SEED={seed}");
    let mut readers = all()?;
    let each = Duration::from_secs(seconds) / u32::try_from(readers.len())?;
    for reader in &mut readers {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut pool = corpus(reader)?;
        let mut seen: HashSet<Shape> = HashSet::new();
        for input in &pool {
            seen.insert(look(reader, input)?);
        }
        let (began, mut runs) = (Instant::now(), 0_u64);
        while began.elapsed() < each {
            let input = pool.choose(&mut rng).cloned().unwrap_or_default();
            let other = pool.choose(&mut rng).cloned().unwrap_or_default();
            let mut input = damage::of(input, &other, reader.words, &mut rng);
            input.truncate(LONGEST);
            // What was read in a way not seen before leads deeper than chance alone.
            if seen.insert(look(reader, &input)?) {
                pool.push(input);
            }
            runs += 1;
        }
        println!(
            "fuzz: {runs} {} in {} different ways",
            reader.name,
            seen.len()
        );
    }
    Ok(())
}

/// Reads one input and holds the answer to what must always be so.
fn look(reader: &mut Reader, input: &[u8]) -> Result<Shape> {
    let began = Instant::now();
    let answered = catch_unwind(AssertUnwindSafe(|| (reader.look)(input)));
    let took = began.elapsed();
    let wrong = match answered {
        Ok(Ok(_)) if took > SLOW => format!("it took {took:?}"),
        Ok(Ok(shape)) => return Ok(shape),
        Ok(Err(wrong)) => format!("{wrong:#}"),
        Err(_panic) => "it panicked".to_owned(),
    };
    bail!(
        "{}: {wrong}; kept as {}",
        reader.name,
        keep(reader, input)?.display()
    );
}

fn folder(reader: &Reader) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/corpus")
        .join(reader.name)
}

fn corpus(reader: &Reader) -> Result<Vec<Vec<u8>>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder(reader)).context("no corpus to begin with")? {
        paths.push(entry?.path());
    }
    paths.sort();
    let kept = paths.into_iter().map(|path| Ok(fs::read(path)?));
    let mut kept = kept.collect::<Result<Vec<_>>>()?;
    kept.extend(reader.examples.iter().cloned());
    Ok(kept)
}

fn keep(reader: &Reader, input: &[u8]) -> Result<PathBuf> {
    let name: u64 = input.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let path = folder(reader).join(format!("found-{name:016x}"));
    fs::write(&path, input)?;
    Ok(path)
}
