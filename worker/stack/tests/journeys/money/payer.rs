//! Guests who hold nights over HTTP and pay for them, so that one house serves many cases at once.

use anyhow::{Context as _, Result, ensure};
use chrono::{Days, NaiveDate, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use stack::eventually;

use crate::{
    guest::Guest,
    house::{CABIN_FOR_FOUR, House, PATIENCE},
};

/// Somebody with a hold, and what it costs in centavos.
pub(crate) struct Payer {
    pub(crate) guest: Guest,
    pub(crate) code: String,
    pub(crate) token: String,
    pub(crate) deposit: i64,
    pub(crate) total: i64,
}

/// The Monday of a week, far enough ahead for every policy and in no season.
fn monday(week: u64) -> NaiveDate {
    let soonest = Utc::now().date_naive() + Days::new(30);
    let year = soonest.format("%Y").to_string().parse().unwrap_or(2027);
    let march = |year| NaiveDate::from_ymd_opt(year, 3, 8).unwrap_or(soonest);
    let first = if march(year) >= soonest {
        march(year)
    } else {
        march(year + 1)
    };
    first.week(chrono::Weekday::Mon).first_day() + Days::new(7 * week)
}

impl House {
    /// Somebody holds the nights of a week; each case has weeks of its own.
    pub(crate) async fn payer(&self, name: &str, week: u64) -> Result<Payer> {
        let check_in = monday(week);
        self.payer_of(name, check_in, check_in + Days::new(2)).await
    }

    pub(crate) async fn payer_of(
        &self,
        name: &str,
        check_in: NaiveDate,
        check_out: NaiveDate,
    ) -> Result<Payer> {
        let guest = self.guest(name);
        let body = self.hold_body(&guest, check_in, check_out).await?;
        let (status, held) = self
            .asks(None, Method::POST, "reservations", None, &body)
            .await?;
        ensure!(status == 201, "a hold was answered {status}: {held}");
        let amount = |field: &str| held[field]["centavos"].as_i64().context("an amount");
        let payer = Payer {
            guest,
            code: held["code"].as_str().context("a code")?.to_owned(),
            token: held["guest_token"].as_str().context("a token")?.to_owned(),
            deposit: amount("deposit")?,
            total: amount("total")?,
        };
        Ok(payer)
    }

    async fn hold_body(
        &self,
        guest: &Guest,
        check_in: NaiveDate,
        check_out: NaiveDate,
    ) -> Result<Value> {
        let sql = format!("SELECT id::text FROM accommodations WHERE name = '{CABIN_FOR_FOUR}'");
        let cabin = self.asks_database(&sql).await?.context("the cabin")?;
        Ok(
            json!({ "accommodation_id": format!("acc_{}", cabin.replace('-', "")),
            "check_in": check_in, "check_out": check_out, "guests": 2,
            "guest": { "name": "Ana Gómez", "phone": format!("+{}", guest.id()) } }),
        )
    }

    /// A hold that is asked for and not waited for; answers its name.
    pub(crate) async fn asks_for_hold(&self, guest: &Guest, week: u64) -> Result<String> {
        let check_in = monday(week);
        let body = self
            .hold_body(guest, check_in, check_in + Days::new(2))
            .await?;
        let (status, answer) = self
            .asks(None, Method::POST, "reservations", None, &body)
            .await?;
        ensure!(
            status == 202,
            "nobody decides it yet, and yet: {status} {answer}"
        );
        Ok(answer["code"].as_str().context("a code")?.to_owned())
    }

    /// One request to the API.
    pub(crate) async fn asks(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Result<(u16, Value)> {
        let url = format!("{}/api/v1/{path}", self.app.api_url);
        let mut request = self.app.http.request(method.clone(), url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if method == Method::POST {
            request = request.json(body);
        }
        let answer = request.send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    /// What the owner asks of a reservation.
    pub(crate) async fn owner_asks(
        &self,
        payer: &Payer,
        act: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Result<(u16, Value)> {
        let operator = self.app.secrets.operator_token().to_owned();
        let path = format!("reservations/{}/{act}", payer.code);
        self.asks(Some(&operator), Method::POST, &path, key, body)
            .await
    }

    /// What happens to a payment at the provider.
    pub(crate) async fn turns(&self, payment: &str, turn: &Value) -> Result<()> {
        let url = format!("{}/sandbox/payments/{payment}", self.app.sandbox_url);
        let answer = self.app.http.patch(url).json(turn).send().await?;
        let status = answer.status();
        ensure!(
            status.is_success(),
            "{turn} of {payment} was answered {status}: {}",
            answer.text().await?
        );
        Ok(())
    }

    /// The provider behaves in another way.
    pub(crate) async fn provider_is(&self, switches: &Value) -> Result<()> {
        let url = format!("{}/sandbox/mercadopago/switches", self.app.sandbox_url);
        let answer = self.app.http.patch(url).json(switches).send().await?;
        answer.error_for_status()?;
        Ok(())
    }

    /// Waits until so much of a payment has gone back at the provider. The audit sees that it is no more in the end,
    /// which can only be seen there.
    pub(crate) async fn goes_back(&self, payment: &str, amount: i64) -> Result<()> {
        self.expects_back(payment, amount);
        let what = format!("{amount} centavos of {payment} go back");
        let back = eventually(&what, PATIENCE, async || {
            (self.gone_back(payment).await.ok()? == amount).then_some(())
        });
        let back = back.await;
        back.with_context(|| format!("{payment} was to give back {amount}"))
    }

    /// What has gone back of a payment at the provider, by our asking.
    pub(crate) async fn gone_back(&self, payment: &str) -> Result<i64> {
        let refunds = self.get_sandbox("/sandbox/refunds").await?;
        let mut sum = 0;
        for refund in refunds.as_array().into_iter().flatten() {
            if text(&refund["payment_id"]) == payment && refund["status"] == "approved" {
                sum += centavos(&refund["amount"])?;
            }
        }
        Ok(sum)
    }

    /// Waits until the owner has been asked about a payment, with a reason and a deadline.
    pub(crate) async fn owner_is_asked(&self, kind: &str, reference: &str) -> Result<()> {
        let rows = format!(
            "review_queue WHERE kind = '{kind}' AND reference = '{reference}' AND resolved_at IS NULL \
             AND reason <> '' AND deadline > now()"
        );
        self.counts(&format!("open matters {kind} about {reference}"), 1, &rows)
            .await
    }
}

impl Payer {
    /// Pays on the link of the hold; answers the payment's name.
    pub(crate) async fn pays(&self, house: &House, payment: Value) -> Result<String> {
        Ok(text(&json!(house.pays(&self.code, payment).await?)))
    }

    /// Pays what the link asks for, by card, and it is approved.
    pub(crate) async fn pays_by_card(&self, house: &House) -> Result<String> {
        self.pays(house, json!({})).await
    }

    /// Waits until the reservation has a status.
    pub(crate) async fn is(&self, house: &House, status: &str) -> Result<()> {
        house.sees(&self.code, status).await
    }

    /// Waits until so much counts as paid.
    pub(crate) async fn has_paid(&self, house: &House, centavos: i64) -> Result<()> {
        let rows = format!(
            "reservations WHERE code = '{}' AND paid_centavos = {centavos}",
            self.code
        );
        let what = format!("reservations {} with {centavos} paid", self.code);
        house.counts(&what, 1, &rows).await
    }

    /// Waits until the guest was told a step, and sees that they were told it once.
    pub(crate) async fn is_told(&self, house: &House, step: &str) -> Result<()> {
        let rows = format!(
            "messages WHERE step = '{}/{step}/0' AND status IN ('sent', 'delivered', 'read')",
            self.code
        );
        house
            .counts(&format!("messages {step} of {}", self.code), 1, &rows)
            .await
    }

    /// What the guest asks of their reservation.
    pub(crate) async fn asks(
        &self,
        house: &House,
        method: Method,
        act: &str,
        key: Option<&str>,
    ) -> Result<(u16, Value)> {
        let path = format!("reservations/{}/{act}", self.code);
        house
            .asks(Some(&self.token), method, &path, key, &json!({}))
            .await
    }
}

/// An amount of so many centavos, as the provider writes it.
pub(crate) fn pesos(centavos: i64) -> String {
    format!("{}.{:02}", centavos / 100, centavos % 100)
}

/// An amount in pesos, as a number or a string, without a float on the way.
fn centavos(amount: &Value) -> Result<i64> {
    let amount = text(amount);
    let (pesos, cents) = amount.split_once('.').unwrap_or((&amount, "0"));
    let cents = format!("{cents:0<2}");
    Ok(pesos.parse::<i64>()? * 100 + cents.parse::<i64>()?)
}

/// A name or a number, without quotes.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim_matches('"').to_owned(),
        other => other.to_string(),
    }
}
