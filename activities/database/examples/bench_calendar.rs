//! How long a feed of so many events takes from its bytes to its nights, and what it costs: `make bench-calendar`.
//!
//! It needs the Postgres of `stack services`. Beside each time stands a yardstick of the same machine and run:
//! for reading, the `ical` crate splitting the same lines and no more; for importing, the same rows put into a
//! bare table. The ratios say more than the seconds.
#![expect(
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::as_conversions,
    clippy::disallowed_methods,
    reason = "a program for developers that prints rates and asks its surroundings"
)]

use std::{
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

use ::calendars::{Channel, Incoming, Key, Kind, NightSet, Nights, Settings, Snapshot};
use anyhow::{Context as _, ensure};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use database::{
    Database, accommodations,
    calendars::{self, Fetched, NewFeed, NewRun},
};
use domain::{
    Accommodation, AccommodationId, FeedId, Money,
    accommodation::{self, Location},
    policy::Policies,
    rate::RatePlan,
};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, raw_sql};
use serde_json::json;

/// Events, and the most seconds and megabytes that they may take.
const SIZES: [(usize, f64, u64); 3] = [(200, 1.0, 200), (2_000, 1.0, 200), (50_000, 10.0, 200)];

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let server = std::env::var("POSADA_TEST_DATABASE_URL")
        .context("run this by `make bench-calendar`, which starts a Postgres")?;
    let (url, sql) = fresh_database(&server).await?;
    let db = Database::connect(&url.into(), 2).await?;
    let cabin = cabin();
    accommodations::upsert(&db, &cabin, true).await?;
    println!(
        "{:>7} {:>8} {:>9} {:>7} {:>9} {:>7} {:>9} {:>9} {:>7}",
        "events", "bytes", "read", "ratio", "import", "ratio", "again", "in all", "memory"
    );
    let mut failed = Vec::new();
    for (events, most_seconds, most_megabytes) in SIZES {
        let found = measure(&db, &sql, cabin.id, events).await?;
        let all = found.read + found.import;
        println!(
            "{events:>7} {:>8} {:>9} {:>7.1} {:>9} {:>7.1} {:>9} {:>9} {:>4} MB",
            found.bytes,
            seconds(found.read),
            ratio(found.read, found.split),
            seconds(found.import),
            ratio(found.import, found.rows),
            seconds(found.again),
            seconds(all),
            found.megabytes,
        );
        if all.as_secs_f64() > most_seconds || found.megabytes > most_megabytes {
            failed.push(format!(
                "{events} events may take {most_seconds} s and {most_megabytes} MB"
            ));
        }
    }
    println!("\nread: from bytes to nights; its ratio is to splitting the lines alone.");
    println!(
        "import: from nights into Postgres; its ratio is to the bare rows. again: the same once more, unchanged."
    );
    println!("memory: the most that the process had at once, above what it began with.");
    ensure!(failed.is_empty(), "too much: {}", failed.join("; "));
    Ok(())
}

struct Found {
    bytes: usize,
    read: Duration,
    split: Duration,
    import: Duration,
    rows: Duration,
    again: Duration,
    megabytes: u64,
}

async fn measure(
    db: &Database,
    sql: &DatabaseConnection,
    cabin: AccommodationId,
    events: usize,
) -> anyhow::Result<Found> {
    let feed = feed(events);
    let bytes = feed.len();
    let split = split(&feed);
    let rows = bare_rows(sql, events).await?;
    let source = calendars::add(db, &source(cabin)).await?.id;
    // The peak is reset, so that it is that of reading and importing alone.
    fs::write("/proc/self/clear_refs", "5").context("the peak of the memory cannot be reset")?;
    let before = memory("VmRSS:")?;
    let began = Instant::now();
    let snapshot = read(&feed)?;
    let read_in = began.elapsed();
    ensure!(snapshot.taken.len() > events / 2, "events were lost");
    let began = Instant::now();
    let report = calendars::record(db, &run(source, "first", snapshot, feed.clone())).await?;
    let import = began.elapsed();
    let peak = memory("VmHWM:")?;
    ensure!(report.added > events / 2, "blocks were lost");
    let snapshot = read(&feed)?;
    let began = Instant::now();
    let report = calendars::record(db, &run(source, "again", snapshot, feed)).await?;
    let again = began.elapsed();
    ensure!(report.outcome == "unchanged", "it was unchanged");
    calendars::remove(db, source, true, today(), now()).await?;
    Ok(Found {
        bytes,
        read: read_in,
        split,
        import,
        rows,
        again,
        megabytes: peak.saturating_sub(before) / 1024,
    })
}

/// Stays, times in a foreign zone, series with exceptions, descriptions: as a busy property manager would send.
fn feed(events: usize) -> Vec<u8> {
    let mut text = String::from("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a channel//EN\r\n");
    for number in 0..events {
        let start = today() + Days::new(number as u64 % 700);
        let (from, to) = (
            start.format("%Y%m%d"),
            (start + Days::new(3)).format("%Y%m%d"),
        );
        let dates = match number % 10 {
            0 => format!(
                "DTSTART;TZID=Europe/Madrid:{from}T190000\r\nDTEND;TZID=Europe/Madrid:{to}T140000"
            ),
            1 => format!(
                "DTSTART:{from}\r\nDTEND:{to}\r\nRRULE:FREQ=MONTHLY;COUNT=6\r\nEXDATE:{from}"
            ),
            _ => format!("DTSTART;VALUE=DATE:{from}\r\nDTEND;VALUE=DATE:{to}"),
        };
        let _ = write!(
            text,
            "BEGIN:VEVENT\r\nUID:{number:032x}@channel.example\r\nDTSTAMP:20261124T120000Z\r\n{dates}\r\nSUMMARY:Reserved\r\nDESCRIPTION:Reservation URL: https://www.airbnb.com/hosting/reservations/deta\r\n ils/HM{number:08}\\nPhone: 0417\r\nEND:VEVENT\r\n"
        );
    }
    text.push_str("END:VCALENDAR\r\n");
    text.into_bytes()
}

fn read(feed: &[u8]) -> anyhow::Result<Snapshot> {
    let settings = calendar_feed::Settings::new(
        chrono_tz::America::Argentina::Buenos_Aires,
        now(),
        "reservas.example.com",
    );
    let read = calendar_feed::read(feed, &settings)?;
    let taken = read.blocks.into_iter().map(|block| Incoming {
        key: Key(block.key),
        uid: block.uid,
        nights: block
            .nights
            .iter()
            .filter_map(|range| Nights::new(range.check_in, range.check_out))
            .collect::<NightSet>(),
        kind: Kind::Reservation,
        sequence: block.sequence,
        summary: block.summary,
    });
    Ok(Snapshot {
        taken: taken.collect(),
        ..Snapshot::default()
    })
}

/// The yardstick of reading.
fn split(feed: &[u8]) -> Duration {
    let began = Instant::now();
    let mut properties = 0_usize;
    for line in feed.split(|byte| *byte == b'\n') {
        if let Some(Ok(_)) = ical::PropertyParser::from_reader(line).next() {
            properties += 1;
        }
    }
    std::hint::black_box(properties);
    began.elapsed()
}

/// The yardstick of importing.
async fn bare_rows(sql: &DatabaseConnection, rows: usize) -> anyhow::Result<Duration> {
    sql.execute_unprepared("CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, key text, nights datemultirange)")
        .await?;
    let began = Instant::now();
    let rows = i64::try_from(rows)?;
    sql.execute_raw(raw_sql!(
        Postgres,
        r"INSERT INTO bare (key, nights)
          SELECT md5(number::text), datemultirange(daterange(current_date + number::int % 700, current_date + number::int % 700 + 3))
          FROM generate_series(1, {rows}) AS number"
    ))
    .await?;
    Ok(began.elapsed())
}

fn run(feed: FeedId, key: &str, snapshot: Snapshot, body: Vec<u8>) -> NewRun {
    NewRun {
        feed,
        edition: 0,
        key: key.to_owned(),
        at: now() + TimeDelta::minutes(i64::from(key == "again") * 5),
        today: today(),
        fetched: Fetched::Snapshot {
            snapshot,
            body,
            etag: None,
            last_modified: None,
            counted: json!({}),
            warnings: json!([]),
        },
        served: Vec::new(),
    }
}

fn source(cabin: AccommodationId) -> NewFeed {
    let id = FeedId::generate();
    NewFeed {
        id,
        accommodation_id: cabin,
        channel: Channel::Airbnb,
        url: format!("https://channel.example/{id}.ics").into(),
        settings: Settings::default(),
        at: now(),
    }
}

async fn fresh_database(server: &str) -> anyhow::Result<(String, DatabaseConnection)> {
    let name = format!("bench_{}", std::process::id());
    let admin = sea_orm::Database::connect(server).await?;
    admin
        .execute_unprepared(&format!("CREATE DATABASE {name}"))
        .await?;
    let (before, _) = server
        .rsplit_once('/')
        .context("an address without a database")?;
    let url = format!("{before}/{name}");
    migrations::up(&url.clone().into()).await?;
    let sql = sea_orm::Database::connect(&url).await?;
    Ok((url, sql))
}

/// Kilobytes, as Linux counts them.
fn memory(name: &str) -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(kilobytes
        .context("Linux does not say how much memory there is")?
        .parse()?)
}

fn seconds(took: Duration) -> String {
    format!("{:.3} s", took.as_secs_f64())
}

fn ratio(took: Duration, yardstick: Duration) -> f64 {
    took.as_secs_f64() / yardstick.as_secs_f64()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_521_600, 0).unwrap_or_default()
}

fn today() -> NaiveDate {
    now().date_naive()
}

fn cabin() -> Accommodation {
    Accommodation {
        id: AccommodationId::generate(),
        name: "Cabaña del Bosque".to_owned(),
        aliases: Vec::new(),
        kind: accommodation::Kind::Cabin,
        capacity: 4,
        description: String::new(),
        amenities: Vec::new(),
        photos: Vec::new(),
        location: Location {
            area: String::new(),
            address: String::new(),
            latitude: -40.76,
            longitude: -71.65,
        },
        access: String::new(),
        time_zone: chrono_tz::America::Argentina::Buenos_Aires,
        rates: RatePlan::flat(Money::pesos(100_000)),
        policies: Policies::default(),
    }
}
