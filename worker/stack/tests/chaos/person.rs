//! Somebody who is in the middle of something when it breaks, and what has to come of it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, NaiveDate, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use stack::eventually;

use crate::house::House;
use crate::matrix::{Step, Story};

/// How long a fact may take, before anything broke and after.
const PATIENCE: Duration = Duration::from_secs(90);

/// The cabin that those who write book.
const CABIN_FOR_FOUR: &str = "Cabaña del Bosque";

/// How long the holds last that are to run out.
const SHORT_HOLD: u32 = 4;

/// One guest, with a cabin of their own.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) number: usize,
    pub(crate) step: Step,
    pub(crate) phone: String,
    /// Their cabin, as Postgres calls it.
    cabin: String,
    guest: String,
    code: String,
    token: String,
    payment: String,
    deposit: String,
    check_in: NaiveDate,
    /// What they have written, by the names of the messages.
    pub(crate) wrote: Vec<String>,
    /// The last message of their thread when they began.
    began: i64,
}

impl Person {
    pub(crate) async fn new(house: &House, number: usize, step: Step) -> Result<Self> {
        let sql = format!("SELECT id::text FROM accommodations WHERE name = 'Casa {number:02}'");
        let cabin = house.word(&sql).await?.context("a cabin")?;
        let days = 30 + 4 * u64::try_from(number)?;
        Ok(Self {
            number,
            step,
            phone: format!("54911{:08}", 30_000_000 + number),
            cabin,
            guest: String::new(),
            code: String::new(),
            token: String::new(),
            payment: String::new(),
            deposit: String::new(),
            check_in: Utc::now().date_naive() + Days::new(days),
            wrote: Vec::new(),
            began: 0,
        })
    }

    /// Puts what is theirs into the words of a gate.
    pub(crate) fn fill(&self, words: &str) -> String {
        words
            .replace("{guest}", &self.guest)
            .replace("{phone}", &self.phone)
            .replace("{cabin}", &self.cabin)
            .replace("{code}", &self.code)
            .replace("{payment}", &self.payment)
            .replace("{number}", &format!("{:02}", self.number))
    }

    fn check_out(&self) -> NaiveDate {
        self.check_in + Days::new(2)
    }

    // --- before ----------------------------------------------------------------------------------

    /// Everything that comes before the step.
    pub(crate) async fn prepares(&mut self, house: &House) -> Result<()> {
        match self.step.story {
            Story::Writes => self.meets(house).await,
            Story::Chats => self.meets(house).await,
            Story::Confirms => {
                self.meets(house).await?;
                self.writes(house, &self.question()).await?;
                let list = self.hears(house, CABIN_FOR_FOUR).await?;
                self.taps(house, &list, CABIN_FOR_FOUR).await?;
                self.hears(house, "Confirmar").await.map(drop)
            }
            Story::Holds | Story::Asks => Ok(()),
            Story::Expires => self.may_hold_for(house, SHORT_HOLD).await,
            Story::Outlives => Ok(()),
            Story::Pays | Story::PaysUnheard => {
                self.holds(house).await?;
                self.pays(house, false).await
            }
            Story::IsNotified | Story::Moves => self.holds(house).await,
            Story::Cancels => {
                self.holds(house).await?;
                self.pays(house, true).await?;
                let confirmed = format!(
                    "EXISTS (SELECT 1 FROM messages WHERE step = '{}/confirmed/0' AND wamid IS NOT NULL)",
                    self.code
                );
                self.sees(house, "confirmed", &confirmed).await
            }
            Story::Imports => self.is_connected(house).await,
            Story::GivesWay => {
                self.is_connected(house).await?;
                self.holds(house).await
            }
        }
    }

    async fn meets(&mut self, house: &House) -> Result<()> {
        self.writes(house, "hola").await?;
        self.hears(house, "Disponibilidad y precios").await?;
        let sql = format!("SELECT id::text FROM guests WHERE wa_id = '{}'", self.phone);
        self.guest = house.word(&sql).await?.context("the guest is known")?;
        Ok(())
    }

    fn question(&self) -> String {
        let (from, to) = (self.check_in, self.check_in + Days::new(3));
        format!(
            "¿tenés lugar del {} al {} para 4?",
            from.format("%d/%m/%Y"),
            to.format("%d/%m/%Y")
        )
    }

    async fn may_hold_for(&self, house: &House, seconds: u32) -> Result<()> {
        let hold = json!({ "hold": { "seconds": seconds, "reminder_seconds": 0,
            "look_before_seconds": 1, "look_after_seconds": 1 } });
        house
            .run(&format!(
                "UPDATE accommodations SET policies = policies || '{hold}'::jsonb WHERE id = '{}'",
                self.cabin
            ))
            .await
    }

    fn wish(&self) -> Value {
        json!({
            "accommodation_id": format!("acc_{}", self.cabin.replace('-', "")),
            "check_in": self.check_in, "check_out": self.check_out(), "guests": 1,
            "guest": { "name": "Ana Gómez", "phone": format!("+{}", self.phone) },
        })
    }

    async fn holds(&mut self, house: &House) -> Result<()> {
        let (status, held) = house
            .asks(Method::POST, "reservations", None, &self.wish())
            .await?;
        ensure!(matches!(status, 201 | 202), "a hold: {status} {held}");
        self.code = held["code"].as_str().context("a code")?.to_owned();
        self.token = held["guest_token"].as_str().context("a token")?.to_owned();
        let linked = format!(
            "EXISTS (SELECT 1 FROM payment_links WHERE code = '{}')",
            self.code
        );
        self.sees(house, "payable", &linked).await
    }

    async fn pays(&mut self, house: &House, announced: bool) -> Result<()> {
        let sql = format!(
            "SELECT preference_id FROM payment_links WHERE code = '{}'",
            self.code
        );
        let link = house.word(&sql).await?.context("a link")?;
        let path = format!("/sandbox/checkout/{link}/payments");
        let payment = json!({ "status": "approved", "method": "visa", "notify": announced });
        let paid = house.provider(Method::POST, &path, &payment).await?;
        self.payment = bare(&paid["payment_id"]);
        let sql = format!(
            "SELECT deposit_centavos::text FROM reservations WHERE code = '{}'",
            self.code
        );
        self.deposit = house.word(&sql).await?.context("a deposit")?;
        Ok(())
    }

    /// The owner connects a calendar of another channel, with nothing in it.
    async fn is_connected(&self, house: &House) -> Result<()> {
        let name = format!("casa-{:02}", self.number);
        house.publishes(&name, calendar(None)).await?;
        let feed = json!({
            "accommodation_id": format!("acc_{}", self.cabin.replace('-', "")), "channel": "airbnb",
            "url": format!("{}/sandbox/feeds/{name}.ics", house.sandbox_url), "dry_run": false,
        });
        let (status, added) = house.asks(Method::POST, "ical/feeds", None, &feed).await?;
        ensure!(status == 201, "a feed: {status} {added}");
        let read = format!(
            "EXISTS (SELECT 1 FROM calendar_feeds WHERE accommodation_id = '{}' AND last_good_at IS NOT NULL)",
            self.cabin
        );
        self.sees(house, "read", &read).await?;
        // Whoever asks while it is being read hears of that reading: the next one is another.
        let path = format!("ical/sync/acc_{}", self.cabin.replace('-', ""));
        house
            .asks(Method::POST, &path, None, &Value::Null)
            .await
            .map(drop)
    }

    // --- the step --------------------------------------------------------------------------------

    /// Sets the step off. Whoever asks over HTTP and is not answered asks again.
    pub(crate) async fn acts(&mut self, house: &House) -> Result<()> {
        match self.step.story {
            Story::Writes => {
                let question = self.question();
                return self.writes(house, &question).await;
            }
            Story::Confirms => {
                let read_back = self.hears(house, "Confirmar").await?;
                return self.taps(house, &read_back, "Confirmar").await;
            }
            Story::Pays => {
                let path = format!("/sandbox/payments/{}/notifications", self.payment);
                house.provider(Method::POST, &path, &json!({})).await?;
                return Ok(());
            }
            Story::Imports | Story::GivesWay => {
                let name = format!("casa-{:02}", self.number);
                let taken = calendar(Some((self.check_in, self.check_out())));
                house.publishes(&name, taken).await?;
            }
            _ => {}
        }
        let (person, house) = (self.clone(), house.clone());
        tokio::spawn(async move { person.asks(&house).await });
        Ok(())
    }

    async fn asks(&self, house: &House) -> Result<()> {
        // Calendars are the owner's, whoever has a hold there.
        let is_guests = !self.token.is_empty() && self.step.story != Story::GivesWay;
        let token = is_guests.then_some(self.token.as_str());
        let cabin = format!("acc_{}", self.cabin.replace('-', ""));
        let (path, body) = match self.step.story {
            Story::Holds | Story::Expires => ("reservations".to_owned(), self.wish()),
            Story::Cancels => (format!("reservations/{}/cancel", self.code), json!({})),
            Story::Moves => {
                let later = json!({ "check_in": self.check_in + Days::new(1),
                    "check_out": self.check_out() + Days::new(1) });
                (format!("reservations/{}/change-dates", self.code), later)
            }
            Story::Imports | Story::GivesWay => (format!("ical/sync/{cabin}"), Value::Null),
            Story::PaysUnheard => return house.reconciles().await,
            _ => return Ok(()),
        };
        house.asks(Method::POST, &path, token, &body).await?;
        if matches!(self.step.story, Story::Imports | Story::GivesWay) {
            // That reading may have begun before there was anything to read; the next one has not.
            house.asks(Method::POST, &path, token, &body).await?;
        }
        Ok(())
    }

    /// What is to be under way at the very moment it breaks, and would be over if it had begun sooner.
    pub(crate) async fn is_ready(&mut self, house: &House) -> Result<()> {
        match self.step.story {
            Story::Outlives => {
                self.may_hold_for(house, SHORT_HOLD).await?;
                self.holds(house).await
            }
            Story::IsNotified => self.pays(house, false).await,
            _ => Ok(()),
        }
    }

    /// What is done while the component is away; answers how it was answered, where that tells something.
    pub(crate) async fn dares(&mut self, house: &House) -> Result<Option<u16>> {
        match self.step.story {
            Story::Chats => {
                for words in [self.question().as_str(), "la del bosque", "confirmar"] {
                    self.writes(house, words).await?;
                }
                Ok(None)
            }
            Story::IsNotified => Ok(house.is_notified_of(&self.payment).await.ok()),
            Story::Asks => {
                let (method, wish) = (Method::POST, self.wish());
                let key = self.key();
                let asked = house.asks_once(method, "reservations", None, &key, &wish);
                Ok(asked.await.ok().map(|(status, _)| status))
            }
            _ => Ok(None),
        }
    }

    /// What whoever was not answered does again when it is back.
    pub(crate) async fn tries_again(&self, house: &House, answered: Option<u16>) -> Result<()> {
        if answered.is_some_and(|status| status < 300) {
            return Ok(());
        }
        match self.step.story {
            Story::IsNotified => {
                eventually("the notification is taken", PATIENCE, async || {
                    let status = house.is_notified_of(&self.payment).await.ok()?;
                    (status == 200).then_some(())
                })
                .await
            }
            Story::Asks => {
                eventually("the hold is answered", PATIENCE, async || {
                    let (key, wish) = (self.key(), self.wish());
                    let asked = house.asks_once(Method::POST, "reservations", None, &key, &wish);
                    let (status, _) = asked.await.ok()?;
                    matches!(status, 201 | 202).then_some(())
                })
                .await
            }
            _ => Ok(()),
        }
    }

    fn key(&self) -> String {
        format!("chaos-{}", self.phone)
    }

    // --- after -----------------------------------------------------------------------------------

    /// Waits until all is as if nothing had broken.
    pub(crate) async fn gets_there(&self, house: &House) -> Result<()> {
        let cabin = &self.cabin;
        let code = &self.code;
        let status = |it: &str| {
            format!(
                "(SELECT array_agg(reservation_status) FROM reservations \
             WHERE accommodation_id = '{cabin}') = ARRAY['{it}']"
            )
        };
        let told = |step: &str| {
            format!(
                "(SELECT count(*) FROM messages m JOIN reservations r ON m.step = r.code || '/{step}/0' \
             WHERE r.accommodation_id = '{cabin}' AND m.wamid IS NOT NULL) = 1"
            )
        };
        let linked = format!(
            "(SELECT count(*) FROM payment_links l JOIN reservations r USING (code) \
             WHERE r.accommodation_id = '{cabin}' AND l.closed_at IS NULL) = 1"
        );
        match self.step.story {
            Story::Writes => self.hears(house, CABIN_FOR_FOUR).await.map(drop),
            Story::Confirms | Story::Chats => {
                let held = format!(
                    "(SELECT array_agg(reservation_status) FROM reservations \
                     WHERE guest_id = '{}') = ARRAY['pre_reserved']",
                    self.guest
                );
                self.sees(house, "held once", &held).await?;
                self.hears_link(house).await
            }
            Story::Holds | Story::Asks => {
                self.sees(house, "held once", &status("pre_reserved"))
                    .await?;
                self.sees(house, "linked once", &linked).await
            }
            Story::Pays | Story::PaysUnheard | Story::IsNotified => {
                self.sees(house, "confirmed", &status("confirmed")).await?;
                self.sees(house, "told so once", &told("confirmed")).await
            }
            Story::Expires | Story::Outlives => {
                self.sees(house, "expired", &status("expired")).await?;
                self.sees(house, "told so once", &told("hold-expired"))
                    .await
            }
            Story::Cancels => {
                self.sees(house, "cancelled", &status("cancelled")).await?;
                let returned = format!(
                    "(SELECT count(*) || ' ' || sum(amount_centavos) FROM refunds \
                     WHERE code = '{code}' AND status = 'approved') = '1 {}'",
                    self.deposit
                );
                self.sees(house, "given back once", &returned).await?;
                self.sees(house, "told so once", &told("cancelled")).await
            }
            Story::Moves => {
                let moved = format!(
                    "EXISTS (SELECT 1 FROM reservations WHERE code = '{code}' AND check_in = '{}')",
                    self.check_in + Days::new(1)
                );
                self.sees(house, "moved", &moved).await
            }
            Story::Imports => {
                self.sees(house, "taken over once", &status("blocked"))
                    .await
            }
            Story::GivesWay => {
                let gave_way = format!(
                    "(SELECT array_agg(reservation_status ORDER BY reservation_status) FROM reservations \
                     WHERE accommodation_id = '{cabin}') = ARRAY['blocked', 'cancelled']"
                );
                self.sees(house, "displaced", &gave_way).await?;
                self.sees(house, "told so once", &told("displaced")).await
            }
        }
    }

    /// Waits until the hold that ran out meanwhile has let its nights go.
    pub(crate) async fn nights_are_free(&self, house: &House) -> Result<()> {
        let sql = format!(
            "EXISTS (SELECT 1 FROM reservations WHERE code = '{}' AND reservation_status = 'expired')",
            self.code
        );
        self.sees(house, "free", &sql).await
    }

    // --- the phone -------------------------------------------------------------------------------

    async fn sees(&self, house: &House, what: &str, condition: &str) -> Result<()> {
        let what = format!("«{}» is {what}", self.step.name);
        let seen = eventually(&what, PATIENCE, async || house.is_so(condition).await).await;
        if seen.is_ok() {
            return Ok(());
        }
        let story = house
            .words(&format!(
                "SELECT r.code || ' ' || reservation_status || ': ' || coalesce(string_agg(kind, ', ' ORDER BY e.id), '') \
                 FROM reservations r LEFT JOIN reservation_events e USING (code) \
                 WHERE accommodation_id = '{}' GROUP BY r.code, reservation_status",
                self.cabin
            ))
            .await;
        seen.with_context(|| format!("{story:?}; {condition}"))
    }

    async fn sends(&mut self, house: &House, mut body: Value) -> Result<()> {
        let id = format!("wamid.{:032x}", rand::random::<u128>());
        body["message_id"] = json!(id);
        body["profile_name"] = json!("Ana");
        let path = format!("/sandbox/guests/{}/messages", self.phone);
        self.began = self.last_heard(house).await?;
        house.provider(Method::POST, &path, &body).await?;
        self.wrote.push(id);
        Ok(())
    }

    async fn writes(&mut self, house: &House, words: &str) -> Result<()> {
        self.sends(house, json!({ "text": words })).await
    }

    async fn taps(&mut self, house: &House, message: &Value, title: &str) -> Result<()> {
        let id = options(message)
            .find(|(it, _)| it.contains(title))
            .map(|(_, id)| id.to_owned());
        let id = id.with_context(|| format!("no «{title}» in {message}"))?;
        self.sends(house, json!({ "button": id })).await
    }

    pub(crate) async fn thread(&self, house: &House) -> Result<Vec<Value>> {
        let path = format!("/sandbox/guests/{}/messages?after=0", self.phone);
        house.providers_have(&path).await
    }

    async fn last_heard(&self, house: &House) -> Result<i64> {
        let thread = self.thread(house).await?;
        Ok(thread
            .last()
            .and_then(|it| it["seq"].as_i64())
            .unwrap_or_default())
    }

    /// Waits for something to choose from since they last wrote, one of which has this title.
    async fn hears(&self, house: &House, title: &str) -> Result<Value> {
        self.hears_that(house, title, |heard| {
            options(heard).any(|(it, _)| it.contains(title))
        })
        .await
    }

    async fn hears_link(&self, house: &House) -> Result<()> {
        let heard = self.hears_that(house, "a link", |heard| heard["link"]["url"].is_string());
        heard.await.map(drop)
    }

    async fn hears_that(
        &self,
        house: &House,
        what: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        let what = format!("«{}» hears «{what}»", self.step.name);
        let heard = eventually(&what, PATIENCE, async || {
            let thread = self.thread(house).await.ok()?;
            thread.into_iter().find(|it| {
                it["from"] == "business" && it["seq"].as_i64() > Some(self.began) && fits(it)
            })
        })
        .await;
        match heard {
            Ok(heard) => Ok(heard),
            Err(error) => {
                let thread = self.thread(house).await.unwrap_or_default();
                let said = thread
                    .iter()
                    .map(|it| format!("{}: {}", it["from"], it["text"]));
                Err(error).with_context(|| said.collect::<Vec<_>>().join("\n"))
            }
        }
    }
}

fn options(message: &Value) -> impl Iterator<Item = (&str, &str)> {
    ["buttons", "rows"]
        .into_iter()
        .filter_map(|kind| message[kind].as_array())
        .flatten()
        .filter_map(|it| Some((it["title"].as_str()?, it["id"].as_str()?)))
}

/// A number or a string, without its quotes.
fn bare(value: &Value) -> String {
    value.to_string().trim_matches('"').to_owned()
}

/// A channel's calendar, with one stay or none.
fn calendar(stay: Option<(NaiveDate, NaiveDate)>) -> String {
    let event = stay.map(|(from, to)| {
        format!(
            "BEGIN:VEVENT\r\nUID:chaos@airbnb.com\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\n\
             SUMMARY:Reserved\r\nSTATUS:CONFIRMED\r\nEND:VEVENT\r\n",
            from.format("%Y%m%d"),
            to.format("%Y%m%d")
        )
    });
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Airbnb Inc//Hosting Calendar 1.0//EN\r\n{}END:VCALENDAR\r\n",
        event.unwrap_or_default()
    )
}
