//! A database for each test, and the few words in which the tests speak.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use database::{
    Database,
    reservations::{HoldPlaced, NewHold, Reservation},
};
use domain::{
    Accommodation, AccommodationId, Channel, GuestId, Money, Party, Quote, ReservationCode, Stay,
    accommodation::{Kind, Location},
    policy::Policies,
    rate::RatePlan,
};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use secrecy::{ExposeSecret, SecretString};

/// A superuser's way into a Postgres that tests may fill.
const VARIABLE: &str = "POSADA_TEST_DATABASE_URL";

/// One test's database, with a cabin in it.
pub(crate) struct Fresh {
    pub(crate) db: Database,
    pub(crate) url: SecretString,
    pub(crate) cabin: AccommodationId,
}

impl Fresh {
    /// A migrated database with one cabin for four.
    pub(crate) async fn database() -> Self {
        let url = Self::cloned_from(&migrated_template().await).await;
        let db = Database::connect(&url, 20).await.unwrap();
        let cabin = cabin("Cabaña del Bosque", 4);
        database::accommodations::upsert(&db, &cabin, true)
            .await
            .unwrap();
        Self {
            db,
            url,
            cabin: cabin.id,
        }
    }

    /// A database without a table.
    pub(crate) async fn empty() -> SecretString {
        Self::cloned_from("template1").await
    }

    async fn cloned_from(template: &str) -> SecretString {
        let server = server().await;
        let test = std::thread::current()
            .name()
            .unwrap_or("main")
            .replace("::", "_");
        let name = format!("t_{test}").to_lowercase();
        // Postgres cuts names at 63 bytes; the end of a test's name tells more than its beginning.
        let name: String = name
            .chars()
            .skip(name.chars().count().saturating_sub(60))
            .collect();
        run(
            &server,
            &format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"),
        )
        .await;
        run(
            &server,
            &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\""),
        )
        .await;
        url_of(&name)
    }

    /// Another connection to the same database, for what the crate has no words for.
    pub(crate) async fn sql(&self) -> DatabaseConnection {
        connect(self.url.expose_secret()).await
    }

    /// Another cabin.
    pub(crate) async fn another_cabin(&self) -> AccommodationId {
        let cabin = cabin("Cabaña del Lago", 6);
        database::accommodations::upsert(&self.db, &cabin, true)
            .await
            .unwrap();
        cabin.id
    }

    /// A hold as a guest would ask for it, not yet placed.
    pub(crate) fn hold(&self, stay: Stay) -> NewHold {
        NewHold {
            code: ReservationCode::generate(day("2026-11-24")).unwrap(),
            accommodation_id: self.cabin,
            guest_id: None,
            stay,
            party: Party::of(4).unwrap(),
            quote: quote(stay),
            terms: domain::policy::Policies::default(),
            channel: Channel::WhatsApp,
            expires_at: now() + TimeDelta::minutes(30),
            at: now(),
        }
    }

    /// A hold that was placed.
    pub(crate) async fn held(&self, stay: Stay) -> Reservation {
        held(
            database::reservations::place_hold(&self.db, &self.hold(stay))
                .await
                .unwrap(),
        )
    }

    pub(crate) async fn guest(&self, wa_id: &str) -> GuestId {
        database::guests::resolve(&self.db, &identity(None, Some(wa_id)))
            .await
            .unwrap()
    }
}

pub(crate) fn held(placed: HoldPlaced) -> Reservation {
    match placed {
        HoldPlaced::Held(reservation) => reservation,
        HoldPlaced::Taken => panic!("the nights are taken"),
    }
}

pub(crate) fn identity(bsuid: Option<&str>, wa_id: Option<&str>) -> database::guests::Identity {
    database::guests::Identity {
        bsuid: bsuid.map(str::to_owned),
        wa_id: wa_id.map(str::to_owned),
        profile_name: Some("Ana".to_owned()),
    }
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

pub(crate) fn minutes(minutes: i64) -> DateTime<Utc> {
    now() + TimeDelta::minutes(minutes)
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Nights of January 2027.
pub(crate) fn january(check_in: u32, check_out: u32) -> Stay {
    let date = |day| NaiveDate::from_ymd_opt(2027, 1, day).unwrap();
    Stay::new(date(check_in), date(check_out)).unwrap()
}

pub(crate) fn quote(stay: Stay) -> Quote {
    let total = Money::pesos(100_000).times(u32::from(stay.nights()));
    Quote {
        lines: Vec::new(),
        total,
        deposit: total.share(domain::BasisPoints(3_000)),
        nights: stay.nights(),
    }
}

pub(crate) fn cabin(name: &str, capacity: u8) -> Accommodation {
    Accommodation {
        id: AccommodationId::generate(),
        name: name.to_owned(),
        aliases: vec!["la del bosque".to_owned()],
        kind: Kind::Cabin,
        capacity,
        description: "Entre coihues.".to_owned(),
        amenities: vec!["wifi".to_owned()],
        photos: Vec::new(),
        location: Location {
            area: "Villa La Angostura".to_owned(),
            address: "Los Maitenes 123".to_owned(),
            latitude: -40.76,
            longitude: -71.65,
        },
        access: "La llave está en la caja.".to_owned(),
        time_zone: chrono_tz::America::Argentina::Buenos_Aires,
        rates: RatePlan::flat(Money::pesos(100_000)),
        policies: Policies::default(),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the tests read their configuration"
)]
fn server_url() -> String {
    std::env::var(VARIABLE)
        .unwrap_or_else(|_| panic!("set {VARIABLE}, or run `make test`, which does"))
}

fn url_of(database: &str) -> SecretString {
    let url = server_url();
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/{database}").into()
}

async fn server() -> DatabaseConnection {
    connect(&server_url()).await
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await.unwrap()
}

async fn run(connection: &DatabaseConnection, sql: &str) {
    connection.execute_unprepared(sql).await.unwrap();
}

/// Names the lock under which the template is made.
const TEMPLATE_LOCK: &str = "hashtextextended('posada/test-template', 0)";

/// The name of a database with today's schema, made once for each build of the tests.
async fn migrated_template() -> String {
    let name = format!("posada_template_{:016x}", build());
    let draft = format!("{name}_draft");
    let server = server().await;
    run(
        &server,
        &format!("SELECT pg_advisory_lock({TEMPLATE_LOCK})"),
    )
    .await;
    let question = format!("SELECT FROM pg_database WHERE datname = '{name}'");
    let made = server.query_one_raw(Statement::from_string(DbBackend::Postgres, question));
    if made.await.unwrap().is_none() {
        run(
            &server,
            &format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)"),
        )
        .await;
        run(&server, &format!("CREATE DATABASE {draft}")).await;
        migrations::up(&url_of(&draft)).await.unwrap();
        run(&server, &format!("ALTER DATABASE {draft} RENAME TO {name}")).await;
    }
    server.close().await.unwrap();
    name
}

/// Tells one build of the tests, and so of the migrations in it, from another.
fn build() -> u64 {
    let program = std::env::current_exe().unwrap();
    let built_at = std::fs::metadata(&program).unwrap().modified().unwrap();
    let mut hasher = DefaultHasher::new();
    (program, built_at).hash(&mut hasher);
    hasher.finish()
}
