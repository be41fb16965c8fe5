//! How well and how fast the fixtures are heard: `make bench-voice`.
//!
//! Clips in another folder, with an `expected.json` like that of the fixtures, are judged when it is named.
//!
//! For each clip the text, what is wrong with it, and the time; then word error rate, facts, times and memory.
#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "a program for developers that prints rates"
)]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use chrono::{Datelike as _, NaiveDate};
use domain::Language;
use serde_json::Value;
use speech::{Model, Settings, Transcriber, Verdict};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let usage = "bench MODEL SHA256 VAD_MODEL SHA256 [CLIPS]";
    let mut next = || arguments.next().context(usage);
    let model = Model {
        path: next()?.into(),
        sha256: next()?,
    };
    let voices = Model {
        path: next()?.into(),
        sha256: next()?,
    };
    let settings = Settings {
        model,
        voices,
        longest: Duration::from_secs(90),
        names: ["Cabaña del Bosque", "Cabaña del Lago", "Loft del Arroyo"]
            .map(str::to_owned)
            .to_vec(),
    };
    println!("model     {}", settings.model.path.display());
    println!("machine   {}", speech::system_info().trim());
    let began = Instant::now();
    let transcriber = Transcriber::start(settings)?;
    println!("loaded in {:.2} s\n", began.elapsed().as_secs_f64());
    let folder = arguments.next().map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"),
        Into::into,
    );
    let expected: serde_json::Map<String, Value> =
        serde_json::from_slice(&fs::read(folder.join("expected.json"))?)?;
    let mut totals = Totals::default();
    for (name, wanted) in &expected {
        let clip = fs::read(folder.join(name))?;
        let language = wanted
            .get("language")
            .and_then(Value::as_str)
            .map_or(Ok(Language::Es), str::parse)?;
        let began = Instant::now();
        let verdict = transcriber.hear(clip, Some(language)).await?;
        totals.count(name, wanted, &verdict, began.elapsed());
    }
    totals.print();
    Ok(())
}

#[derive(Debug, Default)]
struct Totals {
    words: usize,
    errors: usize,
    facts: usize,
    right: usize,
    verdicts: usize,
    verdicts_right: usize,
    seconds: Vec<f64>,
    length: f64,
}

impl Totals {
    fn count(&mut self, name: &str, wanted: &Value, verdict: &Verdict, took: Duration) {
        let took = took.as_secs_f64();
        let result = wanted
            .get("result")
            .and_then(Value::as_str)
            .unwrap_or("text");
        self.verdicts += 1;
        let is_right = word(verdict) == result;
        self.verdicts_right += usize::from(is_right);
        let mark = if is_right { "ok  " } else { "BAD " };
        let Verdict::Text(heard) = verdict else {
            println!("{mark} {name}: {} in {took:.2} s", word(verdict));
            return;
        };
        let length = heard.length.as_secs_f64();
        self.seconds.push(took);
        self.length += length;
        println!(
            "{mark} {name}: {length:.1} s in {took:.2} s, confidence {:.2}{}",
            heard.confidence,
            if heard.damaged { ", damaged" } else { "" }
        );
        println!("       heard {}", heard.text);
        if let Some(said) = wanted.get("said").and_then(Value::as_str) {
            let (said, heard) = (normal(said), normal(&heard.text));
            let errors = distance(&said, &heard);
            self.words += said.len();
            self.errors += errors;
            if errors > 0 {
                println!(
                    "       said  {}   ({errors} of {} words)",
                    said.join(" "),
                    said.len()
                );
            }
        }
        for (fact, is_right) in facts(wanted, &heard.text) {
            self.facts += 1;
            self.right += usize::from(is_right);
            if !is_right {
                println!("       WRONG {fact}");
            }
        }
    }

    fn print(&mut self) {
        self.seconds.sort_by(f64::total_cmp);
        let at =
            |share: f64| self.seconds[((self.seconds.len() - 1) as f64 * share).round() as usize];
        let total: f64 = self.seconds.iter().sum();
        println!();
        println!(
            "verdicts           {} of {}",
            self.verdicts_right, self.verdicts
        );
        println!(
            "word error rate    {:.1} % ({} of {} words, numbers alike)",
            100.0 * self.errors as f64 / self.words as f64,
            self.errors,
            self.words
        );
        println!("facts right        {} of {}", self.right, self.facts);
        println!("seconds            p50 {:.2}, p95 {:.2}", at(0.5), at(0.95));
        println!("real-time factor   {:.2}", total / self.length);
        println!("memory at most     {}", peak());
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Text(_) => "text",
        Verdict::NoSpeech { .. } => "no_speech",
        Verdict::Unclear { .. } => "unclear",
        Verdict::TooLong { .. } => "too_long",
        Verdict::OutOfTime { .. } => "out_of_time",
        Verdict::Rejected(_) => "rejected",
    }
}

/// What must be heard, and what the reader must make of it.
fn facts(wanted: &Value, heard: &str) -> Vec<(String, bool)> {
    let lower = heard.to_lowercase();
    let today = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap_or_default();
    let reading = nlu::read(heard, today, &nlu::Context::default());
    let mut facts = Vec::new();
    for spellings in wanted
        .get("heard")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let spellings: Vec<&str> = spellings
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        facts.push((
            format!("heard {spellings:?}"),
            spellings.iter().any(|spelling| lower.contains(spelling)),
        ));
    }
    let number = |pointer: &str| wanted.pointer(pointer).and_then(Value::as_u64);
    let is_day = |date: Option<NaiveDate>, name: &str| {
        date.is_some_and(|date| {
            number(&format!("/{name}/day")) == Some(date.day().into())
                && number(&format!("/{name}/month")) == Some(date.month().into())
        })
    };
    for (name, date) in [
        ("check_in", reading.check_in),
        ("check_out", reading.check_out),
    ] {
        if wanted.get(name).is_some() {
            facts.push((format!("{name} {date:?}"), is_day(date, name)));
        }
    }
    if let Some(guests) = number("/guests") {
        facts.push((
            format!("guests {:?}", reading.guests),
            reading.guests.map(u64::from) == Some(guests),
        ));
    }
    if let Some(children) = number("/children") {
        facts.push((
            format!("children {:?}", reading.children),
            reading.children.map(u64::from) == Some(children),
        ));
    }
    if wanted.get("pets").is_some() {
        facts.push((
            format!("pets {:?}", reading.pets),
            reading.pets == Some(true),
        ));
    }
    if let Some(intent) = wanted.get("intent").and_then(Value::as_str)
        && intent != "payment_claim"
    {
        let read = serde_json::to_value(reading.intent.fold()).unwrap_or_default();
        facts.push((format!("intent {read}"), read.as_str() == Some(intent)));
    }
    facts
}

/// The words of a text without accents and punctuation, numbers in digits.
fn normal(text: &str) -> Vec<String> {
    const NUMBERS: [(&str, &str); 29] = [
        ("dos", "2"),
        ("tres", "3"),
        ("cuatro", "4"),
        ("cinco", "5"),
        ("seis", "6"),
        ("siete", "7"),
        ("ocho", "8"),
        ("nueve", "9"),
        ("diez", "10"),
        ("once", "11"),
        ("doce", "12"),
        ("trece", "13"),
        ("catorce", "14"),
        ("quince", "15"),
        ("dieciseis", "16"),
        ("treinta", "30"),
        ("diecisiete", "17"),
        ("dieciocho", "18"),
        ("diecinueve", "19"),
        ("veinte", "20"),
        ("veintidos", "22"),
        ("veinticuatro", "24"),
        ("veintiseis", "26"),
        ("veinticinco", "25"),
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("dois", "2"),
        ("quatro", "4"),
    ];
    let plain: String = text
        .to_lowercase()
        .replace("ciento veinte mil", "120000")
        .replace("120 mil", "120000")
        .chars()
        .filter_map(|c| match c {
            'á' | 'ã' | 'â' | 'à' => Some('a'),
            'é' | 'ê' => Some('e'),
            'í' => Some('i'),
            'ó' | 'õ' | 'ô' => Some('o'),
            'ú' | 'ü' => Some('u'),
            'ç' => Some('c'),
            '.' => None,
            c if c.is_alphanumeric() => Some(c),
            _ => Some(' '),
        })
        .collect();
    plain
        .split_whitespace()
        .map(|word| {
            let found = NUMBERS.iter().find(|(spelled, _)| *spelled == word);
            found.map_or(word, |(_, digits)| digits).to_owned()
        })
        .collect()
}

/// How many words must be changed, left out or put in.
fn distance(a: &[String], b: &[String]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let change = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// The most memory this process had, where the system tells.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |line| line.trim().to_owned())
}
