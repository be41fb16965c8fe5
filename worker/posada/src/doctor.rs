//! Looks a deployment over, before and after it is opened, and says how to mend what is not right.
//!
//! It changes nothing but what a rejected or an empty webhook changes, which is nothing.

mod finding;
mod house;
mod machine;
mod providers;
mod street;

use std::fmt::Write as _;

use anyhow::Result;

use self::finding::Finding;
use crate::command::{DatabaseOptions, DoctorOptions};

/// Something has to be mended.
const ILL: u8 = 1;

/// Looks everything over, and says what was found.
pub(crate) async fn look(
    database: &DatabaseOptions,
    options: &DoctorOptions,
) -> Result<(String, u8)> {
    let (house, street, providers, machine) = tokio::join!(
        house::look(database),
        street::look(options),
        providers::look(options),
        machine::look(options),
    );
    let findings: Vec<Finding> = [machine, house, street, providers]
        .into_iter()
        .flatten()
        .collect();
    let ill = findings.iter().filter(|it| it.is_ill()).count();
    let mut said = String::new();
    for finding in &findings {
        let _ = writeln!(said, "{finding}");
    }
    let _ = match ill {
        0 => writeln!(said, "\nEverything that was looked at is right."),
        1 => writeln!(said, "\nOne thing has to be mended."),
        more => writeln!(said, "\n{more} things have to be mended."),
    };
    Ok((said, if ill == 0 { 0 } else { ILL }))
}
