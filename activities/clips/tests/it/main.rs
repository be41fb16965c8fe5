//! Clips in a real Redis: `stack services -- cargo test -p clips`.
#![expect(
    clippy::unwrap_used,
    reason = "a failed assumption of a test is its failure"
)]

use clips::{Clips, Heard};
use workflows::contracts::speech::Hearing;

fn clips() -> Clips {
    Clips::new(&stack::Environment::read().unwrap().redis_url).unwrap()
}

#[tokio::test]
async fn a_clip_is_found_until_it_was_heard_and_then_its_words_are() {
    let clips = clips();
    let name = clips.leave(b"OggS\0\xff").await.unwrap();
    assert_eq!(clips.sound(&name).await.unwrap().unwrap(), b"OggS\0\xff");
    assert_eq!(clips.heard(&name).await.unwrap(), None);

    let heard = Heard {
        text: Some("hola".to_owned()),
        confidence: Some(0.9),
        ..Heard::only(Hearing::Text)
    };
    clips.tell(&name, &heard).await.unwrap();
    assert_eq!(clips.sound(&name).await.unwrap(), None);
    assert_eq!(clips.heard(&name).await.unwrap(), Some(heard));

    clips.forget(&name).await;
    assert_eq!(clips.heard(&name).await.unwrap(), None);
}

#[tokio::test]
async fn two_clips_have_two_names() {
    let clips = clips();
    assert_ne!(
        clips.leave(b"a").await.unwrap(),
        clips.leave(b"a").await.unwrap()
    );
}

#[tokio::test]
async fn without_redis_a_clip_cannot_be_left() {
    let clips = Clips::new("redis://127.0.0.1:1").unwrap();
    assert!(clips.leave(b"a").await.is_err());
}
