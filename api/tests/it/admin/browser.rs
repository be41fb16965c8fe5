//! Somebody with a browser: it keeps the cookie, names its origin, and sends the forms it was given.

use anyhow::{Context as _, Result};
use chrono::Utc;
use database::{
    acts::Actor,
    sessions::{SignIn, SignInAttempt, sign_in},
    users::{self, NewUser, User},
};
use domain::{Language, Role};
use reqwest::{
    Method, RequestBuilder,
    multipart::{Form, Part},
};
use secrecy::ExposeSecret as _;

use crate::app::{Answer, TestApp};

pub(crate) const PASSWORD: &str = "un mate en el muelle";

/// Somebody's browser.
pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    pub(crate) cookie: Option<String>,
    csrf: String,
}

/// Adds somebody.
pub(crate) async fn user(app: &TestApp, role: Role) -> Result<User> {
    let new = NewUser {
        email: format!("{}-{}@example.com", role.as_str(), rand::random::<u32>()),
        name: "Ana Gómez".to_owned(),
        role,
        language: Language::Es,
        password: PASSWORD.into(),
    };
    Ok(users::create(&app.store, &new, &Actor::Program("tests"), Utc::now()).await?)
}

impl<'a> Browser<'a> {
    /// Of somebody who is not signed in.
    pub(crate) const fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            cookie: None,
            csrf: String::new(),
        }
    }

    /// Of somebody new who is signed in.
    pub(crate) async fn of(app: &'a TestApp, role: Role) -> Result<Self> {
        let user = user(app, role).await?;
        Self::of_user(app, &user.email).await
    }

    /// Of somebody who is signed in.
    pub(crate) async fn of_user(app: &'a TestApp, email: &str) -> Result<Self> {
        let attempt = SignInAttempt {
            email: email.to_owned(),
            password: PASSWORD.into(),
            code: "".into(),
            address: "192.0.2.1".to_owned(),
            agent: "tests".to_owned(),
        };
        let SignIn::In { token, .. } = sign_in(&app.store, &attempt, Utc::now()).await? else {
            anyhow::bail!("{email} is not let in")
        };
        let mut browser = Self::new(app);
        browser.cookie = Some(format!("posada={}", token.expose_secret()));
        browser.read_csrf().await?;
        Ok(browser)
    }

    /// Keeps the cookie of an answer.
    pub(crate) async fn keep(&mut self, opened: &Answer) -> Result<()> {
        let cookie = opened.header("set-cookie").split(';').next();
        self.cookie = cookie.map(str::to_owned);
        self.read_csrf().await
    }

    async fn read_csrf(&mut self) -> Result<()> {
        let page = self.get("/admin/account").await?;
        let html = page.body.as_str().context("a page is text")?;
        let value = html
            .split_once(r#"name="csrf" value=""#)
            .and_then(|(_, rest)| rest.split_once('"'));
        self.csrf = value.context("the page has forms")?.0.to_owned();
        Ok(())
    }

    /// What forms of this session carry.
    pub(crate) fn csrf(&self) -> &str {
        &self.csrf
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.app.request(method, path);
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer> {
        Answer::of(self.request(Method::GET, path).send().await?).await
    }

    /// Sends a form of a page of ours.
    pub(crate) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let mut fields = fields.to_vec();
        fields.push(("csrf", &self.csrf));
        self.send_from(&self.app.url, path, &fields).await
    }

    /// Sends a form of ours with a file.
    pub(crate) async fn upload(
        &self,
        path: &str,
        fields: &[(&'static str, &str)],
        file: &[u8],
    ) -> Result<Answer> {
        let mut form = Form::new().text("csrf", self.csrf.clone());
        for (name, value) in fields {
            form = form.text(*name, (*value).to_owned());
        }
        let file = Part::bytes(file.to_vec()).file_name("../../etc/passwd.html");
        let sent = self
            .request(Method::POST, path)
            .header("origin", &self.app.url)
            .multipart(form.part("file", file));
        Answer::of(sent.send().await?).await
    }

    /// Sends a form of a page of somebody's.
    pub(crate) async fn send_from(
        &self,
        origin: &str,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer> {
        let form = self
            .request(Method::POST, path)
            .header("origin", origin)
            .form(fields);
        Answer::of(form.send().await?).await
    }
}

/// What a page says.
pub(crate) fn text(answer: &Answer) -> &str {
    answer.body.as_str().unwrap_or_default()
}
