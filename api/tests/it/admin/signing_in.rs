//! The door, the account, the team and the tokens.

use anyhow::{Context as _, Result};
use domain::Role;
use serde_json::json;

use super::browser::{Browser, PASSWORD, text, user};
use crate::app::{Answer, TestApp};

async fn knock(app: &TestApp, email: &str, password: &str) -> Result<Answer> {
    let fields = [
        ("email", email),
        ("password", password),
        ("next", "/admin/account"),
    ];
    Browser::new(app)
        .send_from(&app.url, "/admin/login", &fields)
        .await
}

#[tokio::test]
async fn the_right_password_opens_and_the_cookie_is_kept_from_others() -> Result<()> {
    let app = TestApp::ready().await?;
    let ana = user(&app, Role::Staff).await?;
    let opened = knock(&app, &ana.email, PASSWORD).await?;
    assert_eq!(
        (opened.status, opened.header("location")),
        (303, "/admin/account")
    );
    let cookie = opened.header("set-cookie").to_owned();
    for promise in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(promise), "{cookie}");
    }
    let mut browser = Browser::new(&app);
    browser.cookie = cookie.split(';').next().map(str::to_owned);
    assert_eq!(browser.get("/admin/account").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_nobody_are_answered_alike_and_made_to_wait() -> Result<()> {
    let app = TestApp::ready().await?;
    let ana = user(&app, Role::Owner).await?;
    let mut answers = Vec::new();
    for email in [ana.email.as_str(), "nobody@example.com"] {
        let mut statuses = Vec::new();
        for _ in 0..6 {
            let refused = knock(&app, email, "a guess at the password").await?;
            assert_eq!(refused.header("set-cookie"), "");
            statuses.push(refused.status);
        }
        answers.push(statuses);
    }
    assert_eq!(answers[0], [422, 422, 422, 422, 422, 429]);
    assert_eq!(answers[0], answers[1]);
    Ok(())
}

#[tokio::test]
async fn somebody_who_was_sent_to_the_door_comes_back_to_where_they_were() -> Result<()> {
    let app = TestApp::ready().await?;
    let sent = Browser::new(&app).get("/admin/trail?page=2").await?;
    assert_eq!(
        sent.header("location"),
        "/admin/login?next=%2Fadmin%2Ftrail%3Fpage%3D2"
    );
    let door = Browser::new(&app).get(sent.header("location")).await?;
    assert!(text(&door).contains(r#"name="next" value="/admin/trail?page=2""#));
    Ok(())
}

#[tokio::test]
async fn a_new_password_needs_the_old_one() -> Result<()> {
    let app = TestApp::ready().await?;
    let ana = user(&app, Role::Staff).await?;
    let browser = Browser::of_user(&app, &ana.email).await?;
    let new = "otra frase bien larga";
    let change = async |current: &str, again: &str| {
        let fields = [("current", current), ("new", new), ("again", again)];
        browser.send("/admin/account/password", &fields).await
    };
    assert_eq!(change("not it at all", new).await?.status, 422);
    assert_eq!(change(PASSWORD, "something else").await?.status, 422);
    assert_eq!(change(PASSWORD, new).await?.status, 303);
    assert_eq!(browser.get("/admin/account").await?.status, 200);
    assert_eq!(knock(&app, &ana.email, PASSWORD).await?.status, 422);
    assert_eq!(knock(&app, &ana.email, new).await?.status, 303);
    Ok(())
}

#[tokio::test]
async fn an_owner_adds_somebody_and_takes_their_access_away() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let fields = [
        ("name", "Beto <script>"),
        ("email", "beto@example.com"),
        ("role", "staff"),
        ("password", PASSWORD),
    ];
    assert_eq!(owner.send("/admin/team", &fields).await?.status, 303);
    assert_eq!(owner.send("/admin/team", &fields).await?.status, 422);
    let page = owner.get("/admin/team").await?;
    assert!(text(&page).contains("Beto &#60;script&#62;"), "{page:?}");
    let beto = Browser::of_user(&app, "beto@example.com").await?;
    assert_eq!(beto.get("/admin/account").await?.status, 200);
    let everybody = database::users::all(&app.store).await?;
    let id = everybody
        .iter()
        .find(|user| user.email == "beto@example.com")
        .context("Beto is there")?
        .id;
    let close = format!("/admin/team/{id}/access");
    assert_eq!(
        owner.send(&close, &[("access", "closed")]).await?.status,
        303
    );
    assert_eq!(beto.get("/admin/account").await?.status, 303);
    let trail = owner.get("/admin/trail").await?;
    assert!(text(&trail).contains("Quitó el acceso"));
    Ok(())
}

#[tokio::test]
async fn the_last_owner_stays() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = user(&app, Role::Owner).await?;
    let browser = Browser::of_user(&app, &owner.email).await?;
    let demoted = browser
        .send(
            &format!("/admin/team/{}/role", owner.id),
            &[("role", "staff")],
        )
        .await?;
    assert_eq!(demoted.status, 422);
    Ok(())
}

#[tokio::test]
async fn a_token_is_shown_once_and_may_what_its_scope_says() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let token = async |scope: &str| {
        let made = owner
            .send("/admin/tokens", &[("name", "reports"), ("scope", scope)])
            .await?;
        let shown = text(&made)
            .split_once("<code>posada_")
            .context("it is shown")?;
        let rest = shown.1.split('<').next().unwrap_or_default();
        anyhow::Ok(format!("posada_{rest}"))
    };
    let (reads, operates) = (token("read").await?, token("operate").await?);
    let page = owner.get("/admin/tokens").await?;
    assert!(!text(&page).contains("posada_"));
    let list = "/api/v1/reservations";
    let cancel = "/api/v1/reservations/RES270115ABC123/cancel";
    assert_eq!(app.get_as(&reads, list).await?.status, 200);
    assert_eq!(app.get_as(&operates, list).await?.status, 200);
    assert_eq!(
        app.post_as(&reads, cancel, &json!({})).await?.code(),
        (403, "forbidden")
    );
    assert_eq!(
        app.post_as(&operates, cancel, &json!({})).await?.code(),
        (404, "not_found")
    );
    for id in database::api_tokens::all(&app.store).await? {
        let revoke = format!("/admin/tokens/{}/revoke", id.id);
        assert_eq!(owner.send(&revoke, &[]).await?.status, 303);
    }
    assert_eq!(
        app.get_as(&operates, list).await?.code(),
        (401, "unauthorized")
    );
    Ok(())
}
