//! The stay somebody asks about, read from texts: each field that cannot be is named.

use chrono::NaiveDate;
use domain::{
    AccommodationId, Party, Stay,
    party::{MAX_GUESTS, PartyError},
    stay::StayError,
};

use crate::error::Error;

/// The texts of a stay.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StayTexts<'a> {
    pub(crate) check_in: Option<&'a str>,
    pub(crate) check_out: Option<&'a str>,
}

/// The numbers of a party, before it is known to be one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heads {
    pub(crate) guests: i64,
    pub(crate) children: i64,
    pub(crate) pets: bool,
}

impl TryFrom<StayTexts<'_>> for Stay {
    type Error = Error;

    fn try_from(texts: StayTexts<'_>) -> Result<Self, Error> {
        let check_in = date("check_in", texts.check_in)?;
        let check_out = date("check_out", texts.check_out)?;
        Self::new(check_in, check_out).map_err(|error| {
            let code = match error {
                StayError::NoNights => "impossible_dates",
                StayError::TooLong => "too_long",
            };
            Error::invalid("check_out", code, error.to_string())
        })
    }
}

impl TryFrom<Heads> for Party {
    type Error = Error;

    fn try_from(heads: Heads) -> Result<Self, Error> {
        let size = |_beyond| {
            Error::invalid(
                "guests",
                "out_of_range",
                format!("guests is a number from 1 to {MAX_GUESTS}"),
            )
        };
        let guests = u8::try_from(heads.guests).map_err(size)?;
        let children = u8::try_from(heads.children).map_err(|_beyond| {
            Error::invalid(
                "children",
                "out_of_range",
                "children are counted among the guests",
            )
        })?;
        Self::new(guests, children, heads.pets).map_err(|error| match error {
            PartyError::Size => Error::invalid("guests", "out_of_range", error.to_string()),
            PartyError::Children => Error::invalid("children", "out_of_range", error.to_string()),
        })
    }
}

/// An accommodation's id that was given in a request's field.
pub(crate) fn accommodation_id(text: &str) -> Result<AccommodationId, Error> {
    text.parse().map_err(|_no_id| unknown_accommodation())
}

/// What a request is answered that names no accommodation of ours.
pub(crate) fn unknown_accommodation() -> Error {
    Error::invalid(
        "accommodation_id",
        "unknown_accommodation",
        "there is no such accommodation",
    )
}

/// A date that must be given.
pub(crate) fn date(field: &str, text: Option<&str>) -> Result<NaiveDate, Error> {
    let text = required(field, text)?;
    whole_date(text).ok_or_else(|| {
        Error::invalid(
            field,
            "impossible_dates",
            format!("{field} is a date that exists, as YYYY-MM-DD"),
        )
    })
}

/// A date as it is stored and shown. Chrono would also read `2027-1-5`, and years that Postgres does not know.
pub(crate) fn whole_date(text: &str) -> Option<NaiveDate> {
    let is_whole = text.len() == "2027-01-05".len();
    text.parse().ok().filter(|_| is_whole)
}

/// A value that must be given.
pub(crate) fn required<'a>(field: &str, text: Option<&'a str>) -> Result<&'a str, Error> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Error::invalid(field, "required", format!("{field} is required")))
}

/// A whole number that was given as text.
pub(crate) fn number(field: &str, text: &str) -> Result<i64, Error> {
    text.trim().parse().map_err(|_no_number| {
        Error::invalid(field, "out_of_range", format!("{field} is a whole number"))
    })
}

/// Yes or no, given as text; no when it is not given.
pub(crate) fn yes(field: &str, text: Option<&str>) -> Result<bool, Error> {
    match text.map(str::trim) {
        None | Some("" | "false" | "0" | "no") => Ok(false),
        Some("true" | "1" | "yes") => Ok(true),
        Some(_) => Err(Error::invalid(
            field,
            "invalid_field",
            format!("{field} is true or false"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stay(check_in: &str, check_out: &str) -> Result<Stay, (String, &'static str)> {
        let texts = StayTexts {
            check_in: Some(check_in),
            check_out: Some(check_out),
        };
        texts.try_into().map_err(named)
    }

    fn named(error: Error) -> (String, &'static str) {
        match error {
            Error::Invalid { field, code, .. } => (field, code),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn dates_that_do_not_exist_are_named() {
        assert!(stay("2027-01-15", "2027-01-18").is_ok());
        let refused = [
            ("2027-02-30", "2027-03-02", "check_in", "impossible_dates"),
            ("2027-01-15", "2027-04-31", "check_out", "impossible_dates"),
            ("2027-1-5", "2027-01-18", "check_in", "impossible_dates"),
            ("15/01/2027", "2027-01-18", "check_in", "impossible_dates"),
            ("2027-01-18", "2027-01-18", "check_out", "impossible_dates"),
            ("2027-01-18", "2027-01-15", "check_out", "impossible_dates"),
            ("2027-01-18", "2029-01-15", "check_out", "too_long"),
            ("", "2027-01-18", "check_in", "required"),
        ];
        for (check_in, check_out, field, code) in refused {
            assert_eq!(
                stay(check_in, check_out),
                Err((field.to_owned(), code)),
                "{check_in} {check_out}"
            );
        }
    }

    #[test]
    fn parties_that_cannot_be_are_named() {
        let party = |guests, children| {
            let heads = Heads {
                guests,
                children,
                pets: false,
            };
            Party::try_from(heads).map_err(|error| named(error).0)
        };
        assert!(party(2, 1).is_ok());
        for guests in [0, -1, 31, 256, i64::MAX] {
            assert_eq!(party(guests, 0), Err("guests".to_owned()), "{guests}");
        }
        for children in [3, -1, 300] {
            assert_eq!(party(2, children), Err("children".to_owned()), "{children}");
        }
    }
}
