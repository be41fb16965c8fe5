use super::*;

const SECRET: &str = "demo-mp-secret";
const REQUEST_ID: &str = "5e0c6a2e-7d0b-4b7e-9a55-0c1f6f6c2b10";
const WEBHOOK: &str = r#"{"action":"payment.updated","api_version":"v1","data":{"id":"90210044871"},
    "date_created":"2026-12-10T18:04:12Z","id":118273645500,"live_mode":true,"type":"payment",
    "user_id":"724484980"}"#;
const QUERY: &str = "data.id=90210044871&type=payment";

fn secret() -> SecretString {
    SecretString::from(SECRET)
}

fn judge(query: &str, signature: Option<&str>, body: &str) -> Verdict {
    let headers = Headers {
        signature,
        request_id: Some(REQUEST_ID),
    };
    Notification::parse(query, headers, body.as_bytes(), &secret())
}

fn signed(id: &str) -> String {
    sign(&secret(), Some(id), Some(REQUEST_ID), "1767225600")
}

fn hint_of(topic: Topic, id: &str) -> Verdict {
    Verdict::Hint {
        topic,
        resource_id: id.to_owned(),
    }
}

fn authentic(verdict: Verdict) -> Notification {
    match verdict {
        Verdict::Authentic(notification) => notification,
        other => panic!("not authentic: {other:?}"),
    }
}

#[test]
fn the_published_vectors_are_made_and_recognised() {
    let r = Some(REQUEST_ID);
    let vectors = [
        (
            Some("90210044871"),
            r,
            "1767225600",
            "a57cfb638d204eb4935c310aa39a1844c56d34e64c22802ae7f7a3701eb709eb",
        ),
        (
            Some("90210044871"),
            r,
            "1767225600000",
            "168a565785f3ed68caa7da6ef13bec39f9e8af992bef1a8a46814fb6f2f5b69b",
        ),
        (
            Some("90210044871"),
            None,
            "1767225600",
            "89dc0b38628db7b0767f6f43c143bc8d736a021be680108ec97e94a6d95e61a5",
        ),
        (
            None,
            r,
            "1767225600",
            "0cc4cf3f6f48ab5f3cf5ff64c620114684dfc7ce94b88cd85971552c8e508f44",
        ),
        (
            Some("ord01demo0abc"),
            r,
            "1767225600",
            "9a6122fae04d0da239d00c390b70b8b72e5e6b4ff301f49a26d6802f9eba1661",
        ),
        (
            Some("ORD01DEMO0ABC"),
            r,
            "1767225600",
            "874b781eb89d0c4213d1c30537d62afe68b0b3dd7cdc7f7551198ae416324079",
        ),
    ];
    for (id, request_id, ts, v1) in vectors {
        let header = sign(&secret(), id, request_id, ts);
        assert_eq!(header, format!("ts={ts},v1={v1}"));
        let Some(id) = id else { continue };
        let headers = Headers {
            signature: Some(&header),
            request_id,
        };
        let query = format!("data.id={id}&type=order");
        let notification = authentic(Notification::parse(&query, headers, b"", &secret()));
        assert_eq!(notification.resource_id, id);
    }
}

#[test]
fn a_signed_webhook_is_authentic_and_says_what_to_read() {
    let notification = authentic(judge(QUERY, Some(&signed("90210044871")), WEBHOOK));
    assert_eq!(notification.topic, Topic::Payment);
    assert_eq!(notification.resource_id, "90210044871");
    assert_eq!(
        notification.payment_id.map(PaymentId::get),
        Some(90_210_044_871)
    );
    assert_eq!(
        notification.notification_id.as_deref(),
        Some("118273645500")
    );
    assert_eq!(notification.action.as_deref(), Some("payment.updated"));
    assert_eq!(notification.user_id.as_deref(), Some("724484980"));
}

#[test]
fn the_id_may_be_in_the_body_and_our_own_parameters_in_the_query() {
    let notification = authentic(judge(
        "source_news=webhooks&type=payment",
        Some(&signed("90210044871")),
        WEBHOOK,
    ));
    assert_eq!(notification.resource_id, "90210044871");
    let numeric = WEBHOOK.replace("\"90210044871\"", "90210044871");
    authentic(judge("", Some(&signed("90210044871")), &numeric));
}

#[test]
fn an_alphanumeric_id_is_accepted_in_whichever_case_was_signed() {
    for signed_id in ["ORD01DEMO0ABC", "ord01demo0abc"] {
        let verdict = judge(
            "data.id=ORD01DEMO0ABC&type=order",
            Some(&signed(signed_id)),
            "",
        );
        assert_eq!(authentic(verdict).resource_id, "ORD01DEMO0ABC");
    }
}

#[test]
fn seconds_and_milliseconds_are_the_same_moment() {
    let at = |ts| {
        let header = sign(&secret(), Some("90210044871"), Some(REQUEST_ID), ts);
        authentic(judge(QUERY, Some(&header), WEBHOOK))
            .signed_at
            .unwrap()
    };
    assert_eq!(at("1767225600"), at("1767225600000"));
    assert_eq!(at("1767225600").timestamp(), 1_767_225_600);
}

#[test]
fn an_old_signature_is_as_good_as_a_fresh_one() {
    let header = sign(
        &secret(),
        Some("90210044871"),
        Some(REQUEST_ID),
        "946684800",
    );
    authentic(judge(QUERY, Some(&header), WEBHOOK));
}

#[test]
fn order_blanks_and_unknown_parts_of_the_header_do_not_matter() {
    let (ts, v1) = signed("90210044871")
        .split_once(',')
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    authentic(judge(
        QUERY,
        Some(&format!("{v1} , v2=whatever, {ts}")),
        WEBHOOK,
    ));
    authentic(judge(
        QUERY,
        Some(&format!("{ts},{}", v1.replace("v1=", "v1= "))),
        WEBHOOK,
    ));
}

#[test]
fn a_webhook_signed_with_another_secret_is_forged() {
    let other = sign(
        &SecretString::from("other"),
        Some("90210044871"),
        Some(REQUEST_ID),
        "1767225600",
    );
    assert_eq!(judge(QUERY, Some(&other), WEBHOOK), Verdict::Forged);
    assert_eq!(judge("", Some(&other), WEBHOOK), Verdict::Forged);
}

#[test]
fn a_webhook_for_another_payment_than_the_signed_one_is_forged() {
    let header = signed("90210044871");
    assert_eq!(
        judge("data.id=90210044872&type=payment", Some(&header), WEBHOOK),
        Verdict::Forged
    );
    let headers = Headers {
        signature: Some(&header),
        request_id: Some("another"),
    };
    assert_eq!(
        Notification::parse(QUERY, headers, WEBHOOK.as_bytes(), &secret()),
        Verdict::Forged
    );
}

#[test]
fn an_unreadable_signature_is_forged() {
    for header in [
        "",
        "garbage",
        "ts=1767225600",
        "v1=00",
        "ts=,v1=00",
        "ts=17x,v1=00",
        "ts=1,v1=zz",
    ] {
        assert_eq!(
            judge(QUERY, Some(header), WEBHOOK),
            Verdict::Forged,
            "{header}"
        );
    }
}

#[test]
fn a_forgery_is_refused_before_its_body_is_read() {
    assert_eq!(
        judge(QUERY, Some("ts=1,v1=00"), "{not json"),
        Verdict::Forged
    );
}

#[test]
fn a_signature_that_leaves_the_id_out_does_not_vouch_for_it() {
    let header = sign(&secret(), None, Some(REQUEST_ID), "1767225600");
    assert_eq!(
        judge(QUERY, Some(&header), WEBHOOK),
        hint_of(Topic::Payment, "90210044871")
    );
}

#[test]
fn an_id_cannot_smuggle_the_rest_of_the_manifest() {
    // The signed text is the same, the parts are cut elsewhere.
    let header = signed("90210044871");
    let query = format!("data.id=90210044871%3Brequest-id%3A{REQUEST_ID}&type=payment");
    let headers = Headers {
        signature: Some(&header),
        request_id: None,
    };
    assert_eq!(
        Notification::parse(&query, headers, b"", &secret()),
        Verdict::Malformed
    );
}

#[test]
fn an_unsigned_webhook_is_a_hint() {
    assert_eq!(
        judge(QUERY, None, WEBHOOK),
        hint_of(Topic::Payment, "90210044871")
    );
    assert_eq!(
        judge("", None, WEBHOOK),
        hint_of(Topic::Payment, "90210044871")
    );
}

#[test]
fn the_older_kind_is_a_hint_even_with_a_signature_that_proves_nothing() {
    let resource = r#"{"resource":"https://api.mercadolibre.com/collections/notifications/90210044871","topic":"payment"}"#;
    let payment = hint_of(Topic::Payment, "90210044871");
    for signature in [None, Some("ts=1767225600,v1=00")] {
        for body in [
            "",
            "{}",
            resource,
            r#"{"resource":"90210044871","topic":"payment"}"#,
        ] {
            assert_eq!(
                judge("id=90210044871&topic=payment", signature, body),
                payment,
                "{body}"
            );
        }
        assert_eq!(judge("", signature, resource), payment);
        assert_eq!(
            judge(
                "",
                signature,
                r#"{"resource":90210044871,"topic":"payment"}"#
            ),
            payment
        );
        assert_eq!(judge("topic=payment", signature, "90210044871"), payment);
    }
}

#[test]
fn a_merchant_order_is_known_by_word_or_by_address() {
    let order = hint_of(Topic::MerchantOrder, "29900492508");
    assert_eq!(
        judge("id=29900492508&topic=merchant_order", None, ""),
        order
    );
    let body = r#"{"resource":"https://api.mercadolibre.com/merchant_orders/29900492508"}"#;
    assert_eq!(judge("", None, body), order);
}

#[test]
fn a_chargeback_names_its_payment() {
    let body = r#"{"actions":["changed_case_status"],"data":{"id":217,"payment_id":90210044871},
        "type":"topic_chargebacks_wh","id":9}"#;
    let query = "data.id=217&type=topic_chargebacks_wh";
    let notification = authentic(judge(query, Some(&signed("217")), body));
    assert_eq!(notification.topic, Topic::Chargeback);
    assert_eq!(notification.resource_id, "217");
    assert_eq!(
        notification.payment_id.map(PaymentId::get),
        Some(90_210_044_871)
    );
    assert_eq!(notification.action.as_deref(), Some("changed_case_status"));
}

#[test]
fn an_unknown_topic_is_kept_as_received() {
    let notification = authentic(judge("data.id=1&type=brand_new", Some(&signed("1")), ""));
    assert_eq!(notification.topic, Topic::Other("brand_new".to_owned()));
    assert_eq!(notification.payment_id, None);
}

#[test]
fn what_names_nothing_is_malformed() {
    for body in [
        "",
        "{}",
        "[]",
        "true",
        "{not json",
        "\u{0}",
        r#"{"data":{"id":null}}"#,
    ] {
        assert_eq!(judge("", None, body), Verdict::Malformed, "{body}");
    }
    assert_eq!(
        judge("id=../../x&topic=payment", None, ""),
        Verdict::Malformed
    );
    assert_eq!(
        judge(QUERY, Some(&signed("90210044871")), "{not json"),
        Verdict::Malformed
    );
    let long = format!("id={}&topic=payment", "9".repeat(65));
    assert_eq!(judge(&long, None, ""), Verdict::Malformed);
}
