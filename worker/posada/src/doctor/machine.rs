//! The machine and its settings.

use std::process::Stdio;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::process::Command;

use super::finding::Finding;
use crate::command::DoctorOptions;

/// Postgres stops when its disk is full.
const LEAST_FREE_KIB: u64 = 2 * 1024 * 1024;

/// What `worker/docker/secrets.sh` leaves where a provider's secret belongs.
const PLACEHOLDER: &str = "fill-me-in";

/// What this machine can tell.
pub(super) async fn look(options: &DoctorOptions) -> Vec<Finding> {
    let mut findings = vec![disk(options).await, address(options)];
    findings.extend(
        [
            ("WHATSAPP_ACCESS_TOKEN", &options.whatsapp_access_token),
            ("WHATSAPP_APP_SECRET", &options.whatsapp_app_secret),
            ("WHATSAPP_VERIFY_TOKEN", &options.whatsapp_verify_token),
            ("MERCADOPAGO_ACCESS_TOKEN", &options.access_token),
            ("MERCADOPAGO_WEBHOOK_SECRET", &options.webhook_secret),
        ]
        .map(|(name, secret)| filled_in(name, secret.as_ref())),
    );
    findings
}

fn filled_in(name: &'static str, secret: Option<&SecretString>) -> Finding {
    match secret.map(|secret| secret.expose_secret().trim()) {
        None => Finding::not_looked(name, "it is not given here"),
        Some("" | PLACEHOLDER) => Finding::ill(
            name,
            "nobody has filled it in",
            format!(
                "put what the provider's dashboard shows into secrets/{name}, see docs/install.md"
            ),
        ),
        Some(secret) if secret.contains(char::is_whitespace) => Finding::ill(
            name,
            "there is a space or a line break in it",
            format!("write it anew: printf '%s' 'THE-SECRET' > secrets/{name}"),
        ),
        Some(_) => Finding::right(name, "it is filled in"),
    }
}

fn address(options: &DoctorOptions) -> Finding {
    let what = "POSADA_PUBLIC_URL";
    match options.public_url.as_deref() {
        None => Finding::not_looked(what, "it is not given here"),
        Some(url) if url.ends_with('/') => {
            Finding::ill(what, "there is a slash at its end", "remove it")
        }
        Some(url) if url.starts_with("https://") => Finding::right(what, url),
        Some(url) if url.contains("//localhost") || url.contains("//127.0.0.1") => {
            Finding::right(what, format!("{url}, which only this machine reaches"))
        }
        Some(url) => Finding::ill(
            what,
            format!("{url} is not https"),
            "providers insist on https: put Caddy before it, as docker-compose.yml does",
        ),
    }
}

async fn disk(options: &DoctorOptions) -> Finding {
    let what = "the disk";
    let folder = options.disk.display().to_string();
    let asked = Command::new("df")
        .args(["-Pk", &folder])
        .stdin(Stdio::null())
        .output()
        .await;
    let told = asked.map(|asked| String::from_utf8_lossy(&asked.stdout).into_owned());
    match told.ok().as_deref().and_then(free_kib) {
        Some(free) if free < LEAST_FREE_KIB => Finding::ill(
            what,
            format!("{} MiB are free at {folder}", free / 1024),
            "remove old backups and images (`docker image prune`), or get a larger disk",
        ),
        Some(free) => Finding::right(what, format!("{} MiB are free at {folder}", free / 1024)),
        None => Finding::ill(
            what,
            format!("there is no {folder}"),
            "name a folder on the disk of the database by --disk",
        ),
    }
}

/// The fourth column of the last line.
fn free_kib(told: &str) -> Option<u64> {
    let last = told.lines().nth(1)?;
    last.split_whitespace().nth(3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_part_of_a_disk_is_read() {
        let told = "Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 40 60 40% /\n";
        assert_eq!(free_kib(told), Some(60));
        assert_eq!(free_kib(""), None);
    }

    #[test]
    fn a_secret_is_filled_in_without_spaces() {
        let found = |secret: &str| filled_in("WHATSAPP_APP_SECRET", Some(&secret.into()));
        assert!(found("fill-me-in").is_ill() && found("").is_ill() && found("two words").is_ill());
        let right = found("0123456789abcdef");
        assert!(!right.is_ill());
        assert!(!right.to_string().contains("0123456789abcdef"));
    }
}
