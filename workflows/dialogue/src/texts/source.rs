//! The template files: how they are cut into texts, and how a text becomes a template.

use domain::Language;

/// The labels and the text files of one language.
macro_rules! files {
    ($folder:literal => $language:expr) => {
        (
            $language,
            include_str!(concat!("../../templates/", $folder, "/labels.txt")),
            &[
                include_str!(concat!("../../templates/", $folder, "/chat.txt")),
                include_str!(concat!("../../templates/", $folder, "/booking.txt")),
                include_str!(concat!("../../templates/", $folder, "/own.txt")),
                include_str!(concat!("../../templates/", $folder, "/browse.txt")),
                include_str!(concat!("../../templates/", $folder, "/line.txt")),
                include_str!(concat!("../../templates/", $folder, "/notices.txt")),
                include_str!(concat!("../../templates/", $folder, "/approved.txt")),
                include_str!(concat!("../../templates/", $folder, "/owner.txt")),
            ],
        )
    };
}

/// What each text file is about, in their order.
pub(super) const PARTS: [&str; 8] = [
    "chat", "booking", "own", "browse", "line", "notices", "approved", "owner",
];

/// Our files, by language.
pub(super) const FILES: [(Language, &str, &[&str]); 3] = [
    files!("es" => Language::Es),
    files!("pt" => Language::Pt),
    files!("en" => Language::En),
];

/// The texts of a file: each begins with a line `## name`.
pub(super) fn sections(file: &str) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for line in file.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            found.push((name.trim(), String::new()));
        } else if let Some((_, text)) = found.last_mut() {
            text.push_str(line);
            text.push('\n');
        }
    }
    found
}

/// The labels of a file: lines `name = words`; lines that begin with `#` are for people.
pub(super) fn labels(file: &str) -> impl Iterator<Item = (&str, &str)> {
    file.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, words)| (name.trim(), words.trim()))
}

/// A template in which a line of nothing but one tag leaves no empty line behind.
pub(super) fn template(text: &str) -> String {
    let mut source = String::with_capacity(text.len());
    for line in text.trim().lines() {
        let tag = line
            .trim()
            .strip_prefix("{%")
            .and_then(|rest| rest.strip_suffix("%}"));
        if let Some(inside) = tag.filter(|inside| !inside.contains("%}")) {
            source.push_str("{%");
            source.push_str(inside);
            source.push_str("%}");
        } else {
            source.push_str(line);
            source.push('\n');
        }
    }
    source
}

/// A rendered text without trailing blanks and with at most one empty line between two others.
pub(super) fn tidy(rendered: &str) -> String {
    let mut text = String::with_capacity(rendered.len());
    let mut empty_lines = 0;
    for line in rendered.trim().lines() {
        let line = line.trim_end();
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        if !text.is_empty() {
            text.push_str(if empty_lines > 0 { "\n\n" } else { "\n" });
        }
        text.push_str(line);
        empty_lines = 0;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_one_tag_leaves_no_empty_line_and_an_inline_tag_keeps_its_line_end() {
        let text = "a\n{% if x %}\nb{% if y %}c{% endif %}\n{% endif %}\nd";
        assert_eq!(
            template(text),
            "a\n{% if x %}b{% if y %}c{% endif %}\n{% endif %}d\n"
        );
        assert_eq!(tidy("\n a  \n\n\n\nb\nc \n"), "a\n\nb\nc");
    }

    #[test]
    fn a_file_is_cut_at_its_headings() {
        let file = "for people\n## one\nfirst\n\n## two\nsecond\n";
        assert_eq!(
            sections(file),
            [
                ("one", "first\n\n".to_owned()),
                ("two", "second\n".to_owned())
            ]
        );
    }
}
