//! Payments that nobody told us about: found by asking, for one reservation or for all of the last hours.

use chrono::{DateTime, TimeDelta, Utc};
use database::{inbox, payments, restores, review_queue};
use domain::{
    ReservationCode,
    payment::{PaymentId, PaymentReport},
};
use mercado_pago::{FoundPayment, PaymentFilter, PaymentSearch};
use temporalio_sdk::activities::ActivityError;
use workflows::{
    contracts::payments::{ReconcileWindow, Truth},
    payment::Notification,
};

use super::{PaymentActivities, link, truth};
use crate::failure::{of_database, of_front_desk, of_mercado_pago};

/// The provider's clock may be ahead of ours by so much: what it says changed a moment ago is found all the same.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);

/// Payments without a notification older than this are no sign of how things are now.
const SIGN_OF_NOW: TimeDelta = TimeDelta::hours(24);

/// Whoever is at a payment has done what follows from it after so long, or is gone.
const ADRIFT_AFTER: TimeDelta = TimeDelta::minutes(10);

/// For so long after a restore every search goes back to when the backup began.
const LOOKED_BACK_FOR: TimeDelta = TimeDelta::hours(24);

/// The matter that the silence of a provider is, and the provider's name in the inbox.
const SILENCE: &str = "webhooks_silent";
const PROVIDER: &str = "mercadopago";

impl PaymentActivities {
    /// What the provider says of the payments that name a reservation.
    pub(super) async fn reports_of(
        &self,
        code: &ReservationCode,
    ) -> Result<Vec<PaymentReport>, ActivityError> {
        let filter = PaymentFilter::Reference(link::reference(code)?);
        let mut reports = Vec::new();
        for found in self.found(filter).await? {
            // Before it is read: what is read is known, and nobody would hand it over any more.
            self.hand_over(&found).await?;
            let payment = PaymentId(found.id.to_string());
            let asked = truth::read(&self.database, &self.provider, &self.settings, &payment);
            if let Truth::Ours { report } = asked.await?
                && report.code.as_ref() == Some(code)
            {
                reports.push(report);
            }
        }
        Ok(reports)
    }

    /// Hands over whatever changed lately and is not known, and sees whether notifications stay away.
    pub(super) async fn hand_over_unknown(
        &self,
        window: ReconcileWindow,
    ) -> Result<u32, ActivityError> {
        let now = Utc::now();
        let usual = TimeDelta::seconds(i64::from(window.seconds));
        let unknown = restores::unknown_since(&self.database, now - LOOKED_BACK_FOR).await;
        let since = unknown.map_err(of_database)?.unwrap_or(now);
        let filter = PaymentFilter::UpdatedBetween {
            begin: since.min(now) - usual,
            end: now + CLOCKS_DIFFER,
        };
        let mut handed_over = self.hand_over_adrift().await?;
        let told: Vec<_> = self.found(filter).await?.iter().map(told).collect();
        let undone = payments::left_undone(&self.database, &told).await;
        for payment in undone.map_err(of_database)? {
            self.wake(payment).await?;
            handed_over += 1;
        }
        if handed_over > 0 {
            tracing::info!(
                payments = handed_over,
                "payments were found that nobody told us about"
            );
        }
        self.heed_silence().await?;
        Ok(handed_over)
    }

    async fn found(&self, filter: PaymentFilter) -> Result<Vec<FoundPayment>, ActivityError> {
        let mut found = Vec::new();
        let mut next = Some(PaymentSearch::new(filter));
        while let Some(search) = next {
            let page = self.provider.search_payments(&search).await;
            let page = page.map_err(of_mercado_pago)?;
            found.extend(page.payments);
            next = page.next;
        }
        Ok(found)
    }

    /// Hands a payment to its workflow, unless what was found is known and everything was done that follows from
    /// it.
    async fn hand_over(&self, found: &FoundPayment) -> Result<(), ActivityError> {
        let (payment, told_at) = told(found);
        let known = payments::is_followed_up(&self.database, &payment, told_at).await;
        if known.map_err(of_database)? {
            return Ok(());
        }
        self.wake(payment).await
    }

    /// Hands over what was left undone about payments that the provider may have told of long ago: whoever was at
    /// them is gone. Says about how many.
    async fn hand_over_adrift(&self) -> Result<u32, ActivityError> {
        let now = Utc::now();
        let adrift = payments::adrift(&self.database, now - ADRIFT_AFTER, now).await;
        let mut handed_over = 0;
        for payment in adrift.map_err(of_database)? {
            self.wake(payment).await?;
            handed_over += 1;
        }
        Ok(handed_over)
    }

    async fn wake(&self, payment: PaymentId) -> Result<(), ActivityError> {
        let told = self
            .front_desk
            .payment_notified(payment, Notification { authentic: true });
        told.await.map_err(of_front_desk)
    }

    /// Money without a notification, and no notification of anything since: then something is wrong with the way
    /// they come, and the owner hears of it. The first that comes takes it back.
    async fn heed_silence(&self) -> Result<(), ActivityError> {
        let now = Utc::now();
        let db = &self.database;
        let last = inbox::last_authentic(db, PROVIDER)
            .await
            .map_err(of_database)?;
        let open = review_queue::open_about(db, SILENCE, PROVIDER)
            .await
            .map_err(of_database)?;
        if let Some(open) = open {
            if last.is_some_and(|last| last > open.created_at) {
                tracing::info!("the provider's notifications come again");
                let how = "Notifications come again.";
                let closed = review_queue::resolve_about(db, SILENCE, PROVIDER, how, now);
                closed.await.map_err(of_database)?;
            }
            return Ok(());
        }
        let (from, to) = (now - SIGN_OF_NOW, now - self.settings.webhook_patience);
        let missed = payments::unannounced(db, from, to)
            .await
            .map_err(of_database)?;
        if let Some(missed) = missed
            && last.is_none_or(|last| last < missed)
        {
            tracing::error!(
                payment.changed_at = %missed,
                "money comes in and the provider's notifications do not"
            );
            let matter = review_queue::NewMatter {
                kind: SILENCE.to_owned(),
                reference: PROVIDER.to_owned(),
                reason: "Money comes in and Mercado Pago's notifications do not. No payment is lost: they are \
                    searched for every five minutes. Check the address and the secret of the webhook in its panel."
                    .to_owned(),
                details: serde_json::json!({ "last_notification": last, "payment_changed_at": missed }),
                deadline: Some(now + super::OWNER_HAS),
            };
            review_queue::raise(db, &matter)
                .await
                .map_err(of_database)?;
        }
        Ok(())
    }
}

/// Which payment was found, and as of when.
fn told(found: &FoundPayment) -> (PaymentId, Option<DateTime<Utc>>) {
    (PaymentId(found.id.to_string()), found.date_last_updated)
}
