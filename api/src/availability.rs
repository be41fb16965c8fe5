//! What is free for a stay, with its price; what refuses it; and what would fit instead.

use axum::{Json, extract::State};
use chrono::{NaiveDate, Utc};
use domain::{
    AccommodationId, Party, Stay,
    availability::{Inventory, Offer, Refusal},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    error::{
        Error,
        answers::{Invalid, Unavailable},
    },
    extract::Query,
    views::OfferView,
    wish::{self, Heads, StayTexts},
};

/// How many other stays are offered.
const ALTERNATIVES: usize = 5;

/// The stay that is asked about.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AvailabilityQuery {
    /// The first night, `YYYY-MM-DD`.
    #[param(required, value_type = String, format = Date, example = "2027-01-15")]
    check_in: Option<String>,
    /// The day the guest leaves, `YYYY-MM-DD`.
    #[param(required, value_type = String, format = Date, example = "2027-01-18")]
    check_out: Option<String>,
    /// Everybody who sleeps there, children included.
    #[param(required, value_type = u8, minimum = 1, example = 4)]
    guests: Option<String>,
    /// How many of the guests are children.
    #[param(value_type = Option<u8>)]
    children: Option<String>,
    /// Whether animals come along.
    #[param(value_type = Option<bool>)]
    pets: Option<String>,
    /// Only this one.
    accommodation_id: Option<String>,
}

/// A question that can be answered.
#[derive(Debug, Clone, Copy)]
struct Asked {
    stay: Stay,
    party: Party,
    accommodation_id: Option<AccommodationId>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Availability {
    /// The first night.
    check_in: NaiveDate,
    /// The day the guest leaves.
    check_out: NaiveDate,
    /// How many nights.
    nights: u16,
    /// Everybody who sleeps there.
    guests: u8,
    /// What is free and fits, the smallest and cheapest first.
    available: Vec<OfferView>,
    /// What refuses the stay, and why.
    refused: Vec<RefusalView>,
    /// What would fit instead, when nothing is free.
    alternatives: Vec<OfferView>,
}

/// Why a stay cannot be had in one accommodation.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefusalView {
    /// Where.
    accommodation_id: String,
    /// What guests know it as.
    name: String,
    /// The rule, with its numbers.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    rule: Refusal,
    /// The same for people.
    detail: String,
}

impl TryFrom<AvailabilityQuery> for Asked {
    type Error = Error;

    fn try_from(query: AvailabilityQuery) -> Result<Self, Error> {
        let stay = StayTexts {
            check_in: query.check_in.as_deref(),
            check_out: query.check_out.as_deref(),
        };
        let guests = wish::required("guests", query.guests.as_deref())?;
        let heads = Heads {
            guests: wish::number("guests", guests)?,
            children: query
                .children
                .map_or(Ok(0), |children| wish::number("children", &children))?,
            pets: wish::yes("pets", query.pets.as_deref())?,
        };
        let accommodation_id = query
            .accommodation_id
            .as_deref()
            .map(wish::accommodation_id);
        Ok(Self {
            stay: stay.try_into()?,
            party: heads.try_into()?,
            accommodation_id: accommodation_id.transpose()?,
        })
    }
}

/// What is free for a stay, with full quotes.
///
/// Rules that refuse a stay are named for each accommodation. Dates that cannot be asked for are a 422.
#[utoipa::path(
    get,
    path = "/api/v1/availability",
    tag = "booking",
    params(AvailabilityQuery),
    responses(
        (status = 200, body = Availability),
        Invalid,
        Unavailable,
    )
)]
pub(crate) async fn search(
    State(app): State<App>,
    Query(query): Query<AvailabilityQuery>,
) -> Result<Json<Availability>, Error> {
    let asked = Asked::try_from(query)?;
    let inventory =
        database::availability::inventory_around(&app.database()?, Utc::now(), asked.stay).await?;
    asked.answer(&inventory).map(Json)
}

impl Asked {
    fn answer(self, inventory: &Inventory) -> Result<Availability, Error> {
        let Self {
            stay,
            party,
            accommodation_id,
        } = self;
        if accommodation_id.is_some_and(|id| inventory.accommodation(id).is_none()) {
            return Err(wish::unknown_accommodation());
        }
        let (offers, refused) = self.judge(inventory);
        if offers.is_empty()
            && !refused.is_empty()
            && refused.iter().all(|view| view.rule == Refusal::Past)
        {
            return Err(Error::Refused {
                refusal: Refusal::Past,
                alternatives: Vec::new(),
            });
        }
        let alternatives = if offers.is_empty() {
            let rules = refused.iter().map(|view| view.rule);
            instead(inventory, accommodation_id, stay, party, rules)
        } else {
            Vec::new()
        };
        Ok(Availability {
            check_in: stay.check_in(),
            check_out: stay.check_out(),
            nights: stay.nights(),
            guests: party.guests(),
            available: OfferView::all(&offers, inventory),
            refused,
            alternatives: OfferView::all(&alternatives, inventory),
        })
    }

    fn judge(self, inventory: &Inventory) -> (Vec<Offer>, Vec<RefusalView>) {
        let is_asked = |id| self.accommodation_id.is_none_or(|asked| asked == id);
        let mut offers = inventory.offers(self.stay, self.party);
        offers.retain(|offer| is_asked(offer.accommodation_id));
        let refused = inventory
            .accommodations
            .iter()
            .filter(|accommodation| is_asked(accommodation.id))
            .filter_map(|accommodation| {
                let rule = inventory
                    .offer(accommodation, self.stay, self.party)
                    .err()?;
                Some(RefusalView {
                    accommodation_id: accommodation.id.to_string(),
                    name: accommodation.name.clone(),
                    rule,
                    detail: rule.to_string(),
                })
            })
            .collect();
        (offers, refused)
    }
}

/// What would fit instead of a stay that these rules refuse. A stay that is only too short is made longer.
pub(crate) fn instead(
    inventory: &Inventory,
    preferred: Option<AccommodationId>,
    stay: Stay,
    party: Party,
    rules: impl IntoIterator<Item = Refusal>,
) -> Vec<Offer> {
    let found = inventory.alternatives(preferred, stay, party, ALTERNATIVES);
    if !found.is_empty() {
        return found;
    }
    let long_enough = rules.into_iter().filter_map(|rule| match rule {
        Refusal::TooShort { minimum_nights } => Some(minimum_nights),
        _ => None,
    });
    long_enough
        .min()
        .and_then(|nights| Stay::of_nights(stay.check_in(), nights).ok())
        .map(|longer| inventory.alternatives(preferred, longer, party, ALTERNATIVES))
        .unwrap_or_default()
}
