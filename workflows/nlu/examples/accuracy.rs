//! How many phrases of the corpus are read right, by language, and how long a message takes.
//!
//! `make bench-nlu` runs it. It fails when a phrase is read wrong. Other phrases in the same format
//! are judged by naming their files: `cargo run -p nlu --example accuracy -- fresh.jsonl`.

#[path = "../tests/it/judge.rs"]
mod judge;

use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use nlu::Language;

const DATES: &[&str] = &["check_in", "check_out", "date_error", "nights", "choices"];

/// What was judged, and what was wrong.
#[derive(Default)]
struct Count {
    judged: usize,
    wrong: usize,
}

/// The phrases of one language.
#[derive(Default)]
struct Tally {
    phrases: usize,
    intents: Count,
    dates: Count,
    /// Dates that are wrong and were not asked.
    guessed: usize,
    rest: Count,
}

fn main() -> ExitCode {
    let named: Vec<String> = env::args().skip(1).collect();
    let lines = if named.is_empty() {
        judge::lines()
    } else {
        let of = |file: &String| judge::lines_of(Path::new(file));
        named.iter().flat_map(of).collect()
    };
    let mut tallies = [Language::Es, Language::Pt, Language::En].map(|of| (of, Tally::default()));
    let mut any_wrong = false;
    for (file, line) in &lines {
        let failures = judge::judge(file, line);
        failures.iter().for_each(report);
        any_wrong |= !failures.is_empty();
        let language = language_of(line);
        for (_, tally) in tallies.iter_mut().filter(|(of, _)| *of == language) {
            tally.add(line, &failures);
        }
    }
    table(&tallies);
    speed(&lines);
    if any_wrong {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// The language a phrase is read in.
fn language_of(line: &judge::Line) -> Language {
    let today = line.today.unwrap_or_else(judge::corpus_day);
    nlu::read(&line.text, today, &line.context).language
}

impl Tally {
    fn add(&mut self, line: &judge::Line, failures: &[judge::Failure]) {
        self.phrases += 1;
        let is_date = |key: &str| DATES.contains(&key);
        let is_intent = |key: &str| key == "intent";
        self.intents.add(line, failures, is_intent);
        self.dates.add(line, failures, is_date);
        self.rest
            .add(line, failures, |key| !is_intent(key) && !is_date(key));
        let guessed = |failure: &judge::Failure| is_date(&failure.key) && !failure.read.is_null();
        self.guessed += usize::from(failures.iter().any(guessed));
    }
}

#[expect(clippy::print_stdout, reason = "printing is what this example is for")]
fn report(failure: &judge::Failure) {
    println!("{failure}");
}

#[expect(clippy::print_stdout, reason = "printing is what this example is for")]
fn table(tallies: &[(Language, Tally)]) {
    println!("language  phrases         intents           dates   guessed   party and the rest");
    for (language, tally) in tallies {
        println!(
            "{language:<8?}  {:>7}  {:>14}  {:>14}  {:>8}  {:>19}",
            tally.phrases,
            tally.intents.shown(),
            tally.dates.shown(),
            tally.guessed,
            tally.rest.shown(),
        );
    }
}

impl Count {
    fn add(
        &mut self,
        line: &judge::Line,
        failures: &[judge::Failure],
        belongs: impl Fn(&str) -> bool,
    ) {
        self.judged += usize::from(line.expect.keys().any(|key| belongs(key)));
        self.wrong += usize::from(failures.iter().any(|failure| belongs(&failure.key)));
    }

    /// "99.5 % of 812", in whole numbers.
    fn shown(&self) -> String {
        let thousandths = (self.judged - self.wrong) * 1000 / self.judged.max(1);
        format!(
            "{}.{} % of {}",
            thousandths / 10,
            thousandths % 10,
            self.judged
        )
    }
}

#[expect(clippy::print_stdout, reason = "printing is what this example is for")]
fn speed(lines: &[(String, judge::Line)]) {
    const ROUNDS: usize = 5;
    let today = judge::corpus_day();
    // The tables of phrases are put together by the first message that needs them.
    let before = Instant::now();
    for (_, line) in lines {
        std::hint::black_box(nlu::read(&line.text, today, &line.context));
    }
    let first = before.elapsed();
    let mut taken: Vec<Duration> = Vec::with_capacity(lines.len() * ROUNDS);
    for _ in 0..ROUNDS {
        for (_, line) in lines {
            let message = Instant::now();
            std::hint::black_box(nlu::read(&line.text, today, &line.context));
            taken.push(message.elapsed());
        }
    }
    taken.sort_unstable();
    let at = |hundredths: usize| {
        let index = taken.len().saturating_sub(1) * hundredths / 100;
        taken.get(index).map_or(0, Duration::as_micros)
    };
    let sum: Duration = taken.iter().sum();
    let mean = sum.as_micros() / u128::try_from(taken.len().max(1)).unwrap_or(1);
    println!(
        "{} phrases: {mean} µs a message, p50 {}, p99 {}, at most {} µs; the first round {} ms",
        lines.len(),
        at(50),
        at(99),
        at(100),
        first.as_millis(),
    );
}
