//! Three cabins, one guest, and a small vocabulary to let them talk.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use dialogue::{
    Attachment, BalanceDecision, CancelDecision, ChangeDecision, Command, Event, ExtendDecision,
    Facts, GuestFacts, HoldDecision, ReservationFacts, RevokeDecision, Say, State, Texts,
    WaitingDecision, WaitingFacts, read, step,
};
use domain::{
    Accommodation, AccommodationId, BasisPoints, Language, Money, Party, Quote, ReservationCode,
    ReservationStatus, Stay,
    accommodation::{Kind, Location, Photo},
    availability::Inventory,
    cancellation::{Refund, RefundBasis},
    holiday::Holidays,
    policy::Policies,
    rate::RatePlan,
};
use uuid::Uuid;

/// Our texts, loaded once.
pub(crate) static TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::new().unwrap());

/// The moment most conversations begin at: a Tuesday, ten in the morning in Buenos Aires.
pub(crate) const NOW: &str = "2026-11-24T13:00:00Z";

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn stay(check_in: &str, check_out: &str) -> Stay {
    Stay::new(date(check_in), date(check_out)).unwrap()
}

pub(crate) fn code(text: &str) -> ReservationCode {
    text.parse().unwrap()
}

/// The cabins: Calafate for two, Arrayán for four, Lenga for six with animals.
pub(crate) fn cabins() -> Vec<Accommodation> {
    let mut cabins = vec![
        cabin(1, "Cabaña Calafate", 2, 9_000),
        cabin(2, "Cabaña Arrayán", 4, 12_000),
        cabin(3, "Casa Lenga", 6, 20_000),
    ];
    let lenga = &mut cabins[2];
    lenga.policies.stay.pets_allowed = true;
    lenga.rates.pets = Some(Money::pesos(3_000));
    lenga.rates.cleaning = Some(Money::pesos(5_000));
    cabins
}

fn cabin(number: u128, name: &str, capacity: u8, nightly: i64) -> Accommodation {
    Accommodation {
        id: AccommodationId::from_uuid(Uuid::from_u128(number)),
        name: name.to_owned(),
        aliases: vec![name.split(' ').next_back().unwrap().to_owned()],
        kind: Kind::Cabin,
        capacity,
        description: "Frente al lago.".to_owned(),
        amenities: vec!["wifi".to_owned(), "parrilla".to_owned()],
        photos: vec![
            Photo {
                url: format!("https://fotos.example/{number}/1.jpg"),
                caption: Some("El living".to_owned()),
            },
            Photo {
                url: format!("https://fotos.example/{number}/2.jpg"),
                caption: None,
            },
        ],
        location: Location {
            area: "Villa La Angostura, Neuquén".to_owned(),
            address: format!("Los Arrayanes {number}00"),
            latitude: -40.76,
            longitude: -71.64,
        },
        access: "La llave está en la caja junto a la puerta.".to_owned(),
        time_zone: chrono_tz::America::Argentina::Buenos_Aires,
        rates: RatePlan {
            weekend_multiplier: BasisPoints(15_000),
            ..RatePlan::flat(Money::pesos(nightly))
        },
        policies: Policies::default(),
    }
}

/// One guest's conversation with everything around it.
pub(crate) struct Talk {
    pub(crate) inventory: Inventory,
    pub(crate) taken: Vec<(AccommodationId, Stay)>,
    pub(crate) reservations: Vec<ReservationFacts>,
    pub(crate) waiting: Vec<WaitingFacts>,
    pub(crate) guest: GuestFacts,
    pub(crate) now: DateTime<Utc>,
    pub(crate) delay: TimeDelta,
    pub(crate) paused: bool,
    pub(crate) state: State,
    pub(crate) say: Vec<Say>,
    pub(crate) command: Option<Command>,
    pub(crate) asides: Vec<Command>,
}

impl Talk {
    pub(crate) fn new() -> Self {
        Self::in_house_of(cabins())
    }

    pub(crate) fn in_house_of(accommodations: Vec<Accommodation>) -> Self {
        Self {
            inventory: Inventory {
                accommodations,
                holidays: Holidays::default(),
                occupied: std::iter::empty().collect(),
                now: at(NOW),
            },
            taken: Vec::new(),
            reservations: Vec::new(),
            waiting: Vec::new(),
            guest: GuestFacts {
                name: Some("Ana Pérez".to_owned()),
                language: Language::Es,
            },
            now: at(NOW),
            delay: TimeDelta::zero(),
            paused: false,
            state: State::default(),
            say: Vec::new(),
            command: None,
            asides: Vec::new(),
        }
    }

    pub(crate) fn place(&self, name: &str) -> Accommodation {
        self.inventory
            .accommodations
            .iter()
            .find(|place| place.name.contains(name))
            .unwrap()
            .clone()
    }

    /// Somebody else takes the nights.
    pub(crate) fn take(&mut self, name: &str, stay: Stay) {
        let id = self.place(name).id;
        self.taken.push((id, stay));
    }

    /// The guest has a reservation already.
    pub(crate) fn reserve(
        &mut self,
        name: &str,
        stay: Stay,
        guests: u8,
        status: ReservationStatus,
    ) -> ReservationCode {
        let place = self.place(name);
        let party = Party::of(guests).unwrap();
        let quote = self.inventory.price(&place, stay, party).quote;
        self.add_reservation(place.id, stay, party, quote, status)
    }

    fn add_reservation(
        &mut self,
        accommodation_id: AccommodationId,
        stay: Stay,
        party: Party,
        quote: Quote,
        status: ReservationStatus,
    ) -> ReservationCode {
        let code = code(&format!("RES261124AAAAA{}", self.reservations.len()));
        let held = status == ReservationStatus::PreReserved;
        let paid = if status == ReservationStatus::Confirmed {
            quote.deposit
        } else {
            Money::ZERO
        };
        let basis = if held {
            RefundBasis::NothingPaid
        } else {
            RefundBasis::Free
        };
        if status.occupies_nights() {
            self.taken.push((accommodation_id, stay));
        }
        self.reservations.push(ReservationFacts {
            code: code.clone(),
            status,
            accommodation_id,
            stay,
            party,
            quote,
            terms: Policies::default(),
            paid,
            expires_at: held.then(|| self.now + TimeDelta::minutes(30)),
            extended: false,
            offered: false,
            payment_url: held.then(|| format!("https://pagos.example/{code}")),
            revocable_until: self.now + TimeDelta::days(10),
            refund_if_cancelled_now: Refund {
                amount: paid,
                basis,
            },
        });
        code
    }

    /// The guest writes, and is read by the real reader.
    pub(crate) fn writes(&mut self, text: &str) -> &mut Self {
        let reading = self.read(text);
        self.happens(Event::Said {
            text: text.to_owned(),
            reading,
        })
    }

    /// The guest says it aloud and is heard as told here.
    pub(crate) fn says(&mut self, text: &str) -> &mut Self {
        self.is_heard(text, false)
    }

    pub(crate) fn is_heard(&mut self, text: &str, damaged: bool) -> &mut Self {
        let reading = self.read(text);
        self.happens(Event::Heard {
            text: text.to_owned(),
            reading,
            damaged,
        })
    }

    fn read(&mut self, text: &str) -> nlu::Reading {
        self.see();
        read(text, &self.state, &self.facts())
    }

    /// The guest presses the button or picks the row with this title.
    pub(crate) fn presses(&mut self, title: &str) -> &mut Self {
        let id = self.id_of(title);
        self.presses_id(&id, title)
    }

    pub(crate) fn presses_id(&mut self, id: &str, title: &str) -> &mut Self {
        self.happens(Event::Pressed {
            id: id.to_owned(),
            title: title.to_owned(),
        })
    }

    pub(crate) fn sends(&mut self, attachment: Attachment) -> &mut Self {
        self.happens(Event::Sent { attachment })
    }

    /// The id behind a title of the last message.
    pub(crate) fn id_of(&self, title: &str) -> String {
        let options = self.options();
        let found = options.iter().find(|(_, shown)| shown == title);
        found
            .unwrap_or_else(|| panic!("no option {title} in {options:?}"))
            .0
            .clone()
    }

    pub(crate) fn options(&self) -> Vec<(String, String)> {
        let options = self.say.iter().flat_map(Say::options);
        options
            .map(|(id, title)| (id.to_owned(), title.to_owned()))
            .collect()
    }

    pub(crate) fn titles(&self) -> Vec<String> {
        self.options().into_iter().map(|(_, title)| title).collect()
    }

    /// Looks at what is taken by now.
    fn see(&mut self) {
        self.inventory.occupied = self.taken.iter().copied().collect();
        self.inventory.now = self.now;
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            now: self.now,
            sent_at: self.now - self.delay,
            paused: self.paused,
            inventory: &self.inventory,
            guest: self.guest.clone(),
            reservations: self.reservations.clone(),
            waiting: self.waiting.clone(),
        }
    }

    pub(crate) fn happens(&mut self, event: Event) -> &mut Self {
        self.see();
        let facts = self.facts();
        // What is kept between two messages is JSON.
        let kept = serde_json::to_string(&self.state).unwrap();
        let done = step(serde_json::from_str(&kept).unwrap(), event, &facts, &TEXTS);
        self.state = done.state;
        self.say = done.say;
        self.command = done.command;
        self.asides = done.asides;
        self
    }

    /// The rest of the system does what was commanded, and answers.
    pub(crate) fn obeys(&mut self) -> &mut Self {
        match self.command.take() {
            Some(Command::PlaceHold {
                accommodation_id,
                stay,
                party,
                quote,
            }) => {
                if self
                    .taken
                    .iter()
                    .any(|(id, other)| *id == accommodation_id && other.overlaps(stay))
                {
                    return self.happens(Event::HoldDecided {
                        decision: HoldDecision::Taken,
                    });
                }
                let code = self.add_reservation(
                    accommodation_id,
                    stay,
                    party,
                    quote,
                    ReservationStatus::PreReserved,
                );
                let expires_at = self.now + TimeDelta::minutes(30);
                self.happens(Event::HoldDecided {
                    decision: HoldDecision::Held { code, expires_at },
                })
            }
            Some(Command::Cancel { code }) => {
                let own = self
                    .reservations
                    .iter_mut()
                    .find(|own| own.code == code)
                    .unwrap();
                own.status = ReservationStatus::Cancelled;
                let (refund, freed) = (
                    own.refund_if_cancelled_now,
                    (own.accommodation_id, own.stay),
                );
                self.taken.retain(|taken| *taken != freed);
                self.happens(Event::CancelDecided {
                    decision: CancelDecision::Cancelled { code, refund },
                })
            }
            Some(Command::Revoke { .. }) => self.happens(Event::RevokeDecided {
                decision: RevokeDecision::Revoked,
            }),
            Some(Command::OfferBalance { code }) => {
                let own = self.reservations.iter().find(|own| own.code == code);
                let due = own.map(|own| own.quote.total.less(own.paid)).unwrap();
                self.happens(Event::BalanceDecided {
                    decision: BalanceDecision::Coming { code, due },
                })
            }
            Some(Command::Extend { code }) => {
                let own = self
                    .reservations
                    .iter_mut()
                    .find(|own| own.code == code)
                    .unwrap();
                let expires_at = own.expires_at.unwrap() + TimeDelta::minutes(15);
                own.expires_at = Some(expires_at);
                own.extended = true;
                self.happens(Event::ExtendDecided {
                    decision: ExtendDecision::Extended { code, expires_at },
                })
            }
            Some(Command::ChangeDates { code, stay, quote }) => {
                let position = self
                    .reservations
                    .iter()
                    .position(|own| own.code == code)
                    .unwrap();
                let (id, old) = {
                    let own = &self.reservations[position];
                    (own.accommodation_id, own.stay)
                };
                let taken = self
                    .taken
                    .iter()
                    .any(|(other, taken)| *other == id && *taken != old && taken.overlaps(stay));
                if taken {
                    return self.happens(Event::ChangeDecided {
                        decision: ChangeDecision::Taken,
                    });
                }
                self.taken.retain(|taken| *taken != (id, old));
                self.taken.push((id, stay));
                let own = &mut self.reservations[position];
                own.stay = stay;
                own.paid = own.paid.min(quote.total);
                own.quote = quote;
                self.happens(Event::ChangeDecided {
                    decision: ChangeDecision::Changed { code },
                })
            }
            Some(Command::JoinWaitingList {
                accommodation_id,
                stay,
                party,
            }) => {
                let next = self.waiting.last().map_or(1, |last| last.entry + 1);
                let same = self.waiting.iter().find(|waiting| {
                    waiting.accommodation_id == accommodation_id && waiting.stay == stay
                });
                let entry = same.map_or(next, |same| same.entry);
                if entry == next {
                    self.waiting.push(WaitingFacts {
                        entry,
                        accommodation_id,
                        stay,
                        party,
                    });
                }
                self.happens(Event::WaitingDecided {
                    decision: WaitingDecision::Joined { entry },
                })
            }
            Some(Command::LeaveWaitingList { entry }) => {
                self.waiting.retain(|waiting| waiting.entry != entry);
                self.happens(Event::WaitingDecided {
                    decision: WaitingDecision::Left,
                })
            }
            other => {
                self.command = other;
                self
            }
        }
    }

    /// Everything that was said last, as plain text.
    pub(crate) fn heard(&self) -> String {
        self.say
            .iter()
            .map(Say::as_plain_text)
            .collect::<Vec<_>>()
            .join("\n---\n")
    }

    #[track_caller]
    pub(crate) fn hears(&mut self, words: &str) -> &mut Self {
        let heard = self.heard();
        assert!(heard.contains(words), "«{words}» is not in:\n{heard}");
        self
    }

    #[track_caller]
    pub(crate) fn does_not_hear(&mut self, words: &str) -> &mut Self {
        let heard = self.heard();
        assert!(!heard.contains(words), "«{words}» is in:\n{heard}");
        self
    }

    #[track_caller]
    pub(crate) fn hears_nothing(&mut self) -> &mut Self {
        assert!(self.say.is_empty(), "heard:\n{}", self.heard());
        self
    }

    pub(crate) fn later(&mut self, time: TimeDelta) -> &mut Self {
        self.now += time;
        self
    }
}
