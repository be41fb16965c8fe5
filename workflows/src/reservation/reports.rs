//! What the provider has said of a reservation's payments, each thing heard once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use domain::{
    Money,
    payment::{PaymentId, PaymentReport, PaymentStatus},
};

/// Reports in the order in which they came, without repeats and without old news.
#[derive(Debug, Default)]
pub(super) struct Reports {
    waiting: VecDeque<PaymentReport>,
    heard: BTreeMap<PaymentId, (PaymentStatus, Money)>,
    settled: BTreeSet<PaymentId>,
}

impl Reports {
    /// Takes a report in, unless it says nothing new: a status only moves forward by rank, so that a late
    /// `pending` never undoes `approved`.
    pub(super) fn hear(&mut self, report: PaymentReport) {
        let news = (report.status, report.refunded_elsewhere());
        let known = self.heard.get(&report.payment_id);
        let is_news = known.is_none_or(|known| {
            let (status, _) = known;
            report.status.rank() > status.rank()
                || (report.status.rank() == status.rank() && news != *known)
        });
        if is_news {
            self.heard.insert(report.payment_id.clone(), news);
            self.waiting.push_back(report);
        }
    }

    pub(super) fn next(&mut self) -> Option<PaymentReport> {
        self.waiting.pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Remembers that it is decided what becomes of a payment.
    pub(super) fn mark_settled(&mut self, payment: PaymentId) {
        self.settled.insert(payment);
    }

    pub(super) fn is_settled(&self, payment: &PaymentId) -> bool {
        self.settled.contains(payment)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use domain::settlement::Purpose;

    use super::*;

    fn report(status: PaymentStatus, refunded: i64) -> PaymentReport {
        PaymentReport {
            payment_id: PaymentId("1".to_owned()),
            code: None,
            purpose: Purpose::Deposit,
            status,
            amount: Money::pesos(10),
            refunded: Money::pesos(refunded),
            refunded_by_us: Money::ZERO,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn heard(said: impl IntoIterator<Item = PaymentReport>) -> Vec<PaymentStatus> {
        let mut reports = Reports::default();
        for report in said {
            reports.hear(report);
        }
        std::iter::from_fn(|| reports.next())
            .map(|report| report.status)
            .collect()
    }

    #[test]
    fn a_late_pending_never_undoes_approved() {
        use PaymentStatus::{Approved, Pending, Refunded};
        let said = [Pending, Approved, Pending, Refunded, Approved];
        assert_eq!(
            heard(said.map(|status| report(status, 0))),
            [Pending, Approved, Refunded]
        );
    }

    #[test]
    fn a_repeat_is_no_news_and_a_refund_at_the_provider_is() {
        use PaymentStatus::Approved;
        let said = [0, 0, 4, 4, 10].map(|refunded| report(Approved, refunded));
        assert_eq!(heard(said), [Approved, Approved, Approved]);
    }

    #[test]
    fn a_dispute_after_a_refund_is_news() {
        use PaymentStatus::{ChargedBack, Refunded};
        let said = [Refunded, ChargedBack, ChargedBack].map(|status| report(status, 10));
        assert_eq!(heard(said), [Refunded, ChargedBack]);
    }
}
