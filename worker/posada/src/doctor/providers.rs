//! Whether the providers know us.

use chrono::{TimeDelta, Utc};
use mercado_pago::{Client, Error, PaymentFilter, PaymentSearch};

use super::finding::Finding;
use crate::command::DoctorOptions;

const MERCADO_PAGO: &str = "Mercado Pago";

pub(super) async fn look(options: &DoctorOptions) -> Vec<Finding> {
    vec![mercado_pago(options).await]
}

/// Asks for the payments of the last minute, which changes nothing.
async fn mercado_pago(options: &DoctorOptions) -> Finding {
    let (Some(url), Some(token)) = (&options.base_url, &options.access_token) else {
        let why = "MERCADOPAGO_BASE_URL or MERCADOPAGO_ACCESS_TOKEN is not given here";
        return Finding::not_looked(MERCADO_PAGO, why);
    };
    let client = match Client::new(url, token.clone()) {
        Ok(client) => client,
        Err(error) => {
            let mend = "set MERCADOPAGO_BASE_URL to https://api.mercadopago.com";
            return Finding::ill(MERCADO_PAGO, error.to_string(), mend);
        }
    };
    let now = Utc::now();
    let search = PaymentSearch::new(PaymentFilter::UpdatedBetween {
        begin: now - TimeDelta::minutes(1),
        end: now,
    });
    match client.search_payments(&search).await {
        Ok(_) => Finding::right(MERCADO_PAGO, "the token is known"),
        Err(error @ Error::Unauthorized) => Finding::ill(
            MERCADO_PAGO,
            error.to_string(),
            "put the access token of the production credentials into secrets/MERCADOPAGO_ACCESS_TOKEN",
        ),
        Err(error) => Finding::ill(
            MERCADO_PAGO,
            error.to_string(),
            "see that this machine reaches MERCADOPAGO_BASE_URL",
        ),
    }
}
