//! What is put on the trail, and when.

use anyhow::Result;
use database::{Page, acts};
use domain::Role;
use reqwest::Method;
use serde_json::json;

use super::browser::{Browser, text};
use crate::app::{OPERATOR, TestApp, day, taken};

async fn trail(app: &TestApp) -> Result<Vec<(String, String)>> {
    let mut acts = acts::list(&app.store, Page::first(50)).await?;
    acts.reverse();
    Ok(acts.into_iter().map(|it| (it.act, it.subject)).collect())
}

fn told(act: &str, subject: &str) -> (String, String) {
    (act.to_owned(), subject.to_owned())
}

#[tokio::test]
async fn what_an_operator_asks_is_on_the_trail_before_it_is_answered() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let code = taken(&app, &cabin, day(0), day(3)).await?;
    // No worker runs: the reservation answers nobody.
    let path = format!("/api/v1/reservations/{code}/extend");
    let asked = app.post_as(OPERATOR, &path, &json!({})).await?;
    assert!(!(200..300).contains(&asked.status), "{asked:?}");
    assert_eq!(
        trail(&app).await?.first(),
        Some(&told("api.request", &path))
    );
    Ok(())
}

#[tokio::test]
async fn what_an_operator_is_refused_is_on_the_trail_as_refused() -> Result<()> {
    let app = TestApp::ready().await?;
    let path = "/api/v1/ical/exports";
    let refused = app.post_as(OPERATOR, path, &json!({})).await?;
    assert!((400..500).contains(&refused.status), "{refused:?}");
    let expected = [told("api.request", path), told("api.refused", path)];
    assert_eq!(trail(&app).await?, expected);
    // To ask changes nothing.
    let text = json!({ "text": "hola" });
    let asked = app.post_as(OPERATOR, "/api/v1/nlu/analyze", &text).await?;
    assert_eq!(asked.status, 200, "{asked:?}");
    assert_eq!(trail(&app).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_note_and_a_language_are_on_the_trail() -> Result<()> {
    let app = TestApp::ready().await?;
    let cabin = app.cabin_for(4).await?;
    let code = taken(&app, &cabin, day(0), day(3)).await?;
    let staff = Browser::of(&app, Role::Staff).await?;
    let path = format!("/admin/reservations/{code}/notes");
    let noted = staff.send(&path, &[("text", "Llega tarde")]).await?;
    assert_eq!(noted.status, 303, "{noted:?}");
    let chosen = staff
        .send("/admin/account/language", &[("language", "en")])
        .await?;
    assert_eq!(chosen.status, 303, "{chosen:?}");
    let acts: Vec<_> = trail(&app).await?.into_iter().map(|(act, _)| act).collect();
    assert!(
        acts.ends_with(&["reservation.note".to_owned(), "user.language".to_owned()]),
        "{acts:?}"
    );
    Ok(())
}

#[tokio::test]
async fn an_open_page_does_not_keep_the_server_from_stopping() -> Result<()> {
    let app = TestApp::ready().await?;
    let reader = Browser::of(&app, Role::ReadOnly).await?;
    let page = reader.request(Method::GET, "/admin/live").send().await?;
    assert_eq!(page.status(), 200);
    drop(reader);
    app.stop().await?;
    // The page was let go, and not cut off.
    page.text().await?;
    Ok(())
}

#[tokio::test]
async fn the_trail_is_searched_and_taken_along_without_formulas() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let evil = acts::NewAct {
        act: "text.change",
        subject: "=cmd()".to_owned(),
        before: serde_json::Value::Null,
        after: json!({ "text": "-2" }),
    };
    let by = acts::Actor::Program("@SUM(A1)");
    acts::record(&app.store, &by, &evil, chrono::Utc::now()).await?;
    let shown = async |query: &str| {
        let page = owner.get(&format!("/admin/trail?{query}")).await?;
        assert_eq!(page.status, 200, "{query}: {page:?}");
        anyhow::Ok(text(&page).contains("<code class=\"clip\">=cmd()</code>"))
    };
    for found in [
        "",
        "who=sum",
        "act=text.",
        "subject=%3Dcmd()",
        "from=2020-01-01&to=2099-01-01",
    ] {
        assert!(shown(found).await?, "{found}");
    }
    for missed in [
        "who=nobody",
        "act=queue.",
        "subject=cmd",
        "from=2099-01-01",
        "to=2020-01-01",
    ] {
        assert!(!shown(missed).await?, "{missed}");
    }
    let table = owner.get("/admin/trail/acts.csv?act=text.").await?;
    let table = text(&table);
    assert!(
        table.contains("\"'=cmd()\"") && table.contains("\"'@SUM(A1)\""),
        "{table}"
    );
    assert_eq!(table.lines().count(), 2, "{table}");
    assert!(trail(&app).await?.contains(&told("trail.export", "trail")));
    Ok(())
}

#[tokio::test]
async fn a_long_trail_is_taken_along_whole_and_each_entry_once() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    for number in 0..450 {
        let act = acts::NewAct {
            act: "queue.resolve",
            subject: format!("matter-{number}"),
            before: serde_json::Value::Null,
            after: serde_json::Value::Null,
        };
        let by = acts::Actor::Program("tests");
        acts::record(&app.store, &by, &act, chrono::Utc::now()).await?;
    }
    let table = owner.get("/admin/trail/acts.csv?act=queue.").await?;
    let mut lines: Vec<_> = text(&table).lines().skip(1).collect();
    assert_eq!(lines.len(), 450);
    lines.dedup();
    assert_eq!(lines.len(), 450);
    Ok(())
}
