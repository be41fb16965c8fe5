//! What a value looks like in a cell.

use serde_json::Value;

/// A value as a cell. Numbers and dates stay what they are; a text that a spreadsheet would take for a formula is
/// marked as one.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => harmless(text),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(_) | Value::Object(_) => harmless(&value.to_string()),
    }
}

fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_numbers_are_numbers() {
        for (value, written) in [
            (json!("Ana"), "Ana"),
            (json!("=1+1"), "'=1+1"),
            (json!("+5491122334455"), "'+5491122334455"),
            (json!("-2"), "'-2"),
            (json!("@SUM(A1)"), "'@SUM(A1)"),
            (json!("\t=1"), "'\t=1"),
            (json!("\r=1"), "'\r=1"),
            (json!("2027-01-15"), "2027-01-15"),
            (json!(-48_000), "-48000"),
            (json!(true), "true"),
            (json!(null), ""),
            (json!(["a", "b"]), "[\"a\",\"b\"]"),
        ] {
            assert_eq!(cell(&value), written);
        }
    }
}
