//! What the provider has said of a reservation's payments, each thing heard once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use domain::{
    Money,
    payment::{PaymentId, PaymentReport, PaymentStatus},
};

/// Reports in the order in which they came, without repeats and without old news.
#[derive(Debug, Default)]
pub(super) struct Reports {
    waiting: VecDeque<PaymentReport>,
    heard: BTreeMap<PaymentId, Heard>,
    settled: BTreeSet<PaymentId>,
    disputed: BTreeSet<PaymentId>,
}

/// The last that was heard of a payment.
#[derive(Debug, Clone, Copy)]
struct Heard {
    status: PaymentStatus,
    refunded_elsewhere: Money,
    updated_at: DateTime<Utc>,
}

impl Heard {
    fn of(report: &PaymentReport) -> Self {
        Self {
            status: report.status,
            refunded_elsewhere: report.refunded_elsewhere(),
            updated_at: report.updated_at,
        }
    }

    /// Whether `next` says anything that this does not: further along, another loss, or a dispute that was
    /// won, the one thing that a payment comes back from.
    fn is_news(&self, next: &Self) -> bool {
        let (after, before) = (next.status.rank(), self.status.rank());
        let differs =
            next.status != self.status || next.refunded_elsewhere != self.refunded_elsewhere;
        let dispute_won = self.status == PaymentStatus::ChargedBack
            && next.status == PaymentStatus::Approved
            && next.updated_at > self.updated_at;
        after > before || (after == before && differs) || dispute_won
    }
}

impl Reports {
    /// Takes a report in, unless it says nothing new: a status only moves forward by rank, so that a late
    /// `pending` never undoes `approved`.
    pub(super) fn hear(&mut self, report: PaymentReport) {
        let said = Heard::of(&report);
        let known = self.heard.get(&report.payment_id);
        if known.is_none_or(|known| known.is_news(&said)) {
            self.heard.insert(report.payment_id.clone(), said);
            if report.status == PaymentStatus::ChargedBack {
                self.disputed.insert(report.payment_id.clone());
            }
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

    /// Whether the payer may have disputed an approved payment: it was heard, or an earlier run may have heard it.
    pub(super) fn may_have_been_disputed(&self, report: &PaymentReport) -> bool {
        report.decided || self.disputed.contains(&report.payment_id)
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
            decided: false,
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
    fn a_dispute_that_is_won_is_news_and_what_was_said_before_it_is_not() {
        use PaymentStatus::{Approved, ChargedBack};
        let at = |seconds, status| PaymentReport {
            updated_at: DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(seconds),
            ..report(status, 0)
        };
        let said = [
            at(1, Approved),
            at(2, ChargedBack),
            at(1, Approved),
            at(3, Approved),
        ];
        assert_eq!(heard(said), [Approved, ChargedBack, Approved]);
    }

    #[test]
    fn a_dispute_after_a_refund_is_news() {
        use PaymentStatus::{ChargedBack, Refunded};
        let said = [Refunded, ChargedBack, ChargedBack].map(|status| report(status, 10));
        assert_eq!(heard(said), [Refunded, ChargedBack]);
    }
}
