//! The second step of signing in, for whoever wants one.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::{second_factors, users};
use domain::UserId;
use qrcode::{QrCode, render::svg};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{
    access::{Owner, ReadOnly, SignedIn},
    chrome::{Fields, Section, Shell, page, refused},
    words::texts,
};
use crate::{app::App, error::Error};

texts! {
    /// What is said of the second step, in one language.
    FactorWords {
        title: "Segundo paso al ingresar", "Second step when signing in";
        lead: "Además de la contraseña, un código de tu teléfono. Quien robe tu contraseña no entra.", "Besides the password, a code of your phone. Whoever steals your password does not get in.";
        is_on: "Activado", "On";
        left: "Códigos de papel que quedan:", "Codes on paper that are left:";
        turn_on: "Activar", "Turn on";
        turn_off: "Desactivar", "Turn off";
        turn_off_sure: "¿Ingresar solo con la contraseña?", "Sign in with the password alone?";
        your_code: "Un código de tu teléfono o de tu papel", "A code of your phone or your paper";
        scan: "Escaneá este dibujo con una aplicación de códigos (Google Authenticator, Aegis, 1Password), o escribí la clave a mano.", "Scan this picture with an app for codes (Google Authenticator, Aegis, 1Password), or type the key.";
        picture: "El dibujo de la clave", "The picture of the key";
        key: "La clave", "The key";
        first_code: "El código que muestra ahora", "The code that it shows now";
        confirm: "Confirmar", "Confirm";
        wrong_code: "Ese código no es. Mirá que la hora de tu teléfono sea la correcta y probá con el siguiente.", "That is not the code. See that your phone's time is right, and try the next one.";
        wrong_password: "La contraseña no es correcta.", "The password is not right.";
        there: "Ya está activado.", "It is on already.";
        paper: "Tus códigos de papel", "Your codes on paper";
        paper_lead: "Anotalos y guardalos lejos del teléfono: cada uno sirve una vez si lo perdés. No los volvemos a mostrar.", "Write them down and keep them away from the phone: each is good once if you lose it. They are not shown again.";
        done: "Ya los guardé", "I have kept them";
        remove: "Quitar segundo paso", "Remove second step";
        remove_sure: "¿Quitarle el segundo paso? Hacelo solo si perdió el teléfono y sabés que es quien dice ser.", "Remove their second step? Only do it if they lost the phone and you know that it is them.";
    }
}

#[derive(Template)]
#[template(path = "admin/second_factor.html")]
struct FactorPage {
    shell: Shell,
    w: &'static FactorWords,
    /// The picture and the key of a secret that waits for its first code.
    offered: Option<(String, SecretString)>,
    codes: Vec<SecretString>,
    has_factor: bool,
    left: i64,
    problem: Option<&'static str>,
}

/// What somebody says to change theirs.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Proof {
    password: String,
    code: String,
}

/// Shows whether there is one.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn show(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
) -> Result<Response, Error> {
    page(&load(&app, me, None).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    problem: Option<&'static str>,
) -> Result<FactorPage, Error> {
    let (database, has_factor, user) = (app.database()?, me.user.has_second_factor, me.user.id);
    let shell = Shell::new(&database, me, Section::Account).await?;
    Ok(FactorPage {
        w: FactorWords::of(shell.t),
        offered: None,
        codes: Vec::new(),
        left: second_factors::left(&database, user).await?,
        has_factor,
        problem,
        shell,
    })
}

/// Offers a secret to whoever knows the password.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn offer(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Fields(given): Fields<Proof>,
) -> Result<Response, Error> {
    let (database, w) = (app.database()?, FactorWords::of(me.words()));
    if !users::has_password(&database, me.user.id, &given.password.into()).await? {
        return refused(&load(&app, me, Some(w.wrong_password)).await?);
    }
    let secret = match second_factors::offer(&database, me.user.id).await {
        Ok(secret) => secret,
        Err(database::Error::Conflict { .. }) => {
            return refused(&load(&app, me, Some(w.there)).await?);
        }
        Err(error) => return Err(error.into()),
    };
    page(&offering(&app, me, secret, None).await?)
}

async fn offering(
    app: &App,
    me: Arc<SignedIn>,
    secret: SecretString,
    problem: Option<&'static str>,
) -> Result<FactorPage, Error> {
    let picture = picture(&me.user.email, &secret)?;
    let mut page = load(app, me, problem).await?;
    page.offered = Some((picture, secret));
    Ok(page)
}

/// What a phone reads, drawn.
fn picture(email: &str, secret: &SecretString) -> Result<String, Error> {
    let who: String = form_urlencoded::byte_serialize(email.as_bytes()).collect();
    let address = format!(
        "otpauth://totp/Posada:{who}?secret={}&issuer=Posada",
        secret.expose_secret()
    );
    let code = QrCode::new(address).map_err(Error::unexpected)?;
    let drawn = code
        .render::<svg::Color<'_>>()
        .min_dimensions(220, 220)
        .build();
    // The declaration is for files; this stands in a page.
    let start = drawn.find("<svg").unwrap_or_default();
    Ok(drawn.get(start..).unwrap_or_default().to_owned())
}

/// Turns it on with the first code, and shows the codes on paper, this once.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn begin(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Fields(given): Fields<Proof>,
) -> Result<Response, Error> {
    let database = app.database()?;
    let (w, by, whose) = (
        FactorWords::of(me.words()),
        me.actor(),
        (me.user.id, me.session.id),
    );
    let begun = second_factors::begin(&database, whose, &given.code, &by, Utc::now()).await?;
    if let Some(codes) = begun {
        let mut shown = load(&app, me, None).await?;
        shown.codes = codes;
        return page(&shown);
    }
    match second_factors::offered(&database, me.user.id).await? {
        Some(secret) => refused(&offering(&app, me, secret, Some(w.wrong_code)).await?),
        None => refused(&load(&app, me, Some(w.wrong_code)).await?),
    }
}

/// Turns it off, for whoever has a code.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn end(
    ReadOnly(me): ReadOnly,
    State(app): State<App>,
    Fields(given): Fields<Proof>,
) -> Result<Response, Error> {
    let (database, user, now) = (app.database()?, me.user.id, Utc::now());
    if !second_factors::take(&database, user, &given.code, now).await? {
        let w = FactorWords::of(me.words());
        return refused(&load(&app, me, Some(w.wrong_code)).await?);
    }
    second_factors::remove(&database, user, &me.actor(), now).await?;
    Ok(Redirect::to("/admin/account?done=factor_off").into_response())
}

/// Takes it from somebody who lost phone and paper.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn remove(
    Owner(me): Owner,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Error> {
    let id: UserId = id.parse().map_err(|_no_id| Error::NotFound("user"))?;
    let removed = second_factors::remove(&app.database()?, id, &me.actor(), Utc::now()).await?;
    if removed {
        Ok(Redirect::to("/admin/team?done=saved").into_response())
    } else {
        Err(Error::NotFound("user"))
    }
}
