//! What the street sees of us: reachability, the parts, and whether webhooks are believed for the right reasons.

use std::time::Duration;

use hmac::{Hmac, Mac as _};
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sha2::Sha256;

use super::finding::Finding;
use crate::command::DoctorOptions;

const PATIENCE: Duration = Duration::from_secs(10);

/// A webhook in which nothing happened.
const NOTHING: &str = r#"{"object":"whatsapp_business_account","entry":[]}"#;

const API: &str = "the API";
const SIGNATURE: &str = "Meta's signature";

pub(super) async fn look(options: &DoctorOptions) -> Vec<Finding> {
    let Some(url) = options.public_url.as_deref() else {
        return vec![Finding::not_looked(
            API,
            "POSADA_PUBLIC_URL is not given here",
        )];
    };
    let Ok(client) = Client::builder().timeout(PATIENCE).build() else {
        return vec![Finding::ill(API, "no request can be made", "this is a bug")];
    };
    let mut findings = health(&client, url).await;
    if findings.iter().all(|it| !it.is_ill()) {
        findings.push(signature(&client, url, options.whatsapp_app_secret.as_ref()).await);
        findings.push(handshake(&client, url, options.whatsapp_verify_token.as_ref()).await);
    }
    findings
}

async fn health(client: &Client, url: &str) -> Vec<Finding> {
    let answer = match client.get(format!("{url}/api/v1/healthz")).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let mend = "see that the API runs, that the domain leads to this server, and that 80 and 443 are open";
            return vec![Finding::ill(API, error.without_url().to_string(), mend)];
        }
    };
    let Ok(health) = answer.json::<Value>().await else {
        let mend = "something else answers at POSADA_PUBLIC_URL: look at the proxy before it";
        return vec![Finding::ill(API, "this is not Posada", mend)];
    };
    let parts = health.get("checks").and_then(Value::as_object);
    let down: Vec<_> = parts
        .into_iter()
        .flatten()
        // Where nobody listens, guests who talk are asked to write.
        .filter(|(name, part)| part["status"] != "up" && *name != "voice")
        .map(|(name, _)| name.as_str())
        .collect();
    let status = health
        .get("status")
        .and_then(Value::as_str)
        .unwrap_or("unknown");
    if !down.is_empty() {
        let found = format!("{status}: {} is down", down.join(" and "));
        return vec![Finding::ill(
            API,
            found,
            "see docs/runbooks/README.md, a look at the parts",
        )];
    }
    if status != "healthy" {
        let found = format!("{status}: a calendar is old");
        let mend = "see docs/runbooks/calendar-feed-is-broken.md";
        return vec![Finding::ill(API, found, mend)];
    }
    vec![Finding::right(API, "healthy, with all its parts")]
}

/// One that fits is taken, and one that does not is not.
async fn signature(client: &Client, url: &str, secret: Option<&SecretString>) -> Finding {
    let Some(secret) = secret else {
        return Finding::not_looked(SIGNATURE, "WHATSAPP_APP_SECRET is not given here");
    };
    let webhooks = format!("{url}/api/v1/webhooks/whatsapp");
    let post = |secret: &str| {
        client
            .post(&webhooks)
            .header("content-type", "application/json")
            .header("x-hub-signature-256", signed(secret))
            .body(NOTHING)
            .send()
    };
    let (ours, forged) = tokio::join!(post(secret.expose_secret()), post("of-somebody-else"));
    match (ours, forged) {
        (Ok(ours), Ok(forged)) => judge(ours.status(), forged.status()),
        (Err(error), _) | (_, Err(error)) => Finding::ill(
            SIGNATURE,
            error.without_url().to_string(),
            "see that the API runs",
        ),
    }
}

fn judge(ours: StatusCode, forged: StatusCode) -> Finding {
    if forged.is_success() {
        return Finding::ill(
            SIGNATURE,
            "a forged webhook was taken",
            "something before the API answers in its place: look at the proxy, nothing that it took has reached us",
        );
    }
    if !ours.is_success() {
        return Finding::ill(
            SIGNATURE,
            format!("a signed webhook was answered {ours}"),
            "the API has another WHATSAPP_APP_SECRET than is given here: start it anew with the one of Meta's dashboard",
        );
    }
    Finding::right(
        SIGNATURE,
        "what is signed is taken, and what is forged is not",
    )
}

fn signed(secret: &str) -> String {
    // A key may be of any length.
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map(|mut mac| {
        mac.update(NOTHING.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    });
    format!("sha256={}", mac.unwrap_or_default())
}

async fn handshake(client: &Client, url: &str, token: Option<&SecretString>) -> Finding {
    let what = "Meta's handshake";
    let Some(token) = token else {
        return Finding::not_looked(what, "WHATSAPP_VERIFY_TOKEN is not given here");
    };
    let asked = client
        .get(format!("{url}/api/v1/webhooks/whatsapp"))
        .query(&[
            ("hub.mode", "subscribe"),
            ("hub.challenge", "1158201444"),
            ("hub.verify_token", token.expose_secret()),
        ])
        .send()
        .await;
    let told = match asked {
        Ok(answer) => answer.text().await.unwrap_or_default(),
        Err(error) => error.without_url().to_string(),
    };
    if told == "1158201444" {
        Finding::right(what, "the token is known")
    } else {
        Finding::ill(
            what,
            "the token is not the API's",
            "start the API anew with the WHATSAPP_VERIFY_TOKEN that is given here",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_what_is_forged_is_ill_whatever_else_they_take() {
        let (yes, no) = (StatusCode::OK, StatusCode::UNAUTHORIZED);
        assert!(!judge(yes, no).is_ill());
        assert!(judge(yes, yes).is_ill() && judge(no, no).is_ill());
    }
}
