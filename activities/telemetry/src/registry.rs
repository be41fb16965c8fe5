//! Metrics that exist once a process, defined where they are named.

use std::sync::{LazyLock, OnceLock};

use prometheus::{
    Encoder as _, GaugeVec, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry,
    TextEncoder,
    core::{AtomicU64, Collector, GenericCounter},
};

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);

/// What a metric measures by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only ever grows.
    Counter,
    /// It is what it is now.
    Gauge,
    /// It tells how values are spread.
    Histogram,
}

/// What everybody may know of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub name: &'static str,
    /// What it counts or measures.
    pub help: &'static str,
    /// What it is told apart by.
    pub labels: &'static [&'static str],
    /// What it measures by.
    pub kind: Kind,
}

/// Something that is counted.
#[derive(Debug)]
pub struct Counter {
    definition: Definition,
    cell: OnceLock<IntCounterVec>,
}

/// Something that is measured again and again.
#[derive(Debug)]
pub struct Gauge {
    definition: Definition,
    cell: OnceLock<GaugeVec>,
}

/// Something whose spread matters.
#[derive(Debug)]
pub struct Histogram {
    definition: Definition,
    buckets: &'static [f64],
    cell: OnceLock<HistogramVec>,
}

/// Everything that this process has counted and measured, as Prometheus reads it.
///
/// # Errors
/// When it cannot be written down.
pub fn text() -> Result<String, prometheus::Error> {
    let mut text = Vec::new();
    TextEncoder::new().encode(&REGISTRY.gather(), &mut text)?;
    String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
}

/// Makes a metric known. A definition that Prometheus refuses is a mistake that the tests of
/// [`crate::metrics`] find; in production it counts where nobody looks.
fn known<C: Collector + Clone + 'static>(made: Result<C, prometheus::Error>) -> C {
    let made = made.expect("the tests have made every metric");
    drop(REGISTRY.register(Box::new(made.clone())));
    made
}

impl Counter {
    pub(crate) const fn new(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
    ) -> Self {
        let kind = Kind::Counter;
        Self {
            definition: Definition {
                name,
                help,
                labels,
                kind,
            },
            cell: OnceLock::new(),
        }
    }

    /// One more. There is a value for each label.
    pub fn inc(&self, labels: &[&str]) {
        if let Some(counter) = self.with(labels) {
            counter.inc();
        }
    }

    /// Makes it what somebody else has counted, such as Postgres; it never falls.
    pub fn at_least(&self, labels: &[&str], count: u64) {
        if let Some(counter) = self.with(labels) {
            counter.inc_by(count.saturating_sub(counter.get()));
        }
    }

    fn with(&self, labels: &[&str]) -> Option<GenericCounter<AtomicU64>> {
        let Definition {
            name,
            help,
            labels: names,
            ..
        } = self.definition;
        self.cell
            .get_or_init(|| known(IntCounterVec::new(Opts::new(name, help), names)))
            .get_metric_with_label_values(labels)
            .ok()
    }

    /// What is known of it.
    #[must_use]
    pub const fn definition(&self) -> Definition {
        self.definition
    }
}

impl Gauge {
    pub(crate) const fn new(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
    ) -> Self {
        let kind = Kind::Gauge;
        Self {
            definition: Definition {
                name,
                help,
                labels,
                kind,
            },
            cell: OnceLock::new(),
        }
    }

    /// It is this now. There is a value for each label.
    pub fn set(&self, labels: &[&str], value: f64) {
        if let Ok(gauge) = self.vec().get_metric_with_label_values(labels) {
            gauge.set(value);
        }
    }

    /// Forgets every value, before it is measured anew: what is not there any more has none.
    pub fn forget(&self) {
        self.vec().reset();
    }

    fn vec(&self) -> &GaugeVec {
        let Definition {
            name, help, labels, ..
        } = self.definition;
        self.cell
            .get_or_init(|| known(GaugeVec::new(Opts::new(name, help), labels)))
    }

    /// What is known of it.
    #[must_use]
    pub const fn definition(&self) -> Definition {
        self.definition
    }
}

impl Histogram {
    pub(crate) const fn new(
        name: &'static str,
        help: &'static str,
        labels: &'static [&'static str],
        buckets: &'static [f64],
    ) -> Self {
        let kind = Kind::Histogram;
        Self {
            definition: Definition {
                name,
                help,
                labels,
                kind,
            },
            buckets,
            cell: OnceLock::new(),
        }
    }

    /// One more value. There is one for each label.
    pub fn observe(&self, labels: &[&str], value: f64) {
        let Definition {
            name,
            help,
            labels: names,
            ..
        } = self.definition;
        let vec = self.cell.get_or_init(|| {
            let options = HistogramOpts::new(name, help).buckets(self.buckets.to_vec());
            known(HistogramVec::new(options, names))
        });
        if let Ok(histogram) = vec.get_metric_with_label_values(labels) {
            histogram.observe(value);
        }
    }

    /// What is known of it.
    #[must_use]
    pub const fn definition(&self) -> Definition {
        self.definition
    }
}
