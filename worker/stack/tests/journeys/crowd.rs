//! Many guests after the same nights: one gets them, the others are told at once.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use chrono::{Days, NaiveDate};
use futures::future::try_join_all;
use serde_json::{Value, json};

use crate::{
    days::coming,
    house::{CABIN_FOR_FOUR, House},
};

/// How many ask at once.
const CROWD: usize = 200;

struct Answer {
    status: u16,
    code: Value,
    waited: Duration,
}

async fn cabin(house: &House) -> Result<String> {
    let url = format!("{}/api/v1/accommodations", house.app.api_url);
    let list: Value = house.app.http.get(url).send().await?.json().await?;
    let items = list["items"]
        .as_array()
        .or(list.as_array())
        .context("a list")?;
    let cabin = items
        .iter()
        .find(|it| it["name"] == CABIN_FOR_FOUR)
        .context("the cabin")?;
    Ok(cabin["id"].as_str().context("an id")?.to_owned())
}

async fn asks(house: &House, cabin: &str, check_in: NaiveDate, nights: u64) -> Result<Answer> {
    let body = json!({
        "accommodation_id": cabin,
        "check_in": check_in,
        "check_out": check_in + Days::new(nights),
        "guests": 2,
        "guest": { "name": "Ana" },
    });
    let asked = Instant::now();
    let url = format!("{}/api/v1/reservations", house.app.api_url);
    let answer = house.app.http.post(url).json(&body).send().await?;
    let (status, waited) = (answer.status().as_u16(), asked.elapsed());
    let body: Value = answer.json().await?;
    Ok(Answer {
        status,
        code: body["code"].clone(),
        waited,
    })
}

fn settled(answers: &[Answer]) -> (usize, usize) {
    let held = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers
        .iter()
        .filter(|answer| match answer.status {
            409 => answer.code == "dates_taken",
            423 => answer.code == "in_progress",
            _ => false,
        })
        .count();
    (held, refused)
}

#[tokio::test]
async fn two_hundred_guests_after_the_same_nights_leave_one_hold_and_clear_refusals() -> Result<()>
{
    let house = House::opens().await?;
    let cabin = cabin(&house).await?;
    let check_in = coming("03-10");
    let answers = try_join_all((0..CROWD).map(|_| asks(&house, &cabin, check_in, 3))).await?;

    assert_eq!(settled(&answers), (1, CROWD - 1));
    let longest = answers.iter().map(|answer| answer.waited).max();
    println!("the longest wait of {CROWD} was {longest:?}");
    house
        .counts(
            "holds",
            1,
            "reservations WHERE reservation_status = 'pre_reserved'",
        )
        .await?;
    house.nights_are_sold_once().await?;
    house.audit().await
}

#[tokio::test]
async fn a_crowd_after_overlapping_nights_never_shares_one() -> Result<()> {
    let house = House::opens().await?;
    let cabin = cabin(&house).await?;
    let first = coming("03-10");
    let asked = (0..CROWD).map(|n| {
        let n = u64::try_from(n).unwrap_or_default();
        asks(&house, &cabin, first + Days::new(n % 10), 3 + n % 3)
    });
    let answers = try_join_all(asked).await?;

    let (held, refused) = settled(&answers);
    assert_eq!(held + refused, CROWD, "everybody is answered clearly");
    assert!(held >= 1, "somebody gets something");
    house.nights_are_sold_once().await?;
    house.audit().await
}
