//! Other channels sell the same nights, and misbehave.

use anyhow::{Context as _, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use stack::eventually;

use crate::{
    booking::books,
    days::coming,
    guest::Guest,
    house::{CABIN_FOR_FOUR, House, PATIENCE},
};

/// A channel's calendar for one cabin, and everything that the owner does with it.
struct Channel<'a> {
    house: &'a House,
    name: &'static str,
    cabin: String,
    feed: String,
}

/// One event of a calendar, its days as months and days that are to come.
struct Event {
    uid: &'static str,
    from: &'static str,
    to: &'static str,
    summary: &'static str,
    status: &'static str,
}

const fn stay(uid: &'static str, from: &'static str, to: &'static str) -> Event {
    Event {
        uid,
        from,
        to,
        summary: "Reserved",
        status: "CONFIRMED",
    }
}

fn calendar(events: &[Event]) -> String {
    let events = events.iter().map(|event| {
        let Event {
            uid,
            from,
            to,
            summary,
            status,
        } = event;
        let date = |day: &str| coming(day).format("%Y%m%d").to_string();
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}@airbnb.com\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\nSUMMARY:{summary}\r\nSTATUS:{status}\r\nEND:VEVENT\r\n",
            date(from),
            date(to)
        )
    });
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Airbnb Inc//Hosting Calendar 1.0//EN\r\n{}END:VCALENDAR\r\n",
        events.collect::<String>()
    )
}

impl House {
    pub(crate) async fn operates(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<(u16, Value)> {
        let url = format!("{}/api/v1/ical/{path}", self.app.api_url);
        let token = self.app.secrets.operator_token();
        let request = self.app.http.request(method, url).bearer_auth(token);
        let answer = request.json(body).send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(json!(text))))
    }

    async fn cabin(&self) -> Result<String> {
        let sql = format!("SELECT id::text FROM accommodations WHERE name = '{CABIN_FOR_FOUR}'");
        let id = self.asks_database(&sql).await?.context("the cabin")?;
        Ok(format!("acc_{}", id.replace('-', "")))
    }
}

impl<'a> Channel<'a> {
    /// The owner connects a calendar that says this.
    async fn connected(house: &'a House, name: &'static str, events: &[Event]) -> Result<Self> {
        let mut channel = Self {
            house,
            name,
            cabin: house.cabin().await?,
            feed: String::new(),
        };
        channel.publishes(events).await?;
        let (status, added) = house
            .operates(Method::POST, "feeds", &channel.body(false))
            .await?;
        ensure!(status == 201, "{status} {added}");
        channel.feed = added["id"].as_str().context("an id")?.to_owned();
        // It is read as soon as it is there.
        channel.eventually_reads("ok").await?;
        // Whoever asks while it is being read hears of that reading: the next one is another.
        channel.is_read().await?;
        Ok(channel)
    }

    fn url(&self) -> String {
        format!(
            "{}/sandbox/feeds/{}.ics",
            self.house.app.sandbox_url, self.name
        )
    }

    fn body(&self, dry_run: bool) -> Value {
        json!({ "accommodation_id": self.cabin, "channel": "airbnb", "url": self.url(), "dry_run": dry_run })
    }

    async fn publishes(&self, events: &[Event]) -> Result<()> {
        let put = self.house.app.http.put(self.url()).body(calendar(events));
        put.send().await?.error_for_status()?;
        Ok(())
    }

    async fn misbehaves(&self, trouble: &Value) -> Result<()> {
        let url = format!(
            "{}/sandbox/feeds/{}/trouble",
            self.house.app.sandbox_url, self.name
        );
        let put = self.house.app.http.put(url).json(trouble).send().await?;
        put.error_for_status()?;
        Ok(())
    }

    async fn behaves(&self) -> Result<()> {
        let url = format!(
            "{}/sandbox/feeds/{}/trouble",
            self.house.app.sandbox_url, self.name
        );
        self.house
            .app
            .http
            .delete(url)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    async fn known(&self) -> Result<Value> {
        let path = format!("feeds/{}", self.feed);
        let (status, feed) = self
            .house
            .operates(Method::GET, &path, &Value::Null)
            .await?;
        ensure!(status == 200, "{status} {feed}");
        Ok(feed)
    }

    async fn eventually_reads(&self, status: &str) -> Result<()> {
        let what = format!("the feed is {status}");
        eventually(&what, PATIENCE, async || {
            let feed = self.known().await.ok()?;
            (feed["status"] == status).then_some(())
        })
        .await
    }

    /// The owner has it read now; what came of it.
    async fn is_read(&self) -> Result<Value> {
        let path = format!("sync/{}", self.cabin);
        let (status, synced) = self
            .house
            .operates(Method::POST, &path, &Value::Null)
            .await?;
        ensure!(status == 200, "{status} {synced}");
        Ok(synced["feeds"][0].clone())
    }

    /// The last good answer, and what it did not say, are so much older.
    async fn minutes_pass(&self, minutes: u32) -> Result<()> {
        let sql = format!(
            "WITH feeds AS (UPDATE calendar_feeds SET last_good_at = last_good_at - make_interval(mins => {minutes}) RETURNING 1) \
             UPDATE calendar_blocks SET last_seen = last_seen - make_interval(mins => {minutes}) RETURNING 'older'"
        );
        self.house.asks_database(&sql).await?;
        Ok(())
    }

    /// Whether a guest could be held these nights.
    async fn is_free(&self, from: &str, to: &str) -> Result<bool> {
        let (from, to) = (coming(from), coming(to));
        let url = format!(
            "{}/api/v1/availability?check_in={from}&check_out={to}&guests=4&accommodation_id={}",
            self.house.app.api_url, self.cabin
        );
        let answer: Value = self.house.app.http.get(url).send().await?.json().await?;
        let available = answer["available"].as_array();
        let available = available.with_context(|| format!("{from} to {to}: {answer}"))?;
        Ok(!available.is_empty())
    }
}

#[tokio::test]
async fn a_channel_books_free_nights_moves_cancels_and_vanishes() -> Result<()> {
    let house = House::opens().await?;
    let previewed = Channel {
        house: &house,
        name: "airbnb",
        cabin: house.cabin().await?,
        feed: String::new(),
    };
    let four = || {
        [
            stay("a", "03-01", "03-04"),
            stay("b", "03-10", "03-13"),
            stay("c", "03-20", "03-23"),
            stay("d", "04-01", "04-03"),
        ]
    };
    previewed.publishes(&four()).await?;
    let (status, preview) = house
        .operates(Method::POST, "feeds", &previewed.body(true))
        .await?;
    assert_eq!((status, &preview["nights"]), (200, &json!(11)), "{preview}");
    assert!(
        previewed.is_free("03-01", "03-04").await?,
        "it was only looked at"
    );

    let channel = Channel::connected(&house, "airbnb", &four()).await?;
    assert!(!channel.is_free("03-02", "03-05").await?);
    assert!(channel.is_free("03-04", "03-10").await?);

    // One is moved, under its name.
    let [_, b, c, d] = four();
    channel
        .publishes(&[stay("a", "03-05", "03-08"), b, c, d])
        .await?;
    let moved = channel.is_read().await?;
    assert_eq!(
        (&moved["changed"], &moved["added"]),
        (&json!(1), &json!(0)),
        "{moved}"
    );
    assert!(channel.is_free("03-01", "03-04").await?);
    assert!(!channel.is_free("03-05", "03-08").await?);

    // One is cancelled, and said to be.
    let [_, b, c, d] = four();
    let cancelled = Event {
        status: "CANCELLED",
        ..b
    };
    channel
        .publishes(&[stay("a", "03-05", "03-08"), cancelled, c, d])
        .await?;
    assert_eq!(channel.is_read().await?["released"], 1);
    assert!(channel.is_free("03-10", "03-13").await?);

    // One vanishes: it is missed twice, and long enough, before it is free.
    let [.., c, d] = four();
    channel.publishes(&[c, d]).await?;
    assert_eq!(channel.is_read().await?["waiting"], 1);
    assert_eq!(channel.is_read().await?["waiting"], 1);
    assert!(!channel.is_free("03-05", "03-08").await?);
    channel.minutes_pass(26).await?;
    assert_eq!(channel.is_read().await?["released"], 1);
    assert!(channel.is_free("03-05", "03-08").await?);
    house.nights_are_sold_once().await?;

    // The clock reads it as well, under the same name.
    let read = channel.known().await?["last_try_at"].clone();
    house.clock_reads(&channel.feed).await?;
    eventually("the clock has it read", PATIENCE, async || {
        let known = channel.known().await.ok()?;
        (known["last_try_at"] != read).then_some(())
    })
    .await?;

    let path = format!("feeds/{}", channel.feed);
    let (status, asked) = house.operates(Method::DELETE, &path, &Value::Null).await?;
    assert_eq!(
        (status, &asked["code"]),
        (422, &json!("answer_needed")),
        "{asked}"
    );
    let path = format!("{path}?release_blocks=true");
    let (status, removed) = house.operates(Method::DELETE, &path, &Value::Null).await?;
    assert_eq!((status, &removed["blocks"]), (200, &json!(2)), "{removed}");
    assert!(channel.is_free("03-20", "03-23").await?);
    Ok(())
}

#[tokio::test]
async fn a_channel_that_books_a_hold_displaces_it_and_its_guest_hears_of_it() -> Result<()> {
    let house = House::opens().await?;
    let channel = Channel::connected(&house, "airbnb", &[stay("other", "03-01", "03-04")]).await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    house.sees(&code, "pre_reserved").await?;

    channel
        .publishes(&[stay("other", "03-01", "03-04"), stay("a", "01-16", "01-20")])
        .await?;
    let read = channel.is_read().await?;
    assert_eq!(read["displaced"], json!([code]), "{read}");
    house.sees(&code, "cancelled").await?;
    let told = ana.hears_text("otro canal").await?;
    assert!(told.has_options(), "other dates are offered: {told:?}");
    assert!(!channel.is_free("01-16", "01-18").await?);
    assert!(
        channel.is_free("01-13", "01-16").await?,
        "the nights before are nobody's"
    );
    house
        .counts(
            "open conflicts",
            0,
            "calendar_conflicts WHERE state = 'open'",
        )
        .await?;

    // Whoever was paying meanwhile gets all of it back.
    let payment = house.pays_by_card(&code).await?;
    assert!(house.is_refunded(&payment).await? > 0.0);
    house.sees(&code, "cancelled").await?;
    house.nights_are_sold_once().await?;
    house.audit().await
}

#[tokio::test]
async fn a_channel_that_books_confirmed_nights_is_a_conflict_for_the_owner() -> Result<()> {
    let house = House::opens().await?;
    let other = || stay("other", "03-01", "03-04");
    let channel = Channel::connected(&house, "airbnb", &[other()]).await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    let payment = house.pays_by_card(&code).await?;
    house.sees(&code, "confirmed").await?;
    let mut owner = Guest::new(&house, "la dueña", stack::OWNERS_PHONE);

    channel
        .publishes(&[other(), stay("a", "01-16", "01-20")])
        .await?;
    let read = channel.is_read().await?;
    assert_eq!(
        (&read["outcome"], &read["displaced"]),
        (&json!("applied"), &json!([])),
        "{read}"
    );
    house.sees(&code, "confirmed").await?;
    let (_, listed) = house
        .operates(Method::GET, "conflicts?state=open", &Value::Null)
        .await?;
    let conflict = listed["items"][0].clone();
    assert_eq!(
        listed["items"].as_array().map(Vec::len),
        Some(1),
        "{listed}"
    );
    assert_eq!(
        (&conflict["against"], &conflict["severity"]),
        (&json!(code), &json!("critical"))
    );
    assert_eq!(
        conflict["evidence"]["reservation"]["status"], "confirmed",
        "{conflict}"
    );
    assert_eq!(
        conflict["evidence"]["blocks"][0]["uid"], "a@airbnb.com",
        "{conflict}"
    );
    house
        .counts(
            "matters for the owner",
            1,
            "review_queue WHERE kind = 'calendar_conflict' AND resolved_at IS NULL",
        )
        .await?;
    owner.hears_text(&code).await?;
    assert!(
        !channel.is_free("01-18", "01-20").await?,
        "what is free of it is taken"
    );

    // It is looked at again with every run, and is the same conflict.
    channel.is_read().await?;
    house.counts("conflicts", 1, "calendar_conflicts").await?;
    let path = format!("conflicts/{}/resolve", conflict["id"]);
    let (status, ignored) = house
        .operates(Method::POST, &path, &json!({ "decision": "ignore" }))
        .await?;
    assert_eq!(
        (status, &ignored["state"]),
        (200, &json!("acknowledged")),
        "{ignored}"
    );
    house.sees(&code, "confirmed").await?;

    let (status, refunded) = house
        .operates(Method::POST, &path, &json!({ "decision": "refund" }))
        .await?;
    assert_eq!(
        (status, &refunded["state"]),
        (200, &json!("resolved")),
        "{refunded}"
    );
    house.sees(&code, "cancelled").await?;
    ana.hears_text("otro canal").await?;
    assert!(house.is_refunded(&payment).await? > 0.0);
    assert!(!channel.is_free("01-16", "01-18").await?);
    let (status, over) = house
        .operates(Method::POST, &path, &json!({ "decision": "ignore" }))
        .await?;
    assert_eq!(
        (status, &over["code"]),
        (409, &json!("conflict_resolved")),
        "{over}"
    );
    house.nights_are_sold_once().await?;
    house.audit().await
}

#[tokio::test]
async fn a_stay_that_a_channel_sold_too_is_moved_to_nights_that_are_nobodys() -> Result<()> {
    let house = House::opens().await?;
    let other = || stay("other", "03-01", "03-04");
    let channel = Channel::connected(&house, "airbnb", &[other()]).await?;
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    house.pays_by_card(&code).await?;
    house.sees(&code, "confirmed").await?;
    channel
        .publishes(&[other(), stay("a", "01-16", "01-20")])
        .await?;
    channel.is_read().await?;
    let (_, listed) = house
        .operates(Method::GET, "conflicts?state=open", &Value::Null)
        .await?;
    let path = format!("conflicts/{}/resolve", listed["items"][0]["id"]);

    // Where to? Neither where the channel's guest sleeps, nor where ours does already.
    let (status, asked) = house
        .operates(Method::POST, &path, &json!({ "decision": "move" }))
        .await?;
    assert_eq!(
        (status, &asked["code"]),
        (409, &json!("dates_taken")),
        "{asked}"
    );
    let offered = asked["alternatives"].as_array().context("alternatives")?;
    ensure!(!offered.is_empty(), "{asked}");
    for offer in offered {
        let (from, to) = (offer["check_in"].as_str(), offer["check_out"].as_str());
        let (sold_from, sold_to) = (coming("01-16").to_string(), coming("01-20").to_string());
        let shared = from < Some(sold_to.as_str()) && to > Some(sold_from.as_str());
        ensure!(!shared, "the channel has a night of {offer}");
    }
    let (status, taken) = house
        .operates(
            Method::POST,
            &path,
            &json!({ "decision": "move", "check_in": coming("01-14"), "check_out": coming("01-17") }),
        )
        .await?;
    assert_eq!(
        (status, &taken["code"]),
        (409, &json!("dates_taken")),
        "{taken}"
    );

    let (status, moved) = house
        .operates(
            Method::POST,
            &path,
            &json!({ "decision": "move", "check_in": coming("01-22"), "check_out": coming("01-25") }),
        )
        .await?;
    assert_eq!(
        (status, &moved["state"]),
        (200, &json!("resolved")),
        "{moved}"
    );
    assert_eq!(moved["decision"], "move", "{moved}");
    house.sees(&code, "confirmed").await?;
    ana.hears_text("22/01").await?;
    assert!(!channel.is_free("01-16", "01-20").await?);
    assert!(!channel.is_free("01-22", "01-25").await?);
    assert!(channel.is_free("01-13", "01-16").await?);
    house.nights_are_sold_once().await?;
    house.audit().await
}

#[tokio::test]
async fn whatever_else_a_channel_answers_frees_no_night() -> Result<()> {
    let house = House::opens().await?;
    let three = [
        stay("a", "03-01", "03-04"),
        stay("b", "03-10", "03-13"),
        stay("c", "03-20", "03-23"),
    ];
    let channel = Channel::connected(&house, "airbnb", &three).await?;
    let api = house.app.api_url.clone();
    for (trouble, error) in [
        (json!({ "body": "login_page" }), "not_a_calendar"),
        (
            json!({ "body": "login_page", "status": 200, "no_validators": true }),
            "not_a_calendar",
        ),
        (json!({ "body": "empty" }), "not_a_calendar"),
        (json!({ "status": 500 }), "status"),
        (
            json!({ "body": "endless", "bytes": 1_073_741_824_u64 }),
            "limits_exceeded",
        ),
        (
            json!({ "body": "gzip_bomb", "bytes": 1_073_741_824_u64 }),
            "limits_exceeded",
        ),
        (
            json!({ "location": format!("{api}/api/v1/healthz") }),
            "forbidden_redirect",
        ),
        (
            json!({ "location": "http://localhost/" }),
            "forbidden_redirect",
        ),
        (
            json!({ "location": "https://localhost/" }),
            "forbidden_address",
        ),
        (json!({ "status": 404 }), "refused"),
        (json!({ "cut_after": 80 }), "connection"),
    ] {
        channel.misbehaves(&trouble).await?;
        let read = channel.is_read().await?;
        assert_eq!(
            (&read["outcome"], &read["error"]),
            (&json!("failed"), &json!(error)),
            "{trouble}"
        );
        assert!(!channel.is_free("03-01", "03-04").await?, "{trouble}");
    }
    let known = channel.known().await?;
    assert_eq!(known["failures"], 11, "{known}");
    assert!(
        known["url"]
            .as_str()
            .is_some_and(|url| !url.contains("sandbox/feeds")),
        "{known}"
    );

    // It asks to be left alone, and is, whoever asks.
    channel
        .misbehaves(&json!({ "status": 429, "retry_after": 3_600, "times": 1 }))
        .await?;
    assert_eq!(channel.is_read().await?["error"], "busy");
    assert_eq!(channel.is_read().await?["outcome"], "left_alone");
    house
        .asks_database("UPDATE calendar_feeds SET next_try_at = now() RETURNING 'waited'")
        .await?;

    // A calendar that suddenly says nothing is not believed, and the owner is asked.
    channel
        .misbehaves(&json!({ "body": "empty_calendar" }))
        .await?;
    assert_eq!(channel.is_read().await?["outcome"], "held");
    channel.minutes_pass(60).await?;
    assert_eq!(channel.is_read().await?["outcome"], "held");
    assert!(!channel.is_free("03-01", "03-04").await?);
    assert_eq!(channel.known().await?["status"], "suspicious_drop");
    let path = format!("feeds/{}/drop", channel.feed);
    let (status, kept) = house
        .operates(Method::POST, &path, &json!({ "free": false }))
        .await?;
    assert_eq!((status, &kept["drop_kept"]), (200, &json!(true)), "{kept}");

    // And when it comes to its senses, all is as it was.
    channel.behaves().await?;
    let read = channel.is_read().await?;
    assert_eq!(read["error"], Value::Null, "{read}");
    assert_eq!(channel.known().await?["status"], "ok");
    let (status, none) = house
        .operates(Method::POST, &path, &json!({ "free": true }))
        .await?;
    assert_eq!((status, &none["code"]), (409, &json!("no_drop")), "{none}");
    house
        .counts(
            "blocks",
            3,
            "calendar_blocks WHERE state = 'active' AND misses = 0 AND held_since IS NULL",
        )
        .await?;
    let logs = house.app.logs();
    assert!(
        !logs.contains("/sandbox/feeds/airbnb.ics"),
        "a feed's address is a secret"
    );
    Ok(())
}

#[tokio::test]
async fn a_worker_that_is_killed_while_it_reads_reads_again() -> Result<()> {
    let mut house = House::opens().await?;
    let (cabin, feed) = {
        let channel = Channel::connected(&house, "airbnb", &[stay("a", "03-01", "03-04")]).await?;
        channel
            .publishes(&[stay("a", "03-01", "03-04"), stay("b", "01-16", "01-20")])
            .await?;
        // The channel takes its time, once, and the worker dies meanwhile.
        channel
            .misbehaves(&json!({ "delay_ms": 600_000, "times": 1 }))
            .await?;
        (channel.cabin, channel.feed)
    };
    let mut ana = house.guest("Ana");
    let code = books(&mut ana).await?;
    let path = format!("sync/{cabin}");
    let (status, begun) = house.operates(Method::POST, &path, &Value::Null).await?;
    assert_eq!(
        (status, &begun["feeds"][0]["outcome"]),
        (202, &json!("under_way")),
        "{begun}"
    );
    house.worker_is_replaced().await?;

    house.sees(&code, "cancelled").await?;
    ana.hears_text("otro canal").await?;
    assert_eq!(
        ana.count(|heard| heard.text().contains("otro canal"))
            .await?,
        1
    );
    let uuid = feed.trim_start_matches("feed_");
    house
        .counts(
            "blocks of the channel",
            2,
            &format!("calendar_blocks WHERE state = 'active' AND replace(feed_id::text, '-', '') = '{uuid}'"),
        )
        .await?;
    house.nights_are_sold_once().await
}
