//! Questions with answers to tap: buttons, lists and links.

use std::collections::HashSet;

use super::text::{
    Body, ButtonId, ButtonTitle, Footer, Header, Invalid, RowDescription, RowId, RowTitle,
    SectionTitle,
};

/// The most reply buttons of a message.
const MAX_BUTTONS: usize = 3;
/// The most rows of a list, in all its sections together.
const MAX_ROWS: usize = 10;

/// A question with one to three answers to tap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buttons {
    pub(super) header: Option<Header>,
    pub(super) body: Body,
    pub(super) footer: Option<Footer>,
    pub(super) buttons: Vec<Button>,
}

/// One answer to tap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Comes back when it is tapped, now or in a year.
    pub id: ButtonId,
    /// What the guest reads.
    pub title: ButtonTitle,
}

impl Buttons {
    /// Puts buttons under a text.
    ///
    /// # Errors
    ///
    /// [`Invalid::Count`] unless there are one to three, [`Invalid::Duplicate`] if two share an id or a
    /// title.
    pub fn new(body: Body, buttons: Vec<Button>) -> Result<Self, Invalid> {
        count("buttons", buttons.len(), MAX_BUTTONS)?;
        distinct(
            "a button's id",
            buttons.iter().map(|button| button.id.as_str()),
        )?;
        distinct(
            "a button's title",
            buttons.iter().map(|button| button.title.as_str()),
        )?;
        Ok(Self {
            header: None,
            body,
            footer: None,
            buttons,
        })
    }

    /// Adds a line above.
    #[must_use]
    pub fn with_header(mut self, header: Header) -> Self {
        self.header = Some(header);
        self
    }

    /// Adds a small line below.
    #[must_use]
    pub fn with_footer(mut self, footer: Footer) -> Self {
        self.footer = Some(footer);
        self
    }

    /// The text.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The answers.
    #[must_use]
    pub fn buttons(&self) -> &[Button] {
        &self.buttons
    }
}

/// A question with one to ten answers to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    pub(super) header: Option<Header>,
    pub(super) body: Body,
    pub(super) footer: Option<Footer>,
    pub(super) open: ButtonTitle,
    pub(super) sections: Vec<Section>,
}

/// Some rows under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading; needed when there is more than one section.
    pub title: Option<SectionTitle>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One answer to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Comes back when it is chosen.
    pub id: RowId,
    /// What the guest reads.
    pub title: RowTitle,
    /// Small print.
    pub description: Option<RowDescription>,
}

impl List {
    /// A list behind a button that says `open`.
    ///
    /// # Errors
    ///
    /// [`Invalid::Count`] unless there are one to ten rows in all and every section has one,
    /// [`Invalid::Duplicate`] if two rows share an id, [`Invalid::Empty`] if one of several sections has
    /// no title.
    pub fn new(body: Body, open: ButtonTitle, sections: Vec<Section>) -> Result<Self, Invalid> {
        count("sections", sections.len(), MAX_ROWS)?;
        for section in &sections {
            count("rows of a section", section.rows.len(), MAX_ROWS)?;
        }
        if sections.len() > 1 && sections.iter().any(|section| section.title.is_none()) {
            return Err(Invalid::Empty {
                what: "the section's title",
            });
        }
        let rows = || sections.iter().flat_map(|section| &section.rows);
        count("rows", rows().count(), MAX_ROWS)?;
        distinct("a row's id", rows().map(|row| row.id.as_str()))?;
        Ok(Self {
            header: None,
            body,
            footer: None,
            open,
            sections,
        })
    }

    /// A list of one section without a heading.
    ///
    /// # Errors
    ///
    /// As [`List::new`].
    pub fn of_rows(body: Body, open: ButtonTitle, rows: Vec<Row>) -> Result<Self, Invalid> {
        Self::new(body, open, vec![Section { title: None, rows }])
    }

    /// Adds a line above.
    #[must_use]
    pub fn with_header(mut self, header: Header) -> Self {
        self.header = Some(header);
        self
    }

    /// Adds a small line below.
    #[must_use]
    pub fn with_footer(mut self, footer: Footer) -> Self {
        self.footer = Some(footer);
        self
    }

    /// The text.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The sections with their rows.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }
}

/// A link behind a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CtaUrl {
    pub(super) header: Option<Header>,
    pub(super) body: Body,
    pub(super) footer: Option<Footer>,
    pub(super) label: ButtonTitle,
    pub(super) url: String,
}

impl CtaUrl {
    /// A button that says `label` and opens `url`.
    ///
    /// # Errors
    ///
    /// [`Invalid::Malformed`] unless `url` is an absolute http or https address.
    pub fn new(body: Body, label: ButtonTitle, url: impl Into<String>) -> Result<Self, Invalid> {
        Ok(Self {
            header: None,
            body,
            footer: None,
            label,
            url: web_address(url.into(), "the link")?,
        })
    }

    /// Adds a line above.
    #[must_use]
    pub fn with_header(mut self, header: Header) -> Self {
        self.header = Some(header);
        self
    }

    /// Adds a small line below.
    #[must_use]
    pub fn with_footer(mut self, footer: Footer) -> Self {
        self.footer = Some(footer);
        self
    }

    /// The text.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Where the button leads.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// A request for the phone number of a guest who hides it, answered with one tap by their card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberRequest {
    pub(super) body: Body,
}

impl NumberRequest {
    /// A request in these words.
    #[must_use]
    pub const fn new(body: Body) -> Self {
        Self { body }
    }
}

/// Accepts an absolute http or https address.
pub(super) fn web_address(url: String, what: &'static str) -> Result<String, Invalid> {
    match reqwest::Url::parse(&url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => Ok(url),
        _ => Err(Invalid::Malformed { what }),
    }
}

fn count(what: &'static str, count: usize, max: usize) -> Result<(), Invalid> {
    if (1..=max).contains(&count) {
        Ok(())
    } else {
        Err(Invalid::Count { what, count, max })
    }
}

fn distinct<'a>(
    what: &'static str,
    mut texts: impl Iterator<Item = &'a str>,
) -> Result<(), Invalid> {
    let mut seen = HashSet::new();
    if texts.all(|text| seen.insert(text)) {
        Ok(())
    } else {
        Err(Invalid::Duplicate { what })
    }
}
