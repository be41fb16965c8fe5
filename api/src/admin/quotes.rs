//! The lines of a price, each with how it comes about.

use domain::{
    BasisPoints,
    quote::{Item, Line},
    rate::NightKind,
};

use super::{chrome::Shell, format::percent, words::Words};

/// A line of a price.
pub(super) struct QuoteLine {
    pub(super) what: String,
    pub(super) how: String,
    pub(super) amount: String,
}

/// A line, in words.
pub(super) fn line(shell: &Shell, line: &Line) -> QuoteLine {
    let (t, format) = (shell.t, shell.format());
    let units = format!("{} × {}", line.quantity, format.money(line.unit));
    let how = if line.multiplier == BasisPoints::WHOLE {
        units
    } else {
        format!("{units} × {} %", percent(line.multiplier))
    };
    QuoteLine {
        what: what(t, &line.item),
        how,
        amount: format.money(line.amount),
    }
}

fn what(t: &Words, item: &Item) -> String {
    match item {
        Item::Nights { night, season } => {
            let kind = match night {
                NightKind::Weekday => t.line_nights,
                NightKind::Weekend => t.line_weekend,
                NightKind::Holiday => t.line_holiday,
            };
            season
                .as_ref()
                .map_or_else(|| kind.to_owned(), |season| format!("{kind} · {season}"))
        }
        Item::ExtraGuests => t.line_extra_guests.to_owned(),
        Item::Pets => t.line_pets.to_owned(),
        Item::Cleaning => t.line_cleaning.to_owned(),
        Item::LengthDiscount => t.line_discount.to_owned(),
        Item::Tax => t.line_tax.to_owned(),
    }
}
