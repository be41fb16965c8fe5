//! Makes a payment link and prints where to pay it:
//! `cargo run -p mercado-pago --example open_link -- http://localhost:8001 TOKEN 4800.50`
#![expect(
    clippy::print_stdout,
    reason = "an example talks to the person who runs it"
)]

use anyhow::Context;
use mercado_pago::{Amount, Client, ExternalReference, Item, NewPreference};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let base_url = arguments.next().context("first the base address")?;
    let token = arguments.next().context("then the access token")?;
    let amount: Amount = arguments
        .next()
        .context("then the amount in pesos")?
        .parse()?;

    let client = Client::new(&base_url, token.into())?;
    let item = Item::new("example", "Un ejemplo", amount)?;
    let reference = ExternalReference::parse("example-1")?;
    let link = client
        .create_preference(&NewPreference::new(item, reference))
        .await?;

    println!("{}", link.init_point);
    Ok(())
}
