//! Reading, searching and cancelling payments.

use mercado_pago::{
    Error, ExternalReference, PaymentFilter, PaymentId, PaymentSearch, PaymentStatus, date,
};
use serde_json::json;

use crate::provider::Provider;

const PAYMENT: &str = include_str!("../fixtures/payment_approved.json");

fn id() -> PaymentId {
    PaymentId::try_from(90_210_044_871).unwrap()
}

#[tokio::test]
async fn a_payment_is_read_by_its_id() {
    let provider = Provider::start().await;
    provider.answers(200, PAYMENT);
    let payment = provider.client().payment(id()).await.unwrap().unwrap();
    assert_eq!(payment.status, PaymentStatus::Approved);
    assert_eq!(payment.remaining().centavos(), 500_000);
    assert_eq!(
        provider.only_request().line(),
        "GET /v1/payments/90210044871"
    );
}

#[tokio::test]
async fn a_payment_nobody_knows_is_none() {
    let provider = Provider::start().await;
    provider.answers(
        404,
        r#"{"message":"Payment not found","error":"not_found","status":404,
            "cause":[{"code":2000,"description":"Payment not found","data":null}]}"#,
    );
    assert_eq!(provider.client().payment(id()).await.unwrap(), None);
}

#[tokio::test]
async fn a_search_by_reference_turns_its_pages_oldest_change_first() {
    let provider = Provider::start().await;
    let page = |offset, id| {
        format!(
            r#"{{"paging":{{"total":2,"limit":1,"offset":{offset}}},
                "results":[{{"id":{id},"status":"approved","transaction_amount":0.001}},{{"odd":1}}]}}"#
        )
    };
    provider.answers(200, page(0, 11)).answers(200, page(1, 12));
    let reference = ExternalReference::parse("res_1").unwrap();
    let client = provider.client();

    let search = PaymentSearch::new(PaymentFilter::Reference(reference)).limit(1);
    let first = client.search_payments(&search).await.unwrap();
    let second = client
        .search_payments(&first.next.clone().unwrap())
        .await
        .unwrap();

    assert_eq!(first.payments[0].id.get(), 11);
    assert_eq!(first.payments[0].status, Some(PaymentStatus::Approved));
    assert_eq!(second.payments[0].id.get(), 12);
    assert_eq!((second.total, second.next), (2, None));
    let lines: Vec<String> = provider
        .requests()
        .iter()
        .map(crate::provider::Request::line)
        .collect();
    let path = "GET /v1/payments/search?sort=date_last_updated&criteria=asc&limit=1";
    assert_eq!(
        lines,
        [
            format!("{path}&offset=0&external_reference=res_1"),
            format!("{path}&offset=1&external_reference=res_1"),
        ]
    );
}

#[tokio::test]
async fn a_sweep_asks_for_what_changed_between_two_instants() {
    let provider = Provider::start().await;
    provider.answers(
        200,
        r#"{"paging":{"total":0,"limit":50,"offset":0},"results":[]}"#,
    );
    let filter = PaymentFilter::UpdatedBetween {
        begin: date::parse("2026-12-10T12:00:00Z").unwrap(),
        end: date::parse("2026-12-10T18:00:00Z").unwrap(),
    };
    let page = provider
        .client()
        .search_payments(&PaymentSearch::new(filter))
        .await
        .unwrap();
    assert!(page.payments.is_empty());
    let uri = provider.only_request().uri;
    assert!(uri.contains("range=date_last_updated"), "{uri}");
    assert!(
        uri.contains("begin_date=2026-12-10T09%3A00%3A00.000-03%3A00"),
        "{uri}"
    );
    assert!(
        uri.contains("end_date=2026-12-10T15%3A00%3A00.000-03%3A00"),
        "{uri}"
    );
}

#[tokio::test]
async fn a_voucher_is_cancelled() {
    let provider = Provider::start().await;
    provider.answers(200, PAYMENT.replace("\"approved\"", "\"cancelled\""));
    let payment = provider.client().cancel_payment(id()).await.unwrap();
    assert_eq!(payment.status, PaymentStatus::Cancelled);
    let request = provider.only_request();
    assert_eq!(request.line(), "PUT /v1/payments/90210044871");
    assert_eq!(request.body, json!({ "status": "cancelled" }));
}

#[tokio::test]
async fn cancelling_too_late_is_refused_with_its_code() {
    let provider = Provider::start().await;
    provider.answers(
        400,
        r#"{"message":"no","error":"bad_request","cause":[{"code":2018}]}"#,
    );
    match provider.client().cancel_payment(id()).await {
        Err(Error::Rejected { code, status, .. }) => {
            assert_eq!((code.as_deref(), status), (Some("2018"), 400));
        }
        other => panic!("{other:?}"),
    }
}
