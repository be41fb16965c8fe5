//! What clients send, and how it becomes something that can be done.

use database::guests::Contact;
use domain::{Money, Stay, payment::HandMethod};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use workflows::reservation::{ConfirmByHand, RecordPayment};

use super::hold::PlaceHold;
use crate::{
    error::Error,
    wish::{self, Heads, StayTexts},
};

/// The longest name, address or reason that is kept.
const LONGEST: usize = 200;

/// Nights to be held.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct HoldBody {
    /// Where.
    #[schema(example = "acc_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b")]
    accommodation_id: String,
    /// The first night.
    #[schema(format = Date, example = "2027-01-15")]
    check_in: String,
    /// The day the guest leaves.
    #[schema(format = Date, example = "2027-01-18")]
    check_out: String,
    /// Everybody who sleeps there, children included.
    #[schema(minimum = 1, maximum = 30, example = 4)]
    guests: i64,
    /// How many of the guests are children.
    #[serde(default)]
    children: i64,
    /// Whether animals come along.
    #[serde(default)]
    pets: bool,
    /// Who books. With a phone number they are told by WhatsApp.
    #[serde(default)]
    guest: Option<GuestBody>,
}

/// Who books.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct GuestBody {
    /// What to call them.
    #[schema(example = "Ana Gómez")]
    name: String,
    /// With `+` and country, or as written in Argentina.
    #[serde(default)]
    #[schema(example = "+5491122334455")]
    phone: Option<String>,
    /// Their mail address.
    #[serde(default)]
    #[schema(example = "ana@example.com")]
    email: Option<String>,
}

impl HoldBody {
    /// What somebody who takes a call writes down.
    pub(crate) fn by_hand(
        (accommodation_id, check_in, check_out): (&str, &str, &str),
        (guests, pets): (i64, bool),
        (name, phone): (&str, &str),
    ) -> Self {
        Self {
            accommodation_id: accommodation_id.to_owned(),
            check_in: check_in.to_owned(),
            check_out: check_out.to_owned(),
            guests,
            children: 0,
            pets,
            guest: Some(GuestBody {
                name: name.to_owned(),
                phone: Some(phone.to_owned()),
                email: None,
            }),
        }
    }
}

/// Keeps personal data out of logs.
impl std::fmt::Debug for GuestBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GuestBody").finish_non_exhaustive()
    }
}

impl TryFrom<HoldBody> for PlaceHold {
    type Error = Error;

    fn try_from(body: HoldBody) -> Result<Self, Error> {
        let texts = StayTexts {
            check_in: Some(&body.check_in),
            check_out: Some(&body.check_out),
        };
        let heads = Heads {
            guests: body.guests,
            children: body.children,
            pets: body.pets,
        };
        Ok(Self {
            accommodation_id: wish::accommodation_id(&body.accommodation_id)?,
            stay: Stay::try_from(texts)?,
            party: heads.try_into()?,
            contact: body.guest.map(Contact::try_from).transpose()?,
        })
    }
}

impl TryFrom<GuestBody> for Contact {
    type Error = Error;

    fn try_from(guest: GuestBody) -> Result<Self, Error> {
        Ok(Self {
            name: Some(line("guest.name", &guest.name)?),
            phone_e164: filled(guest.phone)
                .map(|phone| phone_number(&phone))
                .transpose()?,
            email: filled(guest.email)
                .map(|email| mail_address(&email))
                .transpose()?,
            language: None,
        })
    }
}

fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

/// One line of text that says something.
fn line(field: &str, text: &str) -> Result<String, Error> {
    let text = wish::required(field, Some(text))?;
    if text.len() > LONGEST || text.contains(char::is_control) {
        let detail = format!("{field} is one line of at most {LONGEST} bytes");
        return Err(Error::invalid(field, "invalid_field", detail));
    }
    Ok(text.to_owned())
}

/// A number with `+` and country. What people in Argentina write becomes the mobile number it means.
fn phone_number(written: &str) -> Result<String, Error> {
    if let Some(mobile) = whatsapp::number::wa_id(written) {
        return Ok(format!("+{mobile}"));
    }
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let is_number = written
        .chars()
        .all(|letter| letter.is_ascii_digit() || " +-.()/".contains(letter));
    if is_number && written.trim_start().starts_with('+') && (8..=15).contains(&digits.len()) {
        Ok(format!("+{digits}"))
    } else {
        let detail = "guest.phone is a number with + and country";
        Err(Error::invalid("guest.phone", "invalid_field", detail))
    }
}

/// A mail address that has the form of one; whether it exists, only a mail can tell.
fn mail_address(written: &str) -> Result<String, Error> {
    let address = line("guest.email", written)?;
    let has_form = address.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !address.contains(char::is_whitespace)
    });
    if has_form {
        Ok(address)
    } else {
        Err(Error::invalid(
            "guest.email",
            "invalid_field",
            "guest.email is a mail address",
        ))
    }
}

/// Why a reservation is cancelled.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct CancelBody {
    /// For the record.
    #[serde(default)]
    #[schema(example = "change of plans")]
    reason: Option<String>,
}

impl CancelBody {
    /// The reason, empty when none was given.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is a novel.
    pub(crate) fn reason(self) -> Result<String, Error> {
        filled(self.reason).map_or(Ok(String::new()), |reason| line("reason", &reason))
    }
}

/// What was paid outside the provider.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct ConfirmBody {
    /// How much, in centavos of the quote's currency.
    #[schema(minimum = 1, example = 1_440_000)]
    amount: i64,
    /// How the owner knows, for the record.
    #[schema(example = "bank transfer of 3 November, seen on the statement")]
    reason: String,
}

impl TryFrom<ConfirmBody> for ConfirmByHand {
    type Error = Error;

    fn try_from(body: ConfirmBody) -> Result<Self, Error> {
        let amount = Money::ars(body.amount);
        if !amount.is_positive() {
            return Err(Error::invalid(
                "amount",
                "out_of_range",
                "amount is more than 0 centavos",
            ));
        }
        Ok(Self {
            amount,
            reason: line("reason", &body.reason)?,
        })
    }
}

/// Money that the owner took.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PaymentBody {
    /// How much, in centavos of the quote's currency.
    #[schema(minimum = 1, example = 3_360_000)]
    amount: i64,
    /// `cash` or `transfer`.
    #[schema(example = "cash")]
    method: String,
    /// How the owner knows, for the record.
    #[schema(example = "paid on arrival, receipt 123")]
    reason: String,
}

impl TryFrom<PaymentBody> for RecordPayment {
    type Error = Error;

    fn try_from(body: PaymentBody) -> Result<Self, Error> {
        let amount = Money::ars(body.amount);
        if !amount.is_positive() {
            return Err(Error::invalid(
                "amount",
                "out_of_range",
                "amount is more than 0 centavos",
            ));
        }
        let method = match body.method.as_str() {
            "cash" => HandMethod::Cash,
            "transfer" => HandMethod::Transfer,
            _ => {
                let detail = "method is cash or transfer";
                return Err(Error::invalid("method", "invalid_field", detail));
            }
        };
        Ok(Self {
            amount,
            method,
            reason: line("reason", &body.reason)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_become_one_form() {
        for written in ["+54 9 11 2233-4455", "011 15-2233-4455", "5491122334455"] {
            assert_eq!(
                phone_number(written).unwrap(),
                "+5491122334455",
                "{written}"
            );
        }
        assert_eq!(phone_number("+34 600 000 000").unwrap(), "+34600000000");
        for written in ["600 000 00", "+12", "call me", "+3460000000000000"] {
            assert!(phone_number(written).is_err(), "{written}");
        }
    }

    #[test]
    fn a_mail_address_has_the_form_of_one() {
        assert!(mail_address("ana@example.com").is_ok());
        for written in [
            "ana",
            "@example.com",
            "ana@",
            "ana @example.com",
            "a@b\nc.d",
        ] {
            assert!(mail_address(written).is_err(), "{written}");
        }
    }

    #[test]
    fn nothing_cannot_be_confirmed_with() {
        for amount in [0, -1] {
            let body = ConfirmBody {
                amount,
                reason: "transfer".to_owned(),
            };
            assert!(ConfirmByHand::try_from(body).is_err());
        }
    }
}
