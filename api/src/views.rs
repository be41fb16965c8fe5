//! What several answers show: money, quotes, offers. They are the wire's own types, so that a change in the
//! domain never changes an answer unnoticed.

use chrono::NaiveDate;
use domain::{
    Money, Quote,
    availability::{Inventory, Offer},
    quote::{Item, Line},
    rate::NightKind,
};
use serde::Serialize;
use utoipa::ToSchema;

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Amount {
    /// Hundredths of the currency's unit; negative for a discount.
    #[schema(example = 4_800_000)]
    centavos: i64,
    /// ISO 4217.
    #[schema(example = "ARS")]
    currency: &'static str,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self {
            centavos: money.centavos,
            currency: money.currency.code(),
        }
    }
}

/// The price of one stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct QuoteView {
    /// How many nights it is for.
    nights: u16,
    /// What adds up to the total.
    lines: Vec<LineView>,
    /// The sum of the lines.
    total: Amount,
    /// What confirms the stay.
    deposit: Amount,
}

/// One line of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct LineView {
    /// `nights`, `extra_guests`, `pets`, `cleaning`, `length_discount` or `tax`.
    #[schema(example = "nights")]
    item: &'static str,
    /// Of nights: `weekday`, `weekend` or `holiday`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "weekend")]
    night: Option<&'static str>,
    /// Of nights: the season they lie in.
    #[serde(skip_serializing_if = "Option::is_none")]
    season: Option<String>,
    /// How many of them.
    quantity: u32,
    /// The price of one, before the multiplier.
    unit: Amount,
    /// What the unit price is multiplied with, in hundredths of a percent: 15000 is one and a half times.
    #[schema(example = 15_000)]
    multiplier_basis_points: u32,
    /// The amount of the line.
    amount: Amount,
}

impl From<&Quote> for QuoteView {
    fn from(quote: &Quote) -> Self {
        Self {
            nights: quote.nights,
            lines: quote.lines.iter().map(LineView::from).collect(),
            total: quote.total.into(),
            deposit: quote.deposit.into(),
        }
    }
}

impl From<&Line> for LineView {
    fn from(line: &Line) -> Self {
        let (item, night, season) = match &line.item {
            Item::Nights { night, season } => ("nights", Some(night_word(*night)), season.clone()),
            Item::ExtraGuests => ("extra_guests", None, None),
            Item::Pets => ("pets", None, None),
            Item::Cleaning => ("cleaning", None, None),
            Item::LengthDiscount => ("length_discount", None, None),
            Item::Tax => ("tax", None, None),
        };
        Self {
            item,
            night,
            season,
            quantity: line.quantity,
            unit: line.unit.into(),
            multiplier_basis_points: line.multiplier.0,
            amount: line.amount.into(),
        }
    }
}

const fn night_word(kind: NightKind) -> &'static str {
    match kind {
        NightKind::Weekday => "weekday",
        NightKind::Weekend => "weekend",
        NightKind::Holiday => "holiday",
    }
}

/// A stay that can be booked, with its price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// Where.
    #[schema(example = "acc_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    accommodation_id: String,
    /// What guests know it as.
    name: String,
    /// The first night.
    check_in: NaiveDate,
    /// The day the guest leaves.
    check_out: NaiveDate,
    /// How much.
    quote: QuoteView,
}

impl OfferView {
    /// Shows an offer of this inventory.
    pub(crate) fn of(offer: &Offer, inventory: &Inventory) -> Self {
        let name = inventory
            .accommodation(offer.accommodation_id)
            .map(|accommodation| accommodation.name.clone());
        Self {
            accommodation_id: offer.accommodation_id.to_string(),
            name: name.unwrap_or_default(),
            check_in: offer.stay.check_in(),
            check_out: offer.stay.check_out(),
            quote: QuoteView::from(&offer.quote),
        }
    }

    /// Shows several.
    pub(crate) fn all(offers: &[Offer], inventory: &Inventory) -> Vec<Self> {
        offers
            .iter()
            .map(|offer| Self::of(offer, inventory))
            .collect()
    }
}
