//! The owner's pages in a real browser: every page, in every role, at a desk and on a phone.
//!
//! `worker/stack/browser/walk.mjs` walks; this starts what it walks through. `make test-pages` brings the browser.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use stack::App;
use tokio::process::Command;

const OWNER: &str = "owner@posada.example";

#[tokio::test]
#[ignore = "takes a browser: `make test-pages` brings one"]
async fn every_page_works_for_everybody_on_every_screen() -> Result<()> {
    let app = App::start().await?;
    let words = ["create-owner", "--email", OWNER, "--name", "Ana Pereyra"];
    let (code, said) = app.posada(&words).await?;
    ensure!(code == Some(0), "no owner was made: {said}");
    let password = said
        .lines()
        .find_map(|line| line.strip_prefix("Password: "))
        .with_context(|| format!("no password was made up: {said}"))?;
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let walked = Command::new("node")
        .arg(checkout.join("worker/stack/browser/walk.mjs"))
        .env("POSADA_BROWSER", checkout.join(".posada/browser"))
        .env("POSADA_URL", &app.api_url)
        .env("POSADA_SANDBOX_URL", &app.sandbox_url)
        .env("POSADA_OPERATOR_TOKEN", app.secrets.operator_token())
        .env("POSADA_OWNER", OWNER)
        .env("POSADA_OWNER_PASSWORD", password)
        .kill_on_drop(true)
        .status()
        .await
        .context("node could not be run")?;
    ensure!(walked.success(), "the pages are not right; see above");
    Ok(())
}
