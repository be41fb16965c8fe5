//! Reads a feed and prints the nights it takes, so that anyone can check this reader against another.

use std::{
    fs::File,
    io::{self, Read as _, Write as _},
    path::PathBuf,
};

use calendar_feed::{Channel, IgnoreSummary, ReadError, Settings, read};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use clap::{ArgAction, Parser};
use serde::Serialize;

/// Prints the nights that an iCalendar feed takes, as a JSON array of `{"uid", "start", "end"}` sorted by
/// start, end and UID, or `{"error": code}` where the feed cannot be used. Both are answers, with status 0.
#[derive(Debug, Parser)]
#[command(name = "calendar-feed")]
struct Args {
    /// The feed; `-` or nothing reads standard input.
    file: Option<PathBuf>,
    /// The first night that is kept: 30 days before now unless given.
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// The first night that is no longer kept: 24 months from now unless given.
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// The accommodation's time zone, an IANA name.
    #[arg(
        long,
        default_value = "America/Argentina/Buenos_Aires",
        value_name = "ZONE"
    )]
    zone: Tz,
    /// The moment of reading, RFC 3339.
    #[arg(long, value_name = "INSTANT")]
    now: Option<DateTime<Utc>>,
    /// The domain in the UIDs that we publish: such events are ours and are left out.
    #[arg(long, default_value = "", value_name = "DOMAIN")]
    feed_domain: String,
    /// Who publishes the feed: airbnb, booking, vrbo, google or other.
    #[arg(long, default_value = "other")]
    channel: Channel,
    /// Whether tentative events take nights.
    #[arg(long, default_value_t = true, action = ArgAction::Set, value_name = "BOOL")]
    tentative_blocks: bool,
    /// Whether all-day events that are marked as free take nights.
    #[arg(long, default_value_t = true, action = ArgAction::Set, value_name = "BOOL")]
    free_all_day_blocks: bool,
    /// Whether nights that a channel closes by a booking rule are taken.
    #[arg(long, default_value_t = true, action = ArgAction::Set, value_name = "BOOL")]
    rule_blocks: bool,
    /// Leaves out events with a time of day whose summary matches this regular expression.
    #[arg(long, value_name = "PATTERN")]
    ignore_summary: Option<String>,
    /// The most events that are read.
    #[arg(long, value_name = "NUMBER")]
    max_events: Option<usize>,
}

#[derive(Serialize)]
struct Range<'a> {
    uid: Option<&'a str>,
    start: NaiveDate,
    end: NaiveDate,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let settings = settings(&args)?;
    let body = body(&args, settings.limits.body_bytes)?;
    let mut out = io::stdout().lock();
    match read(&body, &settings) {
        Ok(snapshot) => {
            let ranges: Vec<_> = snapshot
                .occurrences()
                .into_iter()
                .map(|one| Range {
                    uid: one.uid,
                    start: one.start,
                    end: one.end,
                })
                .collect();
            serde_json::to_writer(&mut out, &ranges)?;
        }
        Err(error) => serde_json::to_writer(&mut out, &refusal(error))?,
    }
    writeln!(out)?;
    Ok(())
}

fn refusal(error: ReadError) -> serde_json::Value {
    serde_json::json!({ "error": error.code() })
}

fn settings(args: &Args) -> anyhow::Result<Settings> {
    let now = args.now.unwrap_or_else(Utc::now);
    let mut settings = Settings::new(args.zone, now, args.feed_domain.as_str());
    settings.window.from = args.from.unwrap_or(settings.window.from);
    settings.window.until = args.until.unwrap_or(settings.window.until);
    settings.channel = args.channel;
    settings.tentative_blocks = args.tentative_blocks;
    settings.free_all_day_blocks = args.free_all_day_blocks;
    settings.rule_blocks = args.rule_blocks;
    if let Some(pattern) = &args.ignore_summary {
        settings.ignore_summary = Some(IgnoreSummary::parse(pattern, true)?);
    }
    settings.limits.events = args.max_events.unwrap_or(settings.limits.events);
    Ok(settings)
}

/// No more than the reader takes, and one byte to find out that there is more.
fn body(args: &Args, limit: usize) -> io::Result<Vec<u8>> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut body = Vec::new();
    match args.file.as_deref().filter(|file| file.as_os_str() != "-") {
        Some(file) => File::open(file)?.take(most).read_to_end(&mut body)?,
        None => io::stdin().lock().take(most).read_to_end(&mut body)?,
    };
    Ok(body)
}
