//! Prints how many phrases of the corpus are read right, and how long a message takes.

#[path = "../tests/it/judge.rs"]
mod judge;

use std::collections::BTreeSet;
use std::time::Instant;

const DATES: &[&str] = &["check_in", "check_out", "date_error", "nights"];

fn main() {
    let lines = judge::lines();
    let mut wrong_intents = BTreeSet::new();
    let mut wrong_dates = BTreeSet::new();
    let mut wrong_others = BTreeSet::new();
    for (at, (file, line)) in lines.iter().enumerate() {
        for failure in judge::judge(file, line) {
            report(&failure);
            match failure.key.as_str() {
                "intent" => wrong_intents.insert(at),
                key if DATES.contains(&key) => wrong_dates.insert(at),
                _ => wrong_others.insert(at),
            };
        }
    }
    let judged = |keys: &[&str]| {
        let fixes = |line: &judge::Line| keys.iter().any(|key| line.expect.contains_key(*key));
        lines.iter().filter(|(_, line)| fixes(line)).count()
    };
    let others = [
        "guests",
        "children",
        "pets",
        "accommodation",
        "reservation_code",
        "language",
        "choices",
    ];
    summary("intents", judged(&["intent"]), wrong_intents.len());
    summary("dates", judged(DATES), wrong_dates.len());
    summary("party and the rest", judged(&others), wrong_others.len());
    speed(&lines);
}

#[expect(clippy::print_stdout, reason = "printing is what this example is for")]
fn report(failure: &judge::Failure) {
    println!("{failure}");
}

#[expect(clippy::print_stdout, reason = "printing is what this example is for")]
fn summary(what: &str, judged: usize, wrong: usize) {
    let right = judged - wrong;
    let tenths = right * 1000 / judged.max(1);
    println!(
        "{what}: {right} of {judged} right, {}.{} %",
        tenths / 10,
        tenths % 10
    );
}

#[expect(clippy::print_stdout, reason = "printing is what this example is for")]
fn speed(lines: &[(String, judge::Line)]) {
    const ROUNDS: usize = 10;
    let today = judge::corpus_day();
    let mut slowest = 0;
    let begin = Instant::now();
    for _ in 0..ROUNDS {
        for (_, line) in lines {
            let message = Instant::now();
            std::hint::black_box(nlu::read(&line.text, today, &line.context));
            slowest = slowest.max(message.elapsed().as_micros());
        }
    }
    let messages = u128::try_from(lines.len() * ROUNDS)
        .unwrap_or(u128::MAX)
        .max(1);
    let mean = begin.elapsed().as_micros() / messages;
    println!(
        "{} phrases, {mean} µs a message, {slowest} µs at most",
        lines.len()
    );
}
