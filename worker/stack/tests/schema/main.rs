//! Thousands of requests made from the OpenAPI document, those that it allows and those that it does not: every
//! answer is one that the document names, and none is a 5xx.
//!
//! `make test-schema` brings schemathesis, which makes them; `worker/stack/setup/schemathesis.toml` says which of
//! its rules are not ours, and why.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use stack::App;
use tokio::process::Command;

#[tokio::test]
#[ignore = "takes schemathesis: `make test-schema` brings it"]
async fn whatever_is_asked_is_answered_as_the_document_says() -> Result<()> {
    // Whether anybody may ask the analysis is configuration; here it is as in production.
    let app = App::start_with(&[("POSADA_OPEN_ANALYSIS", "false")]).await?;
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let asked = Command::new(checkout.join(".posada/schema/bin/st"))
        .arg("--config-file")
        .arg(checkout.join("worker/stack/setup/schemathesis.toml"))
        .arg("run")
        .arg(format!("{}/api/openapi.json", app.api_url))
        // The same requests every time, unless others are wanted.
        .arg("--seed")
        .arg(std::env::var_os("SEED").unwrap_or_else(|| "1".into()))
        .arg("--header")
        .arg(format!(
            "Authorization: Bearer {}",
            app.secrets.operator_token()
        ))
        // It keeps what it found beside where it runs.
        .current_dir(checkout.join(".posada"))
        .env("PYTHONPATH", checkout.join(".posada/schema"))
        .kill_on_drop(true)
        .status()
        .await
        .context("schemathesis could not be run")?;
    ensure!(
        asked.success(),
        "the document and the answers differ; see above"
    );
    Ok(())
}
