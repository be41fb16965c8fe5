//! What is counted, for Prometheus. No label holds anything of a guest's.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use database::review_queue::Waiting;
use prometheus::{
    Encoder as _, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGaugeVec, Opts,
    Registry, TextEncoder, core::Collector,
};

/// From a search's target of 20 ms and a webhook's of 50 ms to a caller's patience of 5 s; the alerts count by these.
const SECONDS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.02, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Table,
    requests: IntCounterVec,
    seconds: HistogramVec,
    webhooks: IntCounterVec,
    deliveries: IntCounterVec,
    owner_queue: IntGaugeVec,
    owner_queue_overdue: IntGaugeVec,
    holds: IntCounterVec,
    rate_limited: IntCounter,
}

impl Metrics {
    /// Counters at zero.
    ///
    /// # Errors
    /// When two of them have the same name.
    pub(crate) fn new() -> Result<Self, prometheus::Error> {
        let registry = Table::default();
        let counter = |name: &str, help: &str, labels: &[&str]| {
            let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let requests = counter(
            "posada_http_requests_total",
            "Requests answered.",
            &["method", "route", "status"],
        )?;
        let webhooks = counter(
            "posada_webhooks_total",
            "Webhooks by what became of them.",
            &["provider", "outcome"],
        )?;
        let deliveries = counter(
            "posada_inbox_deliveries_total",
            "Events of the inbox handed to their workflows, at once or by the sweep.",
            &["by", "outcome"],
        )?;
        let holds = counter(
            "posada_holds_total",
            "Holds asked for over HTTP.",
            &["outcome"],
        )?;
        let seconds = HistogramVec::new(
            HistogramOpts::new("posada_http_request_seconds", "How long answers took.")
                .buckets(SECONDS.to_vec()),
            &["method", "route"],
        )?;
        let gauge = |name: &str, help: &str| {
            let gauge = IntGaugeVec::new(Opts::new(name, help), &["kind"])?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let owner_queue = gauge(
            "posada_owner_queue_open",
            "Matters that wait for the owner.",
        )?;
        let owner_queue_overdue = gauge(
            "posada_owner_queue_overdue",
            "Matters of the owner that are past their deadline.",
        )?;
        let rate_limited = IntCounter::new(
            "posada_rate_limited_total",
            "Requests turned away for their number.",
        )?;
        registry.register(Box::new(seconds.clone()))?;
        registry.register(Box::new(rate_limited.clone()))?;
        Ok(Self {
            registry,
            requests,
            seconds,
            webhooks,
            deliveries,
            owner_queue,
            owner_queue_overdue,
            holds,
            rate_limited,
        })
    }

    pub(crate) fn answered(
        &self,
        method: &Method,
        route: &str,
        status: StatusCode,
        took: Duration,
    ) {
        let method = known(method);
        self.requests
            .with_label_values(&[method, route, status.as_str()])
            .inc();
        self.seconds
            .with_label_values(&[method, route])
            .observe(took.as_secs_f64());
    }

    pub(crate) fn webhook(&self, provider: &str, outcome: &str) {
        self.webhooks.with_label_values(&[provider, outcome]).inc();
    }

    pub(crate) fn delivery(&self, by: &str, outcome: &str) {
        self.deliveries.with_label_values(&[by, outcome]).inc();
    }

    /// What waits for the owner, each kind with how many wait and how many of them are overdue. A kind that is not
    /// named any more has none.
    pub(crate) fn owner_queue(&self, waiting: &[Waiting]) {
        self.owner_queue.reset();
        self.owner_queue_overdue.reset();
        for Waiting {
            kind,
            open,
            overdue,
        } in waiting
        {
            self.owner_queue.with_label_values(&[kind]).set(*open);
            self.owner_queue_overdue
                .with_label_values(&[kind])
                .set(*overdue);
        }
    }

    pub(crate) fn hold(&self, outcome: &str) {
        self.holds.with_label_values(&[outcome]).inc();
    }

    pub(crate) fn rate_limited(&self) {
        self.rate_limited.inc();
    }

    /// Everything, as Prometheus reads it.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub(crate) fn text(&self) -> Result<String, prometheus::Error> {
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.registry.gather(), &mut text)?;
        String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
    }
}

/// The registry, and for the tests what it was told of each metric: docs/metrics.md says the same.
#[derive(Debug, Default)]
struct Table {
    registry: Registry,
    #[cfg(test)]
    rows: std::sync::Mutex<Vec<tests::Row>>,
}

impl Table {
    fn register(&self, metric: Box<dyn Collector>) -> Result<(), prometheus::Error> {
        #[cfg(test)]
        self.rows.lock().unwrap().extend(tests::rows(&*metric));
        self.registry.register(metric)
    }
}

/// Clients may invent methods, and each would be a series of its own.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use prometheus::proto::MetricType;

    use super::*;

    #[derive(Debug)]
    pub(super) struct Row {
        name: String,
        help: String,
        labels: Vec<String>,
        kind: MetricType,
    }

    pub(super) fn rows(metric: &dyn Collector) -> Vec<Row> {
        let labels = metric
            .desc()
            .iter()
            .flat_map(|description| description.variable_labels.clone())
            .collect::<Vec<_>>();
        let row = |family: prometheus::proto::MetricFamily| Row {
            name: family.name().to_owned(),
            help: family.help().to_owned(),
            labels: labels.clone(),
            kind: family.get_field_type(),
        };
        metric.collect().into_iter().map(row).collect()
    }

    #[test]
    fn the_table_of_the_documentation_says_the_same() {
        let metrics = Metrics::new().unwrap();
        let mut table = String::new();
        for row in metrics.registry.rows.lock().unwrap().iter() {
            let kind = match row.kind {
                MetricType::COUNTER => "counter",
                MetricType::GAUGE => "gauge",
                MetricType::HISTOGRAM => "histogram",
                MetricType::SUMMARY | MetricType::UNTYPED => panic!("{row:?}"),
            };
            let labels = row.labels.iter().map(|label| format!("`{label}`"));
            let labels = labels.collect::<Vec<_>>().join(", ");
            writeln!(
                table,
                "| `{}` | {kind} | {labels} | {} |",
                row.name, row.help
            )
            .unwrap();
        }
        let documented = include_str!("../../docs/metrics.md");
        assert!(
            documented.contains(&table),
            "docs/metrics.md lacks\n{table}"
        );
        for row in metrics.registry.rows.lock().unwrap().iter() {
            assert_eq!(
                row.name.ends_with("_total"),
                row.kind == MetricType::COUNTER,
                "{row:?}"
            );
        }
    }
}
