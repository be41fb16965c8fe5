//! Who may sign in, who is signed in, and what is written down about it.

use chrono::{DateTime, TimeDelta, Utc};
use database::{
    Database, Error, Page,
    acts::{self, Actor},
    api_tokens,
    sessions::{self, SignIn, SignInAttempt, sign_in},
    users::{self, NewUser, User},
};
use domain::{Language, Role, Scope};
use sea_orm::ConnectionTrait as _;
use secrecy::ExposeSecret as _;

use crate::support::{Fresh, now};

const PASSWORD: &str = "un mate en el muelle";
const SETUP: Actor = Actor::Program("tests");

async fn user(db: &Database, email: &str, role: Role) -> User {
    let new = NewUser {
        email: email.to_owned(),
        name: "Ana".to_owned(),
        role,
        language: Language::Es,
        password: PASSWORD.into(),
    };
    users::create(db, &new, &SETUP, now()).await.unwrap()
}

fn attempt(email: &str, password: &str, address: &str) -> SignInAttempt {
    SignInAttempt {
        code: "".into(),
        email: email.to_owned(),
        password: password.into(),
        address: address.to_owned(),
        agent: "a browser".to_owned(),
    }
}

async fn token(db: &Database, email: &str, at: DateTime<Utc>) -> String {
    match sign_in(db, &attempt(email, PASSWORD, "192.0.2.1"), at)
        .await
        .unwrap()
    {
        SignIn::In { token, .. } => token.expose_secret().to_owned(),
        refused => panic!("{refused:?}"),
    }
}

#[tokio::test]
async fn a_session_opens_for_the_password_and_is_over_when_ended() {
    let fresh = Fresh::database().await;
    let ana = user(&fresh.db, " Ana@Example.com ", Role::Staff).await;
    assert_eq!(ana.email, "ana@example.com");
    let token = token(&fresh.db, "ANA@example.com", now()).await;
    let (session, who) = sessions::find(&fresh.db, &token, now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(who, ana);
    assert!(
        sessions::find(&fresh.db, "another", now())
            .await
            .unwrap()
            .is_none()
    );
    sessions::end(&fresh.db, ana.id, session.id, &SETUP, now())
        .await
        .unwrap();
    assert!(
        sessions::find(&fresh.db, &token, now())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_or_old() {
    let fresh = Fresh::database().await;
    user(&fresh.db, "ana@example.com", Role::Staff).await;
    let token = token(&fresh.db, "ana@example.com", now()).await;
    let is_open = async |at| {
        sessions::find(&fresh.db, &token, at)
            .await
            .unwrap()
            .is_some()
    };
    assert!(!is_open(now() + sessions::IDLE).await);
    let mut at = now();
    while at < now() + sessions::LONGEST - TimeDelta::days(6) {
        assert!(is_open(at).await);
        at += TimeDelta::days(6);
    }
    assert!(!is_open(now() + sessions::LONGEST).await);
}

#[tokio::test]
async fn whoever_guesses_waits_ever_longer_and_learns_nothing_of_who_exists() {
    let fresh = Fresh::database().await;
    user(&fresh.db, "ana@example.com", Role::Owner).await;
    for email in ["ana@example.com", "nobody@example.com"] {
        let guess = attempt(email, "guess", "203.0.113.9");
        let mut waits = Vec::new();
        let mut at = now();
        for _ in 0..8 {
            match sign_in(&fresh.db, &guess, at).await.unwrap() {
                SignIn::Wrong => {}
                SignIn::Wait { until } => {
                    waits.push((until - at).num_seconds());
                    at = until;
                    assert!(matches!(
                        sign_in(&fresh.db, &guess, at).await.unwrap(),
                        SignIn::Wrong
                    ));
                }
                other @ (SignIn::In { .. } | SignIn::CodeWanted) => panic!("{other:?}"),
            }
        }
        assert_eq!(waits, [30, 60, 120], "{email}");
    }
    // From elsewhere the owner gets in, and the right password does not help while one has to wait.
    let right = attempt("ana@example.com", PASSWORD, "203.0.113.9");
    assert!(matches!(
        sign_in(&fresh.db, &right, now() + TimeDelta::seconds(210))
            .await
            .unwrap(),
        SignIn::Wait { .. }
    ));
    token(&fresh.db, "ana@example.com", now()).await;
}

#[tokio::test]
async fn many_guesses_at_once_are_many_guesses() {
    let fresh = Fresh::database().await;
    let guesses = (0..30).map(|_| {
        let db = fresh.db.clone();
        tokio::spawn(async move {
            let guess = attempt("ana@example.com", "guess", "203.0.113.9");
            matches!(sign_in(&db, &guess, now()).await.unwrap(), SignIn::Wrong)
        })
    });
    let mut tried = 0;
    for guess in guesses.collect::<Vec<_>>() {
        tried += usize::from(guess.await.unwrap());
    }
    assert_eq!(tried, 5);
}

#[tokio::test]
async fn what_somebody_may_changes_at_once_and_somebody_always_may() {
    let fresh = Fresh::database().await;
    let owner = user(&fresh.db, "ana@example.com", Role::Owner).await;
    let staff = user(&fresh.db, "beto@example.com", Role::Staff).await;
    let open = token(&fresh.db, "beto@example.com", now()).await;
    users::set_role(&fresh.db, staff.id, Role::ReadOnly, &SETUP, now())
        .await
        .unwrap();
    assert!(
        sessions::find(&fresh.db, &open, now())
            .await
            .unwrap()
            .is_none()
    );
    for refused in [
        users::set_role(&fresh.db, owner.id, Role::Staff, &SETUP, now()).await,
        users::set_disabled(&fresh.db, owner.id, true, &SETUP, now()).await,
    ] {
        assert!(
            matches!(&refused, Err(Error::Conflict { rule }) if rule == "users_last_owner"),
            "{refused:?}"
        );
    }
    users::set_disabled(&fresh.db, staff.id, true, &SETUP, now())
        .await
        .unwrap();
    let knocks = attempt("beto@example.com", PASSWORD, "192.0.2.1");
    let refused = sign_in(&fresh.db, &knocks, now()).await.unwrap();
    assert!(matches!(refused, SignIn::Wrong));
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    let fresh = Fresh::database().await;
    let ana = user(&fresh.db, "ana@example.com", Role::Owner).await;
    let (here, there) = (
        token(&fresh.db, "ana@example.com", now()).await,
        token(&fresh.db, "ana@example.com", now()).await,
    );
    let find = async |token: &str| sessions::find(&fresh.db, token, now()).await.unwrap();
    let keep = find(&here).await.map(|(session, _)| session.id);
    let another = "otra contraseña larga".into();
    users::set_password(&fresh.db, ana.id, &another, keep, &SETUP, now())
        .await
        .unwrap();
    assert!(find(&here).await.is_some());
    assert!(find(&there).await.is_none());
    assert!(
        users::has_password(&fresh.db, ana.id, &another)
            .await
            .unwrap()
    );
    assert!(
        !users::has_password(&fresh.db, ana.id, &PASSWORD.into())
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn the_same_address_is_one_user() {
    let fresh = Fresh::database().await;
    user(&fresh.db, "ana@example.com", Role::Owner).await;
    let again = NewUser {
        email: "ANA@example.com".to_owned(),
        name: "Ana".to_owned(),
        role: Role::Staff,
        language: Language::En,
        password: PASSWORD.into(),
    };
    let refused = users::create(&fresh.db, &again, &SETUP, now()).await;
    assert!(matches!(refused, Err(Error::Conflict { rule }) if rule == "users_email_key"));
}

#[tokio::test]
async fn a_token_opens_until_it_is_revoked_and_is_kept_nowhere() {
    let fresh = Fresh::database().await;
    let ana = user(&fresh.db, "ana@example.com", Role::Owner).await;
    let token = api_tokens::create(&fresh.db, "bot", Scope::Read, ana.id, &SETUP, now())
        .await
        .unwrap();
    let token = token.expose_secret();
    let found = api_tokens::find(&fresh.db, token, now())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.scope, Scope::Read);
    let sql = fresh.sql().await;
    let kept = sql
        .query_one_raw(sea_orm::raw_sql!(
            Postgres,
            r"SELECT 1 FROM api_tokens
              WHERE api_tokens::text LIKE '%' || {token} || '%' OR encode(token_hash, 'escape') = {token}"
        ))
        .await
        .unwrap();
    assert!(kept.is_none());
    api_tokens::revoke(&fresh.db, found.id, &SETUP, now())
        .await
        .unwrap();
    assert!(
        api_tokens::find(&fresh.db, token, now())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn the_trail_tells_who_did_what_and_nobody_can_change_it() {
    let fresh = Fresh::database().await;
    let ana = user(&fresh.db, "ana@example.com", Role::Owner).await;
    let staff = user(&fresh.db, "beto@example.com", Role::Staff).await;
    let by = Actor::User {
        id: ana.id,
        name: ana.name,
    };
    users::set_role(&fresh.db, staff.id, Role::ReadOnly, &by, now())
        .await
        .unwrap();
    let trail = acts::about(&fresh.db, &staff.id.to_string(), Page::first(10))
        .await
        .unwrap();
    let told: Vec<_> = trail
        .iter()
        .map(|act| (act.act.as_str(), act.actor_id.clone()))
        .collect();
    assert_eq!(
        told,
        [
            ("user.role", ana.id.to_string()),
            ("user.create", "tests".to_owned())
        ]
    );
    let changed = trail.first().unwrap();
    assert_eq!(
        (&changed.before["role"], &changed.after["role"]),
        (&"staff".into(), &"read_only".into())
    );
    let sql = fresh.sql().await;
    for attack in [
        "UPDATE acts SET actor_name = 'nobody'",
        "DELETE FROM acts",
        "TRUNCATE acts",
    ] {
        assert!(sql.execute_unprepared(attack).await.is_err(), "{attack}");
    }
}

#[tokio::test]
async fn a_token_is_closed_with_whoever_made_it() {
    let fresh = Fresh::database().await;
    user(&fresh.db, "ana@example.com", Role::Owner).await;
    for keeps_out in [true, false] {
        let email = format!("beto{keeps_out}@example.com");
        let beto = user(&fresh.db, &email, Role::Owner).await;
        let token = api_tokens::create(&fresh.db, "bot", Scope::Operate, beto.id, &SETUP, now())
            .await
            .unwrap();
        let opens = async || {
            let found = api_tokens::find(&fresh.db, token.expose_secret(), now()).await;
            found.unwrap().is_some()
        };
        assert!(opens().await);
        if keeps_out {
            users::set_disabled(&fresh.db, beto.id, true, &SETUP, now())
                .await
                .unwrap();
        } else {
            users::set_role(&fresh.db, beto.id, Role::Staff, &SETUP, now())
                .await
                .unwrap();
        }
        assert!(!opens().await, "disabled: {keeps_out}");
    }
}

#[tokio::test]
async fn an_office_that_signs_in_often_is_not_kept_out() {
    let fresh = Fresh::database().await;
    user(&fresh.db, "ana@example.com", Role::Owner).await;
    for _ in 0..40 {
        token(&fresh.db, "ana@example.com", now()).await;
    }
}
