//! The owner in the chat: from their orders to what is done, and on record as theirs.
//!
//! Only the number that the configuration names is listened to. What is done is named by the message that ordered it,
//! so that a turn that runs twice does it once.

use chrono::{DateTime, Days, Utc};
use database::{
    Database, Page, acts,
    acts::{Actor, NewAct},
    bot_pauses, calendars, conversations,
    messages::Inbound,
    refunds::{self, RefundStatus},
    reservations::{self, Entry, HoldPlaced, NewBlock, by_code},
    review_queue::{self, Matter},
};
use dialogue::owner::{Answer, Block, Decision, Order, Outcome, Passage, Unpaid, Waiting};
use domain::{
    AccommodationId, FeedId, GuestId, Money, ReservationCode, ReservationStatus, Stay,
    availability::Inventory,
};
use front_desk::FrontDesk;
use serde_json::{Value, json};
use temporalio_sdk::activities::ActivityError;
use whatsapp::webhook::Content;
use workflows::reservation::{ConfirmByHand, ConfirmOutcome};

use crate::failure::{of_database, of_front_desk};

/// Who did it, on the trail.
const BY: Actor = Actor::Program("owner by WhatsApp");

/// How many matters, and how many holds, are shown.
const SHOWN: u32 = 6;

/// How far ahead blocks are shown.
const AHEAD: Days = Days::new(600);

/// The number that the owner writes from, as the platform calls it: digits alone.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnerNumber(String);

/// Keeps the number out of logs.
impl std::fmt::Debug for OwnerNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OwnerNumber")
    }
}

/// The text is no phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number with its country, such as +54 9 11 2233-4455")]
pub struct NoNumber;

impl std::str::FromStr for OwnerNumber {
    type Err = NoNumber;

    fn from_str(text: &str) -> Result<Self, NoNumber> {
        let is_dress = |c: char| matches!(c, '+' | ' ' | '-' | '(' | ')');
        let digits: String = text.chars().filter(|c| !is_dress(*c)).collect();
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || !(8..=15).contains(&digits.len()) {
            return Err(NoNumber);
        }
        Ok(Self(without_nine(&digits)))
    }
}

impl OwnerNumber {
    /// As it is written to.
    #[must_use]
    pub fn wa_id(&self) -> String {
        whatsapp::number::wa_id(&self.0).unwrap_or_else(|| self.0.clone())
    }

    /// Whether this is how the platform calls the owner. Argentine numbers come with the nine after the country and
    /// without it.
    #[must_use]
    pub fn is(&self, wa_id: Option<&str>) -> bool {
        wa_id.is_some_and(|wa_id| without_nine(wa_id) == self.0)
    }
}

fn without_nine(digits: &str) -> String {
    match digits.strip_prefix("549") {
        Some(rest) if digits.len() == 13 => format!("54{rest}"),
        _ => digits.to_owned(),
    }
}

/// What the owner orders in a message, if it orders anything.
pub(super) fn order(content: &Content, inventory: &Inventory) -> Option<Order> {
    match content {
        Content::Text { body } => dialogue::owner::order(body, inventory),
        Content::ButtonReply { id, .. }
        | Content::ListReply { id, .. }
        | Content::TemplateButton { payload: id, .. } => id.parse().ok(),
        _ => None,
    }
}

/// Does what the owner orders.
pub(super) struct Orders<'a> {
    pub(super) database: &'a Database,
    pub(super) front_desk: &'a FrontDesk,
    pub(super) inventory: &'a Inventory,
    pub(super) message: &'a Inbound,
}

impl Orders<'_> {
    pub(super) async fn carry_out(&self, order: Order) -> Result<Answer, ActivityError> {
        match order {
            Order::Help => self.help().await,
            Order::Today => self.today().await,
            Order::Queue => self.queue().await,
            Order::Matter(id) => Ok(match self.matter(id).await? {
                Some(matter) => Answer::Matter(shown(matter)),
                None => done(Outcome::Over),
            }),
            Order::Decide(id, decision) => self.decide(id, decision).await,
            Order::Transfer(code) => Ok(match self.unpaid(&code).await? {
                Some(hold) => Answer::Transfer(hold),
                None => done(Outcome::Over),
            }),
            Order::ConfirmTransfer(code, amount) => self.confirm(code, amount).await,
            Order::Block(Some(place), Some(stay)) => self.block(place, stay).await,
            Order::Block(..) => Ok(Answer::BlockUnclear),
            Order::Blocks => self.blocks().await.map(Answer::Blocks),
            Order::Unblock(code) => self.unblock(code).await,
            Order::Pause => {
                let begun = bot_pauses::begin(self.database, &BY, Utc::now()).await;
                begun.map_err(of_database)?;
                Ok(done(Outcome::Paused))
            }
            Order::Resume => {
                let ended = bot_pauses::end(self.database, &BY, Utc::now()).await;
                ended.map_err(of_database)?;
                Ok(done(Outcome::Resumed))
            }
        }
    }

    async fn help(&self) -> Result<Answer, ActivityError> {
        let since = bot_pauses::since(self.database)
            .await
            .map_err(of_database)?;
        Ok(Answer::Help {
            paused: since.is_some(),
        })
    }

    async fn today(&self) -> Result<Answer, ActivityError> {
        let day = self.day();
        let arriving = reservations::arriving(self.database, day).await;
        let leaving = reservations::leaving(self.database, day).await;
        Ok(Answer::Today {
            day,
            arrivals: passages(arriving.map_err(of_database)?),
            departures: passages(leaving.map_err(of_database)?),
        })
    }

    async fn queue(&self) -> Result<Answer, ActivityError> {
        let matters = review_queue::open(self.database, Page::first(SHOWN))
            .await
            .map_err(of_database)?;
        let held = reservations::holds(self.database)
            .await
            .map_err(of_database)?;
        let mut holds = Vec::new();
        for entry in held.iter().take(usize::try_from(SHOWN).unwrap_or_default()) {
            holds.extend(self.unpaid(&entry.code).await?);
        }
        Ok(Answer::Queue {
            matters: matters.into_iter().map(shown).collect(),
            holds,
        })
    }

    /// An open matter.
    async fn matter(&self, id: i64) -> Result<Option<Matter>, ActivityError> {
        let open = review_queue::open(self.database, Page::first(u32::from(u16::MAX)))
            .await
            .map_err(of_database)?;
        Ok(open.into_iter().find(|matter| matter.id == id))
    }

    async fn decide(&self, id: i64, decision: Decision) -> Result<Answer, ActivityError> {
        let Some(matter) = self.matter(id).await? else {
            return Ok(done(Outcome::Over));
        };
        let (db, now) = (self.database, Utc::now());
        let guest = || matter.reference.parse::<GuestId>().ok();
        let outcome = match (decision, guest()) {
            (Decision::TakeOver, Some(guest)) => {
                conversations::take_over(db, guest, &BY, now)
                    .await
                    .map_err(of_database)?;
                return Ok(done(Outcome::TakenOver));
            }
            (Decision::HandBack, Some(guest)) => {
                conversations::hand_back(db, guest, &BY, now)
                    .await
                    .map_err(of_database)?;
                return Ok(done(Outcome::HandedBack));
            }
            (Decision::Move | Decision::Ignore, _) => {
                if let Ok(conflict) = matter.reference.parse() {
                    calendars::decide(db, conflict, decision.as_str(), "owner", now)
                        .await
                        .map_err(of_database)?;
                }
                Outcome::Resolved
            }
            (Decision::Free | Decision::Keep, _) => {
                let Ok(feed) = matter.reference.parse() else {
                    return Ok(done(Outcome::NotPossible));
                };
                return self.answer_drop(feed, decision).await;
            }
            (Decision::Refunded, _) => {
                if !self.given_back(&matter.reference, now).await? {
                    return Ok(done(Outcome::NotPossible));
                }
                Outcome::Resolved
            }
            (Decision::Resolved | Decision::TakeOver | Decision::HandBack, _) => Outcome::Resolved,
        };
        review_queue::resolve_by(db, id, decision.as_str(), &BY, now)
            .await
            .map_err(of_database)?;
        Ok(done(outcome))
    }

    /// Says of what a calendar suddenly leaves out whether it is free. That closes the matter too.
    async fn answer_drop(&self, feed: FeedId, decision: Decision) -> Result<Answer, ActivityError> {
        let free = decision == Decision::Free;
        let after = json!({ "free": free });
        self.record("feed.drop", &feed.to_string(), after).await?;
        calendars::answer_drop(self.database, feed, free, self.day(), Utc::now())
            .await
            .map_err(of_database)?;
        if free {
            self.tell_those_who_wait().await;
        }
        Ok(done(if free {
            Outcome::Unblocked
        } else {
            Outcome::Resolved
        }))
    }

    /// Somebody may wait for nights that came free.
    async fn tell_those_who_wait(&self) {
        if let Err(error) = self.front_desk.nights_came_free().await {
            tracing::warn!(%error, "who waits for nights hears later that some came free");
        }
    }

    /// Books money that the owner gave back by hand. False when only the provider can give it back.
    async fn given_back(&self, key: &str, now: DateTime<Utc>) -> Result<bool, ActivityError> {
        let refund = refunds::by_key(self.database, key)
            .await
            .map_err(of_database)?;
        if !refund.is_some_and(|refund| refund.payment_id.is_by_hand()) {
            return Ok(false);
        }
        refunds::complete(self.database, key, key, RefundStatus::Approved, now)
            .await
            .map_err(of_database)?;
        Ok(true)
    }

    /// A hold, and what its deposit still needs.
    async fn unpaid(&self, code: &ReservationCode) -> Result<Option<Unpaid>, ActivityError> {
        let entry = reservations::entry(self.database, code)
            .await
            .map_err(of_database)?;
        let found = by_code(self.database, code).await.map_err(of_database)?;
        let (Some(entry), Some(found)) = (entry, found) else {
            return Ok(None);
        };
        let account = found.account();
        let is_unpaid =
            found.status == ReservationStatus::PreReserved && !account.deposit_is_paid();
        Ok(is_unpaid.then(|| Unpaid {
            code: code.clone(),
            accommodation: entry.accommodation,
            guest: entry.guest,
            stay: entry.stay,
            due: account.deposit.less(account.paid),
        }))
    }

    async fn confirm(&self, code: ReservationCode, amount: Money) -> Result<Answer, ActivityError> {
        let request = ConfirmByHand {
            amount,
            reason: "a transfer that the owner saw and confirmed in the chat".to_owned(),
        };
        let key = self.message.id.to_string();
        let became = match self.front_desk.confirm(&code, request, &key).await {
            Err(front_desk::Error::Refused(_)) => None,
            answer => answer.map_err(of_front_desk)?,
        };
        let outcome = match became {
            Some(ConfirmOutcome::Confirmed) => Outcome::Confirmed,
            Some(ConfirmOutcome::Short { .. }) => Outcome::Short,
            Some(ConfirmOutcome::TooMuch { .. } | ConfirmOutcome::NotPossible { .. }) | None => {
                Outcome::NotPossible
            }
        };
        if matches!(outcome, Outcome::Confirmed | Outcome::Short) {
            let after = json!({ "amount": amount });
            self.record("reservation.confirm", code.as_str(), after)
                .await?;
        }
        Ok(Answer::Done {
            outcome,
            accommodation: None,
            stay: None,
            code: Some(code),
        })
    }

    async fn block(&self, place: AccommodationId, stay: Stay) -> Result<Answer, ActivityError> {
        let code = self.code_of_block();
        let new = NewBlock {
            code: code.clone(),
            accommodation_id: place,
            stay,
            reason: "the owner, in the chat".to_owned(),
            at: self.message.at,
        };
        let placed = reservations::block(self.database, &new)
            .await
            .map_err(of_database)?;
        let outcome = match placed {
            HoldPlaced::Held(_) => Outcome::Blocked,
            HoldPlaced::Taken => Outcome::Taken,
        };
        if outcome == Outcome::Blocked {
            let after = json!({ "accommodation": place, "stay": stay });
            self.record("block.create", code.as_str(), after).await?;
        }
        let place = self.inventory.accommodation(place);
        Ok(Answer::Done {
            outcome,
            accommodation: place.map(|place| place.name.clone()),
            stay: Some(stay),
            code: None,
        })
    }

    async fn blocks(&self) -> Result<Vec<Block>, ActivityError> {
        let today = self.day();
        let until = today.checked_add_days(AHEAD).unwrap_or(today);
        let board = reservations::board(self.database, today, until)
            .await
            .map_err(of_database)?;
        Ok(board
            .into_iter()
            .filter(is_own_block)
            .map(|entry| Block {
                code: entry.code,
                accommodation: entry.accommodation,
                stay: entry.stay,
            })
            .collect())
    }

    async fn unblock(&self, code: ReservationCode) -> Result<Answer, ActivityError> {
        let found = reservations::entry(self.database, &code)
            .await
            .map_err(of_database)?;
        let Some(block) = found.filter(is_own_block) else {
            return Ok(done(Outcome::Over));
        };
        reservations::cancel(self.database, &code, "the owner, in the chat", Utc::now())
            .await
            .map_err(of_database)?;
        let after = json!({ "accommodation": block.accommodation_id, "stay": block.stay });
        self.record("block.remove", code.as_str(), after).await?;
        self.tell_those_who_wait().await;
        Ok(Answer::Done {
            outcome: Outcome::Unblocked,
            accommodation: Some(block.accommodation),
            stay: Some(block.stay),
            code: None,
        })
    }

    async fn record(
        &self,
        act: &'static str,
        subject: &str,
        after: Value,
    ) -> Result<(), ActivityError> {
        let said = json!({ "message": self.message.id });
        let known = acts::about(self.database, subject, Page::first(50))
            .await
            .map_err(of_database)?;
        // A turn that is run again has it on record.
        if known.iter().any(|it| it.act == act && it.before == said) {
            return Ok(());
        }
        let new = NewAct {
            act,
            subject: subject.to_owned(),
            before: said,
            after,
        };
        acts::record(self.database, &BY, &new, Utc::now())
            .await
            .map_err(of_database)
    }

    fn day(&self) -> chrono::NaiveDate {
        let now = self.inventory.now;
        let mut places = self.inventory.accommodations.iter();
        places
            .next()
            .map_or(now.date_naive(), |place| place.today(now))
    }

    /// The block's name, from the message that orders it: a second time it is the same block.
    fn code_of_block(&self) -> ReservationCode {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let suffix: String = self
            .message
            .id
            .uuid()
            .as_bytes()
            .iter()
            .rev()
            .take(6)
            .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
            .map(|letter| char::from(*letter))
            .collect();
        let text = format!("RES{}{suffix}", self.message.at.format("%y%m%d"));
        text.parse()
            .expect("six digits and six letters make a code")
    }
}

fn is_own_block(entry: &Entry) -> bool {
    entry.status == ReservationStatus::Blocked && entry.channel == domain::Channel::Owner
}

fn passages(entries: Vec<Entry>) -> Vec<Passage> {
    entries
        .into_iter()
        .map(|entry| Passage {
            balance: entry.total.less(entry.paid),
            code: entry.code,
            accommodation: entry.accommodation,
            guest: entry.guest,
            guests: entry.guests,
        })
        .collect()
}

fn shown(matter: Matter) -> Waiting {
    Waiting {
        id: matter.id,
        kind: matter.kind,
        reference: matter.reference,
        reason: matter.reason,
        deadline: matter.deadline,
    }
}

const fn done(outcome: Outcome) -> Answer {
    Answer::Done {
        outcome,
        accommodation: None,
        stay: None,
        code: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owners_number_is_known_with_and_without_the_nine() {
        let owner: OwnerNumber = "+54 9 11 2233-4455".parse().unwrap();
        for wa_id in ["5491122334455", "541122334455"] {
            assert!(owner.is(Some(wa_id)), "{wa_id}");
        }
        for wa_id in [None, Some(""), Some("5491122334456"), Some("1122334455")] {
            assert!(!owner.is(wa_id), "{wa_id:?}");
        }
        for text in ["", "ana", "+54", "1234567890123456"] {
            assert_eq!(text.parse::<OwnerNumber>(), Err(NoNumber), "{text}");
        }
    }
}
