//! A sheet of paper, line by line from the top, on as many pages as it takes.
//!
//! Its letters are those that every reader of PDF brings along, so that no font is in the file. What they do not have
//! becomes a question mark.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr};

/// A4, in points.
const WIDTH: i16 = 595;
const HEIGHT: i16 = 842;
const MARGIN: i16 = 56;

/// Where values begin.
const VALUES: i16 = 170;

/// The most letters of a line beside an amount.
const LONGEST: usize = 78;

const PLAIN: Name<'static> = Name(b"F1");
const BOLD: Name<'static> = Name(b"F2");

pub(super) struct Sheet {
    pages: Vec<Content>,
    /// How far up the next line is.
    at: i16,
}

impl Sheet {
    pub(super) fn new() -> Self {
        Self {
            pages: vec![Content::new()],
            at: HEIGHT - MARGIN - 16,
        }
    }

    pub(super) fn title(&mut self, text: &str) {
        self.put(BOLD, 18, MARGIN, text);
        self.down(20);
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.down(14);
        self.put(BOLD, 12, MARGIN, text);
        self.down(20);
    }

    pub(super) fn small(&mut self, text: &str) {
        self.put(PLAIN, 9, MARGIN, text);
        self.down(14);
    }

    pub(super) fn space(&mut self) {
        self.down(14);
    }

    /// A name and a value beside it.
    pub(super) fn fact(&mut self, name: &str, value: &str) {
        self.put(PLAIN, 10, MARGIN, name);
        self.put(BOLD, 10, VALUES, value);
        self.down(17);
    }

    /// A line of an account.
    pub(super) fn amount(&mut self, what: &str, amount: &str) {
        self.row(PLAIN, what, amount);
    }

    /// A line that the ones above it add up to.
    pub(super) fn sum(&mut self, what: &str, amount: &str) {
        self.row(BOLD, what, amount);
    }

    fn row(&mut self, font: Name<'static>, what: &str, amount: &str) {
        let what: String = what.chars().take(LONGEST).collect();
        self.put(font, 10, MARGIN, &what);
        self.put(font, 10, WIDTH - MARGIN - width(amount), amount);
        self.down(17);
    }

    fn down(&mut self, by: i16) {
        self.at -= by;
        if self.at < MARGIN {
            self.pages.push(Content::new());
            self.at = HEIGHT - MARGIN - 16;
        }
    }

    fn put(&mut self, font: Name<'static>, size: i16, x: i16, text: &str) {
        let Some(page) = self.pages.last_mut() else {
            return;
        };
        page.begin_text();
        page.set_font(font, f32::from(size));
        page.next_line(f32::from(x), f32::from(self.at));
        page.show(Str(&letters(text)));
        page.end_text();
    }

    /// The file.
    pub(super) fn written(self, language: &str, title: &str) -> Vec<u8> {
        let (catalog, tree, plain, bold, about) = (
            Ref::new(1),
            Ref::new(2),
            Ref::new(3),
            Ref::new(4),
            Ref::new(5),
        );
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree).lang(TextStr(language));
        pdf.document_info(about).title(TextStr(title));
        for (id, font) in [(plain, "Helvetica"), (bold, "Helvetica-Bold")] {
            pdf.type1_font(id)
                .base_font(Name(font.as_bytes()))
                .encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        let ids: Vec<(Ref, Ref)> = (6..)
            .step_by(2)
            .take(self.pages.len())
            .map(|id| (Ref::new(id), Ref::new(id + 1)))
            .collect();
        let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
        pdf.pages(tree)
            .kids(ids.iter().map(|(page, _)| *page))
            .count(count);
        for ((id, body), content) in ids.into_iter().zip(self.pages) {
            let mut page = pdf.page(id);
            page.media_box(Rect::new(0.0, 0.0, f32::from(WIDTH), f32::from(HEIGHT)));
            page.parent(tree);
            page.contents(body);
            page.resources().fonts().pair(PLAIN, plain).pair(BOLD, bold);
            page.finish();
            pdf.stream(body, &content.finish());
        }
        pdf.finish()
    }
}

/// How wide an amount is in ten points: its signs are half a letter, its digits all alike.
fn width(amount: &str) -> i16 {
    let thousandths: i16 = letters(amount)
        .iter()
        .map(|letter| match letter {
            b'.' | b',' | b' ' => 278_i16,
            b'-' => 333,
            _ => 556,
        })
        .fold(0, i16::saturating_add);
    thousandths / 100
}

/// In the encoding of Windows, which is the widest that plain fonts have.
fn letters(text: &str) -> Vec<u8> {
    text.chars()
        .map(|letter| match letter {
            '\u{a0}' => b' ',
            '−' => b'-',
            '€' => 0x80,
            '…' => 0x85,
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '•' => 0x95,
            '–' => 0x96,
            '—' => 0x97,
            letter => u8::try_from(letter)
                .ok()
                .filter(|byte| matches!(byte, 0x20..=0x7e | 0xa1..=0xff))
                .unwrap_or(b'?'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_here_are_kept_and_others_asked_about() {
        assert_eq!(letters("Ñandú × 3"), b"\xd1and\xfa \xd7 3");
        assert_eq!(letters("日本\n"), b"???");
        assert_eq!(letters("$\u{a0}48.000"), b"$ 48.000");
    }

    #[test]
    fn amounts_end_where_the_margin_begins() {
        assert_eq!(width("$ 48.000"), 36 + 2);
        assert!(width("$ 1.000.000.000.000") < WIDTH - 2 * MARGIN);
    }

    #[test]
    fn what_does_not_fit_a_page_goes_on_the_next() {
        let mut sheet = Sheet::new();
        for _ in 0..120 {
            sheet.amount("Pago recibido", "$ 14.400");
        }
        assert_eq!(sheet.pages.len(), 3);
        let file = sheet.written("es-AR", "RES");
        assert!(file.starts_with(b"%PDF-1.7"));
        assert!(file.windows(8).any(|it| it == b"/Count 3"));
    }
}
