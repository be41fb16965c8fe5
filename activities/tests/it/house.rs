//! A house of one's own for each test: a database, the pretend providers, and a task queue.

use std::fmt::Debug;

use activities::{
    CalendarActivities, CalendarSettings, ConversationActivities, HousekeepingActivities,
    InventoryActivities, Listeners, MessagingActivities, PaymentActivities, PaymentSettings,
    ReservationActivities, WaitingActivities, WebhookActivities, Words, World,
};
use chrono::{DateTime, Days, NaiveDate, SubsecRound, TimeDelta, Utc};
use clips::Clips;
use database::{Database, Page, accommodations, reservations, review_queue};
use domain::{
    Accommodation, AccommodationId, BasisPoints, Channel, GuestId, Money, Party, Quote,
    ReservationCode, Retention, Stay,
    accommodation::{Kind, Location},
    policy::Policies,
    rate::RatePlan,
};
use front_desk::FrontDesk;
use night_locks::NightLocks;
use pace::{Pace, Rates};
use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::{
    activities::{ActivityError, ExecutableActivity},
    testing::{ActivityEnvironment, ActivityEnvironmentError, TestActivityInfoOptions},
};
use workflows::contracts::inventory::{HoldOutcome, HoldRequest};

use crate::provider::Provider;

pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) db: Database,
    pub(crate) cabin: Accommodation,
    pub(crate) provider: Provider,
    pub(crate) queue: String,
    /// How long a message may be in doubt, where a test does not want to wait.
    doubt: Option<std::time::Duration>,
    /// How soon what stopped all sending is tried again.
    probe: Option<std::time::Duration>,
    database: stack::Database,
}

/// How an activity failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) kind: String,
    pub(crate) permanent: bool,
    pub(crate) next: Option<std::time::Duration>,
    /// Everything that it says, as it would be kept in a history.
    pub(crate) text: String,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(|_config| {}).await
    }

    /// A house whose pretend providers are set up in another way.
    pub(crate) async fn with(adjust: impl FnOnce(&mut sandbox::Config)) -> Self {
        let services = stack::Environment::read().unwrap();
        let database = stack::Database::migrated().await.unwrap();
        let db = Database::connect(&database.url().to_owned().into(), 10)
            .await
            .unwrap();
        let cabin = cabin("Cabaña del Bosque", 4);
        accommodations::upsert(&db, &cabin, true).await.unwrap();
        let provider = Provider::start(adjust).await;
        let keys: keyring::Keyring = stack::Secrets::generate().payload_keys().parse().unwrap();
        let client = front_desk::connect(&services.temporal_address, "default", "tests", &keys)
            .await
            .unwrap();
        let queue = format!("activities-{}", uuid::Uuid::new_v4().simple());
        let world = World {
            keys: keys.clone(),
            database: db.clone(),
            locks: NightLocks::new(&services.redis_url).unwrap(),
            front_desk: FrontDesk::new(client, &queue),
            whatsapp: provider.whatsapp(),
            pace: Pace::new(&services.redis_url, &queue, Rates::default()).unwrap(),
            mercado_pago: provider.mercado_pago(),
            words: Words::new(db.clone()).unwrap(),
            clips: Clips::new(&services.redis_url).unwrap(),
            listeners: Listeners::Nobody,
            owner: None,
            fetcher: provider.fetcher(),
            calendars: CalendarSettings {
                feed_domain: "reservas.example.com".to_owned(),
                floor: TimeDelta::zero(),
            },
            payments: PaymentSettings {
                webhook_patience: chrono::TimeDelta::minutes(5),
                collector_id: "724484980".to_owned(),
                notification_url: format!("{}/notifications", Provider::NOBODY),
                statement_descriptor: "POSADA".to_owned(),
            },
        };
        Self {
            world,
            db,
            cabin,
            provider,
            queue,
            doubt: None,
            probe: None,
            database,
        }
    }

    /// The same house, where the doubt about a message lasts this long.
    pub(crate) fn doubting_for(self, doubt: std::time::Duration) -> Self {
        Self {
            doubt: Some(doubt),
            ..self
        }
    }

    /// The same house, where sending that was stopped is tried again so soon.
    pub(crate) fn probing_every(self, probe: std::time::Duration) -> Self {
        Self {
            probe: Some(probe),
            ..self
        }
    }

    /// Runs an activity that succeeds.
    pub(crate) async fn run<A: ExecutableActivity>(
        &self,
        activity: A,
        input: A::Input,
    ) -> A::Output {
        self.attempt(1).run(activity, input).await.unwrap()
    }

    /// Runs an activity as its second attempt, after one that did not get its answer through.
    pub(crate) async fn run_again<A: ExecutableActivity>(
        &self,
        activity: A,
        input: A::Input,
    ) -> A::Output {
        self.attempt(2).run(activity, input).await.unwrap()
    }

    /// Runs an activity twice, which answers the same.
    pub(crate) async fn twice<A>(&self, activity: A, input: A::Input) -> A::Output
    where
        A: ExecutableActivity,
        A::Input: Clone,
        A::Output: PartialEq + Debug,
    {
        let first = self.run(activity, input.clone()).await;
        let second = self.run_again(A::definition(), input).await;
        assert_eq!(first, second);
        second
    }

    /// Runs an activity that fails.
    pub(crate) async fn fails<A: ExecutableActivity>(
        &self,
        activity: A,
        input: A::Input,
    ) -> Failure {
        self.fails_at(1, activity, input).await
    }

    pub(crate) async fn fails_at<A: ExecutableActivity>(
        &self,
        attempt: u32,
        activity: A,
        input: A::Input,
    ) -> Failure {
        match self.attempt(attempt).run(activity, input).await {
            Ok(_) => panic!("it was to fail and did not"),
            Err(ActivityEnvironmentError::Activity(ActivityError::Application(failure))) => {
                Failure::read(&failure)
            }
            Err(other) => panic!("{other}"),
        }
    }

    /// Does to the database what the product never would.
    pub(crate) async fn sql(&self, statements: &str) {
        self.database.execute(statements).await.unwrap();
    }

    /// The surroundings of another call of the same workflow.
    pub(crate) fn call(&self, id: &str) -> ActivityEnvironment {
        let info = TestActivityInfoOptions::builder().activity_id(id.to_owned());
        ActivityEnvironment::builder_with_default()
            .info(info.build())
            .register_activities(WebhookActivities::new(&self.world))
            .build()
    }

    /// The surroundings of one attempt.
    pub(crate) fn attempt(&self, attempt: u32) -> ActivityEnvironment {
        let mut messaging = MessagingActivities::new(&self.world);
        if let Some(doubt) = self.doubt {
            messaging = messaging.with_doubt(doubt);
        }
        if let Some(probe) = self.probe {
            messaging = messaging.probing_every(probe);
        }
        ActivityEnvironment::builder_with_default()
            .info(TestActivityInfoOptions::builder().attempt(attempt).build())
            .register_activities(InventoryActivities::new(&self.world))
            .register_activities(PaymentActivities::new(&self.world))
            .register_activities(messaging)
            .register_activities(ConversationActivities::new(&self.world))
            .register_activities(ReservationActivities::new(&self.world))
            .register_activities(WaitingActivities::new(&self.world))
            .register_activities(CalendarActivities::new(&self.world))
            .register_activities(HousekeepingActivities::new(
                &self.world,
                Retention::default(),
            ))
            .register_activities(WebhookActivities::new(&self.world))
            .build()
    }

    /// A hold as its workflow would ask for it.
    pub(crate) fn hold_request(&self, guest: Option<GuestId>, stay: Stay) -> HoldRequest {
        HoldRequest {
            code: ReservationCode::generate(today()).unwrap(),
            accommodation_id: self.cabin.id,
            guest_id: guest,
            stay,
            party: Party::of(4).unwrap(),
            quote: quote(stay),
            terms: self.cabin.policies.clone(),
            channel: Channel::WhatsApp,
            expires_at: in_minutes(30),
        }
    }

    /// Nights that are held.
    pub(crate) async fn held_for(&self, guest: Option<GuestId>) -> ReservationCode {
        self.hold(guest, nights(10, 3)).await
    }

    /// Other nights that are held.
    pub(crate) async fn held_at(&self, ahead: u64) -> ReservationCode {
        self.hold(None, nights(ahead, 2)).await
    }

    async fn hold(&self, guest: Option<GuestId>, stay: Stay) -> ReservationCode {
        let request = self.hold_request(guest, stay);
        let code = request.code.clone();
        let outcome = self.run(InventoryActivities::place_hold, request).await;
        assert!(
            matches!(outcome, HoldOutcome::Held { .. }),
            "the nights are free in a new house: {outcome:?}"
        );
        code
    }

    pub(crate) async fn held(&self) -> ReservationCode {
        self.held_for(None).await
    }

    pub(crate) async fn reservation(&self, code: &ReservationCode) -> reservations::Reservation {
        reservations::by_code(&self.db, code)
            .await
            .unwrap()
            .expect("the reservation is there")
    }

    /// What waits for the owner: each matter's kind and reference.
    pub(crate) async fn owners_queue(&self) -> Vec<(String, String)> {
        let open = review_queue::open(&self.db, Page::first(50)).await.unwrap();
        let named = |matter: review_queue::Matter| (matter.kind, matter.reference);
        open.into_iter().map(named).collect()
    }
}

impl Failure {
    fn read(failure: &ApplicationFailure) -> Self {
        let mut text = failure.to_string();
        let mut source = failure.source_error().source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self {
            kind: failure.type_name().unwrap_or_default().to_owned(),
            permanent: failure.is_non_retryable(),
            next: failure.next_retry_delay(),
            text,
        }
    }
}

/// As many nights, from so many days ahead.
pub(crate) fn nights(ahead: u64, nights: u16) -> Stay {
    Stay::of_nights(today() + Days::new(ahead), nights).unwrap()
}

/// Today where the cabins are.
pub(crate) fn today() -> NaiveDate {
    Utc::now()
        .with_timezone(&chrono_tz::America::Argentina::Buenos_Aires)
        .date_naive()
}

/// An instant as Postgres and the provider keep it.
pub(crate) fn in_minutes(minutes: i64) -> DateTime<Utc> {
    (Utc::now() + TimeDelta::minutes(minutes)).trunc_subsecs(3)
}

pub(crate) fn quote(stay: Stay) -> Quote {
    let total = Money::pesos(100_000).times(u32::from(stay.nights()));
    Quote {
        lines: Vec::new(),
        total,
        deposit: total.share(BasisPoints(3_000)),
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
