//! Submits templates to be approved, one after the other, and says what became of each:
//! `cargo run -p whatsapp --example submit_templates -- workflows/dialogue/templates/approved.json BASE_URL ACCOUNT TOKEN`
#![expect(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use anyhow::Context;
use serde_json::Value;
use whatsapp::{Client, Config};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let manifest = arguments.next().context("first the manifest")?;
    let base_url = arguments
        .next()
        .context("then the base address, such as https://graph.facebook.com")?;
    let account = arguments.next().context("then the id of the account")?;
    let token = arguments.next().context("then the access token")?;

    let client = Client::new(Config {
        base_url,
        version: "v25.0".to_owned(),
        // A template belongs to the account, not to a number.
        phone_number_id: account.clone(),
        token: token.into(),
        media_hosts: Vec::new(),
        argentina_strip_nine_on_send: false,
    })?;
    let templates: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(manifest)?)?;
    for template in &templates {
        let outcome = match client.submit_template(&account, template).await {
            Ok(()) => "submitted".to_owned(),
            Err(error) => error.to_string(),
        };
        println!("{} {}: {outcome}", template["name"], template["language"]);
    }
    Ok(())
}
