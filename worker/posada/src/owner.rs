//! The first owner, and any further one: whoever runs this has the database, and so may.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use chrono::Utc;
use database::{
    acts::Actor,
    users::{self, LONGEST_PASSWORD, NewUser, SHORTEST_PASSWORD},
};
use domain::Role;
use rand::{TryRngCore as _, rngs::OsRng};
use secrecy::{ExposeSecret as _, SecretString};

use crate::command::{DatabaseOptions, OwnerOptions};

/// Letters and digits that nobody confuses.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// 100 bits, in five groups of four.
const GROUPS: usize = 5;

/// Makes the owner, and says the password if it was made up here.
pub(crate) async fn create(
    database: &DatabaseOptions,
    options: &OwnerOptions,
) -> Result<(String, u8)> {
    let password = if options.password_stdin {
        from_stdin()?
    } else {
        made_up()?
    };
    let length = password.expose_secret().chars().count();
    ensure!(
        (SHORTEST_PASSWORD..=LONGEST_PASSWORD).contains(&length),
        "the password must have from {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters"
    );
    let new = NewUser {
        email: options.email.clone(),
        name: options.name.clone(),
        role: Role::Owner,
        language: options.language.parse()?,
        password: password.clone(),
    };
    let db = database.connect().await?;
    let user = match users::create(&db, &new, &Actor::Program("posada"), Utc::now()).await {
        Ok(user) => user,
        Err(database::Error::Conflict { rule }) if rule == "users_email_key" => {
            bail!("somebody signs in with this address already")
        }
        Err(database::Error::Conflict { rule }) if rule == "users_email" => {
            bail!("this is no mail address")
        }
        Err(error) => return Err(error).context("the owner could not be made"),
    };
    let mut said = format!("{} may sign in at /admin as an owner.\n", user.email);
    if !options.password_stdin {
        let _ = writeln!(said, "Password: {}", password.expose_secret());
    }
    Ok((said, 0))
}

fn from_stdin() -> Result<SecretString> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .context("the password could not be read")?;
    Ok(line.trim_end_matches(['\r', '\n']).into())
}

fn made_up() -> Result<SecretString> {
    let mut groups = Vec::new();
    for _ in 0..GROUPS {
        let mut bytes = [0_u8; 4];
        OsRng
            .try_fill_bytes(&mut bytes)
            .context("the system has no randomness to give")?;
        let letters = bytes
            .iter()
            .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)));
        groups.push(
            letters
                .map(|letter| char::from(*letter))
                .collect::<String>(),
        );
    }
    Ok(groups.join("-").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_is_made_up_is_long_enough_and_no_other() {
        let (one, other) = (made_up().unwrap(), made_up().unwrap());
        assert!(one.expose_secret().len() >= SHORTEST_PASSWORD);
        assert_ne!(one.expose_secret(), other.expose_secret());
    }

    #[test]
    fn every_letter_of_a_password_is_as_likely_as_any_other() {
        let letters: std::collections::BTreeSet<_> = ALPHABET.iter().collect();
        assert_eq!(letters.len(), ALPHABET.len());
    }
}
