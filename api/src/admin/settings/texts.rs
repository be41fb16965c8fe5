//! What the bot says: every text of ours, and the owner's in its place.

use std::sync::{Arc, LazyLock};

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use chrono::Utc;
use database::own_texts::{self, OwnText};
use dialogue::{Override, Rule, Texts, TextsError, Wording};
use domain::Language;
use serde::Deserialize;

use super::words::SettingsWords;
use crate::{
    admin::{
        access::{Owner, SignedIn},
        chrome::{Fields, Section, Shell, page, refused},
    },
    app::App,
    error::Error,
    extract::Query,
};

static OURS: LazyLock<Result<(Texts, Vec<Wording>), TextsError>> = LazyLock::new(|| {
    let texts = Texts::new()?;
    let wordings = texts.wordings();
    Ok((texts, wordings))
});

const LANGUAGES: [Language; 3] = [Language::Es, Language::Pt, Language::En];

/// Of each part of the files, in the order of the page.
const PARTS: [&str; 8] = [
    "chat", "booking", "own", "browse", "line", "notices", "owner", "labels",
];

/// Our own texts.
///
/// # Errors
/// When they are wrong, which their tests rule out.
pub(super) fn ours() -> Result<&'static Texts, Error> {
    known().map(|(texts, _)| texts)
}

fn known() -> Result<(&'static Texts, &'static [Wording]), Error> {
    match &*OURS {
        Ok((texts, wordings)) => Ok((texts, wordings)),
        Err(error) => Err(Error::unexpected(error)),
    }
}

#[derive(Template)]
#[template(path = "admin/texts.html")]
struct ListPage {
    shell: Shell,
    w: &'static SettingsWords,
    languages: Vec<Choice>,
    parts: Vec<Choice>,
    wanted: Wanted,
    texts: Vec<Row>,
}

struct Choice {
    value: &'static str,
    name: &'static str,
    current: bool,
}

struct Row {
    key: String,
    begins: String,
    is_own: bool,
}

/// Which texts somebody wants to see.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Wanted {
    language: String,
    part: String,
    q: String,
    done: String,
}

/// Shows them.
///
/// # Errors
/// When the database does not answer.
pub(in crate::admin) async fn list(
    Owner(me): Owner,
    State(app): State<App>,
    Query(mut wanted): Query<Wanted>,
) -> Result<Response, Error> {
    let language: Language = wanted.language.parse().unwrap_or(Language::Es);
    let part = PARTS.into_iter().find(|part| *part == wanted.part);
    wanted.language = language.code().to_owned();
    wanted.part = part.unwrap_or(PARTS[0]).to_owned();
    let database = app.database()?;
    let own = own_texts::all(&database).await?;
    let shell = Shell::new(&database, me, Section::Settings)
        .await?
        .saying(&wanted.done);
    let w = SettingsWords::of(shell.t);
    let sought = wanted.q.trim().to_lowercase();
    let row = |wording: &Wording| {
        let own = own_of(&own, wording);
        let source = own.unwrap_or(&wording.ours);
        let fits = if sought.is_empty() {
            wording.part == wanted.part
        } else {
            wording.key.contains(&sought) || source.to_lowercase().contains(&sought)
        };
        (wording.language == language && fits).then(|| Row {
            key: wording.key.clone(),
            begins: source.lines().next().unwrap_or_default().to_owned(),
            is_own: own.is_some(),
        })
    };
    page(&ListPage {
        texts: known()?.1.iter().filter_map(row).collect(),
        languages: LANGUAGES
            .into_iter()
            .map(|it| Choice {
                value: it.code(),
                name: w.language_name(it),
                current: it == language,
            })
            .collect(),
        parts: PARTS
            .into_iter()
            .map(|it| Choice {
                value: it,
                name: w.part(it),
                current: sought.is_empty() && it == wanted.part,
            })
            .collect(),
        w,
        shell,
        wanted,
    })
}

fn own_of<'a>(own: &'a [OwnText], wording: &Wording) -> Option<&'a String> {
    own.iter()
        .find(|it| it.language == wording.language && it.key == wording.key)
        .map(|it| &it.source)
}

#[derive(Template)]
#[template(path = "admin/text.html")]
struct TextPage {
    shell: Shell,
    w: &'static SettingsWords,
    wording: &'static Wording,
    language: &'static str,
    source: String,
    is_own: bool,
    said: Vec<String>,
    problem: Option<String>,
}

impl TextPage {
    fn most(&self) -> Option<usize> {
        match self.wording.rule {
            Rule::Label { max } => Some(max),
            Rule::Template { .. } => None,
        }
    }

    fn may_say(&self) -> &'static [&'static str] {
        match self.wording.rule {
            Rule::Label { .. } => &[],
            Rule::Template { variables, .. } => variables,
        }
    }

    fn must_say(&self) -> &'static [&'static str] {
        match &self.wording.rule {
            Rule::Label { .. } => &[],
            Rule::Template { told, .. } => told,
        }
    }
}

fn find(language: &str, key: &str) -> Result<&'static Wording, Error> {
    let language: Option<Language> = language.parse().ok();
    let found = known()?
        .1
        .iter()
        .find(|it| Some(it.language) == language && it.key == key);
    found.ok_or(Error::NotFound("text"))
}

/// Shows one, with what guests read.
///
/// # Errors
/// [`Error::NotFound`].
pub(in crate::admin) async fn show(
    Owner(me): Owner,
    State(app): State<App>,
    Path((language, key)): Path<(String, String)>,
) -> Result<Response, Error> {
    let wording = find(&language, &key)?;
    let own = own_texts::all(&app.database()?).await?;
    let source = own_of(&own, wording).unwrap_or(&wording.ours).clone();
    page(&load(&app, me, wording, source).await?)
}

async fn load(
    app: &App,
    me: Arc<SignedIn>,
    wording: &'static Wording,
    source: String,
) -> Result<TextPage, Error> {
    let database = app.database()?;
    let own = own_texts::all(&database).await?;
    let shell = Shell::new(&database, me, Section::Settings).await?;
    let w = SettingsWords::of(shell.t);
    let (said, problem) = match ours()?.preview(&replacement(wording, &source)) {
        Ok(said) => (likely(said), None),
        Err(error) => (Vec::new(), Some(w.why_not(&error))),
    };
    Ok(TextPage {
        w,
        language: w.language_name(wording.language),
        is_own: own_of(&own, wording).is_some(),
        wording,
        source,
        said,
        problem,
        shell,
    })
}

/// Examples are put together without regard to what goes together. One that prints a value which is not there is
/// never said to anybody.
fn likely(said: Vec<String>) -> Vec<String> {
    let is_said = |(place, text): &(usize, String)| *place == 0 || !text.contains("None");
    let numbered = said.into_iter().enumerate();
    numbered.filter(is_said).map(|(_, text)| text).collect()
}

fn replacement(wording: &Wording, source: &str) -> Override {
    Override {
        language: wording.language,
        key: wording.key.clone(),
        source: source.to_owned(),
    }
}

/// What somebody wants with a text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::admin) struct Changed {
    source: String,
    fate: String,
}

/// Shows how one would read, keeps it, or lets ours speak again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Malformed`] when it is not said which.
pub(in crate::admin) async fn change(
    Owner(me): Owner,
    State(app): State<App>,
    Path((language, key)): Path<(String, String)>,
    Fields(given): Fields<Changed>,
) -> Result<Response, Error> {
    let wording = find(&language, &key)?;
    // Browsers send lines as the mail does.
    let source = given.source.replace("\r\n", "\n").trim().to_owned();
    let (database, by, now) = (app.database()?, me.actor(), Utc::now());
    match given.fate.as_str() {
        "preview" => return page(&load(&app, me, wording, source).await?),
        "restore" => {
            let text = (wording.language, wording.key.as_str());
            own_texts::remove(&database, text, &by, now).await?;
        }
        "save" => {
            let new = replacement(wording, &source);
            if ours()?.preview(&new).is_err() {
                return refused(&load(&app, me, wording, source).await?);
            }
            let text = OwnText {
                language: wording.language,
                key: wording.key.clone(),
                source,
            };
            if text.source == wording.ours {
                let text = (text.language, text.key.as_str());
                own_texts::remove(&database, text, &by, now).await?;
            } else {
                own_texts::set(&database, &text, &by, now).await?;
            }
        }
        _ => return Err(Error::Malformed),
    }
    let there = format!(
        "/admin/settings/texts?language={}&part={}&done=saved",
        wording.language.code(),
        wording.part
    );
    Ok(Redirect::to(&there).into_response())
}

impl SettingsWords {
    fn language_name(&self, language: Language) -> &'static str {
        match language {
            Language::Es => self.spanish,
            Language::Pt => self.portuguese,
            Language::En => self.english,
        }
    }

    fn part(&self, part: &str) -> &'static str {
        match part {
            "booking" => self.part_booking,
            "own" => self.part_own,
            "browse" => self.part_browse,
            "line" => self.part_line,
            "notices" => self.part_notices,
            "owner" => self.part_owner,
            "labels" => self.part_labels,
            _ => self.part_chat,
        }
    }

    /// Why a text cannot be used, as whoever wrote it can mend it.
    fn why_not(&self, error: &TextsError) -> String {
        match error {
            TextsError::LeftOut { variable, .. } => {
                format!("{} {{{{ {variable} }}}}.", self.not_said)
            }
            TextsError::UnknownVariable { variable, .. } => {
                format!("{} {{{{ {variable} }}}}.", self.not_given)
            }
            TextsError::LabelLength { .. } | TextsError::Length { .. } => self.length.to_owned(),
            TextsError::Broken { .. }
            | TextsError::Missing { .. }
            | TextsError::UnknownKey { .. } => self.broken.to_owned(),
        }
    }
}
