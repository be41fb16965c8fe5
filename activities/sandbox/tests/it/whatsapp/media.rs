//! Media in both directions: a guest's voice note, the product's upload.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use whatsapp::{Error, webhook::Content};

use super::stage::{ANA, NUMBER, Stage, TOKEN};

async fn upload(stage: &Stage, mime: &str, bytes: Vec<u8>) -> Value {
    let file = Part::bytes(bytes).file_name("file").mime_str(mime).unwrap();
    let form = Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", mime.to_owned())
        .part("file", file);
    let response = stage
        .http
        .post(format!("{}/v25.0/{NUMBER}/media", stage.url))
        .bearer_auth(TOKEN)
        .multipart(form)
        .send()
        .await
        .unwrap();
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_voice_note_is_announced_looked_up_and_downloaded() {
    let stage = Stage::set().await;
    let audio = BASE64_STANDARD.encode(b"OggS and more");
    stage
        .guest_sends(
            ANA,
            json!({ "audio": audio, "mime": "audio/ogg; codecs=opus" }),
        )
        .await;
    let Content::Audio {
        media_id,
        mime,
        voice,
    } = stage.product.message().await.content
    else {
        panic!("a voice note is audio");
    };
    assert_eq!((mime.as_str(), voice), ("audio/ogg; codecs=opus", true));

    let location = stage.client.media_url(&media_id).await.unwrap();
    assert!(!location.url.contains("/v25.0/"), "{}", location.url);
    assert_eq!(location.size, Some(13));
    let media = stage.client.download(&location, 1024).await.unwrap();
    assert_eq!(media.bytes, b"OggS and more");

    let response = stage.http.get(&location.url).send().await.unwrap();
    assert_eq!(response.status(), 401, "the address alone opens nothing");
    let gone = whatsapp::MediaLocation {
        url: format!("{}/whatsapp-media/expired", stage.url),
        ..location
    };
    let error = stage.client.download(&gone, 1024).await.unwrap_err();
    assert!(matches!(error, Error::MediaGone), "{error:?}");
}

#[tokio::test]
async fn a_picture_arrives_with_its_caption() {
    let stage = Stage::set().await;
    let image = BASE64_STANDARD.encode([0xff, 0xd8, 0xff]);
    stage
        .guest_sends(ANA, json!({ "image": image, "caption": "¿Esta?" }))
        .await;
    assert!(matches!(
        stage.product.message().await.content,
        Content::Image { caption: Some(caption), .. } if caption == "¿Esta?"
    ));
    let thread = stage.thread(ANA).await;
    let shown = format!(
        "{}{}",
        stage.url,
        thread[0]["media"]["url"].as_str().unwrap()
    );
    let bytes = stage
        .http
        .get(shown)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(bytes.as_ref(), [0xff, 0xd8, 0xff]);
}

#[tokio::test]
async fn an_upload_can_be_sent_until_it_is_deleted() {
    let stage = Stage::set().await;
    let id = upload(&stage, "image/png", vec![1, 2, 3]).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let image = json!({ "type": "image", "image": { "id": id } });
    assert_eq!(stage.say(image.clone()).await, (200, None));
    let response = stage
        .http
        .delete(format!("{}/v25.0/{id}", stage.url))
        .bearer_auth(TOKEN)
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.json::<Value>().await.unwrap(),
        json!({ "success": true })
    );
    assert_eq!(stage.say(image).await.1, Some(100));
    let error = stage.client.media_url(&id).await.unwrap_err();
    assert_eq!(error.code(), Some(100));
}

#[tokio::test]
async fn a_type_or_size_that_the_platform_does_not_take_is_refused() {
    let stage = Stage::set().await;
    for (mime, size) in [
        ("image/gif", 1),
        ("audio/wav", 1),
        ("image/jpeg", 5 * 1024 * 1024 + 1),
    ] {
        let answer = upload(&stage, mime, vec![0; size]).await;
        assert_eq!(answer["error"]["code"], 131_053, "{mime}");
    }
}
