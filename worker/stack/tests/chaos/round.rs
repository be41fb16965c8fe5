//! One component breaks in one way, while every step is in its middle.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, future, stream};
use reqwest::Method;
use serde_json::{Value, json};
use stack::{App, Foundation, Process, eventually};

use crate::gates::Gates;
use crate::house::House;
use crate::matrix::{Component, Fault, Step, Story};
use crate::person::Person;
use crate::wire::Wire;

/// How many get ready at once.
const AT_ONCE: usize = 8;

/// How long it may take until every step is in its middle, or afterwards at rest.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest a hold may outlive its time once everything is back.
const EXPIRY_WITHIN: Duration = Duration::from_secs(10);

/// What came of one round.
pub(crate) struct Outcome {
    pub(crate) component: Component,
    pub(crate) fault: Fault,
    /// The steps that were tried.
    pub(crate) steps: Vec<Step>,
    /// How long it was away.
    pub(crate) away: Duration,
    /// How long after it was back each step had come to its end, in the order of the steps.
    pub(crate) resumed: Vec<Duration>,
    /// How long after it was back the hold that ran out meanwhile had let go.
    pub(crate) expiry: Duration,
    /// What a notification was answered meanwhile; nothing when nobody answered.
    pub(crate) notification: Option<u16>,
    /// What a hold over HTTP was answered meanwhile.
    pub(crate) hold: Option<u16>,
    pub(crate) lost: usize,
    pub(crate) twice: Vec<String>,
    /// Which of our own programs ended by themselves and were started again.
    pub(crate) ended: Vec<String>,
}

/// A house, and who is in it.
struct Round<'a> {
    foundation: &'a mut Foundation,
    app: App,
    wire: Wire,
    house: House,
    people: Vec<Person>,
    gates: Gates,
}

/// Lets everybody get to the middle of their step, breaks the component, and sees what comes of it.
pub(crate) async fn run(
    foundation: &mut Foundation,
    component: Component,
    fault: Fault,
    frozen_for: Duration,
    steps: &[Step],
) -> Result<Outcome> {
    let mut round = Round::begin(foundation, steps).await?;
    round.come_to_the_middle().await?;
    let breaking = Instant::now();
    round.breaks(component, fault).await?;
    let (answers, ended, back) = round
        .is_away(component, fault, breaking, frozen_for)
        .await?;
    let away = back - breaking;
    let resumed = round.come_to_the_end(back, &answers).await?;
    let (resumed, expiry) = resumed;
    ensure!(
        expiry <= EXPIRY_WITHIN,
        "the hold that ran out meanwhile let go {expiry:?} after everything was back"
    );
    let lost = round.lost().await?;
    let twice = round.twice().await?;
    round.is_at_rest().await?;
    Ok(Outcome {
        component,
        fault,
        steps: steps.to_vec(),
        away,
        resumed,
        expiry,
        notification: round.answer_to(Story::IsNotified, &answers),
        hold: round.answer_to(Story::Asks, &answers),
        lost,
        twice,
        ended,
    })
}

impl<'a> Round<'a> {
    async fn begin(foundation: &'a mut Foundation, steps: &[Step]) -> Result<Self> {
        let wire = Wire::lay().await?;
        let url = wire.url();
        let environment = foundation.environment.clone();
        let app = App::start_on(
            environment,
            &[
                ("WHATSAPP_BASE_URL", &url),
                ("MERCADOPAGO_BASE_URL", &url),
                // Each step that is held up keeps a connection, and so does each attempt that is made meanwhile.
                ("POSADA_WORKER_DATABASE_CONNECTIONS", "200"),
            ],
        )
        .await?;
        wire.leads_to(&app.sandbox_url);
        let house = House::of(&app, steps.len()).await?;
        let mut people = Vec::new();
        for (number, step) in steps.iter().copied().enumerate() {
            people.push(Person::new(&house, number + 1, step).await?);
        }
        let gates = Gates::open(app.database.url()).await?;
        Ok(Self {
            foundation,
            app,
            wire,
            house,
            people,
            gates,
        })
    }

    /// Everybody is held up in the middle of their step when this returns.
    async fn come_to_the_middle(&mut self) -> Result<()> {
        let house = &self.house;
        self.people = stream::iter(self.people.drain(..))
            .map(|mut person| async move {
                let prepared = person.prepares(house).await;
                prepared.with_context(|| format!("before «{}»", person.step.name))?;
                anyhow::Ok(person)
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        for person in &self.people {
            let number = i32::try_from(person.number)?;
            let fill = |words: &str| person.fill(words);
            self.gates
                .arm(&self.wire, number, person.step.gate, fill)
                .await?;
        }
        // The last ones have the longest way.
        for person in self.people.iter_mut().rev() {
            person.acts(house).await?;
        }
        for person in &self.people {
            let number = i32::try_from(person.number)?;
            let what = format!("«{}» is in its middle", person.step.name);
            eventually(&what, PATIENCE, async || {
                let gate = person.step.gate;
                self.gates.is_parked(&self.wire, number, gate).await
            })
            .await?;
        }
        for person in &mut self.people {
            person.is_ready(house).await?;
        }
        Ok(())
    }

    async fn breaks(&mut self, component: Component, fault: Fault) -> Result<()> {
        if component == Component::Providers && fault == Fault::Killed {
            self.wire.cut();
            let cut = json!({ "whatsapp.webhook": { "drop": 1.0 }, "mercadopago.webhook": { "drop": 1.0 } });
            let path = "/sandbox/faults";
            self.house.provider(Method::PUT, path, &cut).await?;
        } else {
            let process = self.process(component);
            match fault {
                Fault::Killed => process.kill9()?,
                Fault::Frozen => process.pause()?,
            }
        }
        // What is frozen can't be asked to let go.
        if (component, fault) != (Component::Postgres, Fault::Frozen) {
            self.gates.release().await;
        }
        self.wire.release();
        Ok(())
    }

    fn process(&mut self, component: Component) -> &mut Process {
        match component {
            Component::Api => &mut self.app.api,
            Component::Worker => &mut self.app.worker,
            Component::Postgres => &mut self.foundation.services.postgres.process,
            Component::Redis => &mut self.foundation.services.redis.process,
            Component::Temporal => &mut self.foundation.services.temporal.process,
            Component::Providers => &mut self.app.sandbox,
        }
    }

    /// What people do meanwhile and how they are answered, until it is back.
    async fn is_away(
        &mut self,
        component: Component,
        fault: Fault,
        since: Instant,
        frozen_for: Duration,
    ) -> Result<(Vec<Option<u16>>, Vec<String>, Instant)> {
        let house = self.house.clone();
        let mut people = std::mem::take(&mut self.people);
        let daring = tokio::spawn(async move {
            let dared = future::join_all(people.iter_mut().map(|it| it.dares(&house))).await;
            (people, dared)
        });
        match fault {
            // Until a hold has ended in the meantime.
            Fault::Killed => {
                tokio::time::sleep_until((since + Duration::from_secs(5)).into()).await;
            }
            Fault::Frozen => tokio::time::sleep_until((since + frozen_for).into()).await,
        }
        self.is_back(component, fault).await?;
        let ended = self.supervise().await?;
        let back = Instant::now();
        self.gates.release().await;
        let (people, dared) = daring.await?;
        self.people = people;
        let answers: Result<Vec<_>> = dared.into_iter().collect();
        Ok((answers?, ended, back))
    }

    async fn is_back(&mut self, component: Component, fault: Fault) -> Result<()> {
        if fault == Fault::Frozen {
            return self.process(component).resume();
        }
        match component {
            Component::Api => self.app.restart_api().await,
            Component::Worker => self.app.restart_worker().await,
            Component::Postgres => self.foundation.services.postgres.restart().await,
            Component::Redis => self.foundation.services.redis.restart().await,
            Component::Temporal => self.foundation.services.temporal.restart().await,
            Component::Providers => {
                self.wire.mend().await?;
                let path = "/sandbox/faults";
                self.house
                    .provider(Method::DELETE, path, &Value::Null)
                    .await?;
                Ok(())
            }
        }
    }

    /// What a supervisor does: whichever of our programs has ended is started again.
    async fn supervise(&mut self) -> Result<Vec<String>> {
        let mut ended = Vec::new();
        if self.app.api.ended()?.is_some() {
            self.app.restart_api().await?;
            ended.push("api".to_owned());
        }
        if self.app.worker.ended()?.is_some() {
            self.app.restart_worker().await?;
            ended.push("worker".to_owned());
        }
        Ok(ended)
    }

    /// Everybody gets where they would have got; how long each took, and the nights of the hold that ran out.
    async fn come_to_the_end(
        &self,
        back: Instant,
        answers: &[Option<u16>],
    ) -> Result<(Vec<Duration>, Duration)> {
        let house = &self.house;
        let ends = self
            .people
            .iter()
            .zip(answers)
            .map(|(person, answered)| async move {
                let got = async {
                    person.tries_again(house, *answered).await?;
                    person.gets_there(house).await
                };
                got.await.with_context(|| {
                    format!(
                        "after «{}» of the {}",
                        person.step.name, person.step.workflow
                    )
                })?;
                anyhow::Ok(back.elapsed())
            });
        let expiry = async {
            let outlives = |it: &&Person| it.step.story == Story::Outlives;
            let person = self.people.iter().find(outlives).context("a hold")?;
            person.nights_are_free(house).await?;
            anyhow::Ok(back.elapsed())
        };
        tokio::try_join!(future::try_join_all(ends), expiry)
    }

    fn answer_to(&self, story: Story, answers: &[Option<u16>]) -> Option<u16> {
        let mut both = self.people.iter().zip(answers);
        both.find(|(person, _)| person.step.story == story)
            .and_then(|(_, answered)| *answered)
    }

    // --- afterwards ------------------------------------------------------------------------------

    /// What guests wrote and payments the provider has that we do not have.
    async fn lost(&self) -> Result<usize> {
        let known: HashSet<String> = self
            .house
            .words("SELECT wamid FROM messages WHERE direction = 'in'")
            .await?
            .into_iter()
            .collect();
        let paid: HashSet<String> = self
            .house
            .words("SELECT id FROM payments")
            .await?
            .into_iter()
            .collect();
        let wrote = self.people.iter().flat_map(|person| &person.wrote);
        let unheard = wrote.filter(|id| !known.contains(*id)).count();
        let payments = self.house.providers_have("/sandbox/payments").await?;
        let ids = payments.iter().map(|it| it["id"].to_string());
        let unpaid = ids
            .filter(|id| !paid.contains(id.trim_matches('"')))
            .count();
        Ok(unheard + unpaid)
    }

    /// What guests heard more than once.
    async fn twice(&self) -> Result<Vec<String>> {
        let mut twice = Vec::new();
        for person in &self.people {
            let thread = person.thread(&self.house).await?;
            let mut names: HashMap<String, usize> = HashMap::new();
            for heard in thread.iter().filter(|it| it["from"] == "business") {
                // A message goes out under one name however often it is tried, and no two say the same.
                let name = heard["raw"]["biz_opaque_callback_data"].to_string();
                *names.entry(name).or_default() += 1;
                *names.entry(heard["text"].to_string()).or_default() += 1;
            }
            let more = names.into_iter().filter(|(_, count)| *count > 1);
            twice.extend(more.map(|(it, _)| format!("«{}»: {it}", person.step.name)));
        }
        Ok(twice)
    }

    /// Nothing is left over, nothing was sold twice, and the books agree.
    async fn is_at_rest(&self) -> Result<()> {
        let live = "('pre_reserved', 'confirmed', 'blocked')";
        let overlaps = format!(
            "SELECT a.code || ' and ' || b.code FROM reservations a JOIN reservations b \
             ON a.accommodation_id = b.accommodation_id AND a.code < b.code AND a.period && b.period \
             WHERE a.reservation_status IN {live} AND b.reservation_status IN {live}"
        );
        let overlaps = self.house.words(&overlaps).await?;
        ensure!(overlaps.is_empty(), "{overlaps:?} share a night");
        eventually("the inbox is handed over", PATIENCE, async || {
            self.house
                .is_so("NOT EXISTS (SELECT 1 FROM inbox WHERE delivered_at IS NULL)")
                .await
        })
        .await?;
        let mut said = String::new();
        let agreed = eventually("the books agree", PATIENCE, async || {
            let audited = self.app.posada(&["audit", "--overdue-minutes", "0"]).await;
            let (code, report) = audited.unwrap_or_else(|error| (None, format!("{error:#}")));
            said = report;
            (code == Some(0)).then_some(())
        })
        .await;
        agreed.with_context(|| said)
    }
}
