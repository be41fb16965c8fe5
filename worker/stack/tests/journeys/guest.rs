//! A guest with a phone: writes, taps, and reads what comes back.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use stack::eventually;

use crate::house::House;

/// How long an answer may take here, where builds are slow and processes are killed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody who books.
pub(crate) struct Guest<'a> {
    house: &'a House,
    wa_id: String,
    name: String,
    read: i64,
}

/// A message from the house, as the phone shows it.
#[derive(Debug, Clone)]
pub(crate) struct Heard(Value);

impl<'a> Guest<'a> {
    pub(crate) fn new(house: &'a House, name: &str, wa_id: &str) -> Self {
        Self {
            house,
            wa_id: wa_id.to_owned(),
            name: name.to_owned(),
            read: 0,
        }
    }

    /// Goes on reading where another phone of theirs left off.
    pub(crate) const fn resumes_at(&mut self, seq: i64) {
        self.read = seq;
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

    /// Sends anything the sandbox understands; answers the message's id.
    pub(crate) async fn sends(&self, mut body: Value) -> Result<String> {
        body["profile_name"] = json!(self.name);
        let path = format!("/sandbox/guests/{}/messages", self.wa_id);
        let answer = self.house.post_sandbox(&path, &body).await?;
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

    /// Everything both sides said after a moment of the thread.
    pub(crate) async fn thread(&self, after: i64) -> Result<Vec<Heard>> {
        let path = format!("/sandbox/guests/{}/messages?after={after}", self.wa_id);
        let thread = self.house.get_sandbox(&path).await?;
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
