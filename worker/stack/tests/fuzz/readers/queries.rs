//! Questions to the API, as they stand in the first line of a request. Nobody is behind it: what is understood is
//! answered 503, what is not is the client's mistake, and neither is a failure of ours.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Parser as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    runtime::Runtime,
};

use super::{Reader, Shape};

/// An address at which nobody listens.
const NOBODY: &str = "127.0.0.1:1";

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn reader() -> Result<Reader> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let address = runtime.block_on(serve())?;
    let look = move |input: &[u8]| ask(&runtime, &address, input);
    let words = &[
        "/api/v1/availability?",
        "/api/v1/accommodations/",
        "/api/v1/reservations/",
        "check_in=",
        "check_out=",
        "guests=",
        "accommodation_id=",
        "2027-01-15",
        "2027-02-30",
        "-1",
        "99999999999999999999",
        "%00",
        "%",
        "%ff",
        "&",
        "=",
        "?",
        "[]",
        "+",
        "page=",
        "per_page=",
        "acc_",
        "RES260115ABC123",
        "/api/v1/ical/",
        ".ics",
        "..",
        "//",
        "data.id=",
        "hub.mode=subscribe",
        "hub.challenge=",
        "hub.verify_token=",
        "#",
        "é",
    ];
    Ok(Reader {
        name: "queries",
        words,
        examples: Vec::new(),
        look: Box::new(look),
    })
}

/// An API with nobody behind it.
async fn serve() -> Result<String> {
    let away = format!("postgres://posada:secret@{NOBODY}/posada");
    let redis = format!("redis://{NOBODY}");
    let key = "0123456789abcdef0123456789abcdef0123456789abcdef";
    let secrets = stack::Secrets::generate();
    let config = api::Config::try_parse_from([
        "api",
        "--listen",
        "127.0.0.1:0",
        "--database-url",
        &away,
        "--redis-url",
        &redis,
        "--temporal-address",
        NOBODY,
        "--payload-keys",
        secrets.payload_keys(),
        "--operator-token",
        key,
        "--guest-token-secret",
        key,
        "--whatsapp-app-secret",
        key,
        "--whatsapp-verify-token",
        key,
        "--whatsapp-phone-number-id",
        "1",
        "--mercadopago-webhook-secret",
        key,
        "--rate-limit-per-minute",
        "0",
    ])?;
    let server = api::Server::bind(config).await?;
    let address = server.address()?.to_string();
    tokio::spawn(server.run(std::future::pending()));
    Ok(address)
}

fn ask(runtime: &Runtime, address: &str, input: &[u8]) -> Result<Shape> {
    let answered = runtime.block_on(async {
        let asked = asks(address, input);
        tokio::time::timeout(PATIENCE, asked).await
    });
    let answer = answered.context("nobody answers")??;
    if answer.is_empty() {
        return Ok("hung up".to_owned());
    }
    let status = answer.split(' ').nth(1).context("an answer has a status")?;
    match status.parse::<u16>()? {
        503 => ensure!(
            answer.contains("\"code\""),
            "a 503 without a code: {answer}"
        ),
        500.. => bail!("{answer}"),
        _ => {}
    }
    let path = String::from_utf8_lossy(input);
    let door = path.split(['?', '&', '=']).next().unwrap_or_default();
    let code = answer
        .split("\"code\":\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    Ok(format!(
        "{status} {code:?} {}",
        door.matches('/').count().min(6)
    ))
}

async fn asks(address: &str, input: &[u8]) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    // A blank or a line's end would make other lines of it, which is hyper's to refuse.
    let target: Vec<u8> = input
        .iter()
        .copied()
        .filter(|byte| !b" \r\n".contains(byte))
        .collect();
    let request = [
        b"GET ".as_slice(),
        &target,
        b" HTTP/1.1\r\nhost: posada\r\nconnection: close\r\n\r\n",
    ];
    stream.write_all(&request.concat()).await?;
    let mut answer = Vec::new();
    stream.take(16 * 1024).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
