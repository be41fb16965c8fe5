//! What a payment link may say, refused by the provider's own names.
//!
//! Names that the documentation does not list (`invalid_external_reference`,
//! `invalid_notification_url`, `invalid_statement_descriptor`, `invalid_metadata`) follow its pattern.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use mercado_pago::{Amount, ExternalReference, NotificationUrl, StatementDescriptor, date};
use reqwest::Url;
use serde_json::{Map, Value};

use super::BackUrls;
use crate::mercado_pago::refusal::Refusal;

/// What a link means once its rules are checked.
#[derive(Clone)]
pub(in crate::mercado_pago) struct Terms {
    pub(in crate::mercado_pago) title: String,
    pub(in crate::mercado_pago) total: Amount,
    pub(in crate::mercado_pago) external_reference: Option<String>,
    pub(in crate::mercado_pago) notification_url: Option<Url>,
    pub(in crate::mercado_pago) back_urls: BackUrls,
    pub(in crate::mercado_pago) opens_at: Option<DateTime<Utc>>,
    pub(in crate::mercado_pago) closes_at: Option<DateTime<Utc>>,
    pub(in crate::mercado_pago) vouchers_expire_at: Option<DateTime<Utc>>,
    pub(in crate::mercado_pago) binary_mode: bool,
    pub(in crate::mercado_pago) excluded: Vec<String>,
    pub(in crate::mercado_pago) statement_descriptor: Option<String>,
    pub(in crate::mercado_pago) metadata: Map<String, Value>,
}

type Fields = Map<String, Value>;
/// The first and the last moment, where there are such.
type Window = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// Checks a link; hands back what was sent, without return addresses that are dropped silently.
pub(super) fn read(mut sent: Fields, local_addresses: bool) -> Result<(Fields, Terms), Refusal> {
    if !local_addresses {
        drop_local_returns(&mut sent);
    }
    let (title, total) = items(&sent)?;
    let (opens_at, closes_at) = validity(&sent)?;
    let terms = Terms {
        title,
        total,
        external_reference: external_reference(&sent)?,
        notification_url: notification_url(&sent, local_addresses)?,
        back_urls: back_urls(&sent)?,
        opens_at,
        closes_at,
        vouchers_expire_at: instant(&sent, "date_of_expiration", "invalid_date")?,
        binary_mode: flag(&sent, "binary_mode", "invalid_binary_mode")?,
        excluded: excluded(&sent)?,
        statement_descriptor: statement_descriptor(&sent)?,
        metadata: metadata(&sent)?,
    };
    if sent.contains_key("marketplace_fee") {
        let message = "marketplace_fee needs credentials of a marketplace";
        return Err(Refusal::preference("invalid_marketplace_fee", message));
    }
    auto_return(&sent, &terms)?;
    Ok((sent, terms))
}

fn items(sent: &Fields) -> Result<(String, Amount), Refusal> {
    let invalid = |message: &str| Refusal::preference("invalid_items", message);
    let items = sent
        .get("items")
        .and_then(Value::as_array)
        .filter(|items| !items.is_empty())
        .ok_or_else(|| invalid("items needed"))?;
    let mut titles = Vec::new();
    let mut total = 0_i64;
    for item in items {
        let title = item.get("title").and_then(Value::as_str).map(str::trim);
        let title = title.filter(|title| !title.is_empty());
        titles.push(title.ok_or_else(|| invalid("title needed"))?);
        let price = price(item).ok_or_else(|| {
            invalid("unit_price invalid. It must be above zero with at most two decimals")
        })?;
        total = total
            .checked_add(price)
            .ok_or_else(|| invalid("the total is too large"))?;
        let currency = item.get("currency_id").and_then(Value::as_str);
        if currency.is_some_and(|currency| currency != "ARS") {
            return Err(invalid("currency_id invalid"));
        }
    }
    Ok((titles.join(", "), Amount::from_centavos(total)))
}

/// Price times quantity, in centavos.
fn price(item: &Value) -> Option<i64> {
    let unit: Amount = serde_json::from_value(item.get("unit_price")?.clone()).ok()?;
    let quantity = item.get("quantity").and_then(Value::as_i64)?;
    let positive = unit > Amount::ZERO && quantity > 0;
    positive
        .then(|| unit.centavos().checked_mul(quantity))
        .flatten()
}

fn external_reference(sent: &Fields) -> Result<Option<String>, Refusal> {
    text(sent, "external_reference", "invalid_external_reference")?
        .map(|reference| {
            ExternalReference::parse(reference)
                .map_err(|e| Refusal::preference("invalid_external_reference", e.to_string()))
        })
        .transpose()
        .map(|reference| reference.map(|reference| reference.as_str().to_owned()))
}

fn notification_url(sent: &Fields, local_addresses: bool) -> Result<Option<Url>, Refusal> {
    const NAME: &str = "invalid_notification_url";
    let Some(text) = text(sent, "notification_url", NAME)? else {
        return Ok(None);
    };
    NotificationUrl::parse(text).map_err(|e| Refusal::preference(NAME, e.to_string()))?;
    Url::parse(text)
        .ok()
        .filter(|url| local_addresses || url.scheme() == "https")
        .map(Some)
        .ok_or_else(|| Refusal::preference(NAME, "notification_url must be https"))
}

fn back_urls(sent: &Fields) -> Result<BackUrls, Refusal> {
    let invalid = || Refusal::preference("invalid_back_urls", "back_urls invalid. Wrong format");
    let urls = match sent.get("back_urls") {
        None | Some(Value::Null) => return Ok(BackUrls::default()),
        Some(urls) => urls.as_object().ok_or_else(invalid)?,
    };
    let url = |outcome: &str| match urls.get(outcome) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Url::parse(text).map(Some).or(Err(invalid())),
        Some(_) => Err(invalid()),
    };
    Ok(BackUrls {
        success: url("success")?,
        pending: url("pending")?,
        failure: url("failure")?,
    })
}

fn auto_return(sent: &Fields, terms: &Terms) -> Result<(), Refusal> {
    let invalid = |message: &str| Err(Refusal::preference("invalid_auto_return", message));
    match text(sent, "auto_return", "invalid_auto_return")? {
        None => Ok(()),
        Some("approved" | "all") if terms.back_urls.success.is_some() => Ok(()),
        Some("approved" | "all") => {
            invalid("auto_return invalid. back_url.success must be defined")
        }
        Some(_) => invalid("auto_return invalid. It must be approved or all"),
    }
}

/// From when until when the link can be opened; for ever unless it `expires`.
fn validity(sent: &Fields) -> Result<Window, Refusal> {
    const FROM: &str = "invalid_expiration_date_from";
    const TO: &str = "invalid_expiration_date_to";
    let from = instant(sent, "expiration_date_from", FROM)?;
    let to = instant(sent, "expiration_date_to", TO)?;
    if from.zip(to).is_some_and(|(from, to)| to <= from) {
        let message = "expiration_date_to invalid. It must be after expiration_date_from";
        return Err(Refusal::preference(TO, message));
    }
    let expires = flag(sent, "expires", "invalid_date")?;
    Ok(if expires { (from, to) } else { (None, None) })
}

/// Ids of excluded kinds and means, which do not overlap.
fn excluded(sent: &Fields) -> Result<Vec<String>, Refusal> {
    let invalid = |message: &str| Refusal::preference("invalid_payment_methods", message);
    let methods = match sent.get("payment_methods") {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(methods) => methods
            .as_object()
            .ok_or_else(|| invalid("payment_methods invalid"))?,
    };
    if let Some(installments) = methods.get("installments").filter(|value| !value.is_null()) {
        let allowed = installments
            .as_u64()
            .is_some_and(|count| (1..=36).contains(&count));
        if !allowed {
            return Err(invalid("installments invalid. It must be between 1 and 36"));
        }
    }
    let mut ids = Vec::new();
    for list in ["excluded_payment_types", "excluded_payment_methods"] {
        let Some(list) = methods.get(list).filter(|list| !list.is_null()) else {
            continue;
        };
        for entry in list
            .as_array()
            .ok_or_else(|| invalid("exclusions are arrays"))?
        {
            let id = entry.get("id").and_then(Value::as_str);
            ids.push(
                id.ok_or_else(|| invalid("an exclusion needs an id"))?
                    .to_owned(),
            );
        }
    }
    if ids.iter().any(|id| id == "account_money") {
        return Err(invalid("account_money cannot be excluded"));
    }
    Ok(ids)
}

fn statement_descriptor(sent: &Fields) -> Result<Option<String>, Refusal> {
    const NAME: &str = "invalid_statement_descriptor";
    let Some(text) = text(sent, "statement_descriptor", NAME)? else {
        return Ok(None);
    };
    StatementDescriptor::parse(text).map_err(|e| Refusal::preference(NAME, e.to_string()))?;
    Ok(Some(text.to_owned()))
}

/// Keys come back in snake case.
fn metadata(sent: &Fields) -> Result<Fields, Refusal> {
    match sent.get("metadata") {
        None | Some(Value::Null) => Ok(Fields::new()),
        Some(Value::Object(fields)) => Ok(fields
            .iter()
            .map(|(key, value)| (snake_case(key), value.clone()))
            .collect()),
        Some(_) => Err(Refusal::preference(
            "invalid_metadata",
            "metadata must be an object",
        )),
    }
}

fn snake_case(key: &str) -> String {
    let mut snake = String::with_capacity(key.len());
    for letter in key.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

fn text<'a>(
    sent: &'a Fields,
    field: &str,
    error: &'static str,
) -> Result<Option<&'a str>, Refusal> {
    match sent.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::preference(
            error,
            format!("{field} must be a string"),
        )),
    }
}

fn flag(sent: &Fields, field: &str, error: &'static str) -> Result<bool, Refusal> {
    match sent.get(field) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Refusal::preference(
            error,
            format!("{field} must be a boolean"),
        )),
    }
}

fn instant(
    sent: &Fields,
    field: &str,
    error: &'static str,
) -> Result<Option<DateTime<Utc>>, Refusal> {
    let Some(text) = text(sent, field, error)? else {
        return Ok(None);
    };
    date::parse(text).map(Some).ok_or_else(|| {
        Refusal::preference(error, format!("{field} must be yyyy-MM-dd'T'HH:mm:ss.SSSZ"))
    })
}

/// What is not https, or means nothing outside this machine, is treated as if it were not there.
fn drop_local_returns(sent: &mut Fields) {
    if let Some(Value::Object(urls)) = sent.get_mut("back_urls") {
        urls.retain(|_, url| !url.as_str().is_some_and(is_local));
    }
}

fn is_local(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    url.scheme() != "https" || bare.parse::<IpAddr>().is_ok() || !host.contains('.')
}
