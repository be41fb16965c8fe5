//! What is shown of an audit: a table for people, a document for programs, a number for the shell.

use std::fmt::Write as _;

use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};
use database::audit::{Checked, Difference};
use domain::Money;
use serde_json::{Value, json};

use super::provider::{Compared, Totals};

/// The check that is made here.
const PROVIDER: &str = "provider_books";
const PROVIDER_HOLDS: &str = "the provider's books and ours differ by 0.00, payment by payment";

const CLEAN: u8 = 0;
const DIFFERENT: u8 = 1;
const UNCHECKED: u8 = 2;

/// Everything that was checked.
pub(super) struct Report {
    at: DateTime<Utc>,
    rows: Vec<Row>,
    /// Why the provider's books could not be read, or what they add up to.
    provider: std::result::Result<Sums, String>,
}

/// One check.
struct Row {
    name: &'static str,
    holds: &'static str,
    differences: Vec<Difference>,
}

struct Sums {
    payments: usize,
    theirs: Totals,
    ours: Totals,
}

impl Report {
    pub(super) fn new(at: DateTime<Utc>, ours: Vec<Checked>, provider: Result<Compared>) -> Self {
        let mut rows: Vec<_> = ours
            .into_iter()
            .map(|checked| Row {
                name: checked.check.name,
                holds: checked.check.holds,
                differences: checked.differences,
            })
            .collect();
        let provider = match provider {
            Ok(compared) => {
                rows.push(Row {
                    name: PROVIDER,
                    holds: PROVIDER_HOLDS,
                    differences: compared.differences,
                });
                Ok(Sums {
                    payments: compared.payments,
                    theirs: compared.theirs,
                    ours: compared.ours,
                })
            }
            Err(error) => Err(format!("{error:#}")),
        };
        Self { at, rows, provider }
    }

    pub(super) fn exit_code(&self) -> u8 {
        if self.provider.is_err() {
            UNCHECKED
        } else if self.rows.iter().any(|row| !row.differences.is_empty()) {
            DIFFERENT
        } else {
            CLEAN
        }
    }

    pub(super) fn json(&self) -> Result<String> {
        let checks: Vec<_> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "name": row.name,
                    "holds": row.holds,
                    "differences": row.differences.iter().map(difference).collect::<Vec<_>>(),
                })
            })
            .collect();
        let provider = match &self.provider {
            Ok(sums) => json!({
                "checked": true,
                "payments": sums.payments,
                "theirs": sums.theirs,
                "ours": sums.ours,
                "difference_centavos": sums.difference(),
            }),
            Err(why) => json!({ "checked": false, "why": why }),
        };
        let document = json!({
            "at": self.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            "clean": self.exit_code() == CLEAN,
            "checks": checks,
            "provider": provider,
        });
        Ok(format!("{}\n", serde_json::to_string_pretty(&document)?))
    }

    pub(super) fn table(&self) -> String {
        let mut said = String::new();
        for row in &self.rows {
            let mark = match row.differences.len() {
                0 => "ok".to_owned(),
                count => count.to_string(),
            };
            line(
                &mut said,
                &format!("{mark:>4}  {:<22} {}", row.name, row.holds),
            );
        }
        match &self.provider {
            Ok(sums) => {
                line(&mut said, "");
                sums.table(&mut said);
            }
            Err(why) => line(
                &mut said,
                &format!("   ?  {PROVIDER:<22} not checked: {why}"),
            ),
        }
        for row in self.rows.iter().filter(|row| !row.differences.is_empty()) {
            line(&mut said, "");
            line(&mut said, &format!("{}: {}", row.name, row.holds));
            for found in &row.differences {
                line(&mut said, &format!("  {}: {}", found.subject, says(found)));
            }
        }
        line(&mut said, "");
        let verdict = match self.exit_code() {
            CLEAN => "Everything holds.",
            DIFFERENT => "Something differs: see docs/runbooks/books-do-not-agree.md.",
            _ => "Not everything could be checked.",
        };
        line(&mut said, verdict);
        said
    }
}

impl Sums {
    const fn difference(&self) -> i64 {
        self.theirs.left_centavos() - self.ours.left_centavos()
    }

    fn table(&self, said: &mut String) {
        let money = |centavos| Money::ars(centavos).to_string();
        let columns = ["", "payments", "paid", "given back", "fees", "left"];
        let row = |name: &str, totals: Totals| {
            [
                name.to_owned(),
                totals.came.to_string(),
                money(totals.paid_centavos),
                money(totals.returned_centavos),
                money(totals.fee_centavos),
                money(totals.left_centavos()),
            ]
        };
        for cells in [
            columns.map(str::to_owned),
            row("provider", self.theirs),
            row("our ledger", self.ours),
        ] {
            let [name, count, rest @ ..] = cells;
            let rest = rest.map(|cell| format!("{cell:>18}")).concat();
            line(said, &format!("      {name:<12}{count:>10}{rest}"));
        }
        line(
            said,
            &format!("      difference {}", money(self.difference())),
        );
    }
}

fn difference(found: &Difference) -> Value {
    json!({
        "subject": found.subject,
        "what": found.what,
        "expected_centavos": found.expected,
        "found_centavos": found.found,
    })
}

fn says(found: &Difference) -> String {
    let mut said = found.what.clone();
    let money = |centavos: i64| Money::ars(centavos).to_string();
    if let Some(expected) = found.expected {
        let _ = write!(said, ", should be {}", money(expected));
    }
    if let Some(is) = found.found {
        let _ = write!(said, ", is {}", money(is));
    }
    said
}

fn line(said: &mut String, text: &str) {
    said.push_str(text.trim_end());
    said.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> DateTime<Utc> {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    fn compared(differences: Vec<Difference>) -> Compared {
        let totals = Totals {
            came: 2,
            paid_centavos: 18_000_000,
            returned_centavos: 1_000_000,
            fee_centavos: 1_117_800,
        };
        Compared {
            payments: 3,
            differences,
            theirs: totals,
            ours: totals,
        }
    }

    #[test]
    fn nothing_that_differs_is_zero_something_is_one_and_not_knowing_is_two() {
        let clean = Report::new(at(), Vec::new(), Ok(compared(Vec::new())));
        assert_eq!(clean.exit_code(), CLEAN);
        let differs = Difference {
            subject: "payment 1".to_owned(),
            what: "paid".to_owned(),
            expected: Some(9_000_000),
            found: Some(8_999_950),
        };
        let different = Report::new(at(), Vec::new(), Ok(compared(vec![differs])));
        assert_eq!(different.exit_code(), DIFFERENT);
        assert!(
            different
                .table()
                .contains("payment 1: paid, should be $ 90.000, is $ 89.999,50"),
            "{}",
            different.table()
        );
        let away = Report::new(at(), Vec::new(), Err(anyhow::anyhow!("nobody answers")));
        assert_eq!(away.exit_code(), UNCHECKED);
        assert!(away.table().contains("not checked: nobody answers"));
    }

    #[test]
    fn programs_are_told_the_same() {
        let report = Report::new(at(), Vec::new(), Ok(compared(Vec::new())));
        let document: Value = serde_json::from_str(&report.json().unwrap()).unwrap();
        assert_eq!(document["clean"], true);
        assert_eq!(document["provider"]["difference_centavos"], 0);
        assert_eq!(document["provider"]["theirs"]["paid_centavos"], 18_000_000);
        assert_eq!(document["checks"][0]["name"], PROVIDER);
    }

    #[test]
    fn both_books_are_shown_side_by_side() {
        let table = Report::new(at(), Vec::new(), Ok(compared(Vec::new()))).table();
        let expected = "      provider             2         $ 180.000          $ 10.000          $ 11.178         $ 158.822\n";
        assert!(table.contains(expected), "{table}");
        assert!(table.ends_with("Everything holds.\n"));
    }
}
