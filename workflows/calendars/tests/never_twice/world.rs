//! The world: what everybody is about to do, and what Postgres keeps.

use calendars::{Claim, Row, occupy};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Money, ReservationStatus,
    settlement::{Account, Purpose},
};
use stateright::{Model, Property};

use crate::nights::{Bits, as_set, bits_of, each, parts, today};

const GUESTS: usize = 3;
pub(crate) const CHANNELS: usize = 2;

/// What each guest wants, and what they may move to.
const WISHES: [(Bits, Option<Bits>); GUESTS] = [(0b11, None), (0b10, Some(0b01)), (0b01, None)];

const DEPOSIT: Money = Money::pesos(30);

pub(crate) const SOLD_ONCE: &str = "a night has one owner";
pub(crate) const NOT_FREE: &str = "what a channel is known to have sold is not free";
const MONEY: &str = "whoever paid has the nights, or the money";
const SETTLED: &str = "when all is quiet, nothing is owed to anybody";

/// What Postgres does for us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Promises {
    /// `no_overlap_reservations`.
    pub(crate) constraint: bool,
    /// `lock_nights`, for all that gives nights up, moves, or reads a feed.
    pub(crate) line: bool,
}

impl Promises {
    pub(crate) const KEPT: Self = Self {
        constraint: true,
        line: true,
    };
}

/// A cabin in a town of three guests and two channels.
pub(crate) struct Town {
    pub(crate) promises: Promises,
    /// What each channel may sell.
    pub(crate) offers: [Bits; CHANNELS],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct World {
    guests: [Guest; GUESTS],
    channels: [Channel; CHANNELS],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Guest {
    has_asked: bool,
    /// Their row, if they have one.
    status: Option<ReservationStatus>,
    nights: Bits,
    payment: Payment,
    /// A feed's run has said that they must give way, and their workflow has not heard it yet.
    must_go: bool,
    /// The transaction that is open for them.
    open: Option<GivingUp>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Payment {
    #[default]
    None,
    /// Approved at the provider; we have not heard of it.
    Unheard,
    Applied,
    GivenBack,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct GivingUp {
    how: How,
    /// What each channel was known to have sold, as the transaction sees it.
    known: [Bits; CHANNELS],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum How {
    Expire,
    Cancel,
    MoveTo(Bits),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Channel {
    /// What it has sold, and has ever sold: it sells a night once, and may cancel it once.
    sold: Bits,
    ever: Bits,
    /// What our blocks say, and which of it was missing in the last reading.
    known: Bits,
    missing: Bits,
    /// The rows of its blocks.
    rows: Bits,
    /// The run that is open for it.
    open: Option<Reading>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Reading {
    /// Its calendar as it was fetched.
    sold: Bits,
    /// The nights of ours and of each block, as the transaction sees them.
    ours: Bits,
    rows: [Bits; CHANNELS],
    /// The holds among ours.
    holds: [bool; GUESTS],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    Ask(usize),
    Pay(usize),
    Hear(usize),
    GiveUp(usize, How),
    GaveUp(usize),
    GiveWay(usize),
    Sell(usize, Bits),
    Unsell(usize, Bits),
    Read(usize),
    HasRead(usize),
}

impl Guest {
    fn occupies(&self) -> Bits {
        match self.status {
            Some(status) if status.occupies_nights() => self.nights,
            _ => 0,
        }
    }

    fn is(&self, status: ReservationStatus) -> bool {
        self.status == Some(status)
    }

    /// As `database::reservations`: from the statuses it may have, or not at all.
    fn become_(&mut self, next: ReservationStatus) -> Option<()> {
        let may = self.status.is_some_and(|status| status.may_become(next));
        may.then(|| self.status = Some(next))
    }

    /// What their payment is worth, by the rule for money.
    fn pays_the_deposit(&self) -> bool {
        let account = Account {
            total: DEPOSIT.times(3),
            deposit: DEPOSIT,
            paid: Money::ZERO,
        };
        let settled = account.settle(Purpose::Deposit, DEPOSIT);
        Account {
            paid: settled.applied,
            ..account
        }
        .deposit_is_paid()
    }
}

impl World {
    fn occupied(&self) -> Bits {
        let ours = self.guests.iter().map(Guest::occupies);
        let blocks = self.channels.iter().map(|channel| channel.rows);
        ours.chain(blocks).fold(0, |all, nights| all | nights)
    }

    fn owners(&self, night: Bits) -> usize {
        let ours = self.guests.iter().map(Guest::occupies);
        let blocks = self.channels.iter().map(|channel| channel.rows);
        ours.chain(blocks)
            .filter(|nights| nights & night != 0)
            .count()
    }

    /// Whether somebody has a transaction open that stands in the line.
    fn line_is_taken(&self) -> bool {
        self.guests.iter().any(|guest| guest.open.is_some())
            || self.channels.iter().any(|channel| channel.open.is_some())
    }

    fn known(&self) -> [Bits; CHANNELS] {
        self.channels.map(|channel| channel.known)
    }

    fn is_settled(&self) -> bool {
        self.guests
            .iter()
            .all(|guest| guest.payment != Payment::Unheard && !guest.must_go)
            && self
                .channels
                .iter()
                .all(|channel| channel.known == channel.sold)
    }
}

impl Town {
    fn may_begin(&self, world: &World) -> bool {
        !self.promises.line || !world.line_is_taken()
    }

    fn may_take(&self, world: &World, nights: Bits) -> bool {
        !self.promises.constraint || world.occupied() & nights == 0
    }

    fn ask(&self, world: &mut World, who: usize) -> Option<()> {
        let free = self.may_take(world, WISHES[who].0);
        let guest = &mut world.guests[who];
        if guest.has_asked {
            return None;
        }
        guest.has_asked = true;
        if free {
            guest.status = Some(ReservationStatus::PreReserved);
            guest.nights = WISHES[who].0;
        }
        Some(())
    }

    /// What the workflow does with a payment. A row that a transaction is changing is waited for.
    fn hear(&self, world: &mut World, who: usize) -> Option<()> {
        let before = *world;
        let guest = &mut world.guests[who];
        if guest.payment != Payment::Unheard || guest.open.is_some() {
            return None;
        }
        let is_late = guest.is(ReservationStatus::Expired);
        if is_late && !self.may_begin(&before) {
            return None;
        }
        let can_have_them = !is_late || self.may_take(&before, guest.nights);
        let confirmed = guest.pays_the_deposit()
            && can_have_them
            && guest.become_(ReservationStatus::Confirmed).is_some();
        guest.payment = if confirmed {
            Payment::Applied
        } else {
            Payment::GivenBack
        };
        Some(())
    }

    fn give_up(&self, world: &mut World, who: usize, how: How) -> Option<()> {
        let (may_begin, known) = (self.may_begin(world), world.known());
        let guest = &mut world.guests[who];
        let is_possible = match how {
            How::Expire => guest.is(ReservationStatus::PreReserved),
            How::Cancel => guest.occupies() != 0,
            How::MoveTo(nights) => guest.occupies() != 0 && guest.nights != nights,
        };
        if !may_begin || !is_possible || guest.open.is_some() {
            return None;
        }
        guest.open = Some(GivingUp { how, known });
        Some(())
    }

    /// The transaction commits: the row changes, and what it gives up goes to the blocks it sees.
    fn gave_up(&self, world: &mut World, who: usize) -> Option<()> {
        let GivingUp { how, known } = world.guests[who].open.take()?;
        let before = world.guests[who].occupies();
        match how {
            How::Expire => world.guests[who].become_(ReservationStatus::Expired)?,
            How::Cancel => {
                let guest = &mut world.guests[who];
                guest.become_(ReservationStatus::Cancelled)?;
                if guest.payment == Payment::Applied {
                    guest.payment = Payment::GivenBack;
                }
            }
            How::MoveTo(nights) => {
                let gained = nights & !before;
                if !self.may_take(world, gained) {
                    return Some(());
                }
                world.guests[who].nights = nights;
            }
        }
        let mut freed = before & !world.guests[who].occupies();
        for (channel, known) in known.into_iter().enumerate() {
            let taken = freed & known & !world.occupied();
            world.channels[channel].rows |= taken;
            freed &= !taken;
        }
        Some(())
    }

    fn read(&self, world: &mut World, which: usize) -> Option<()> {
        let channel = &world.channels[which];
        let has_news = channel.sold != channel.known || channel.missing != 0;
        if !self.may_begin(world) || !has_news || channel.open.is_some() {
            return None;
        }
        let reading = Reading {
            sold: channel.sold,
            ours: world
                .guests
                .iter()
                .fold(0, |all, guest| all | guest.occupies()),
            rows: world.channels.map(|channel| channel.rows),
            holds: world
                .guests
                .map(|guest| guest.is(ReservationStatus::PreReserved)),
        };
        world.channels[which].open = Some(reading);
        Some(())
    }

    /// The run commits, or finds that somebody was quicker and changes nothing.
    fn has_read(&self, world: &mut World, which: usize) -> Option<()> {
        let reading = world.channels[which].open.take()?;
        let channel = &world.channels[which];
        // What is missing for the first time stays; the second time it is gone.
        let missing = channel.known & !reading.sold;
        let gone = missing & channel.missing;
        let mut known = world.known();
        known[which] = (channel.known | reading.sold) & !gone;

        let rows = planned(known, &reading);
        for (mine, has) in rows.iter().enumerate() {
            let gained = has & !reading.rows[mine];
            if !self.may_take(world, gained) && gained != 0 {
                return Some(());
            }
        }
        let channel = &mut world.channels[which];
        (channel.known, channel.missing) = (known[which], missing & !gone);
        for (channel, rows) in world.channels.iter_mut().zip(rows) {
            channel.rows = rows;
        }
        let claimed = known.into_iter().fold(0, |all, known| all | known);
        for (guest, was_hold) in world.guests.iter_mut().zip(reading.holds) {
            guest.must_go |= was_hold && guest.nights & claimed != 0;
        }
        Some(())
    }

    /// The workflow hears that it must give way. A payment that it knows of was first; so is whoever is gone.
    fn give_way(&self, world: &mut World, who: usize) -> Option<()> {
        let guest = &mut world.guests[who];
        if !guest.must_go || guest.open.is_some() {
            return None;
        }
        if guest.is(ReservationStatus::PreReserved) {
            self.give_up(world, who, How::Cancel)?;
        }
        world.guests[who].must_go = false;
        Some(())
    }
}

/// The rows that the blocks get, by the product's own rule.
fn planned(known: [Bits; CHANNELS], reading: &Reading) -> [Bits; CHANNELS] {
    let number = |channel: usize| i64::try_from(channel).unwrap();
    let claims: Vec<Claim> = (0..CHANNELS)
        .map(|channel| Claim {
            block: number(channel),
            first_seen: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(number(channel)),
            nights: as_set(known[channel]),
        })
        .collect();
    let mut rows: Vec<Row> = Vec::new();
    for (channel, has) in reading.rows.into_iter().enumerate() {
        for nights in parts(has) {
            rows.push(Row {
                code: format!("{}", rows.len()),
                block: number(channel),
                nights,
            });
        }
    }
    let plan = occupy(&claims, &rows, &as_set(reading.ours), today());
    rows.retain(|row| !plan.given_up.contains(&row.code));
    for moved in &plan.moved {
        for row in rows.iter_mut().filter(|row| row.code == moved.code) {
            row.nights = moved.nights;
        }
    }
    let taken = plan.taken.into_iter();
    let kept = rows.into_iter().map(|row| (row.block, row.nights));
    let mut has = [0; CHANNELS];
    for (block, nights) in kept.chain(taken) {
        has[usize::try_from(block).unwrap()] |= bits_of(nights);
    }
    has
}

impl Model for Town {
    type State = World;
    type Action = Event;

    fn init_states(&self) -> Vec<World> {
        vec![World::default()]
    }

    fn actions(&self, _world: &World, events: &mut Vec<Event>) {
        for (who, (_, other)) in WISHES.into_iter().enumerate() {
            events.extend([
                Event::Ask(who),
                Event::Pay(who),
                Event::Hear(who),
                Event::GiveUp(who, How::Expire),
                Event::GiveUp(who, How::Cancel),
                Event::GaveUp(who),
                Event::GiveWay(who),
            ]);
            events.extend(other.map(|nights| Event::GiveUp(who, How::MoveTo(nights))));
        }
        for (which, offer) in self.offers.into_iter().enumerate() {
            events.extend(each(offer).map(|night| Event::Sell(which, night)));
            events.extend(each(offer).map(|night| Event::Unsell(which, night)));
            events.extend([Event::Read(which), Event::HasRead(which)]);
        }
    }

    fn next_state(&self, before: &World, event: Event) -> Option<World> {
        let mut world = *before;
        let happened = match event {
            Event::Ask(who) => self.ask(&mut world, who),
            Event::Pay(who) => {
                let guest = &mut world.guests[who];
                let has_a_link = guest.status.is_some() && guest.payment == Payment::None;
                has_a_link.then(|| guest.payment = Payment::Unheard)
            }
            Event::Hear(who) => self.hear(&mut world, who),
            Event::GiveUp(who, how) => self.give_up(&mut world, who, how),
            Event::GaveUp(who) => self.gave_up(&mut world, who),
            Event::GiveWay(who) => self.give_way(&mut world, who),
            Event::Sell(which, night) => {
                let channel = &mut world.channels[which];
                let is_new = channel.ever & night == 0;
                is_new.then(|| {
                    channel.sold |= night;
                    channel.ever |= night;
                })
            }
            Event::Unsell(which, night) => {
                let channel = &mut world.channels[which];
                (channel.sold & night != 0).then(|| channel.sold &= !night)
            }
            Event::Read(which) => self.read(&mut world, which),
            Event::HasRead(which) => self.has_read(&mut world, which),
        };
        happened.map(|()| world).filter(|world| world != before)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(SOLD_ONCE, |_, world: &World| {
                each(Bits::MAX).all(|night| world.owners(night) <= 1)
            }),
            Property::always(NOT_FREE, |_, world: &World| {
                let known = world.known().into_iter().fold(0, |all, known| all | known);
                known & !world.occupied() == 0
            }),
            Property::always(MONEY, |_, world: &World| {
                world.guests.iter().all(|guest| match guest.payment {
                    Payment::Applied => guest.is(ReservationStatus::Confirmed),
                    Payment::None | Payment::Unheard | Payment::GivenBack => {
                        !guest.is(ReservationStatus::Confirmed)
                    }
                })
            }),
            Property::always(SETTLED, |town: &Self, world: &World| {
                !town.next_states(world).is_empty() || world.is_settled()
            }),
            Property::sometimes("a hold gives way to a channel", |_, world: &World| {
                let sold = world.known().into_iter().fold(0, |all, known| all | known);
                world
                    .guests
                    .iter()
                    .any(|guest| guest.is(ReservationStatus::Cancelled) && guest.nights & sold != 0)
            }),
            Property::sometimes("a stay and a channel clash", |_, world: &World| {
                let sold = world.known().into_iter().fold(0, |all, known| all | known);
                world
                    .guests
                    .iter()
                    .any(|guest| guest.is(ReservationStatus::Confirmed) && guest.nights & sold != 0)
            }),
            Property::sometimes("a late payment is given back", |_, world: &World| {
                world.guests.iter().any(|guest| {
                    guest.is(ReservationStatus::Expired) && guest.payment == Payment::GivenBack
                })
            }),
            Property::sometimes("a paid stay has moved", |_, world: &World| {
                world.guests[1].nights == 0b01 && world.guests[1].payment == Payment::Applied
            }),
            Property::sometimes("all is quiet with everybody sold", |town: &Self, world| {
                town.next_states(world).is_empty()
                    && world.guests.iter().all(|guest| guest.has_asked)
            }),
        ]
    }
}
