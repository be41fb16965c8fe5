//! What guests do, each by their plan.

use std::time::Duration;

use anyhow::{Context as _, Result};
use reqwest::Method;
use serde_json::{Value, json};

use crate::plan::{Conduct, Plan};
use crate::town::{Hold, Known, Town};

/// One guest from the hold to wherever they get.
pub(crate) async fn live(town: &Town, plan: &Plan) -> Result<()> {
    let (cabin, check_in) = town.place_of(plan.number)?;
    let hold = town.holds(cabin, check_in, &plan.phone()).await?;
    let hold = hold.context("nobody else is after these nights")?;
    // A provider that is away makes the link late, or too late: then there is nothing to pay on.
    let known = town
        .sees(&hold.code, "payable or over", |known| {
            known.deposit_link.is_some() || known.status == "expired"
        })
        .await?;
    let Some(link) = known.deposit_link.clone() else {
        return Ok(());
    };
    tokio::time::sleep(Duration::from_millis(plan.hesitates_ms)).await;
    Guest {
        town,
        plan,
        hold,
        known,
        link,
    }
    .acts()
    .await
}

struct Guest<'a> {
    town: &'a Town,
    plan: &'a Plan,
    hold: Hold,
    known: Known,
    link: String,
}

impl Guest<'_> {
    async fn acts(&self) -> Result<()> {
        match self.plan.conduct {
            Conduct::Pays => self.pays(json!({})).await.map(drop),
            Conduct::PaysTwice => {
                self.pays(json!({})).await?;
                self.pays(json!({ "method": "account_money" }))
                    .await
                    .map(drop)
            }
            Conduct::PaysInHalves => {
                let half = self.known.deposit / 2;
                self.pays(pesos(half)).await?;
                self.pays(pesos(self.known.deposit - half)).await.map(drop)
            }
            Conduct::PaysTooLittle => self.pays(pesos(self.known.deposit / 3)).await.map(drop),
            Conduct::PaysTooMuch => self.pays(pesos(self.known.total + 12_345)).await.map(drop),
            Conduct::IsRejectedFirst => {
                self.pays(json!({ "status": "rejected" })).await?;
                self.pays(json!({})).await.map(drop)
            }
            Conduct::PaysByTransfer => {
                let payment = self.begins_to_pay("transfer").await?;
                pause().await;
                self.turns(&payment, "approved", Value::Null).await
            }
            Conduct::PaysByVoucherLate { rival } => {
                let payment = self.begins_to_pay("cash").await?;
                self.is_over().await?;
                self.is_beaten_to_it(rival).await?;
                self.turns(&payment, "approved", Value::Null).await
            }
            Conduct::NeverFinishes => {
                let payment = self.begins_to_pay("cash").await?;
                self.is_over().await?;
                self.turns(&payment, "cancelled", Value::Null).await
            }
            Conduct::NeverPays => self.is_over().await,
            Conduct::PaysLate { rival } => {
                self.is_over().await?;
                self.is_beaten_to_it(rival).await?;
                self.pays(json!({})).await.map(drop)
            }
            Conduct::PaysInDollars => self.pays(json!({ "currency_id": "USD" })).await.map(drop),
            Conduct::PaysSomebodyElse => self.pays(json!({ "collector_id": 999 })).await.map(drop),
            Conduct::PaysForNothing => {
                let reference = format!("RES270101{:06}", self.plan.number);
                let payment = json!({ "external_reference": reference });
                self.pays(payment).await.map(drop)
            }
            Conduct::IsRefundedAtProvider => {
                let payment = self.pays(json!({})).await?;
                self.is_decided().await?;
                self.turns(&payment, "refunded", Value::Null).await
            }
            Conduct::Disputes => {
                let payment = self.pays(json!({})).await?;
                self.is_decided().await?;
                self.turns(&payment, "charged_back", Value::Null).await
            }
            Conduct::DisputesInVain => {
                let payment = self.pays(json!({})).await?;
                self.is_decided().await?;
                self.turns(&payment, "charged_back", Value::Null).await?;
                pause().await;
                self.turns(&payment, "charged_back", json!("reimbursed"))
                    .await
            }
            Conduct::Cancels => self.leaves("cancel", true).await,
            Conduct::Revokes => self.leaves("revoke", true).await,
            Conduct::CancelsUnpaid => self.leaves("cancel", false).await,
            Conduct::PaysTheRestInCash => self.pays_the_rest_in_cash().await,
            Conduct::PaysTheRestByLink => self.pays_the_rest_by_link().await,
            Conduct::PaysWhileTheOwnerConfirms => self.pays_while_the_owner_confirms().await,
            Conduct::Extends => {
                let (status, answer) = self.asks("extend", None).await?;
                anyhow::ensure!(matches!(status, 200 | 409), "extend: {status} {answer}");
                self.pays(json!({})).await.map(drop)
            }
        }
    }

    async fn pays(&self, payment: Value) -> Result<String> {
        self.pays_on(&self.link, payment).await
    }

    async fn pays_on(&self, link: &str, mut payment: Value) -> Result<String> {
        payment["notify"] = json!(self.plan.announced);
        self.town.pays(link, &payment).await
    }

    async fn begins_to_pay(&self, method: &str) -> Result<String> {
        self.pays(json!({ "status": "pending", "method": method }))
            .await
    }

    async fn turns(&self, payment: &str, status: &str, detail: Value) -> Result<()> {
        let mut turn = json!({ "status": status, "notify": self.plan.announced });
        if !detail.is_null() {
            turn["status_detail"] = detail;
        }
        let path = format!("/sandbox/payments/{payment}");
        // The provider gives nothing back while the seller has no money there.
        let mut tries = 0;
        loop {
            let turned = self.town.provider(Method::PATCH, &path, &turn).await;
            tries += 1;
            if turned.is_ok() || tries > 20 {
                return turned.map(drop);
            }
            pause().await;
        }
    }

    /// The hold has ended, in whatever way.
    async fn is_over(&self) -> Result<()> {
        let over = |known: &Known| known.status != "pre_reserved";
        self.town
            .sees(&self.hold.code, "over", over)
            .await
            .map(drop)
    }

    /// The payment has been heard of.
    async fn is_decided(&self) -> Result<()> {
        let decided = |known: &Known| known.status != "pre_reserved";
        self.town
            .sees(&self.hold.code, "decided", decided)
            .await
            .map(drop)
    }

    /// Somebody else takes the nights, pays for them, and is sooner.
    async fn is_beaten_to_it(&self, rival: bool) -> Result<()> {
        if !rival {
            return Ok(());
        }
        let phone = format!("54911{:08}", 60_000_000 + self.plan.number);
        let taken = self
            .town
            .holds(self.hold.cabin, self.hold.check_in, &phone)
            .await?;
        let Some(hold) = taken else { return Ok(()) };
        let known = self
            .town
            .sees(&hold.code, "payable or over", |known| {
                known.deposit_link.is_some() || known.status == "expired"
            })
            .await?;
        if let Some(link) = known.deposit_link {
            self.pays_on(&link, json!({})).await?;
        }
        Ok(())
    }

    async fn asks(&self, what: &str, body: Option<&Value>) -> Result<(u16, Value)> {
        self.town
            .asks_as_guest(&self.hold, Method::POST, what, body)
            .await
    }

    /// Asks what leaving gives back, then leaves.
    async fn leaves(&self, how: &str, paid: bool) -> Result<()> {
        if paid {
            self.pays(json!({})).await?;
            self.is_decided().await?;
        }
        let (told, offer) = self
            .town
            .asks_as_guest(&self.hold, Method::GET, "cancellation", None)
            .await?;
        let (status, answer) = self.asks(how, None).await?;
        anyhow::ensure!(matches!(status, 200 | 409), "{how}: {status} {answer}");
        if told == 200 && status == 200 && offer["paid"] == answer["refund"] {
            anyhow::ensure!(
                offer["refund"] == answer["refund"],
                "{offer} was told, {answer} done"
            );
        }
        if how == "revoke" && status == 200 {
            anyhow::ensure!(answer["revocation_code"].as_str().is_some(), "{answer}");
        }
        Ok(())
    }

    async fn pays_the_rest_in_cash(&self) -> Result<()> {
        self.pays(json!({})).await?;
        self.is_decided().await?;
        let due = self.town.known(&self.hold.code).context("known")?;
        let rest = json!({ "amount": due.total - due.paid, "method": "cash", "reason": "paid on arrival" });
        let (status, answer) = self
            .town
            .asks_as_owner(&self.hold, "payments", &rest)
            .await?;
        anyhow::ensure!(
            matches!(status, 201 | 409 | 422),
            "payments: {status} {answer}"
        );
        Ok(())
    }

    /// A link over the rest is what the chat asks the reservation for; here its workflow is asked directly.
    async fn pays_the_rest_by_link(&self) -> Result<()> {
        self.pays(json!({})).await?;
        self.is_decided().await?;
        let client = front_desk::connect(
            &self.town.temporal_address,
            "default",
            "guests",
            &self.town.payload_keys,
        )
        .await?;
        let desk = front_desk::FrontDesk::new(client, &self.town.task_queue);
        let code = self.hold.code.parse()?;
        let key = format!("balance/{}", self.hold.code);
        let mut asked = desk.offer_balance(&code, &key).await;
        while asked.is_err() {
            pause().await;
            asked = desk.offer_balance(&code, &key).await;
        }
        if self
            .town
            .known(&self.hold.code)
            .is_some_and(|known| known.status == "confirmed")
        {
            let known = self
                .town
                .sees(&self.hold.code, "offered the rest", |known| {
                    known.balance_link.is_some()
                })
                .await
                .with_context(|| format!("asking for it was answered {asked:?}"))?;
            let link = known.balance_link.context("a link")?;
            self.pays_on(&link, json!({})).await?;
        }
        Ok(())
    }

    async fn pays_while_the_owner_confirms(&self) -> Result<()> {
        let seen =
            json!({ "amount": self.known.deposit, "reason": "transfer, seen on the statement" });
        let (paid, confirmed) = tokio::join!(
            self.pays(json!({})),
            self.town.asks_as_owner(&self.hold, "confirm", &seen)
        );
        paid?;
        let (status, answer) = confirmed?;
        anyhow::ensure!(matches!(status, 200 | 409), "confirm: {status} {answer}");
        Ok(())
    }
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(1_500)).await;
}

/// An amount of so many centavos, as the provider writes it.
fn pesos(centavos: i64) -> Value {
    json!({ "amount": format!("{}.{:02}", centavos / 100, centavos % 100) })
}
