//! A guest with a phone: writes, taps, and reads what comes back.

use std::{collections::HashSet, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};
use stack::eventually;

use crate::{booking::code_in, house::Scene};

/// How long an answer may take here, where builds are slow and processes are killed.
const PATIENCE: Duration = Duration::from_secs(120);

/// Somebody who books.
pub(crate) struct Guest {
    scene: Scene,
    wa_id: String,
    name: String,
    read: i64,
    last: Option<Heard>,
}

/// A message from the house, as the phone shows it.
#[derive(Debug, Clone)]
pub(crate) struct Heard(Value);

impl Guest {
    pub(crate) fn new(scene: &Scene, name: &str, wa_id: &str) -> Self {
        Self {
            scene: scene.clone(),
            wa_id: wa_id.to_owned(),
            name: name.to_owned(),
            read: 0,
            last: None,
        }
    }

    /// How WhatsApp calls them: a number, or an account when they hide it.
    pub(crate) fn id(&self) -> &str {
        &self.wa_id
    }

    pub(crate) async fn writes(&self, text: &str) -> Result<String> {
        self.sends(json!({ "text": text })).await
    }

    /// Taps the button or row of this title in a message.
    pub(crate) async fn taps(&self, message: &Heard, title: &str) -> Result<String> {
        let id = message
            .option(title)
            .with_context(|| format!("no «{title}» in {}", message.0))?;
        self.sends(json!({ "button": id })).await
    }

    /// Taps the button or row of this title in what they heard last.
    pub(crate) async fn chooses(&self, title: &str) -> Result<String> {
        let last = self.last.as_ref().context("they have heard nothing yet")?;
        self.taps(last, title).await
    }

    /// Sends anything the sandbox understands; answers the message's id.
    pub(crate) async fn sends(&self, mut body: Value) -> Result<String> {
        body["profile_name"] = json!(self.name);
        let path = format!("/sandbox/guests/{}/messages", self.wa_id);
        let answer = self.scene.post_sandbox(&path, &body).await?;
        Ok(answer["message_id"]
            .as_str()
            .context("the sandbox names the message")?
            .to_owned())
    }

    /// Waits for the next message from the house that fits, and leaves what came before behind.
    pub(crate) async fn hears(
        &mut self,
        what: &str,
        fits: impl Fn(&Heard) -> bool,
    ) -> Result<Heard> {
        let found = eventually(
            &format!("{} hears {what}", self.name),
            PATIENCE,
            async || {
                let thread = self.thread(self.read).await.ok()?;
                thread
                    .into_iter()
                    .find(|heard| heard.is_from_house() && fits(heard))
            },
        )
        .await;
        match found {
            Ok(heard) => {
                self.read = heard.seq();
                self.last = Some(heard.clone());
                Ok(heard)
            }
            Err(error) => bail!("{error}; the thread is {:#?}", self.thread(0).await?),
        }
    }

    /// Waits for a message that says this, in any case of letters.
    pub(crate) async fn hears_text(&mut self, words: &str) -> Result<Heard> {
        let wanted = words.to_lowercase();
        self.hears(words, |heard| heard.text().to_lowercase().contains(&wanted))
            .await
    }

    /// Waits for something to choose from, one of which has this title.
    pub(crate) async fn hears_choice(&mut self, title: &str) -> Result<Heard> {
        let has = |heard: &Heard| heard.options().iter().any(|(it, _)| it.contains(title));
        self.hears(title, has).await
    }

    /// Waits for a payment link, and answers the reservation's name.
    pub(crate) async fn hears_link(&mut self) -> Result<String> {
        let link = self
            .hears("a payment link", |heard| heard.link().is_some())
            .await?;
        code_in(link.text()).with_context(|| format!("no code in {}", link.text()))
    }

    /// Everything that the guest said was answered before they said the next thing, but for so many silences, and
    /// nothing was said twice.
    pub(crate) async fn was_answered_once(&self, silences: usize) -> Result<()> {
        let thread = self.thread(0).await?;
        let turns: Vec<&[Heard]> = thread
            .chunk_by(|_, next| next.is_from_house())
            .filter(|turn| turn.first().is_some_and(|first| !first.is_from_house()))
            .collect();
        let silent = turns.iter().filter(|turn| turn.len() == 1).count();
        ensure!(
            silent == silences,
            "{} met {silent} silences: {thread:#?}",
            self.name
        );
        let mut sent = HashSet::new();
        for heard in thread.iter().filter(|heard| heard.is_from_house()) {
            ensure!(
                sent.insert(heard.0["raw"]["biz_opaque_callback_data"].as_str()),
                "{} heard one message twice: {heard:?}",
                self.name
            );
        }
        for turn in turns {
            let words: Vec<_> = turn.iter().skip(1).map(Heard::text).collect();
            let distinct: HashSet<_> = words.iter().collect();
            ensure!(
                distinct.len() == words.len(),
                "{} was answered twice: {words:#?}",
                self.name
            );
        }
        Ok(())
    }

    /// Everything both sides said after a moment of the thread.
    pub(crate) async fn thread(&self, after: i64) -> Result<Vec<Heard>> {
        let path = format!("/sandbox/guests/{}/messages?after={after}", self.wa_id);
        let thread = self.scene.get_sandbox(&path).await?;
        Ok(thread
            .as_array()
            .into_iter()
            .flatten()
            .cloned()
            .map(Heard)
            .collect())
    }

    /// How often the house said something that fits.
    pub(crate) async fn count(&self, fits: impl Fn(&Heard) -> bool) -> Result<usize> {
        let thread = self.thread(0).await?;
        Ok(thread
            .iter()
            .filter(|heard| heard.is_from_house() && fits(heard))
            .count())
    }
}

impl Heard {
    fn is_from_house(&self) -> bool {
        self.0["from"] == "business"
    }

    pub(crate) fn seq(&self) -> i64 {
        self.0["seq"].as_i64().unwrap_or_default()
    }

    pub(crate) fn text(&self) -> &str {
        self.0["text"].as_str().unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> &str {
        self.0["type"].as_str().unwrap_or_default()
    }

    pub(crate) fn link(&self) -> Option<&str> {
        self.0["link"]["url"].as_str()
    }

    /// Whether it offers to share a hidden number.
    pub(crate) fn asks_for_number(&self) -> bool {
        self.0["interactive_type"] == "request_contact_info"
    }

    /// Whether there is something to choose from.
    pub(crate) fn has_options(&self) -> bool {
        !self.options().is_empty()
    }

    pub(crate) fn options(&self) -> Vec<(&str, &str)> {
        ["buttons", "rows"]
            .into_iter()
            .filter_map(|kind| self.0[kind].as_array())
            .flatten()
            .filter_map(|option| Some((option["title"].as_str()?, option["id"].as_str()?)))
            .collect()
    }

    /// The description of a list's row.
    pub(crate) fn description(&self, title: &str) -> Option<&str> {
        let rows = self.0["rows"].as_array()?;
        let row = rows
            .iter()
            .find(|row| row["title"].as_str().is_some_and(|it| it.contains(title)))?;
        row["description"].as_str()
    }

    fn option(&self, title: &str) -> Option<String> {
        let options = self.options();
        let exact = options.iter().find(|(it, _)| *it == title);
        let found = exact.or_else(|| options.iter().find(|(it, _)| it.contains(title)));
        found.map(|(_, id)| (*id).to_owned())
    }
}
