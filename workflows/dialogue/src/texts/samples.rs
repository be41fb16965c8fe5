//! Values for every variable of every text, to try templates out before a guest sees them.

use minijinja::{Value, context};

/// Values that a variable can have, the usual one first. A variable without samples is unknown.
pub(super) fn of(variable: &str) -> Vec<Value> {
    let words = |all: &[&str]| all.iter().map(|word| Value::from(*word)).collect();
    let maybe = |word: &str| vec![Value::from(word), Value::from(())];
    let yes_and_no = || vec![Value::from(true), Value::from(false)];
    let one_and_more = |more: u32| vec![Value::from(1), Value::from(more)];
    match variable {
        "rule" => words(&[
            "taken",
            "just_taken",
            "past",
            "too_soon",
            "too_far_ahead",
            "too_short",
            "closed",
            "too_many_guests",
            "no_pets",
            "too_long",
            "party_size",
        ]),
        "error" => words(&[
            "no_such_day",
            "past",
            "backwards",
            "weekday_mismatch",
            "nights_mismatch",
        ]),
        "status" => words(&[
            "pre_reserved",
            "confirmed",
            "completed",
            "expired",
            "cancelled",
            "no_show",
        ]),
        "basis" => words(&[
            "nothing_paid",
            "free",
            "late",
            "revocation",
            "no_show",
            "owner_cancelled",
        ]),
        "kind" => words(&[
            "nights",
            "extra_guests",
            "pets",
            "cleaning",
            "length_discount",
            "tax",
            "video",
            "location",
            "contact",
            "other",
        ]),
        "why_not" => words(&["no_speech", "unclear", "too_long", "no_note", "unavailable"]),
        "text" => words(&["Hola, ¿tienen lugar del quince al dieciocho de enero?"]),
        "night" => words(&["weekday", "weekend", "holiday"]),
        "topic" => words(&["photos", "amenities", "location", "times"]),
        "why" => words(&["extended", "confirmed", "none", "over", "late"]),
        "matter" => words(&[
            "guest_wants_a_person",
            "calendar_conflict",
            "give_back_by_hand",
            "message_not_delivered",
            "charged_back",
            "calendar_drop",
            "webhooks_silent",
        ]),
        "outcome" => words(&[
            "confirmed",
            "short",
            "not_possible",
            "blocked",
            "taken",
            "unblocked",
            "resolved",
            "over",
            "taken_over",
            "handed_back",
            "paused",
            "resumed",
        ]),
        "what" => words(&["Piden una persona"]),
        "reason" => words(&["A guest asks for a person. Answer them."]),
        "reference" => words(&["gst_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"]),
        "date" => maybe("vie 15/01"),
        "count" => vec![Value::from(0), Value::from(3)],
        "arrivals" | "departures" => vec![
            Value::from(vec![
                context! { name => "Cabaña Arrayán", guest => "Ana", party => "4 personas", code => "RES261124ABC123", due => "$ 14.400" },
                context! { name => "Casa Lenga", guest => (), party => "1 persona", code => "RES261124ABC124", due => () },
            ]),
            Value::from(Vec::<Value>::new()),
        ],
        "code" | "other" => words(&["RES261124ABC123"]),
        "channel" => words(&["Airbnb"]),
        "name" => maybe("Cabaña Arrayán"),
        "guest" => maybe("Ana"),
        "dates" => maybe("vie 15/01 al lun 18/01"),
        "old_dates" => words(&["sáb 09/01 al lun 11/01"]),
        "check_in" => words(&["vie 15/01"]),
        "check_out" => words(&["lun 18/01"]),
        "from" | "by" => words(&["15:00"]),
        "until" => maybe("14:35"),
        "party" => words(&["4 personas"]),
        "nights" => words(&["3 noches"]),
        "total" | "old_total" | "deposit" | "unit" => words(&["$ 48.000"]),
        "paid" | "due" | "balance" | "refund" | "missing" => maybe("$ 14.400"),
        "amount" => words(&["$ 14.400"]),
        "number" => words(&["REV261124ABC123"]),
        "season" => maybe("verano"),
        "share" => maybe("30"),
        "hours" => maybe("72"),
        "url" => maybe("https://pagos.example/1"),
        "address" => words(&["Los Arrayanes 123"]),
        "access" => maybe("La llave está en la caja."),
        "allowed" | "refused" => maybe("Cabaña Arrayán y Casa Lenga"),
        "lines" => maybe("3 noches a $ 16.000"),
        "first" | "again" | "whole" | "paused" | "weekends" | "more_places" | "confirmed"
        | "single" | "dates_lost" | "period" => yes_and_no(),
        "limit" | "minutes" | "quantity" => one_and_more(3),
        "capacity" => vec![Value::from(4)],
        "choices" => vec![Value::from(vec![
            Value::from("vie 15/01 al lun 18/01"),
            Value::from("lun 15/02"),
        ])],
        "price_lines" => vec![Value::from(vec![
            context! { text => "3 noches a $ 16.000", amount => "$ 48.000" },
        ])],
        "fees" => vec![Value::from(vec![
            context! { name => "Cabaña Arrayán", price => "$ 3.000" },
        ])],
        "offers" | "alternatives" => vec![
            Value::from(vec![
                offer(Value::from("3 noches a $ 16.000")),
                offer(Value::from(())),
            ]),
            Value::from(Vec::<Value>::new()),
        ],
        "places" => vec![
            Value::from(vec![place(), bare_place()]),
            Value::from(vec![place()]),
        ],
        _ => Vec::new(),
    }
}

fn offer(lines: Value) -> Value {
    context! {
        name => "Cabaña Arrayán", capacity => 4, total => "$ 48.000", dates => "vie 15/01 al lun 18/01", lines,
    }
}

fn place() -> Value {
    context! {
        name => "Cabaña Arrayán", capacity => 4, description => "Frente al lago.", amenities => "wifi, parrilla",
        area => "Villa La Angostura", from => "15:00", by => "10:00", nightly => "$ 12.000",
        weekend => "$ 18.000", share => "30", whole_within => 3, free_hours => 48, late_share => "50",
    }
}

fn bare_place() -> Value {
    context! {
        name => (), capacity => 2, description => (), amenities => (),
        area => "Villa La Angostura", from => "15:00", by => "10:00", nightly => "$ 12.000",
        weekend => (), share => "30", whole_within => 0, free_hours => 48, late_share => "50",
    }
}
