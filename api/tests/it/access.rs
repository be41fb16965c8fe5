//! Who may see and do what.

use anyhow::Result;
use domain::ReservationCode;
use serde_json::json;

use crate::app::{OPERATOR, TestApp, day, taken};

/// Another reservation's token, of the right form.
const STRANGER: &str = "0000000000000000000000000000000000000000000000000000000000000000";

async fn held(app: &TestApp) -> Result<ReservationCode> {
    taken(app, &app.cabin_for(4).await?, day(0), day(3)).await
}

#[tokio::test]
async fn to_strangers_reservations_that_exist_and_that_do_not_are_the_same() -> Result<()> {
    let app = TestApp::ready().await?;
    let there = format!("/api/v1/reservations/{}", held(&app).await?);
    for path in [
        &there,
        "/api/v1/reservations/RES270115ABC123",
        "/api/v1/reservations/nonsense",
    ] {
        assert_eq!(app.get(path).await?.code(), (401, "unauthorized"), "{path}");
        for token in [STRANGER, "", "nonsense"] {
            let answer = app.get_as(token, path).await?;
            assert_eq!(answer.code(), (401, "unauthorized"), "{path} {token}");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
        }
        for act in ["cancel", "extend"] {
            let refused = app
                .post_as(STRANGER, &format!("{path}/{act}"), &json!({}))
                .await?;
            assert_eq!(refused.code(), (401, "unauthorized"), "{path}/{act}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_operator_sees_every_reservation_and_nothing_of_the_guest() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    let shown = app
        .get_as(OPERATOR, &format!("/api/v1/reservations/{code}"))
        .await?;
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert_eq!(shown.body["status"], "pre_reserved");
    assert_eq!(
        shown.body["total"],
        json!({ "centavos": 4_800_000, "currency": "ARS" })
    );
    assert_eq!(shown.body["balance"]["centavos"], 4_800_000);
    assert_eq!(shown.body["payment_url"], json!(null));
    for path in ["RES270115ABC123", "nonsense"] {
        let missing = app
            .get_as(OPERATOR, &format!("/api/v1/reservations/{path}"))
            .await?;
        assert_eq!(missing.code(), (404, "not_found"));
    }
    Ok(())
}

#[tokio::test]
async fn the_list_is_the_operators_and_paged() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    assert_eq!(
        app.get("/api/v1/reservations").await?.code(),
        (401, "unauthorized")
    );
    let list = app
        .get_as(
            OPERATOR,
            "/api/v1/reservations?status=pre_reserved&page_size=1",
        )
        .await?;
    assert_eq!(list.body["items"][0]["code"], json!(code.to_string()));
    assert_eq!(list.body["has_more"], false);
    let none = app
        .get_as(OPERATOR, "/api/v1/reservations?status=confirmed")
        .await?;
    assert_eq!(none.body["items"], json!([]));
    for query in [
        "status=lost",
        "page=0",
        "page_size=1000",
        "from=yesterday",
        "accommodation_id=7",
    ] {
        let refused = app
            .get_as(OPERATOR, &format!("/api/v1/reservations?{query}"))
            .await?;
        assert_eq!(refused.status, 422, "{query}: {}", refused.body);
        assert_eq!(refused.body["field"], json!(query.split('=').next()));
    }
    Ok(())
}

#[tokio::test]
async fn what_has_no_workflow_any_more_is_answered_with_what_it_is() -> Result<()> {
    let app = TestApp::ready().await?;
    let code = held(&app).await?;
    for (act, body) in [
        ("cancel", json!({})),
        ("extend", json!({})),
        ("confirm", json!({ "amount": 1, "reason": "cash" })),
    ] {
        let refused = app
            .post_as(
                OPERATOR,
                &format!("/api/v1/reservations/{code}/{act}"),
                &body,
            )
            .await?;
        assert_eq!(
            refused.code(),
            (409, "not_possible"),
            "{act}: {}",
            refused.body
        );
        assert_eq!(refused.body["reservation_status"], "pre_reserved");
        let missing = app
            .post_as(
                OPERATOR,
                &format!("/api/v1/reservations/RES270115ABC123/{act}"),
                &body,
            )
            .await?;
        assert_eq!(missing.code(), (404, "not_found"), "{act}");
    }
    Ok(())
}

#[tokio::test]
async fn a_confirmation_by_hand_says_how_much_and_why() -> Result<()> {
    let app = TestApp::ready().await?;
    let path = format!("/api/v1/reservations/{}/confirm", held(&app).await?);
    let refused = [
        (json!({ "amount": 0, "reason": "cash" }), "amount"),
        (json!({ "amount": -5, "reason": "cash" }), "amount"),
        (json!({ "amount": 1.5, "reason": "cash" }), "amount"),
        (json!({ "reason": "cash" }), "amount"),
        (json!({ "amount": 1 }), "reason"),
        (json!({ "amount": 1, "reason": " " }), "reason"),
    ];
    for (body, field) in refused {
        let answer = app.post_as(OPERATOR, &path, &body).await?;
        assert_eq!(
            (answer.status, &answer.body["field"]),
            (422, &json!(field)),
            "{body}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_the_bot_reads_is_for_operators_unless_it_is_open() -> Result<()> {
    let question = json!({ "text": "Hola, ¿tenés lugar del 15 al 18 de enero para 4?", "now": "2026-11-24T12:00:00-03:00" });
    let closed = TestApp::ready().await?;
    assert_eq!(
        closed.post("/api/v1/nlu/analyze", &question).await?.code(),
        (401, "unauthorized")
    );
    let read = closed
        .post_as(OPERATOR, "/api/v1/nlu/analyze", &question)
        .await?;
    assert_eq!(read.status, 200, "{}", read.body);
    let expected = json!({ "intent": "availability", "check_in": "2027-01-15", "check_out": "2027-01-18", "nights": null,
        "guests": 4, "children": null, "pets": null, "accommodation": null, "reservation_code": null,
        "date_error": null, "language": "es" });
    assert_eq!(read.body, expected);
    let open = TestApp::start_with(|config| config.access.open_analysis = true).await?;
    open.is_ready().await?;
    assert_eq!(
        open.post("/api/v1/nlu/analyze", &question).await?.status,
        200
    );
    for (body, status) in [
        (json!({}), 422),
        (json!({ "text": 7 }), 422),
        (json!({ "text": "x", "now": "soon" }), 422),
    ] {
        assert_eq!(
            open.post("/api/v1/nlu/analyze", &body).await?.status,
            status,
            "{body}"
        );
    }
    Ok(())
}
