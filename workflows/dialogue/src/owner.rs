//! The owner in the chat: a few orders, and what they are answered with.
//!
//! It stands at the edge of the conversation: whoever calls it has made sure that it is the owner's number that
//! writes. From anybody else these words and ids mean nothing, since nothing else reads them.

mod order;
mod read;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{AccommodationId, Language, Money, ReservationCode, Stay};
use minijinja::context;

pub use order::{Decision, Order};
pub use read::order;

use crate::{
    Button, Row, Say, Texts,
    format::{Voice, clean_name},
    texts::{Key, Label},
};

/// How many rows a list can have.
const ROWS: usize = 10;

/// Somebody who comes or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Which reservation.
    pub code: ReservationCode,
    /// What the accommodation is called.
    pub accommodation: String,
    /// What the guest is called. Untrusted: it is cleaned before it is shown.
    pub guest: Option<String>,
    /// How many sleep there.
    pub guests: u8,
    /// What is still owed.
    pub balance: Money,
}

/// Something that waits for the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number in the queue.
    pub id: i64,
    /// What it is, in the queue's word.
    pub kind: String,
    /// What it is about.
    pub reference: String,
    /// Why a person is needed.
    pub reason: String,
    /// By when.
    pub deadline: Option<DateTime<Utc>>,
}

/// A hold that waits for its deposit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpaid {
    /// Which.
    pub code: ReservationCode,
    /// What the accommodation is called.
    pub accommodation: String,
    /// What the guest is called. Untrusted.
    pub guest: Option<String>,
    /// When.
    pub stay: Stay,
    /// What its deposit still needs.
    pub due: Money,
}

/// Nights that the owner keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its name.
    pub code: ReservationCode,
    /// What the accommodation is called.
    pub accommodation: String,
    /// Which nights.
    pub stay: Stay,
}

/// What an order is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What can be ordered.
    Help {
        /// Whether the bot pauses.
        paused: bool,
    },
    /// Who comes and goes.
    Today {
        /// Which day.
        day: NaiveDate,
        /// Who arrives.
        arrivals: Vec<Passage>,
        /// Who leaves.
        departures: Vec<Passage>,
    },
    /// What waits.
    Queue {
        /// For a decision.
        matters: Vec<Waiting>,
        /// For money.
        holds: Vec<Unpaid>,
    },
    /// One matter, with what can be decided.
    Matter(Waiting),
    /// A transfer, to be confirmed.
    Transfer(Unpaid),
    /// The owner's blocks, to choose the one that ends.
    Blocks(Vec<Block>),
    /// Which nights, and where, was not said.
    BlockUnclear,
    /// It was done, or could not be.
    Done {
        /// What became of it.
        outcome: Outcome,
        /// Where, if it is about nights.
        accommodation: Option<String>,
        /// Which nights, if it is about nights.
        stay: Option<Stay>,
        /// Of which reservation, if it is about one.
        code: Option<ReservationCode>,
    },
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The stay is confirmed.
    Confirmed,
    /// The money is recorded, and the deposit is not complete.
    Short,
    /// It cannot be done as things are.
    NotPossible,
    /// The nights are kept.
    Blocked,
    /// Somebody has one of the nights.
    Taken,
    /// The nights are free again.
    Unblocked,
    /// The matter is closed.
    Resolved,
    /// There is no such matter any more.
    Over,
    /// The owner answers a guest.
    TakenOver,
    /// The bot answers a guest again.
    HandedBack,
    /// The bot pauses.
    Paused,
    /// It answers again.
    Resumed,
}

impl Outcome {
    /// Its word in the texts.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Short => "short",
            Self::NotPossible => "not_possible",
            Self::Blocked => "blocked",
            Self::Taken => "taken",
            Self::Unblocked => "unblocked",
            Self::Resolved => "resolved",
            Self::Over => "over",
            Self::TakenOver => "taken_over",
            Self::HandedBack => "handed_back",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
        }
    }
}

/// Says an answer.
#[must_use]
pub fn say(answer: &Answer, language: Language, today: NaiveDate, texts: &Texts) -> Vec<Say> {
    let voice = Voice {
        texts,
        language,
        today,
    };
    Owner { voice }.say(answer)
}

/// The way to who comes and goes.
const TODAY: (Order, Label) = (Order::Today, Label::OwnerToday);

/// The way to what waits.
const QUEUE: (Order, Label) = (Order::Queue, Label::OwnerQueue);

struct Owner<'a> {
    voice: Voice<'a>,
}

impl Owner<'_> {
    fn say(&self, answer: &Answer) -> Vec<Say> {
        vec![match answer {
            Answer::Help { paused } => {
                let body = self.voice.say(Key::OwnerHelp, &context! { paused });
                let pause = if *paused {
                    (Order::Resume, Label::OwnerResume)
                } else {
                    (Order::Pause, Label::OwnerPause)
                };
                self.buttons(body, &[TODAY, QUEUE, pause])
            }
            Answer::Today {
                day,
                arrivals,
                departures,
            } => self.on_the_day(*day, arrivals, departures),
            Answer::Queue { matters, holds } => self.waiting(matters, holds),
            Answer::Matter(matter) => self.matter(matter),
            Answer::Transfer(hold) => self.transfer(hold),
            Answer::Blocks(blocks) if blocks.is_empty() => {
                let body = self.voice.plain(Key::OwnerNoBlocks);
                self.buttons(body, &[TODAY, QUEUE])
            }
            Answer::Blocks(blocks) => {
                let rows = blocks.iter().take(ROWS).map(|block| {
                    Row::new(
                        Order::Unblock(block.code.clone()),
                        block.accommodation.as_str(),
                    )
                    .described(self.voice.range(block.stay))
                });
                let body = self.voice.plain(Key::OwnerWhichBlock);
                Say::list(body, self.voice.label(Label::OwnerSee), rows.collect())
            }
            Answer::BlockUnclear => Say::text(self.voice.plain(Key::OwnerBlockUnclear)),
            Answer::Done {
                outcome,
                accommodation,
                stay,
                code,
            } => {
                let values = context! {
                    outcome => outcome.as_str(),
                    name => accommodation,
                    dates => stay.map(|stay| self.voice.range(stay)),
                    code => code.as_ref().map(ReservationCode::as_str),
                };
                let body = self.voice.say(Key::OwnerDone, &values);
                self.buttons(body, &[TODAY, QUEUE])
            }
        }]
    }

    fn on_the_day(&self, day: NaiveDate, arrivals: &[Passage], departures: &[Passage]) -> Say {
        let people = |passages: &[Passage]| -> Vec<minijinja::Value> {
            let one = |passage: &Passage| {
                context! {
                    name => passage.accommodation.as_str(),
                    guest => guest(passage.guest.as_deref()),
                    party => self.voice.guests(passage.guests),
                    code => passage.code.as_str(),
                    due => passage.balance.is_positive().then(|| passage.balance.to_string()),
                }
            };
            passages.iter().map(one).collect()
        };
        let values = context! {
            date => self.voice.date(day),
            arrivals => people(arrivals),
            departures => people(departures),
        };
        let body = self.voice.say(Key::OwnerToday, &values);
        // More than buttons go with is told without them.
        if body.chars().count() > 1024 {
            return Say::text(body);
        }
        self.buttons(body, &[QUEUE, (Order::Help, Label::OwnerMore)])
    }

    fn waiting(&self, matters: &[Waiting], holds: &[Unpaid]) -> Say {
        let count = matters.len() + holds.len();
        let body = self.voice.say(Key::OwnerQueue, &context! { count });
        if count == 0 {
            return self.buttons(body, &[TODAY, (Order::Help, Label::OwnerMore)]);
        }
        let matters = matters.iter().map(|matter| {
            let what = self
                .voice
                .say(Key::OwnerWhat, &context! { matter => matter.kind.as_str() });
            Row::new(Order::Matter(matter.id), what).described(matter.reference.as_str())
        });
        let holds = holds.iter().map(|hold| {
            let second = format!(
                "{} · {} · {}",
                hold.accommodation,
                self.voice.range(hold.stay),
                hold.due
            );
            let title = guest(hold.guest.as_deref());
            let title = title.unwrap_or_else(|| hold.code.to_string());
            Row::new(Order::Transfer(hold.code.clone()), title).described(second)
        });
        let rows = matters.chain(holds).take(ROWS).collect();
        Say::list(body, self.voice.label(Label::OwnerSee), rows)
    }

    fn matter(&self, matter: &Waiting) -> Say {
        let what = self
            .voice
            .say(Key::OwnerWhat, &context! { matter => matter.kind.as_str() });
        let values = context! {
            what,
            reason => matter.reason.as_str(),
            reference => matter.reference.as_str(),
            date => matter.deadline.map(|at| self.voice.date(at.date_naive())),
        };
        let body = self.voice.say(Key::OwnerMatter, &values);
        let decide = |decision| Order::Decide(matter.id, decision);
        match matter.kind.as_str() {
            "guest_wants_a_person" => self.buttons(
                body,
                &[
                    (decide(Decision::TakeOver), Label::OwnerTakeOver),
                    (decide(Decision::HandBack), Label::OwnerHandBack),
                    QUEUE,
                ],
            ),
            "calendar_conflict" => self.buttons(
                body,
                &[
                    (decide(Decision::Move), Label::OwnerMove),
                    (decide(Decision::Ignore), Label::OwnerIgnore),
                    QUEUE,
                ],
            ),
            "calendar_drop" => self.buttons(
                body,
                &[
                    (decide(Decision::Free), Label::OwnerFree),
                    (decide(Decision::Keep), Label::OwnerKeep),
                    QUEUE,
                ],
            ),
            "give_back_by_hand" => self.buttons(
                body,
                &[(decide(Decision::Refunded), Label::OwnerRefunded), QUEUE],
            ),
            _ => self.buttons(
                body,
                &[(decide(Decision::Resolved), Label::OwnerResolved), QUEUE],
            ),
        }
    }

    fn transfer(&self, hold: &Unpaid) -> Say {
        let values = context! {
            code => hold.code.as_str(),
            name => hold.accommodation.as_str(),
            guest => guest(hold.guest.as_deref()),
            dates => self.voice.range(hold.stay),
            due => hold.due.to_string(),
        };
        let body = self.voice.say(Key::OwnerTransfer, &values);
        let confirm = Order::ConfirmTransfer(hold.code.clone(), hold.due);
        self.buttons(body, &[(confirm, Label::OwnerConfirm), QUEUE])
    }

    fn buttons(&self, body: String, buttons: &[(Order, Label)]) -> Say {
        let buttons = buttons
            .iter()
            .map(|(order, label)| Button::new(order, self.voice.label(*label)))
            .collect();
        Say::buttons(body, buttons)
    }
}

/// A guest's name, fit to be repeated.
fn guest(name: Option<&str>) -> Option<String> {
    clean_name(name?)
}

/// The accommodation that an order about nights is for: the one it names, or the only one there is.
pub(crate) fn place_of(
    named: Option<AccommodationId>,
    inventory: &domain::availability::Inventory,
) -> Option<AccommodationId> {
    let only = match inventory.accommodations.as_slice() {
        [only] => Some(only.id),
        _ => None,
    };
    named.or(only)
}
