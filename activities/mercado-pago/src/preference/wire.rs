//! The body of `POST /checkout/preferences`, field by field.

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{DateTime, Utc};
use reqwest::Url;
use serde::Serialize;

use super::{BackUrls, NewPreference, NotificationUrl, Payer, StatementDescriptor};
use crate::amount::Amount;
use crate::date;
use crate::id::ExternalReference;
use crate::payment::PaymentType;

#[derive(Serialize)]
pub(super) struct Body<'a> {
    items: [ItemBody<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    payer: Option<&'a Payer>,
    external_reference: &'a ExternalReference,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_url: Option<&'a NotificationUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    back_urls: Option<BackUrlsBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_return: Option<&'static str>,
    expires: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date_from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date_to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_of_expiration: Option<String>,
    binary_mode: bool,
    payment_methods: PaymentMethods<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement_descriptor: Option<&'a StatementDescriptor>,
    metadata: &'a BTreeMap<String, String>,
}

#[derive(Serialize)]
struct ItemBody<'a> {
    id: &'a str,
    title: &'a str,
    category_id: &'static str,
    quantity: u8,
    currency_id: &'static str,
    unit_price: Amount,
}

#[derive(Serialize)]
struct PaymentMethods<'a> {
    excluded_payment_types: Vec<Excluded<'a>>,
    excluded_payment_methods: [Excluded<'a>; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    installments: Option<u8>,
}

#[derive(Serialize)]
struct BackUrlsBody<'a> {
    success: &'a str,
    pending: &'a str,
    failure: &'a str,
}

impl<'a> From<&'a BackUrls> for BackUrlsBody<'a> {
    fn from(urls: &'a BackUrls) -> Self {
        Self {
            success: urls.success.as_str(),
            pending: urls.pending.as_str(),
            failure: urls.failure.as_str(),
        }
    }
}

#[derive(Serialize)]
struct Excluded<'a> {
    id: &'a PaymentType,
}

impl<'a> From<&'a NewPreference> for Body<'a> {
    fn from(new: &'a NewPreference) -> Self {
        let text = |at: Option<DateTime<Utc>>| at.map(date::format);
        Self {
            items: [ItemBody {
                id: &new.item.id,
                title: &new.item.title,
                category_id: "services",
                quantity: 1,
                currency_id: "ARS",
                unit_price: new.item.unit_price,
            }],
            payer: new.payer.as_ref(),
            external_reference: &new.external_reference,
            notification_url: new.notification_url.as_ref(),
            back_urls: new.back_urls.as_ref().map(BackUrlsBody::from),
            auto_return: new
                .back_urls
                .as_ref()
                .filter(|urls| is_public(&urls.success))
                .map(|_| "approved"),
            expires: new.opens_at.is_some() || new.closes_at.is_some(),
            expiration_date_from: text(new.opens_at),
            expiration_date_to: text(new.closes_at),
            date_of_expiration: text(new.vouchers_expire_at),
            binary_mode: new.binary_mode,
            payment_methods: PaymentMethods {
                excluded_payment_types: new
                    .excluded_types
                    .iter()
                    .map(|id| Excluded { id })
                    .collect(),
                excluded_payment_methods: [],
                installments: new.installments,
            },
            statement_descriptor: new.statement_descriptor.as_ref(),
            metadata: &new.metadata,
        }
    }
}

/// Whether the provider would return the browser there by itself: https, and a name that means the
/// same thing everywhere.
fn is_public(url: &Url) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let is_address = bare.parse::<IpAddr>().is_ok();
    url.scheme() == "https" && !is_address && host.contains('.') && !host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::preference::Item;

    fn new_preference() -> NewPreference {
        let item = Item::new("deposit", "Seña", Amount::from_centavos(500_000)).unwrap();
        NewPreference::new(item, ExternalReference::parse("res_1").unwrap())
    }

    fn back_to(url: &str) -> serde_json::Value {
        let mut new = new_preference();
        new.back_urls = Some(BackUrls::all(url).unwrap());
        serde_json::to_value(&new).unwrap()
    }

    #[test]
    fn the_smallest_link_is_one_item_and_a_reference() {
        assert_eq!(
            serde_json::to_value(new_preference()).unwrap(),
            json!({
                "items": [{ "id": "deposit", "title": "Seña", "category_id": "services",
                            "quantity": 1, "currency_id": "ARS", "unit_price": 5000 }],
                "external_reference": "res_1",
                "expires": false,
                "binary_mode": false,
                "payment_methods": { "excluded_payment_types": [], "excluded_payment_methods": [] },
                "metadata": {},
            })
        );
    }

    #[test]
    fn a_link_for_a_short_hold_closes_with_it_and_takes_no_cash() {
        let mut new = new_preference();
        let end = date::parse("2026-12-10T18:15:00Z");
        new.closes_at = end;
        new.vouchers_expire_at = end;
        new.binary_mode = true;
        new.excluded_types = vec![PaymentType::Ticket, PaymentType::Atm];
        let body = serde_json::to_value(&new).unwrap();
        assert_eq!(body["expires"], true);
        assert_eq!(body["expiration_date_to"], "2026-12-10T15:15:00.000-03:00");
        assert_eq!(body["date_of_expiration"], "2026-12-10T15:15:00.000-03:00");
        assert_eq!(
            body["payment_methods"]["excluded_payment_types"],
            json!([{ "id": "ticket" }, { "id": "atm" }])
        );
    }

    #[test]
    fn the_browser_returns_by_itself_only_where_the_provider_allows_it() {
        assert_eq!(
            back_to("https://cabanas.example/pago")["auto_return"],
            "approved"
        );
        for local in [
            "http://cabanas.example/pago",
            "https://localhost/pago",
            "https://app.localhost/pago",
            "https://127.0.0.1/pago",
            "https://[::1]/pago",
        ] {
            assert!(back_to(local).get("auto_return").is_none(), "{local}");
        }
    }
}
