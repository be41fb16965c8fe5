//! What a reservation tells its guest by itself: links, reminders, confirmations.

use chrono::{DateTime, Utc};
use domain::{
    Accommodation, Language, Money, Party, Quote, ReservationCode, Stay, availability::Offer,
    cancellation::Refund,
};
use minijinja::{Value, context};
use serde::{Deserialize, Serialize};

use crate::{
    Button, Row, Say, Texts,
    action::Action,
    format::{Voice, clean_name, clock},
    texts::{Key, Label},
};

/// How many alternatives are shown.
const MAX_ALTERNATIVES: usize = 5;

/// Something that happened to a reservation, or is about to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// The nights are held and the deposit can be paid. Needs [`NoticeFacts::payment_url`].
    PaymentLink,
    /// Nights that the guest waits for came free, and are held for them. With the link, when there is one.
    Offer {
        /// For so many minutes.
        minutes_left: u32,
    },
    /// The nights are held, but the link is late.
    HoldWithoutLink,
    /// The hold ends soon.
    HoldReminder {
        /// In so many minutes.
        minutes_left: u32,
    },
    /// The hold has ended.
    HoldExpired,
    /// The hold lasts longer. Only for extensions that were not asked for in the chat.
    Extended,
    /// The deposit is paid.
    Confirmed,
    /// The stay begins soon.
    ArrivalReminder,
    /// How to arrive and get in.
    Instructions,
    /// After the stay.
    Thanks,
    /// The guest did not come, and the stay is closed.
    NoShow,
    /// The reservation is cancelled, whoever asked for it.
    Cancelled {
        /// What is given back.
        refund: Refund,
    },
    /// The purchase is revoked.
    Revoked {
        /// What is given back.
        refund: Refund,
        /// The guest's number for it.
        number: String,
    },
    /// The hold has ended before the deposit was complete; what was paid goes back.
    ExpiredShort {
        /// What goes back.
        amount: Money,
    },
    /// Money came in that does not confirm the stay, or came after it was confirmed.
    PaymentReceived {
        /// How much of it counts.
        amount: Money,
    },
    /// What remains can be paid. Needs [`NoticeFacts::payment_url`].
    BalanceLink,
    /// The payment was refused.
    PaymentRejected,
    /// The payment is being processed.
    PaymentPending,
    /// Paid after the hold had ended; the nights were still free.
    ConfirmedLate,
    /// Paid after the hold had ended; the nights are gone and the money goes back.
    RefundedLate {
        /// What goes back.
        amount: Money,
        /// What would fit instead.
        alternatives: Vec<Alternative>,
    },
    /// Another channel sold the nights while they were held; the hold is over.
    Displaced {
        /// What goes back.
        amount: Money,
        /// What would fit instead.
        alternatives: Vec<Alternative>,
    },
    /// More was paid than was due; the rest goes back.
    OverpaidReturned {
        /// What goes back.
        amount: Money,
    },
    /// The reservation has other dates, whoever asked for it.
    DatesChanged {
        /// What goes back, when more was paid than the new price.
        refund: Money,
    },
    /// The provider has carried out a refund.
    RefundDone {
        /// What went back.
        amount: Money,
    },
}

/// A stay that can be had instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// What the accommodation is called.
    pub name: String,
    /// Where, when and how much.
    pub offer: Offer,
}

/// The reservation a notice is about.
#[derive(Debug, Clone)]
pub struct NoticeFacts<'a> {
    /// Its code.
    pub code: ReservationCode,
    /// The guest's name, if known. Untrusted: it is cleaned before it is shown.
    pub guest_name: Option<String>,
    /// Whether we know a number to call them at.
    pub guest_has_phone: bool,
    /// Where.
    pub accommodation: &'a Accommodation,
    /// When.
    pub stay: Stay,
    /// Who.
    pub party: Party,
    /// The price that was frozen.
    pub quote: Quote,
    /// What has been paid and not given back.
    pub paid: Money,
    /// When the hold ends; only while it is one.
    pub expires_at: Option<DateTime<Utc>>,
    /// Where the deposit or the balance can be paid.
    pub payment_url: Option<String>,
    /// The moment of telling.
    pub now: DateTime<Utc>,
}

/// The messages of a notice.
#[must_use]
pub fn notice(
    notice: &Notice,
    facts: &NoticeFacts<'_>,
    language: Language,
    texts: &Texts,
) -> Vec<Say> {
    let voice = facts.voice(language, texts);
    let body = voice.say(notice.key(facts), &values(notice, facts, &voice));
    match notice {
        Notice::PaymentLink
        | Notice::HoldWithoutLink
        | Notice::HoldReminder { .. }
        | Notice::Extended
        | Notice::BalanceLink
        | Notice::PaymentRejected => vec![to_pay(facts, &voice, body)],
        Notice::Offer { .. } => {
            let label = if facts.quote.deposit == facts.quote.total {
                Label::PayTotal
            } else {
                Label::PayDeposit
            };
            let buttons = [
                (Action::Pay(facts.code.clone()), label),
                (Action::Decline(facts.code.clone()), Label::Decline),
            ];
            vec![with_buttons(&voice, body, buttons)]
        }
        Notice::ArrivalReminder if facts.payment_url.is_some() && facts.owes() => {
            vec![to_pay(facts, &voice, body)]
        }
        Notice::HoldExpired | Notice::ExpiredShort { .. } => {
            let again = Action::Pick(facts.accommodation.id, facts.stay, facts.party);
            let buttons = [
                (again, Label::Retry),
                (Action::Availability, Label::OtherDates),
                (Action::Person, Label::Person),
            ];
            vec![with_buttons(&voice, body, buttons)]
        }
        // While it is a hold there is something to pay.
        Notice::DatesChanged { .. } if facts.expires_at.is_some() && facts.due().is_positive() => {
            vec![to_pay(facts, &voice, body)]
        }
        Notice::Confirmed | Notice::ConfirmedLate => {
            let mut says = vec![to_view(facts, &voice, body)];
            says.extend(ask_number(facts, &voice));
            says
        }
        Notice::ArrivalReminder
        | Notice::DatesChanged { .. }
        | Notice::PaymentReceived { .. }
        | Notice::OverpaidReturned { .. } => {
            vec![to_view(facts, &voice, body)]
        }
        Notice::Instructions => {
            let place = facts.accommodation;
            let pin = Say::Location {
                latitude: place.location.latitude,
                longitude: place.location.longitude,
                name: place.name.clone(),
                address: place.location.address.clone(),
            };
            vec![Say::text(body), pin]
        }
        Notice::Cancelled { .. } | Notice::Revoked { .. } | Notice::NoShow => {
            let buttons = [
                (Action::Availability, Label::Availability),
                (Action::Person, Label::Person),
            ];
            vec![with_buttons(&voice, body, buttons)]
        }
        Notice::RefundedLate { alternatives, .. } | Notice::Displaced { alternatives, .. } => {
            vec![instead(facts, &voice, body, alternatives)]
        }
        Notice::PaymentPending | Notice::Thanks | Notice::RefundDone { .. } => {
            vec![Say::text(body)]
        }
    }
}

fn view(facts: &NoticeFacts<'_>) -> (Action, Label) {
    (Action::Reservation(facts.code.clone()), Label::View)
}

fn to_view(facts: &NoticeFacts<'_>, voice: &Voice<'_>, body: String) -> Say {
    with_buttons(voice, body, [view(facts), (Action::Person, Label::Person)])
}

/// Who is about to arrive should be within reach of a call.
fn ask_number(facts: &NoticeFacts<'_>, voice: &Voice<'_>) -> Option<Say> {
    let body = voice.plain(Key::AskNumber).into();
    (!facts.guest_has_phone).then_some(Say::NumberRequest { body })
}

fn with_buttons<const N: usize>(
    voice: &Voice<'_>,
    body: String,
    buttons: [(Action, Label); N],
) -> Say {
    let buttons = buttons
        .into_iter()
        .map(|(action, label)| Button::new(action, voice.label(label)));
    Say::buttons(body, buttons.collect())
}

/// A message that ends with paying: with the link, or with a way to ask for it.
fn to_pay(facts: &NoticeFacts<'_>, voice: &Voice<'_>, body: String) -> Say {
    let label = if facts.paid.centavos >= facts.quote.deposit.centavos {
        Label::PayBalance
    } else if facts.quote.deposit == facts.quote.total {
        Label::PayTotal
    } else {
        Label::PayDeposit
    };
    match &facts.payment_url {
        Some(url) => Say::link(body, voice.label(label), url.as_str()),
        None => to_view(facts, voice, body),
    }
}

/// A message that ends with what can be had instead.
fn instead(
    facts: &NoticeFacts<'_>,
    voice: &Voice<'_>,
    body: String,
    alternatives: &[Alternative],
) -> Say {
    if alternatives.is_empty() {
        let buttons = [
            (Action::Availability, Label::Availability),
            (Action::Person, Label::Person),
        ];
        return with_buttons(voice, body, buttons);
    }
    let mut rows: Vec<Row> = alternatives
        .iter()
        .take(MAX_ALTERNATIVES)
        .map(|Alternative { name, offer }| {
            let pick = Action::Pick(offer.accommodation_id, offer.stay, facts.party);
            let nights = voice.nights(offer.stay.nights());
            Row::new(pick, voice.range(offer.stay))
                .described(format!("{name} · {} · {nights}", offer.quote.total))
        })
        .collect();
    rows.push(Row::new(Action::Person, voice.label(Label::Person)));
    Say::list(body, voice.label(Label::MenuOpen), rows)
}

impl Notice {
    /// The text of the notice. A link that is not there yet cannot be sent.
    fn key(&self, facts: &NoticeFacts<'_>) -> Key {
        match self {
            Self::PaymentLink if facts.payment_url.is_none() => Key::NoticeHoldWithoutLink,
            Self::PaymentLink => Key::NoticePaymentLink,
            Self::HoldWithoutLink => Key::NoticeHoldWithoutLink,
            Self::Offer { .. } => Key::NoticeOffer,
            Self::HoldReminder { .. } => Key::NoticeHoldReminder,
            Self::HoldExpired => Key::NoticeHoldExpired,
            Self::Extended => Key::NoticeExtended,
            Self::Confirmed => Key::NoticeConfirmed,
            Self::ArrivalReminder => Key::NoticeArrivalReminder,
            Self::Instructions => Key::NoticeInstructions,
            Self::Thanks => Key::NoticeThanks,
            Self::NoShow => Key::NoticeNoShow,
            Self::Cancelled { .. } => Key::NoticeCancelled,
            Self::Revoked { .. } => Key::NoticeRevoked,
            Self::ExpiredShort { .. } => Key::NoticeExpiredShort,
            Self::PaymentReceived { .. } => Key::NoticePaymentReceived,
            Self::BalanceLink => Key::NoticeBalanceLink,
            Self::PaymentRejected => Key::NoticePaymentRejected,
            Self::PaymentPending => Key::NoticePaymentPending,
            Self::ConfirmedLate => Key::NoticeConfirmedLate,
            Self::RefundedLate { .. } => Key::NoticeRefundedLate,
            Self::Displaced { .. } => Key::NoticeDisplaced,
            Self::OverpaidReturned { .. } => Key::NoticeOverpaid,
            Self::DatesChanged { .. } => Key::NoticeDatesChanged,
            Self::RefundDone { .. } => Key::NoticeRefundDone,
        }
    }

    /// What is given back, where something is.
    fn refund(&self) -> Option<Money> {
        match self {
            Self::Cancelled { refund } | Self::Revoked { refund, .. } => Some(refund.amount),
            Self::RefundedLate { amount, .. }
            | Self::Displaced { amount, .. }
            | Self::ExpiredShort { amount }
            | Self::OverpaidReturned { amount }
            | Self::DatesChanged { refund: amount }
            | Self::RefundDone { amount } => Some(*amount),
            Self::PaymentLink
            | Self::HoldWithoutLink
            | Self::Offer { .. }
            | Self::HoldReminder { .. }
            | Self::HoldExpired
            | Self::Extended
            | Self::Confirmed
            | Self::PaymentReceived { .. }
            | Self::BalanceLink
            | Self::ArrivalReminder
            | Self::Instructions
            | Self::Thanks
            | Self::NoShow
            | Self::PaymentRejected
            | Self::PaymentPending
            | Self::ConfirmedLate => None,
        }
    }
}

impl NoticeFacts<'_> {
    /// Whether anything of the price is still to be paid.
    fn owes(&self) -> bool {
        self.quote.total.less(self.paid).is_positive()
    }

    /// What is missing of the deposit.
    fn due(&self) -> Money {
        self.quote.deposit.less(self.paid)
    }

    pub(crate) fn voice<'t>(&self, language: Language, texts: &'t Texts) -> Voice<'t> {
        Voice {
            texts,
            language,
            today: self.accommodation.today(self.now),
        }
    }
}

/// Everything that the text of a notice may name.
pub(crate) fn values(notice: &Notice, facts: &NoticeFacts<'_>, voice: &Voice<'_>) -> Value {
    let (place, stay, quote) = (facts.accommodation, facts.stay, &facts.quote);
    let hours = place.policies.stay;
    let some = |amount: Money| amount.is_positive().then(|| amount.to_string());
    let guest = facts.guest_name.as_deref().and_then(clean_name);
    let guest = guest
        .as_deref()
        .and_then(|name| name.split_whitespace().next());
    let minutes = match notice {
        Notice::HoldReminder { minutes_left } | Notice::Offer { minutes_left } => {
            Some(*minutes_left)
        }
        _ => None,
    };
    let (amount, number) = match notice {
        Notice::PaymentReceived { amount } => (some(*amount), None),
        Notice::Revoked { number, .. } => (None, Some(number.as_str())),
        _ => (None, None),
    };
    let alternatives: Vec<Value> = match notice {
        Notice::RefundedLate { alternatives, .. } | Notice::Displaced { alternatives, .. } => {
            alternatives.as_slice()
        }
        _ => &[],
    }
    .iter()
    .take(MAX_ALTERNATIVES)
    .map(|Alternative { name, offer }| {
        context! { name => name.as_str(), dates => voice.range(offer.stay), total => offer.quote.total.to_string() }
    })
    .collect();
    context! {
        guest,
        code => facts.code.as_str(),
        name => place.name.as_str(),
        dates => voice.range(stay),
        check_in => voice.date(stay.check_in()),
        from => clock(hours.check_in_from),
        check_out => voice.date(stay.check_out()),
        by => clock(hours.check_out_by),
        party => voice.party(facts.party),
        until => facts.expires_at.map(|at| voice.until(at, Some(place), facts.now)),
        total => quote.total.to_string(),
        whole => quote.deposit == quote.total,
        deposit => quote.deposit.less(facts.paid).to_string(),
        paid => some(facts.paid),
        balance => some(quote.total.less(facts.paid)),
        missing => some(quote.deposit.less(facts.paid)),
        amount,
        number,
        refund => notice.refund().and_then(some),
        address => place.location.address.as_str(),
        access => place.access.as_str(),
        url => facts.payment_url.as_deref(),
        minutes,
        alternatives,
    }
}
