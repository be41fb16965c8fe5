//! Alerts and dashboards speak of metrics that exist, and of runbooks that do.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed assumption of a test is its failure"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use regex::Regex;
use serde_json::Value;

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(checkout().join(path)).unwrap()
}

fn alerts() -> String {
    read("worker/docker/prometheus/alerts.yml")
}

/// The names in the tables of the documentation, with what Prometheus makes of a histogram.
fn documented() -> BTreeSet<String> {
    let row = Regex::new(r"(?m)^\| `([a-z_]+)` \| (\w+) \|").unwrap();
    let table = read("docs/metrics.md");
    let names = row.captures_iter(&table).flat_map(|row| {
        let suffixes: &[&str] = match &row[2] {
            "histogram" => &["_bucket", "_sum", "_count"],
            _ => &[""],
        };
        let name = row[1].to_owned();
        suffixes.iter().map(move |suffix| format!("{name}{suffix}"))
    });
    names.collect()
}

/// The metrics that an expression asks for.
fn asked(text: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\b(?:posada|temporal)_[a-z_]+|\bposada:[a-z_]+:[a-z0-9]+").unwrap();
    let found = name.find_iter(text);
    found.map(|name| name.as_str().to_owned()).collect()
}

fn recorded() -> BTreeSet<String> {
    let record = Regex::new(r"- record: (\S+)").unwrap();
    let rules = alerts();
    let found = record.captures_iter(&rules);
    found.map(|record| record[1].to_owned()).collect()
}

/// Every expression of every panel, by the file it is in.
fn panels() -> Vec<(PathBuf, String)> {
    let folder = checkout().join("worker/docker/grafana/dashboards");
    let mut panels = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let dashboard: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for panel in dashboard["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().unwrap() {
                panels.push((path.clone(), target["expr"].as_str().unwrap().to_owned()));
            }
        }
    }
    panels
}

#[test]
fn alerts_ask_for_metrics_that_exist() {
    let asked = asked(&alerts());
    assert!(asked.len() > 20, "{asked:?}");
    let known = &documented() | &recorded();
    let unknown: Vec<_> = asked.difference(&known).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn dashboards_ask_for_metrics_that_exist() {
    let known = &documented() | &recorded();
    let panels = panels();
    assert!(panels.len() > 30, "{}", panels.len());
    for (file, expression) in panels {
        let asked = asked(&expression);
        assert!(
            !asked.is_empty(),
            "{expression} in {file:?} asks for nothing"
        );
        let unknown: Vec<_> = asked.difference(&known).collect();
        assert!(unknown.is_empty(), "{unknown:?} in {file:?}");
    }
}

#[test]
fn every_metric_of_ours_that_rings_for_somebody_is_in_a_dashboard_too() {
    let shown: BTreeSet<String> = panels()
        .iter()
        .flat_map(|(_, expression)| asked(expression))
        .collect();
    for recorded in recorded() {
        assert!(shown.contains(&recorded), "{recorded} is in no dashboard");
    }
}

#[test]
fn every_alert_has_a_runbook_and_is_played_through() {
    let alert = Regex::new(r"(?s)- alert: (\w+)(.*?)runbook_url: (\S+)").unwrap();
    let (rules, played) = (alerts(), read("worker/docker/prometheus/alerts-test.yml"));
    let index = read("docs/runbooks/README.md");
    let mut count = 0;
    for found in alert.captures_iter(&rules) {
        let (name, between, runbook) = (&found[1], &found[2], &found[3]);
        count += 1;
        assert!(!between.contains("- alert:"), "{name} has no runbook");
        assert!(checkout().join(runbook).exists(), "{runbook} of {name}");
        let file = runbook.rsplit('/').next().unwrap();
        assert!(index.contains(file), "{file} is not in the index");
        let runbook = read(runbook);
        assert!(runbook.contains(name), "{file} does not say what {name} is");
        for end in ["rings", "does not"] {
            let comment = format!("# {name} {end}.");
            assert!(played.contains(&comment), "{comment} is not played");
        }
    }
    assert_eq!(count, rules.matches("- alert:").count());
}
