//! Channels that read our calendars and show what they read as their own, and read each other through us.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{days::coming, house::House};

/// A day, in hours.
const ROUNDS: u32 = 24;

/// When our guests and one of each channel's cancel.
const CANCELLED: u32 = 6;

/// Where guests of ours, and guests of the channels, would have slept.
const CANCELLED_STAYS: [(&str, &str); 3] =
    [("01-15", "01-18"), ("03-10", "03-13"), ("03-20", "03-24")];

/// One accommodation that two channels sell, each of which imports our calendar of it.
struct Place<'a> {
    house: &'a House,
    id: String,
    channels: [Echoing; 2],
}

/// A channel that shows what it has read of ours beside what was booked there.
struct Echoing {
    name: String,
    channel: &'static str,
    /// In how many rounds it reads ours once.
    reads_every: u32,
    /// How its copies are called, and what becomes of their names.
    summary: &'static str,
    uids: &'static str,
}

fn event(uid: &str, from: &str, to: &str) -> String {
    let date = |day: &str| coming(day).format("%Y%m%d").to_string();
    format!(
        "BEGIN:VEVENT\r\nUID:{uid}@channel.example\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\nSUMMARY:Reserved\r\nEND:VEVENT\r\n",
        date(from),
        date(to)
    )
}

impl<'a> Place<'a> {
    /// The owner connects both channels, in both directions.
    async fn connected(house: &'a House, number: usize, id: &str) -> Result<Self> {
        let echoing = |channel, reads_every, summary, uids| Echoing {
            name: format!("{channel}-{number}"),
            channel,
            reads_every,
            summary,
            uids,
        };
        let channels = [
            // Every three hours; closures whose names stay.
            echoing("airbnb", 3, "Airbnb (Not available)", "rewritten"),
            // Every hour; nobody knows what they are, and they have new names each time.
            echoing("booking", 1, "CLOSED - Not available", "rotating"),
        ];
        let place = Self {
            house,
            id: id.to_owned(),
            channels,
        };
        for channel in &place.channels {
            place.publishes(channel, true).await?;
            let ours = json!({ "accommodation_id": place.id, "channel": channel.channel });
            let (status, link) = house.operates(Method::POST, "exports", &ours).await?;
            ensure!(status == 201, "{status} {link}");
            let imports = json!({
                "url": link["url"], "summary": channel.summary, "uids": channel.uids,
            });
            let put = house.app.http.put(place.sandbox(channel, "/imports"));
            put.json(&imports).send().await?.error_for_status()?;
            let theirs = json!({
                "accommodation_id": place.id, "channel": channel.channel,
                "url": place.sandbox(channel, ".ics"),
            });
            let (status, feed) = house.operates(Method::POST, "feeds", &theirs).await?;
            ensure!(status == 201, "{status} {feed}");
        }
        Ok(place)
    }

    fn sandbox(&self, channel: &Echoing, what: &str) -> String {
        let url = &self.house.app.sandbox_url;
        format!("{url}/sandbox/feeds/{}{what}", channel.name)
    }

    /// What was booked at a channel: one stay that remains, and one that may be cancelled.
    async fn publishes(&self, channel: &Echoing, with_guest: bool) -> Result<()> {
        let name = &channel.name;
        let (stays, comes) = if channel.channel == "airbnb" {
            (("06-01", "06-04"), ("03-10", "03-13"))
        } else {
            (("06-10", "06-14"), ("03-20", "03-24"))
        };
        let mut events = event(&format!("{name}-remains"), stays.0, stays.1);
        if with_guest {
            events += &event(&format!("{name}-guest"), comes.0, comes.1);
        }
        let body = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a channel//EN\r\n{events}END:VCALENDAR\r\n"
        );
        let put = self.house.app.http.put(self.sandbox(channel, ".ics"));
        put.body(body).send().await?.error_for_status()?;
        Ok(())
    }

    /// An hour: the channels read ours when it is their time, and we read theirs.
    async fn round(&self, number: u32) -> Result<()> {
        for channel in &self.channels {
            if number.is_multiple_of(channel.reads_every) {
                let read = self.house.app.http.post(self.sandbox(channel, "/imports"));
                read.send().await?.error_for_status()?;
            }
        }
        let path = format!("sync/{}", self.id);
        let (status, read) = self
            .house
            .operates(Method::POST, &path, &Value::Null)
            .await?;
        ensure!(status == 200, "{status} {read}");
        for feed in read["feeds"].as_array().context("feeds")? {
            ensure!(feed["error"].is_null(), "{read}");
        }
        Ok(())
    }

    async fn is_free(&self, from: &str, to: &str) -> Result<bool> {
        let (from, to) = (coming(from), coming(to));
        let url = format!(
            "{}/api/v1/availability?check_in={from}&check_out={to}&guests=2&accommodation_id={}",
            self.house.app.api_url, self.id
        );
        let answer: Value = self.house.app.http.get(url).send().await?.json().await?;
        let available = answer["available"].as_array();
        let available = available.with_context(|| format!("{from} to {to}: {answer}"))?;
        Ok(!available.is_empty())
    }

    /// A guest of ours holds nights and pays.
    async fn is_booked(&self) -> Result<String> {
        let body = json!({
            "accommodation_id": self.id, "check_in": coming("01-15"), "check_out": coming("01-18"), "guests": 2,
            "guest": { "name": "Ana", "phone": "+5491122334455" },
        });
        let url = format!("{}/api/v1/reservations", self.house.app.api_url);
        let held = self.house.app.http.post(url).json(&body).send().await?;
        let held: Value = held.error_for_status()?.json().await?;
        let code = held["code"].as_str().context("a code")?.to_owned();
        self.house.pays_by_card(&code).await?;
        self.house.sees(&code, "confirmed").await?;
        Ok(code)
    }

    /// Our guest cancels, and so does one of each channel's.
    async fn is_left_by(&self, code: &str) -> Result<()> {
        for channel in &self.channels {
            self.publishes(channel, false).await?;
        }
        let url = format!(
            "{}/api/v1/reservations/{code}/cancel",
            self.house.app.api_url
        );
        let token = self.house.app.secrets.operator_token();
        let request = self.house.app.http.post(url).bearer_auth(token);
        request.json(&json!({})).send().await?.error_for_status()?;
        self.house.sees(code, "cancelled").await
    }
}

impl House {
    /// An hour passes for everything that calendars remember.
    async fn an_hour_passes(&self) -> Result<()> {
        let sql = "WITH feeds AS (UPDATE calendar_feeds SET
                last_good_at = last_good_at - interval '1 h', last_try_at = last_try_at - interval '1 h',
                read_whole_at = read_whole_at - interval '1 h', drop_since = drop_since - interval '1 h'),
            versions AS (UPDATE export_versions SET
                served_at = served_at - interval '1 h', last_served_at = last_served_at - interval '1 h'),
            blocks AS (UPDATE calendar_blocks SET
                first_seen = first_seen - interval '1 h', last_seen = last_seen - interval '1 h',
                held_since = held_since - interval '1 h')
            SELECT 'later'";
        self.asks_database(sql).await?;
        Ok(())
    }

    /// How many echoes of others' nights the channels show.
    async fn echoes(&self) -> Result<usize> {
        let sql = "SELECT count(*)::text FROM calendar_blocks WHERE state = 'active' AND echo";
        let counted = self.asks_database(sql).await?;
        Ok(counted.context("a count")?.parse()?)
    }
}

#[tokio::test]
async fn two_accommodations_whose_channels_echo_each_other_for_a_day_are_free_when_nobody_sleeps_there()
-> Result<()> {
    let house = House::opens().await?;
    let ids = house
        .asks_database("SELECT string_agg(id::text, ',' ORDER BY name) FROM accommodations WHERE capacity >= 2")
        .await?
        .context("cabins")?;
    let mut ids = ids
        .split(',')
        .map(|id| format!("acc_{}", id.replace('-', "")));
    let (one, other) = (ids.next().context("one")?, ids.next().context("two")?);
    let (one, other) = tokio::try_join!(
        Place::connected(&house, 1, &one),
        Place::connected(&house, 2, &other)
    )?;
    let codes = tokio::try_join!(one.is_booked(), other.is_booked())?;
    for round in 0..ROUNDS {
        tokio::try_join!(one.round(round), other.round(round))?;
        if round == CANCELLED {
            // Each channel of each accommodation shows our guest's nights and those of both guests of the other.
            assert!(house.echoes().await? >= 2 * 2 * 2);
            for place in [&one, &other] {
                for (from, to) in CANCELLED_STAYS {
                    assert!(!place.is_free(from, to).await?, "{from} to {to}");
                }
            }
            // Our guests leave, and so does one of each channel's.
            tokio::try_join!(one.is_left_by(&codes.0), other.is_left_by(&codes.1))?;
            // The channels have not heard of it yet: what they show keeps its nights.
            tokio::try_join!(one.round(1), other.round(1))?;
            for place in [&one, &other] {
                assert!(!place.is_free("01-15", "01-18").await?, "while it is shown");
            }
        }
        // Nobody is called because of an echo.
        let calls = "calendar_conflicts WHERE severity <> 'info'";
        house.counts("conflicts that call", 0, calls).await?;
        house.an_hour_passes().await?;
    }
    for place in [&one, &other] {
        for (from, to) in CANCELLED_STAYS {
            assert!(
                place.is_free(from, to).await?,
                "{from} to {to} never came free"
            );
        }
        assert!(!place.is_free("06-01", "06-04").await?);
        assert!(!place.is_free("06-10", "06-14").await?);
    }
    house.nights_are_sold_once().await?;
    house.audit().await
}
