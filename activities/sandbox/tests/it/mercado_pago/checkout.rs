//! The hosted page, as a browser sees it.

use std::collections::HashMap;

use axum::http::StatusCode;
use chrono::{Duration, Utc};
use mercado_pago::{Amount, BackUrls, Item, NewPreference, PaymentStatus, PaymentType};
use serde_json::{Value, json};

use super::stage::{Stage, new_link, reference};

#[tokio::test]
async fn the_page_names_what_is_paid_and_how_much_without_trusting_the_text() {
    let stage = Stage::set().await;
    let item = Item::new("1", "Seña <b>Arrayán</b>", Amount::from_centavos(1_440_050)).unwrap();
    let new = NewPreference::new(item, reference());
    let link = stage.client.create_preference(&new).await.unwrap();
    let (status, page) = stage.page(&link.init_point).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("$ 14.400,50"), "{page}");
    assert!(page.contains("Seña &lt;b&gt;Arrayán"), "{page}");
}

#[tokio::test]
async fn an_approval_returns_the_browser_with_everything_in_its_address() {
    let stage = Stage::set().await;
    let mut new = new_link();
    new.back_urls = Some(
        BackUrls::new(
            "https://cabanas.example/ok?from=chat",
            "https://cabanas.example/wait",
            "https://cabanas.example/no",
        )
        .unwrap(),
    );
    let link = stage.client.create_preference(&new).await.unwrap();

    let (status, location, _) = stage.choose(&link, "visa", "approved").await;

    assert_eq!(status, StatusCode::SEE_OTHER);
    let url = reqwest::Url::parse(&location).unwrap();
    assert_eq!(url.path(), "/ok");
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    let id = query["payment_id"].parse().unwrap();
    assert_eq!(stage.payment(id).await.status, PaymentStatus::Approved);
    assert_eq!(query["collection_id"], query["payment_id"]);
    for (name, value) in [
        ("from", "chat"),
        ("status", "approved"),
        ("collection_status", "approved"),
        ("external_reference", "res_1"),
        ("payment_type", "credit_card"),
        ("preference_id", link.id.as_str()),
        ("site_id", "MLA"),
        ("processing_mode", "aggregator"),
        ("merchant_account_id", "null"),
    ] {
        assert_eq!(query[name], value, "{name}");
    }
    assert!(query["merchant_order_id"].parse::<i64>().is_ok());

    let (_, refused, _) = stage.choose(&link, "visa", "rejected").await;
    assert!(
        refused.starts_with("https://cabanas.example/no?"),
        "{refused}"
    );
    let (_, undecided, _) = stage.choose(&link, "visa", "in_process").await;
    assert!(
        undecided.starts_with("https://cabanas.example/wait?"),
        "{undecided}"
    );
}

#[tokio::test]
async fn without_a_return_address_the_result_is_shown_with_a_way_back_to_the_chat() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let (status, location, _) = stage.choose(&link, "account_money", "approved").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (status, page) = stage.page(&format!("{}{location}", stage.url)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Se acreditó tu pago"), "{page}");
    assert!(page.contains("href=\"/\""), "{page}");
}

#[tokio::test]
async fn a_refusal_can_be_tried_again_as_another_payment() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let (_, location, _) = stage.choose(&link, "visa", "rejected").await;
    let (_, page) = stage.page(&format!("{}{location}", stage.url)).await;
    assert!(page.contains("Probar de nuevo"), "{page}");
    stage.choose(&link, "visa", "approved").await;

    let (_, payments) = stage.control("GET", "/sandbox/payments", Value::Null).await;
    let statuses: Vec<&Value> = payments
        .as_array()
        .unwrap()
        .iter()
        .map(|payment| &payment["status"])
        .collect();
    assert_eq!(statuses, ["rejected", "approved"]);
}

#[tokio::test]
async fn what_the_link_excludes_is_neither_offered_nor_taken() {
    let stage = Stage::set().await;
    let mut new = new_link();
    new.excluded_types = vec![PaymentType::Ticket, PaymentType::Atm];
    new.binary_mode = true;
    let link = stage.client.create_preference(&new).await.unwrap();

    let (_, page) = stage.page(&link.init_point).await;
    assert!(page.contains("value=\"visa\""), "{page}");
    assert!(page.contains("value=\"account_money\""), "{page}");
    assert!(!page.contains("rapipago"), "{page}");
    assert!(!page.contains("in_process"), "{page}");
    for (method, result) in [
        ("rapipago", "pending"),
        ("visa", "in_process"),
        ("account_money", "rejected"),
        ("x", "approved"),
    ] {
        let (status, _, _) = stage.choose(&link, method, result).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{method} {result}"
        );
    }
    let (_, payments) = stage.control("GET", "/sandbox/payments", Value::Null).await;
    assert_eq!(payments, json!([]));
}

#[tokio::test]
async fn a_closed_link_takes_no_payment_and_a_future_one_not_yet() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    stage
        .client
        .close_preference(&link.id, Utc::now())
        .await
        .unwrap();
    let (status, page) = stage.page(&link.init_point).await;
    assert_eq!(status, StatusCode::GONE);
    assert!(page.contains("Este link venció"), "{page}");
    assert_eq!(
        stage.choose(&link, "visa", "approved").await.0,
        StatusCode::GONE
    );

    let mut new = new_link();
    new.opens_at = Some(Utc::now() + Duration::hours(1));
    let future = stage.client.create_preference(&new).await.unwrap();
    assert!(
        stage
            .choose(&future, "visa", "approved")
            .await
            .2
            .contains("aún no está disponible")
    );

    let (_, payments) = stage.control("GET", "/sandbox/payments", Value::Null).await;
    assert_eq!(payments, json!([]));
}

#[tokio::test]
async fn an_unknown_link_or_payment_gets_a_page_that_says_so() {
    let stage = Stage::set().await;
    for path in [
        "/checkout/v1/redirect?pref_id=x",
        "/checkout/v1/result?payment_id=x",
    ] {
        let (status, page) = stage.page(&format!("{}{path}", stage.url)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(page.contains("No encontramos este pago"), "{page}");
    }
}

#[tokio::test]
async fn a_cash_voucher_is_paid_later_in_the_shop() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    let (_, location, _) = stage.choose(&link, "rapipago", "pending").await;
    let (_, page) = stage.page(&format!("{}{location}", stage.url)).await;
    assert!(page.contains("Tu cupón está listo"), "{page}");
    let id = location.rsplit_once('=').unwrap().1.parse().unwrap();
    let voucher = stage.payment(id).await;
    assert_eq!(voucher.status, PaymentStatus::Pending);
    assert_eq!(
        voucher.status_detail.as_deref(),
        Some("pending_waiting_payment")
    );
    assert!(voucher.date_of_expiration.is_some());
    assert!(voucher.external_resource_url.unwrap().ends_with(&location));

    let shop = format!("{}/checkout/v1/vouchers/{id}", stage.url);
    let paid = stage.http.post(&shop).send().await.unwrap();
    assert_eq!(paid.status(), StatusCode::SEE_OTHER);
    assert_eq!(stage.payment(id).await.status, PaymentStatus::Approved);
    let again = stage.http.post(&shop).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::CONFLICT);
}

#[tokio::test]
async fn paying_a_paid_link_comes_with_a_warning() {
    let stage = Stage::set().await;
    let link = stage.link().await;
    assert!(
        !stage
            .page(&link.init_point)
            .await
            .1
            .contains("segundo pago")
    );
    stage.choose(&link, "visa", "approved").await;
    assert!(
        stage
            .page(&link.init_point)
            .await
            .1
            .contains("segundo pago")
    );
}
