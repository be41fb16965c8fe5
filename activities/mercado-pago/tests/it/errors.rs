//! Every status, sorted by what the caller can do.

use std::error::Error as _;
use std::time::Duration;

use mercado_pago::{Client, Error, Outage, Payment, PaymentId};

use crate::provider::Provider;

fn id() -> PaymentId {
    PaymentId::try_from(1).unwrap()
}

async fn cancel(provider: &Provider) -> Error {
    let answer: Result<Payment, Error> = provider.client().cancel_payment(id()).await;
    answer.unwrap_err()
}

async fn error_for(status: u16) -> Error {
    let provider = Provider::start().await;
    provider.answers(
        status,
        r#"{"message":"m","error":"e","status":0,"cause":null}"#,
    );
    cancel(&provider).await
}

#[tokio::test]
async fn each_status_is_the_error_its_caller_can_act_on() {
    assert!(matches!(
        error_for(400).await,
        Error::Rejected { status: 400, .. }
    ));
    assert!(matches!(error_for(401).await, Error::Unauthorized));
    assert!(matches!(
        error_for(403).await,
        Error::Rejected { status: 403, .. }
    ));
    assert!(matches!(error_for(404).await, Error::NotFound));
    assert!(matches!(error_for(409).await, Error::Conflict));
    assert!(matches!(
        error_for(422).await,
        Error::Rejected { status: 422, .. }
    ));
    assert!(matches!(error_for(423).await, Error::Locked));
    assert!(matches!(
        error_for(429).await,
        Error::RateLimited { retry_after: None }
    ));
    for status in [424, 500, 502, 503, 504] {
        let error = error_for(status).await;
        let Error::Unavailable(Outage::Status(told)) = error else {
            panic!("{status} became {error:?}");
        };
        assert_eq!(told, status);
    }
}

#[tokio::test]
async fn only_waiting_errors_are_worth_a_retry() {
    for status in [423, 424, 429, 500, 503] {
        assert!(error_for(status).await.is_retryable(), "{status}");
    }
    for status in [400, 401, 403, 404, 409, 422] {
        assert!(!error_for(status).await.is_retryable(), "{status}");
    }
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let provider = Provider::start().await;
    provider.answers_with(429, &[("retry-after", "7")], "");
    assert_eq!(
        cancel(&provider).await.retry_after(),
        Some(Duration::from_secs(7))
    );

    provider.answers_with(429, &[("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")], "");
    assert_eq!(cancel(&provider).await.retry_after(), Some(Duration::ZERO));

    provider.answers_with(429, &[("retry-after", "soon")], "");
    assert_eq!(cancel(&provider).await.retry_after(), None);
}

#[tokio::test]
async fn a_page_instead_of_an_answer_is_an_outage() {
    let provider = Provider::start().await;
    provider.answers(200, "<html>maintenance</html>");
    let error = cancel(&provider).await;
    assert!(
        matches!(error, Error::Unavailable(Outage::Unreadable(_))),
        "{error:?}"
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_our_token() {
    let provider = Provider::start().await;
    provider.answers_with(302, &[("location", "/elsewhere")], "");
    assert!(matches!(
        cancel(&provider).await,
        Error::Rejected { status: 302, .. }
    ));
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test]
async fn nobody_listening_is_an_outage_that_names_neither_address_nor_token() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let client = Client::new(&format!("http://{address}"), "APP_USR-1".to_owned().into()).unwrap();

    let error = client.payment(id()).await.unwrap_err();

    assert!(error.is_retryable());
    let source = error
        .source()
        .and_then(std::error::Error::source)
        .unwrap()
        .to_string();
    assert!(!source.contains("/v1/payments"), "{source}");
    assert!(!format!("{client:?}").contains("APP_USR-1"));
}

#[tokio::test]
async fn a_slow_answer_ends_at_the_deadline() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    // Accepts through the backlog and never says a word.
    let client =
        Client::with_timeout(&address, "t".to_owned().into(), Duration::from_millis(50)).unwrap();
    let error = client.payment(id()).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Outage::Network(_))),
        "{error:?}"
    );
}

#[test]
fn a_base_address_must_be_one() {
    for address in [
        "",
        "api.mercadopago.com",
        "ftp://api.example",
        "data:text/plain,x",
    ] {
        assert!(
            Client::new(address, "t".to_owned().into()).is_err(),
            "{address}"
        );
    }
}

#[tokio::test]
async fn a_base_address_may_have_a_path_of_its_own() {
    let provider = Provider::start().await;
    provider.answers(404, "");
    let base = format!("{}/provider/", provider.base_url());
    let client = Client::new(&base, "t".to_owned().into()).unwrap();
    assert_eq!(client.payment(id()).await.unwrap(), None);
    assert_eq!(
        provider.only_request().line(),
        "GET /provider/v1/payments/1"
    );
}
