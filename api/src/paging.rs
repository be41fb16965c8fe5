//! One page of a list. No list is ever answered whole.

use database::Page;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::error::Error;

/// The most items on a page.
const LARGEST: u32 = 100;

/// The items on a page when nothing is said.
const USUAL: u32 = 50;

/// Pages beyond this one are nobody's wish.
const LAST: u32 = 100_000;

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The page, from 1.
    #[param(value_type = Option<u32>, minimum = 1, example = 1)]
    page: Option<String>,
    /// The items on a page, at most 100; 50 when nothing is said.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, example = 50)]
    page_size: Option<String>,
}

/// The part that was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    page: u32,
    size: u32,
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Listed<T: ToSchema> {
    /// The items on this page.
    items: Vec<T>,
    /// Which page this is, from 1.
    page: u32,
    /// The most items on a page.
    page_size: u32,
    /// Whether there is another one.
    has_more: bool,
}

impl PageQuery {
    /// The page of this number, as an address of our own pages says it; the first when it says nothing.
    pub(crate) fn numbered(page: &str) -> Self {
        Self {
            page: Some(page.to_owned()).filter(|page| !page.is_empty()),
            page_size: None,
        }
    }

    /// Reads what was asked for.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the field.
    pub(crate) fn wanted(&self) -> Result<Wanted, Error> {
        Ok(Wanted {
            page: within("page", self.page.as_deref(), 1, LAST)?,
            size: within("page_size", self.page_size.as_deref(), USUAL, LARGEST)?,
        })
    }
}

fn within(field: &str, given: Option<&str>, usual: u32, most: u32) -> Result<u32, Error> {
    let Some(text) = given else { return Ok(usual) };
    text.parse()
        .ok()
        .filter(|number| (1..=most).contains(number))
        .ok_or_else(|| {
            Error::invalid(
                field,
                "out_of_range",
                format!("{field} is a number from 1 to {most}"),
            )
        })
}

impl Wanted {
    /// What to ask the database for: one more than fits tells whether there is another page.
    pub(crate) const fn rows(self) -> Page {
        Page::new(self.size.saturating_add(1), self.offset())
    }

    /// How many to pass over in a list that is there whole.
    pub(crate) fn skip(self) -> usize {
        usize::try_from(self.offset()).unwrap_or(usize::MAX)
    }

    /// How many to take of it: one more than fits.
    pub(crate) fn take(self) -> usize {
        self.fits().saturating_add(1)
    }

    /// The page, from what was found.
    pub(crate) fn listed<T: ToSchema>(self, items: Vec<T>) -> Listed<T> {
        let (items, has_more) = self.cut(items);
        Listed {
            items,
            page: self.page,
            page_size: self.size,
            has_more,
        }
    }

    /// Which page it is, from 1.
    pub(crate) const fn number(self) -> u32 {
        self.page
    }

    /// What fits of what was found, and whether there is more.
    pub(crate) fn cut<T>(self, mut items: Vec<T>) -> (Vec<T>, bool) {
        let has_more = items.len() > self.fits();
        items.truncate(self.fits());
        (items, has_more)
    }

    const fn offset(self) -> u32 {
        self.page.saturating_sub(1).saturating_mul(self.size)
    }

    fn fits(self) -> usize {
        usize::try_from(self.size).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(page: &str, size: &str) -> Result<Wanted, Error> {
        let query = PageQuery {
            page: Some(page.to_owned()),
            page_size: Some(size.to_owned()),
        };
        query.wanted()
    }

    #[test]
    fn a_page_tells_whether_there_is_another() {
        let first = wanted("1", "2").unwrap();
        assert!(first.listed(vec![1, 2, 3]).has_more);
        assert_eq!(first.listed(vec![1, 2, 3]).items, [1, 2]);
        assert!(!first.listed(vec![1, 2]).has_more);
        assert_eq!(wanted("3", "2").unwrap().skip(), 4);
    }

    #[test]
    fn a_page_that_cannot_be_is_refused() {
        for (page, size) in [
            ("0", "10"),
            ("-1", "10"),
            ("1", "0"),
            ("1", "101"),
            ("x", "10"),
        ] {
            assert!(wanted(page, size).is_err(), "{page} {size}");
        }
    }
}
