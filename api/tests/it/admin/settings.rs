//! What the owner settles.

use anyhow::Result;
use database::{holidays, own_texts};
use domain::{Language, Role};
use serde_json::json;

use super::browser::{Browser, text};
use crate::app::TestApp;

const THANKS: &str = "/admin/settings/texts/es/thanks";

#[tokio::test]
async fn a_text_is_seen_before_it_is_kept_and_can_be_given_back() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let own = async || {
        let all = own_texts::all(&app.store).await?;
        anyhow::Ok(all.into_iter().map(|it| it.source).collect::<Vec<_>>())
    };
    let new = ("source", "¡De nada!\r\nQue lo disfrutes.");
    let seen = owner.send(THANKS, &[new, ("fate", "preview")]).await?;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert!(text(&seen).contains("Que lo disfrutes."));
    assert!(own().await?.is_empty());
    let kept = owner.send(THANKS, &[new, ("fate", "save")]).await?;
    assert_eq!(kept.status, 303, "{kept:?}");
    assert_eq!(own().await?, ["¡De nada!\nQue lo disfrutes."]);
    let list = owner.get("/admin/settings/texts?q=disfrutes").await?;
    assert!(text(&list).contains("¡De nada!") && text(&list).contains("thanks"));
    let back = owner.send(THANKS, &[("fate", "restore")]).await?;
    assert_eq!(back.status, 303, "{back:?}");
    assert!(own().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_text_that_leaves_out_what_a_guest_must_read_is_not_kept() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let refused = [
        ("read_back", "¿Reservo {{ name }}?", "falta decir"),
        ("thanks", "Hola {{ nobody }}", "nobody"),
        ("thanks", "{% if %}", "llaves"),
        (
            "label_confirm",
            "Sí, quiero reservar ya mismo",
            "demasiado largo",
        ),
    ];
    for (key, source, why) in refused {
        let path = format!("/admin/settings/texts/es/{key}");
        let answer = owner
            .send(&path, &[("source", source), ("fate", "save")])
            .await?;
        assert_eq!(answer.status, 422, "{key}: {answer:?}");
        let page = text(&answer);
        assert!(page.contains(why), "{key}: {page}");
    }
    // What the platform approved is not there to be changed.
    let approved = owner
        .get("/admin/settings/texts/es/approved_thanks")
        .await?;
    assert_eq!(approved.status, 404, "{approved:?}");
    assert!(own_texts::all(&app.store).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn every_text_has_a_page() -> Result<()> {
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let texts = dialogue::Texts::new()?;
    // One language has them all, and labels beside.
    for wording in texts.wordings() {
        if wording.language != Language::Pt || wording.ours.len() % 7 != 0 {
            continue;
        }
        let path = format!("/admin/settings/texts/pt/{}", wording.key);
        let shown = owner.get(&path).await?;
        assert_eq!(shown.status, 200, "{path}");
        assert!(!text(&shown).contains("role=\"alert\""), "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_holiday_is_added_renamed_and_removed() -> Result<()> {
    const LIST: &str = "/admin/settings/holidays";
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let day: chrono::NaiveDate = "2031-05-02".parse()?;
    let there = async || {
        let found = holidays::from(&app.store, day).await?;
        anyhow::Ok(
            found
                .into_iter()
                .map(|it| (it.date, it.name))
                .collect::<Vec<_>>(),
        )
    };
    for name in ["Puente", "Puente turístico", "Puente turístico"] {
        let set = owner
            .send(LIST, &[("date", "2031-05-02"), ("name", name)])
            .await?;
        assert_eq!(set.status, 303, "{set:?}");
    }
    assert_eq!(there().await?, [(day, "Puente turístico".to_owned())]);
    for wrong in [
        [("date", "2001-05-02"), ("name", "Ayer")],
        [("date", "2031-05-03"), ("name", " ")],
    ] {
        assert_eq!(owner.send(LIST, &wrong).await?.status, 422, "{wrong:?}");
    }
    let gone = owner
        .send(&format!("{LIST}/remove"), &[("date", "2031-05-02")])
        .await?;
    assert_eq!(gone.status, 303, "{gone:?}");
    assert!(there().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn the_last_that_the_platform_told_of_a_template_is_shown() -> Result<()> {
    const LIST: &str = "/admin/settings/templates";
    let app = TestApp::ready().await?;
    let owner = Browser::of(&app, Role::Owner).await?;
    let before = owner.get(LIST).await?;
    assert!(text(&before).contains("Sin novedades") && !text(&before).contains("Pausada"));
    let template = dialogue::templates(&dialogue::Texts::new()?).swap_remove(0);
    for told in ["APPROVED", "PAUSED"] {
        let notice = json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "102290129340398", "time": 1_700_000_000, "changes": [{
                "field": "message_template_status_update",
                "value": {
                    "event": told, "message_template_id": 1, "reason": "NONE",
                    "message_template_name": template.name,
                    "message_template_language": template.language,
                },
            }]}],
        });
        let answer = app.whatsapp_says(&notice).await?;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let after = owner.get(LIST).await?;
    assert!(text(&after).contains("Pausada") && !text(&after).contains("Aprobada"));
    Ok(())
}
