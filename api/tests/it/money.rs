//! Money of a reservation over HTTP: who may record, revoke and ask, and what cannot be.

use anyhow::Result;
use chrono::{TimeDelta, Utc};
use database::{reservations::cancel, review_queue};
use domain::ReservationCode;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, OPERATOR, TestApp, day, guest_token, taken};

const STRANGER: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What is asked of a reservation here, and with what.
const ACTS: [(Method, &str); 4] = [
    (Method::POST, "payments"),
    (Method::POST, "no-show"),
    (Method::POST, "revoke"),
    (Method::GET, "cancellation"),
];

async fn held(app: &TestApp) -> Result<ReservationCode> {
    taken(app, &app.cabin_for(4).await?, day(0), day(3)).await
}

fn in_cash() -> Value {
    json!({ "amount": 100, "method": "cash", "reason": "paid on arrival" })
}

async fn asks(
    app: &TestApp,
    token: Option<&str>,
    method: &Method,
    code: &str,
    act: &str,
    body: &Value,
) -> Result<Answer> {
    let path = format!("/api/v1/reservations/{code}/{act}");
    let mut request = app.request(method.clone(), &path);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if *method == Method::POST {
        request = request.json(body);
    }
    Answer::of(request.send().await?).await
}

#[tokio::test]
async fn nobody_and_strangers_learn_nothing_about_anybodys_money() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    let other = taken(&app, &app.cabin_for(4).await?, day(10), day(13)).await?;
    let somebody_else = guest_token(&other);
    let tokens = [None, Some(STRANGER), Some(""), Some(somebody_else.as_str())];
    for (method, act) in ACTS {
        for code in [code.as_str(), "RES270115ABC123", "nonsense"] {
            for token in tokens {
                let answer = asks(&app, token, &method, code, act, &in_cash()).await?;
                assert_eq!(
                    answer.code(),
                    (401, "unauthorized"),
                    "{act} of {code} with {token:?}"
                );
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_guest_records_no_payment_of_their_own() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    let guest = guest_token(&code);
    for act in ["payments", "no-show"] {
        let body = in_cash();
        let asked = asks(&app, Some(&guest), &Method::POST, code.as_str(), act, &body);
        let answer = asked.await?;
        assert_eq!(answer.code(), (403, "forbidden"), "{act}: {}", answer.body);
    }
    Ok(())
}

#[tokio::test]
async fn what_cancelling_gives_back_is_told_to_the_guest_by_their_terms_and_to_an_operator_in_full()
-> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    let guest = guest_token(&code);
    for token in [&guest, OPERATOR] {
        let path = format!("/api/v1/reservations/{code}/cancellation");
        let told = app.get_as(token, &path).await?;
        assert_eq!(told.status, 200, "{}", told.body);
        assert_eq!(told.body["code"], code.as_str());
        assert_eq!(told.body["status"], "pre_reserved");
        assert_eq!(told.body["paid"]["centavos"], 0);
        assert_eq!(told.body["refund"]["centavos"], 0);
        assert_eq!(told.body["revocable"], true);
        let basis = if token == OPERATOR {
            "owner_cancelled"
        } else {
            "nothing_paid"
        };
        assert_eq!(told.body["refund_basis"], basis);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_over_or_never_was_has_no_money_to_move() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    cancel(&app.store, &code, "changed plans", Utc::now()).await?;
    for (method, act) in ACTS {
        let over = asks(
            &app,
            Some(OPERATOR),
            &method,
            code.as_str(),
            act,
            &in_cash(),
        )
        .await?;
        assert_eq!(over.code(), (409, "not_possible"), "{act}: {}", over.body);
        assert_eq!(over.body["reservation_status"], "cancelled", "{act}");
        for unknown in ["RES270115ABC123", "nonsense"] {
            let missing = asks(&app, Some(OPERATOR), &method, unknown, act, &in_cash()).await?;
            assert_eq!(missing.code(), (404, "not_found"), "{act} of {unknown}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_payment_by_hand_says_how_much_how_and_why() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    let with = |field: &str, value: Value| {
        let mut body = in_cash();
        body[field] = value;
        body
    };
    let refused = [
        (with("amount", json!(0)), "amount"),
        (with("amount", json!(-100)), "amount"),
        (with("amount", json!(1.5)), "amount"),
        (with("amount", json!("100")), "amount"),
        (with("amount", json!(null)), "amount"),
        (with("amount", json!(1e20)), "amount"),
        (with("method", json!("card")), "method"),
        (with("method", json!("")), "method"),
        (with("method", json!(7)), "method"),
        (with("reason", json!(" ")), "reason"),
        (with("reason", json!("x".repeat(2_000))), "reason"),
        (with("reason", json!(null)), "reason"),
    ];
    for (body, field) in refused {
        let answer = asks(
            &app,
            Some(OPERATOR),
            &Method::POST,
            code.as_str(),
            "payments",
            &body,
        )
        .await?;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (422, &json!(field)),
            "{body}: {}",
            answer.body
        );
    }
    let path = format!("/api/v1/reservations/{code}/payments");
    let malformed = app
        .request(Method::POST, &path)
        .bearer_auth(OPERATOR)
        .body("{");
    let malformed = Answer::of(malformed.send().await?).await?;
    assert_eq!(malformed.code(), (400, "malformed_json"));
    Ok(())
}

#[tokio::test]
async fn a_revocation_gives_a_reason_that_fits_a_line_or_none() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    let guest = guest_token(&code);
    let revoke = |body: Value| {
        let (app, guest, code) = (&app, &guest, &code);
        async move {
            asks(
                app,
                Some(guest),
                &Method::POST,
                code.as_str(),
                "revoke",
                &body,
            )
            .await
        }
    };
    for reason in [json!("x".repeat(2_000)), json!(7)] {
        let answer = revoke(json!({ "reason": reason })).await?;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (422, &json!("reason")),
            "{}",
            answer.body
        );
    }
    // Nobody runs workflows here: what is understood gets as far as that.
    for body in [
        json!({}),
        json!({ "reason": null }),
        json!({ "reason": "" }),
    ] {
        let answer = revoke(body).await?;
        assert_eq!(answer.code(), (409, "not_possible"), "{}", answer.body);
        assert_eq!(answer.body["reservation_status"], "pre_reserved");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_before_any_money_moves() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    for act in ["payments", "revoke"] {
        for key in ["", " ", "x".repeat(300).as_str()] {
            let request = app
                .request(Method::POST, &format!("/api/v1/reservations/{code}/{act}"))
                .bearer_auth(OPERATOR)
                .header("Idempotency-Key", key)
                .json(&in_cash());
            let answer = Answer::of(request.send().await?).await?;
            assert_eq!(
                (answer.status, &answer.body["field"]),
                (422, &json!("Idempotency-Key")),
                "{act}: {}",
                answer.body
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_stranger_is_not_told_what_else_is_wrong() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    for act in ["payments", "confirm", "revoke", "cancel", "change-dates"] {
        let request = app
            .request(Method::POST, &format!("/api/v1/reservations/{code}/{act}"))
            .header("Idempotency-Key", "")
            .json(&json!({ "nothing": "of this" }));
        let answer = Answer::of(request.send().await?).await?;
        assert_eq!(answer.code(), (401, "unauthorized"), "{act}");
    }
    Ok(())
}

#[tokio::test]
async fn what_waits_for_the_owner_is_counted_by_kind_until_it_is_decided() -> Result<()> {
    let app = TestApp::ready().await?;
    let matter = |kind: &str, reference: &str, hours| review_queue::NewMatter {
        kind: kind.to_owned(),
        reference: reference.to_owned(),
        reason: "for a person".to_owned(),
        details: json!({}),
        deadline: Some(Utc::now() + TimeDelta::hours(hours)),
    };
    review_queue::raise(&app.store, &matter("webhooks_silent", "mercadopago", 24)).await?;
    review_queue::raise(&app.store, &matter("refund_late", "1", 24)).await?;
    review_queue::raise(&app.store, &matter("refund_late", "2", -1)).await?;
    let text = async || {
        let metrics = app.get("/metrics").await?;
        anyhow::Ok(metrics.body.as_str().unwrap_or_default().to_owned())
    };
    let counted = text().await?;
    for line in [
        r#"posada_owner_queue_open{kind="webhooks_silent"} 1"#,
        r#"posada_owner_queue_open{kind="refund_late"} 2"#,
        r#"posada_owner_queue_overdue{kind="refund_late"} 1"#,
    ] {
        assert!(counted.contains(line), "{line} is not in {counted}");
    }
    let how = "They come again.";
    review_queue::resolve_about(
        &app.store,
        "webhooks_silent",
        "mercadopago",
        how,
        Utc::now(),
    )
    .await?;
    let counted = text().await?;
    assert!(!counted.contains("webhooks_silent"), "{counted}");
    Ok(())
}

/// A key names one request. Only Postgres knows this hold, so what the workflow would do is not possible; that a key
/// is used for something else is said before.
#[tokio::test]
async fn a_key_is_for_one_act_with_one_body() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    let other = taken(&app, &app.cabin_for(4).await?, day(10), day(13)).await?;
    let keyed = async |code: &ReservationCode, act: &str, key: &str, body: Value| {
        let path = format!("/api/v1/reservations/{code}/{act}");
        let request = app
            .request(Method::POST, &path)
            .bearer_auth(OPERATOR)
            .header("Idempotency-Key", key)
            .json(&body);
        let answer = Answer::of(request.send().await?).await?;
        anyhow::Ok((answer.status, answer.body["code"].clone()))
    };
    let (first, reused) = (
        (409, json!("not_possible")),
        (422, json!("idempotency_key_reused")),
    );
    let paid = |amount: u32| json!({ "amount": amount, "method": "cash", "reason": "on arrival" });
    let because = |reason: &str| json!({ "reason": reason });
    let seen = |amount: u32| json!({ "amount": amount, "reason": "transfer" });
    for (act, body, another) in [
        ("payments", paid(100), paid(200)),
        ("confirm", seen(100), seen(200)),
        ("cancel", because("rain"), because("snow")),
        ("revoke", because("rain"), because("snow")),
    ] {
        assert_eq!(keyed(&code, act, act, body.clone()).await?, first, "{act}");
        assert_eq!(keyed(&code, act, act, body.clone()).await?, first, "{act}");
        assert_eq!(keyed(&code, act, act, another).await?, reused, "{act}");
        assert_eq!(keyed(&other, act, act, body).await?, reused, "{act}");
        let longer = keyed(&code, "extend", act, json!({})).await?;
        assert_eq!(longer, reused, "extend with the key of {act}");
    }
    assert_eq!(keyed(&code, "extend", "extend", json!({})).await?, first);
    assert_eq!(keyed(&other, "extend", "extend", json!({})).await?, reused);
    Ok(())
}
