//! The client against a fake platform: one call, one request, and an error that says what to do.

use std::time::Duration;

use axum::http::header;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use whatsapp::{
    Client, Config, Error, InvalidConfig, MediaLocation, Message, Recipient, message::Text,
};

use crate::platform::{Platform, TOKEN, client};

fn hello() -> Message {
    Text::parse("¡Hola!").unwrap().into()
}

fn ana() -> Recipient {
    Recipient::parse("5491122334455").unwrap()
}

fn error_body(code: u32) -> Value {
    json!({ "error": {
        "message": format!("(#{code}) Something"), "type": "OAuthException", "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": "In more words" },
        "fbtrace_id": "AbCdEf",
    } })
}

async fn refused(status: u16, body: impl ToString) -> Error {
    let platform = Platform::answering(status, body).await;
    platform
        .client()
        .send(&ana(), &hello(), "outbox:1")
        .await
        .unwrap_err()
}

#[tokio::test]
async fn a_message_goes_out_as_the_contract_writes_it() {
    let platform = Platform::answering(
        200,
        json!({ "messaging_product": "whatsapp",
            "contacts": [{ "input": "5491122334455", "wa_id": "5491122334455" }],
            "messages": [{ "id": "wamid.OUT1" }] }),
    )
    .await;
    let accepted = platform
        .client()
        .send(&ana(), &hello(), "outbox:1")
        .await
        .unwrap();
    assert_eq!(accepted.message_id, "wamid.OUT1");
    assert_eq!(accepted.wa_id.as_deref(), Some("5491122334455"));

    let [asked] = platform.asked().try_into().unwrap();
    assert_eq!(asked.uri, "/v25.0/106540352242922/messages");
    assert_eq!(asked.authorization, Some(format!("Bearer {TOKEN}")));
    assert_eq!(
        asked.body,
        json!({ "messaging_product": "whatsapp", "recipient_type": "individual",
            "to": "5491122334455", "type": "text", "text": { "body": "¡Hola!" },
            "biz_opaque_callback_data": "outbox:1" })
    );
}

#[tokio::test]
async fn a_guest_without_a_phone_is_written_to_by_scoped_id() {
    let platform = Platform::answering(
        200,
        json!({ "contacts": [{ "input": "AR.1", "user_id": "AR.1" }], "messages": [{ "id": "wamid.1" }] }),
    )
    .await;
    let guest = Recipient::parse("AR.1").unwrap();
    let accepted = platform
        .client()
        .send(&guest, &hello(), "outbox:1")
        .await
        .unwrap();
    assert_eq!(
        (accepted.wa_id, accepted.user_id.as_deref()),
        (None, Some("AR.1"))
    );
    let [asked] = platform.asked().try_into().unwrap();
    assert_eq!(asked.body["recipient"], "AR.1");
    assert_eq!(asked.body.get("to"), None);
}

#[tokio::test]
async fn a_test_number_is_spelled_without_its_nine() {
    let platform = Platform::answering(200, json!({ "messages": [{ "id": "wamid.1" }] })).await;
    client(&platform.url, true)
        .send(&ana(), &hello(), "")
        .await
        .unwrap();
    assert_eq!(platform.asked()[0].body["to"], "541122334455");
}

#[tokio::test]
async fn an_error_says_what_the_caller_can_do() {
    assert!(matches!(
        refused(401, error_body(190)).await,
        Error::Unauthorized
    ));
    assert!(matches!(
        refused(403, error_body(131_031)).await,
        Error::AccountProblem { code: 131_031 }
    ));
    assert!(matches!(
        refused(400, error_body(131_056)).await,
        Error::PairLimited
    ));
    assert!(matches!(
        refused(400, error_body(131_047)).await,
        Error::WindowClosed
    ));
    assert!(matches!(
        refused(400, error_body(131_026)).await,
        Error::Undeliverable { code: 131_026 }
    ));
    assert!(matches!(
        refused(404, error_body(132_001)).await,
        Error::TemplateUnavailable { code: 132_001 }
    ));
    assert!(matches!(
        refused(400, error_body(131_048)).await,
        Error::Restricted { code: 131_048 }
    ));
    let Error::Rejected {
        code: Some(100),
        message,
    } = refused(400, error_body(100)).await
    else {
        panic!("a wrong parameter is a bug of ours");
    };
    assert_eq!(message, "In more words");
}

#[tokio::test]
async fn a_platform_that_turns_us_away_may_be_asked_again() {
    for (status, code) in [(503, 131_016), (400, 131_000), (503, 2), (503, 999_999)] {
        let error = refused(status, error_body(code)).await;
        assert!(
            matches!(error, Error::Unavailable(_)),
            "{status} {code}: {error:?}"
        );
    }
    assert!(matches!(
        refused(
            400,
            json!({ "error": { "code": 999_999, "is_transient": true } })
        )
        .await,
        Error::Unavailable(_)
    ));
}

#[tokio::test]
async fn a_server_error_after_the_request_leaves_a_send_in_doubt() {
    for body in [
        error_body(131_000).to_string(),
        "<html>Bad gateway</html>".to_owned(),
        String::new(),
    ] {
        let error = refused(500, &body).await;
        assert!(matches!(error, Error::InDoubt(_)), "{body}: {error:?}");
        assert!(!error.is_retryable());
    }
    // An answer that cannot be read may follow a message that went out.
    assert!(matches!(refused(200, "{}").await, Error::InDoubt(_)));
    assert!(matches!(refused(200, "<html>").await, Error::InDoubt(_)));
}

#[tokio::test]
async fn a_rate_limit_tells_how_long_to_wait() {
    let body = error_body(130_429).to_string().into_bytes();
    let platform = Platform::with_headers(429, &[(header::RETRY_AFTER, "7")], body).await;
    let error = platform
        .client()
        .send(&ana(), &hello(), "")
        .await
        .unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    let error = refused(429, "slow down").await;
    assert!(matches!(error, Error::RateLimited { retry_after: None }));
}

#[tokio::test]
async fn nobody_listening_is_not_a_doubt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&url, false)
        .send(&ana(), &hello(), "")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unavailable(Some(_))), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_connection_lost_after_the_request_is_a_doubt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        // Take the request, answer nothing, hang up.
        let mut request = [0_u8; 64];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut request)
            .await
            .unwrap();
    });
    let error = client(&url, false)
        .send(&ana(), &hello(), "")
        .await
        .unwrap_err();
    assert!(matches!(error, Error::InDoubt(Some(_))), "{error:?}");
}

#[tokio::test]
async fn callback_data_that_would_not_come_back_is_refused_before_sending() {
    let platform = Platform::answering(200, "{}").await;
    let error = platform
        .client()
        .send(&ana(), &hello(), &"x".repeat(513))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Rejected { code: None, .. }));
    assert!(platform.asked().is_empty());
}

#[tokio::test]
async fn marking_as_read_may_show_that_we_are_typing() {
    let platform = Platform::answering(200, json!({ "success": true })).await;
    platform
        .client()
        .mark_read("wamid.IN1", true)
        .await
        .unwrap();
    platform
        .client()
        .mark_read("wamid.IN2", false)
        .await
        .unwrap();
    let [typing, silent] = platform.asked().try_into().unwrap();
    assert_eq!(
        typing.body,
        json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN1",
            "typing_indicator": { "type": "text" } })
    );
    assert_eq!(silent.body.get("typing_indicator"), None);
}

#[tokio::test]
async fn a_failing_query_is_never_in_doubt() {
    let platform = Platform::answering(500, "").await;
    let error = platform
        .client()
        .mark_read("wamid.IN1", false)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_medium_is_looked_up_by_its_id() {
    let platform = Platform::answering(
        200,
        json!({ "url": "https://lookaside.fbsbx.com/x", "mime_type": "audio/ogg; codecs=opus", "file_size": "1234" }),
    )
    .await;
    let location = platform
        .client()
        .media_url("4490709327384033")
        .await
        .unwrap();
    assert_eq!(location.mime, "audio/ogg; codecs=opus");
    assert_eq!(location.size, Some(1234));
    let [asked] = platform.asked().try_into().unwrap();
    assert_eq!(asked.method, "GET");
    assert_eq!(
        asked.uri,
        "/v25.0/4490709327384033?phone_number_id=106540352242922"
    );
}

#[tokio::test]
async fn a_download_carries_the_token_and_keeps_the_size() {
    let platform = Platform::answering(200, "sound").await;
    let location = |size| MediaLocation {
        url: format!("{}/elsewhere/1", platform.url),
        mime: "audio/ogg".to_owned(),
        size,
    };
    let client = platform.client();
    let media = client.download(&location(None), 5).await.unwrap();
    assert_eq!(media.bytes, b"sound");
    assert_eq!(
        platform.asked()[0].authorization,
        Some(format!("Bearer {TOKEN}"))
    );

    // Too large by what arrives, and by what was announced.
    let error = client.download(&location(None), 4).await.unwrap_err();
    assert!(matches!(error, Error::MediaTooLarge { max_bytes: 4 }));
    let error = client.download(&location(Some(6)), 5).await.unwrap_err();
    assert!(matches!(error, Error::MediaTooLarge { .. }));
    assert_eq!(
        platform.asked().len(),
        2,
        "an announced size saves the request"
    );
}

#[tokio::test]
async fn the_token_goes_to_no_other_host() {
    let stranger = Platform::answering(200, "sound").await;
    let client = client("https://graph.facebook.com", false);
    for url in [
        format!("{}/x", stranger.url),
        "http://lookaside.fbsbx.com/x".to_owned(),
        "https://fbsbx.com.evil.example/x".to_owned(),
        "https://evilfbsbx.com/x".to_owned(),
        "nonsense".to_owned(),
    ] {
        let location = MediaLocation {
            url: url.clone(),
            mime: String::new(),
            size: None,
        };
        let error = client.download(&location, 10).await.unwrap_err();
        assert!(matches!(error, Error::UntrustedHost), "{url}: {error:?}");
    }
    assert!(stranger.asked().is_empty());
}

#[tokio::test]
async fn an_expired_address_asks_for_another_look() {
    let platform = Platform::answering(404, "").await;
    let location = MediaLocation {
        url: format!("{}/x", platform.url),
        mime: String::new(),
        size: None,
    };
    let error = platform.client().download(&location, 10).await.unwrap_err();
    assert!(matches!(error, Error::MediaGone));
    assert!(error.is_retryable());
}

#[test]
fn a_configuration_that_cannot_work_says_which_part() {
    let config = |base_url: &str, version: &str, phone_number_id: &str| {
        Client::new(Config {
            base_url: base_url.to_owned(),
            version: version.to_owned(),
            phone_number_id: phone_number_id.to_owned(),
            token: TOKEN.into(),
            media_hosts: Vec::new(),
            argentina_strip_nine_on_send: false,
        })
    };
    let base = "https://graph.facebook.com";
    assert!(config(base, "v25.0", "1").is_ok());
    assert!(matches!(
        config("graph", "v25.0", "1"),
        Err(InvalidConfig::BaseUrl)
    ));
    assert!(matches!(
        config(base, "25", "1"),
        Err(InvalidConfig::Version)
    ));
    assert!(matches!(
        config(base, "v25.0", "../me"),
        Err(InvalidConfig::PhoneNumberId)
    ));
    let shown = format!("{:?}", config(base, "v25.0", "1").unwrap());
    assert!(!shown.contains(TOKEN), "{shown}");
}

#[tokio::test]
async fn a_template_is_submitted_to_the_account_as_it_is() {
    let platform = Platform::answering(200, json!({ "id": "1", "status": "PENDING" })).await;
    let template = json!({ "name": "confirmed", "language": "es_AR", "category": "UTILITY" });
    platform
        .client()
        .submit_template("102290129340398", &template)
        .await
        .unwrap();
    let [asked] = platform.asked().try_into().unwrap();
    assert_eq!(asked.uri, "/v25.0/102290129340398/message_templates");
    assert_eq!(asked.body, template);
}
