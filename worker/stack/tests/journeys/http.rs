//! The same reservation over HTTP.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::{
    days::coming,
    house::{CABIN_FOR_FOUR, House},
};

struct Answer {
    status: u16,
    location: Option<String>,
    body: Value,
}

impl House {
    async fn holds(
        &self,
        key: &str,
        check_in: &str,
        check_out: &str,
        guests: u8,
    ) -> Result<Answer> {
        let cabins: Value = self
            .app
            .http
            .get(format!("{}/api/v1/accommodations", self.app.api_url))
            .send()
            .await?
            .json()
            .await?;
        let items = cabins["items"]
            .as_array()
            .or(cabins.as_array())
            .context("a list")?;
        let cabin = items
            .iter()
            .find(|it| it["name"] == CABIN_FOR_FOUR)
            .context("the cabin")?;
        let body = json!({ "accommodation_id": cabin["id"], "check_in": coming(check_in), "check_out": coming(check_out),
            "guests": guests, "guest": { "name": "Ana Gómez", "phone": "+5491122334455" } });
        let url = format!("{}/api/v1/reservations", self.app.api_url);
        let answer = self
            .app
            .http
            .post(url)
            .header("idempotency-key", key)
            .json(&body)
            .send()
            .await?;
        Ok(Answer {
            status: answer.status().as_u16(),
            location: answer
                .headers()
                .get("location")
                .and_then(|it| it.to_str().ok())
                .map(ToOwned::to_owned),
            body: answer.json().await?,
        })
    }

    async fn asks_as(
        &self,
        token: &str,
        method: reqwest::Method,
        path: &str,
        body: &Value,
    ) -> Result<(u16, Value)> {
        let url = format!("{}/api/v1/reservations/{path}", self.app.api_url);
        let request = self
            .app
            .http
            .request(method, url)
            .bearer_auth(token)
            .json(body);
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }
}

#[tokio::test]
async fn the_same_key_gives_the_same_reservation_and_another_body_is_refused() -> Result<()> {
    let house = House::opens().await?;
    let first = house.holds("key-1", "03-10", "03-13", 4).await?;
    assert_eq!(first.status, 201, "{}", first.body);
    assert!(
        first
            .location
            .is_some_and(|it| it.contains(first.body["code"].as_str().unwrap_or("?")))
    );
    let again = house.holds("key-1", "03-10", "03-13", 4).await?;
    assert_eq!(
        (again.status, &again.body["code"]),
        (201, &first.body["code"])
    );
    let other = house.holds("key-1", "03-10", "03-14", 4).await?;
    assert_eq!(
        (other.status, &other.body["code"]),
        (422, &json!("idempotency_key_reused"))
    );
    house.counts("holds", 1, "reservations").await
}

#[tokio::test]
async fn taken_nights_are_refused_with_something_else_to_choose() -> Result<()> {
    let house = House::opens().await?;
    house.holds("key-1", "03-10", "03-13", 4).await?;
    let refused = house.holds("key-2", "03-12", "03-15", 4).await?;
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (409, &json!("dates_taken"))
    );
    assert!(
        refused.body["alternatives"]
            .as_array()
            .is_some_and(|it| !it.is_empty()),
        "{}",
        refused.body
    );
    let next = house.holds("key-3", "03-13", "03-15", 4).await?;
    assert_eq!(
        next.status, 201,
        "one guest arrives on the day another leaves"
    );
    Ok(())
}

#[tokio::test]
async fn a_guest_with_their_token_pays_extends_and_cancels_and_nobody_else_can() -> Result<()> {
    let house = House::opens().await?;
    let held = house.holds("key-1", "03-10", "03-13", 4).await?.body;
    let code = held["code"].as_str().context("a code")?;
    let token = held["guest_token"].as_str().context("a token")?;
    let other = house.holds("key-2", "03-20", "03-23", 4).await?.body;
    let stranger = other["guest_token"].as_str().context("a token")?;

    let (status, _) = house
        .asks_as(stranger, reqwest::Method::GET, code, &json!({}))
        .await?;
    assert!([401, 403, 404].contains(&status), "{status}");
    let (status, extended) = house
        .asks_as(
            token,
            reqwest::Method::POST,
            &format!("{code}/extend"),
            &json!({}),
        )
        .await?;
    assert_eq!(status, 200, "{extended}");
    let (status, again) = house
        .asks_as(
            token,
            reqwest::Method::POST,
            &format!("{code}/extend"),
            &json!({}),
        )
        .await?;
    assert_eq!(status, 409, "{again}");

    let payment = house.pays_by_card(code).await?;
    house.sees(code, "confirmed").await?;
    let (status, shown) = house
        .asks_as(token, reqwest::Method::GET, code, &json!({}))
        .await?;
    assert_eq!(
        (status, &shown["status"]),
        (200, &json!("confirmed")),
        "{shown}"
    );

    let (status, cancelled) = house
        .asks_as(
            token,
            reqwest::Method::POST,
            &format!("{code}/cancel"),
            &json!({}),
        )
        .await?;
    assert_eq!(status, 200, "{cancelled}");
    house.sees(code, "cancelled").await?;
    house.is_refunded(&payment).await?;
    house.audit().await?;

    assert!(
        shown.get("ledger").is_none(),
        "the account is the operators': {shown}"
    );
    let operator = house.app.secrets.operator_token().to_owned();
    let (_, shown) = house
        .asks_as(&operator, reqwest::Method::GET, code, &json!({}))
        .await?;
    let ledger = shown["ledger"].as_array().context("an account")?;
    let what: Vec<_> = ledger
        .iter()
        .filter_map(|line| line["what"].as_str())
        .collect();
    assert_eq!(
        what,
        [
            "payment_received",
            "charged",
            "charge_released",
            "charge_released",
            "refund_completed"
        ]
    );
    assert_eq!(ledger[4]["balance"]["centavos"], 0, "{shown}");
    Ok(())
}

#[tokio::test]
async fn the_owner_confirms_a_transfer_by_hand() -> Result<()> {
    let house = House::opens().await?;
    let held = house.holds("key-1", "03-10", "03-13", 4).await?.body;
    let code = held["code"].as_str().context("a code")?;
    let guest = held["guest_token"].as_str().context("a token")?;
    let paid = json!({ "amount": 20_000_000, "reason": "transfer seen on the statement" });

    let path = format!("{code}/confirm");
    let (status, _) = house
        .asks_as(guest, reqwest::Method::POST, &path, &paid)
        .await?;
    assert!(
        [401, 403, 404].contains(&status),
        "a guest confirms nothing: {status}"
    );
    let operator = house.app.secrets.operator_token().to_owned();
    let (status, confirmed) = house
        .asks_as(&operator, reqwest::Method::POST, &path, &paid)
        .await?;
    assert_eq!(status, 200, "{confirmed}");
    house.sees(code, "confirmed").await?;
    house.audit().await
}
