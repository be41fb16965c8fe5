//! What is tried: every step, held up in its middle, against every component, killed and frozen.

use crate::gates::Gate::{self, Asks, Meanwhile, Writes};
use crate::wire::Side::{After, Before};

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Component {
    Api,
    Worker,
    Postgres,
    Redis,
    Temporal,
    Providers,
}

/// How it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// By `kill -9`, with all it started; a provider's line is cut.
    Killed,
    /// By SIGSTOP, with all it started: connections stay open and nothing answers.
    Frozen,
}

pub(crate) const COMPONENTS: [Component; 6] = [
    Component::Api,
    Component::Worker,
    Component::Postgres,
    Component::Redis,
    Component::Temporal,
    Component::Providers,
];

/// What a guest is in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Story {
    /// Asks for nights in the chat.
    Writes,
    /// Agrees to what was read back.
    Confirms,
    /// Holds nights over HTTP.
    Holds,
    /// Pays the deposit.
    Pays,
    /// Pays, and nobody is told: the schedule finds it.
    PaysUnheard,
    /// Never pays.
    Expires,
    /// Cancels a paid stay.
    Cancels,
    /// Moves a hold to other dates.
    Moves,
    /// A channel sells free nights.
    Imports,
    /// A channel sells the nights of a hold.
    GivesWay,
    /// A hold whose time runs out while the component is away.
    Outlives,
    /// Three messages in a row while it is away, each of which needs the one before.
    Chats,
    /// A payment whose notification comes while it is away, and again when it is back.
    IsNotified,
    /// A hold over HTTP that is asked for while it is away, and again with the same key.
    Asks,
}

/// One row of the matrix.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) workflow: &'static str,
    pub(crate) name: &'static str,
    pub(crate) story: Story,
    pub(crate) gate: Gate,
}

const fn step(workflow: &'static str, name: &'static str, story: Story, gate: Gate) -> Step {
    Step {
        workflow,
        name,
        story,
        gate,
    }
}

const fn inserts(table: &'static str, when: &'static str) -> Gate {
    Writes {
        table,
        on: "INSERT",
        when,
    }
}

const fn updates(table: &'static str, when: &'static str) -> Gate {
    Writes {
        table,
        on: "UPDATE",
        when,
    }
}

/// Every step that changes something, in the order of a guest's life.
pub(crate) const STEPS: [Step; 32] = [
    step(
        "conversation",
        "a message is written into the inbox",
        Story::Writes,
        inserts("inbox", "NEW.guest_id = '{guest}'"),
    ),
    step(
        "conversation",
        "the answer is decided",
        Story::Writes,
        inserts("dialogue_turns", "NEW.guest_id = '{guest}'"),
    ),
    step(
        "conversation",
        "the answer is about to be sent",
        Story::Writes,
        updates(
            "messages",
            "NEW.guest_id = '{guest}' AND NEW.status = 'attempted' AND OLD.status <> 'attempted'",
        ),
    ),
    step(
        "conversation",
        "WhatsApp is about to hear the answer",
        Story::Writes,
        Asks {
            method: "POST",
            path: "/messages",
            body: "{phone}",
            side: Before,
        },
    ),
    step(
        "conversation",
        "WhatsApp has taken the answer, we do not know",
        Story::Writes,
        Asks {
            method: "POST",
            path: "/messages",
            body: "{phone}",
            side: After,
        },
    ),
    step(
        "conversation",
        "that the answer was taken is noted",
        Story::Writes,
        updates(
            "messages",
            "NEW.guest_id = '{guest}' AND NEW.wamid IS NOT NULL AND OLD.wamid IS NULL",
        ),
    ),
    step(
        "conversation",
        "a hold is asked for in the chat",
        Story::Confirms,
        inserts("reservations", "NEW.guest_id = '{guest}'"),
    ),
    step(
        "reservation",
        "the nights are taken",
        Story::Holds,
        inserts("reservations", "NEW.accommodation_id = '{cabin}'"),
    ),
    step(
        "reservation",
        "the provider is about to make the link",
        Story::Holds,
        Asks {
            method: "POST",
            path: "/checkout/preferences",
            body: "Casa {number}",
            side: Before,
        },
    ),
    step(
        "reservation",
        "the provider has made the link, we do not know",
        Story::Holds,
        Asks {
            method: "POST",
            path: "/checkout/preferences",
            body: "Casa {number}",
            side: After,
        },
    ),
    step(
        "reservation",
        "the link is written down",
        Story::Holds,
        // The code is not known before; the cabin's name is in nothing but the reservation.
        inserts("payment_links", "chaos_cabin(NEW.code) = '{cabin}'"),
    ),
    step(
        "reservation",
        "the notice with the link is written",
        Story::Holds,
        inserts(
            "messages",
            "chaos_cabin(split_part(NEW.step, '/', 1)) = '{cabin}'",
        ),
    ),
    step(
        "payment",
        "a notification is written into the inbox",
        Story::Pays,
        inserts("inbox", "NEW.resource_id = '{payment}'"),
    ),
    step(
        "payment",
        "the provider is about to be asked",
        Story::Pays,
        Asks {
            method: "GET",
            path: "/v1/payments/{payment}",
            body: "",
            side: Before,
        },
    ),
    step(
        "payment",
        "the payment is written down",
        Story::Pays,
        inserts("payments", "NEW.id = '{payment}'"),
    ),
    step(
        "reservation",
        "what the payment is worth is decided",
        Story::Pays,
        inserts("settlements", "NEW.code = '{code}'"),
    ),
    step(
        "reservation",
        "the hold becomes a stay",
        Story::Pays,
        updates(
            "reservations",
            "NEW.code = '{code}' AND NEW.reservation_status = 'confirmed' AND OLD.reservation_status <> 'confirmed'",
        ),
    ),
    step(
        "reservation",
        "the confirmation is written",
        Story::Pays,
        inserts("messages", "NEW.step = '{code}/confirmed/0'"),
    ),
    step(
        "reservation",
        "WhatsApp has taken the confirmation, we do not know",
        Story::Pays,
        Asks {
            method: "POST",
            path: "/messages",
            body: "{phone}",
            side: After,
        },
    ),
    step(
        "reconciliation",
        "a payment that nobody told us of is found",
        Story::PaysUnheard,
        inserts("payments", "NEW.id = '{payment}'"),
    ),
    step(
        "reservation",
        "the hold expires",
        Story::Expires,
        updates(
            "reservations",
            "NEW.accommodation_id = '{cabin}' AND NEW.reservation_status = 'expired'",
        ),
    ),
    step(
        "reservation",
        "the stay is cancelled",
        Story::Cancels,
        updates(
            "reservations",
            "NEW.code = '{code}' AND NEW.reservation_status = 'cancelled' AND OLD.reservation_status <> 'cancelled'",
        ),
    ),
    step(
        "reservation",
        "the refund is written down",
        Story::Cancels,
        inserts("refunds", "NEW.code = '{code}'"),
    ),
    step(
        "reservation",
        "the provider is about to give back",
        Story::Cancels,
        Asks {
            method: "POST",
            path: "/v1/payments/{payment}/refunds",
            body: "",
            side: Before,
        },
    ),
    step(
        "reservation",
        "the provider has given back, we do not know",
        Story::Cancels,
        Asks {
            method: "POST",
            path: "/v1/payments/{payment}/refunds",
            body: "",
            side: After,
        },
    ),
    step(
        "reservation",
        "the hold moves to other dates",
        Story::Moves,
        updates(
            "reservations",
            "NEW.code = '{code}' AND NEW.check_in <> OLD.check_in",
        ),
    ),
    step(
        "calendar sync",
        "a channel's booking is taken over",
        Story::Imports,
        inserts("reservations", "NEW.accommodation_id = '{cabin}'"),
    ),
    step(
        "calendar sync",
        "a hold gives way to a channel's booking",
        Story::GivesWay,
        updates(
            "reservations",
            "NEW.code = '{code}' AND NEW.reservation_status = 'cancelled' AND OLD.reservation_status <> 'cancelled'",
        ),
    ),
    step(
        "reservation",
        "a hold ends meanwhile",
        Story::Outlives,
        Meanwhile,
    ),
    step(
        "conversation",
        "three messages meanwhile",
        Story::Chats,
        Meanwhile,
    ),
    step(
        "payment",
        "a notification meanwhile",
        Story::IsNotified,
        Meanwhile,
    ),
    step(
        "reservation",
        "a hold over HTTP meanwhile",
        Story::Asks,
        Meanwhile,
    ),
];

/// The steps of the short form: an answer that is in doubt, a hold, a payment and what happens meanwhile.
pub(crate) fn in_short() -> Vec<Step> {
    const SHORT: [&str; 9] = [
        "a message is written into the inbox",
        "WhatsApp has taken the answer, we do not know",
        "the nights are taken",
        "the provider has made the link, we do not know",
        "the hold becomes a stay",
        "the provider has given back, we do not know",
        "a hold ends meanwhile",
        "a notification meanwhile",
        "a hold over HTTP meanwhile",
    ];
    STEPS
        .into_iter()
        .filter(|step| SHORT.contains(&step.name))
        .collect()
}
