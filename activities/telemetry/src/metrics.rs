//! Everything that a worker counts and measures. The API's are in `api/src/metrics.rs`.

use crate::{Counter, Definition, Gauge, Histogram};

/// From an answer at once to one that the alarm has long rung for.
const ANSWER: &[f64] = &[
    0.1, 0.25, 0.5, 0.7, 1.0, 1.5, 3.0, 5.0, 10.0, 15.0, 30.0, 60.0, 300.0,
];
/// Around the two seconds that a hold may outlive its time, and the ten after an outage.
const LATENESS: &[f64] = &[0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0];
/// A share, from none to all.
const SHARE: &[f64] = &[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];

/// Makes each metric, and the list of all of them that the table of the documentation is held against.
macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident: $type:ident($($argument:expr),+ $(,)?);)+) => {
        $($(#[$doc])* pub static $name: $type = $type::new($($argument),+);)+

        /// All of them, in the order of the table.
        #[must_use]
        pub fn all() -> Vec<Definition> {
            vec![$($name.definition()),+]
        }
    };
}

metrics! {
    /// Counted where it happens.
    MESSAGES_READ: Counter(
        "posada_messages_read_total",
        "Messages of guests that were read and decided upon, by what they are.",
        &["kind"],
    );
    /// Counted where it happens.
    MESSAGES_SENT: Counter(
        "posada_messages_sent_total",
        "Calls that send a message, by whether a guest waits for it and what the platform answered: accepted, in_doubt, refused, or later.",
        &["purpose", "outcome"],
    );
    /// Measured where it happens.
    ANSWER_SECONDS: Histogram(
        "posada_answer_seconds",
        "From the moment a guest's message was durable to the moment the platform took the first message of its answer, by the kind of the guest's message.",
        &["kind"],
        ANSWER,
    );
    /// Measured where it happens.
    HOLD_LATENESS_SECONDS: Histogram(
        "posada_hold_expiry_lateness_seconds",
        "How long after its time a hold expired.",
        &[],
        LATENESS,
    );
    /// Measured where it happens.
    TRANSCRIPTION_SECONDS: Histogram(
        "posada_transcription_seconds",
        "How long listening to a recording took, by what came of it.",
        &["outcome"],
        ANSWER,
    );
    /// Measured where it happens.
    TRANSCRIPTION_CONFIDENCE: Histogram(
        "posada_transcription_confidence",
        "How sure the model was of what it heard, from 0 to 1.",
        &[],
        SHARE,
    );
    /// Counted where it happens.
    PAYMENTS_READ: Counter(
        "posada_payments_read_total",
        "Payments read at the provider, by their status there.",
        &["status"],
    );
    /// Counted where it happens.
    REFUNDS: Counter(
        "posada_refunds_total",
        "Attempts to give money back, by outcome: approved, in_process, failed, refused, or away.",
        &["outcome"],
    );

    /// Read from Postgres.
    RESERVATION_EVENTS: Counter(
        "posada_reservation_events_total",
        "What happened to reservations, by what and by channel: held, confirmed, expired, cancelled and the rest of the timeline.",
        &["kind", "channel"],
    );
    /// Read from Postgres.
    RESERVATIONS: Gauge(
        "posada_reservations",
        "Reservations and blocks by status and channel.",
        &["status", "channel"],
    );
    /// Read from Postgres.
    HOLDS_OVERDUE_SECONDS: Gauge(
        "posada_holds_overdue_seconds",
        "How long the oldest hold that should have expired is past its time; 0 when there is none.",
        &[],
    );
    /// Read from Postgres.
    OUTBOX_WAITING: Gauge(
        "posada_outbox_waiting",
        "Messages that are written and that the platform has not taken.",
        &[],
    );
    /// Read from Postgres.
    OUTBOX_OLDEST_SECONDS: Gauge(
        "posada_outbox_oldest_seconds",
        "Age of the oldest of them; 0 when there is none.",
        &[],
    );
    /// Read from Postgres.
    INBOX_WAITING: Gauge(
        "posada_inbox_waiting",
        "Webhooks that are kept and that no workflow has got.",
        &[],
    );
    /// Read from Postgres.
    INBOX_OLDEST_SECONDS: Gauge(
        "posada_inbox_oldest_seconds",
        "Age of the oldest of them; 0 when there is none.",
        &[],
    );
    /// Read from Postgres.
    PAYMENTS: Gauge(
        "posada_payments",
        "Payments by the status that the provider last told.",
        &["status"],
    );
    /// Read from Postgres.
    REFUNDS_OPEN: Gauge(
        "posada_refunds_open",
        "Refunds that are decided and not through.",
        &[],
    );
    /// Read from Postgres.
    REFUNDS_OLDEST_SECONDS: Gauge(
        "posada_refunds_oldest_seconds",
        "Age of the oldest of them; 0 when there is none.",
        &[],
    );
    /// Read from Postgres.
    FEED_AGE_SECONDS: Gauge(
        "posada_calendar_feed_age_seconds",
        "Since when a feed has given nothing good, by our id of it; paused feeds are left out.",
        &["feed", "channel"],
    );
    /// Read from Postgres.
    FEED_FAILURES: Gauge(
        "posada_calendar_feed_failures",
        "How often a feed failed one after the other.",
        &["feed", "channel"],
    );
    /// Read from Postgres.
    CONFLICTS: Gauge(
        "posada_calendar_conflicts",
        "Nights that are taken twice and that nobody has resolved, by severity.",
        &["severity"],
    );
    /// Read from Postgres, at most every ten minutes.
    BOOKS_DIFFERENCES: Gauge(
        "posada_books_differences",
        "What contradicts a check of the audit, by the check; anything but 0 is a matter for a person.",
        &["check"],
    );
    /// Set by every audit that came to its end: one that always fails must ring too.
    BOOKS_AUDITED: Gauge(
        "posada_books_audited_timestamp_seconds",
        "When the books were last audited, in seconds since 1970.",
        &[],
    );
    /// Set by every reading that came to its end: figures that stand still must ring too.
    VITALS_READ: Gauge(
        "posada_vitals_read_timestamp_seconds",
        "When what waits was last read from Postgres, in seconds since 1970.",
        &[],
    );
    /// Measured when it is asked for.
    PARTS_UP: Gauge(
        "posada_part_up",
        "Whether the worker reaches a part: postgres, redis, temporal.",
        &["part"],
    );
    /// Measured when it is asked for.
    DATABASE_CONNECTIONS: Gauge(
        "posada_database_connections",
        "The worker's connections to Postgres: in_use, idle, and how many are allowed.",
        &["state"],
    );
    /// Said once at the start.
    LISTENS: Gauge(
        "posada_voice_notes_heard",
        "1 where this worker listens to voice notes, 0 where another does or nobody.",
        &[],
    );
}

/// What a guest's message may be; what the platform invents later counts as `other`.
#[must_use]
pub fn message_kind(kind: &str) -> &'static str {
    const KNOWN: [&str; 11] = [
        "text",
        "audio",
        "image",
        "video",
        "document",
        "sticker",
        "location",
        "contacts",
        "interactive",
        "button",
        "reaction",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == kind)
        .unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write as _};

    use super::*;
    use crate::{Kind, text};

    #[test]
    fn every_metric_can_be_made_and_is_named_as_prometheus_asks() {
        let all = all();
        let names: BTreeSet<_> = all.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), all.len(), "two metrics have one name");
        for metric in all {
            assert!(metric.name.starts_with("posada_"), "{metric:?}");
            assert_eq!(
                metric.name.ends_with("_total"),
                metric.kind == Kind::Counter,
                "{metric:?}"
            );
            assert!(metric.help.ends_with('.'), "{metric:?}");
            let made = prometheus::Opts::new(metric.name, metric.help);
            prometheus::IntCounterVec::new(made, metric.labels).unwrap();
        }
    }

    #[test]
    fn the_table_of_the_documentation_says_the_same() {
        let mut table = String::new();
        for metric in all() {
            let kind = match metric.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
                Kind::Histogram => "histogram",
            };
            let labels = metric.labels.iter().map(|label| format!("`{label}`"));
            let labels = labels.collect::<Vec<_>>().join(", ");
            let (name, help) = (metric.name, metric.help);
            writeln!(table, "| `{name}` | {kind} | {labels} | {help} |").unwrap();
        }
        let documented = include_str!("../../../docs/metrics.md");
        assert!(
            documented.contains(&table),
            "docs/metrics.md lacks\n{table}"
        );
    }

    #[test]
    fn what_is_counted_is_told() {
        RESERVATION_EVENTS.at_least(&["held", "whatsapp"], 3);
        RESERVATION_EVENTS.at_least(&["held", "whatsapp"], 2);
        ANSWER_SECONDS.observe(&["text"], 0.3);
        INBOX_WAITING.set(&[], 7.0);
        let text = text().unwrap();
        for line in [
            r#"posada_reservation_events_total{channel="whatsapp",kind="held"} 3"#,
            r#"posada_answer_seconds_bucket{kind="text",le="0.5"} 1"#,
            "posada_inbox_waiting 7",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn no_word_of_a_stranger_becomes_a_label() {
        assert_eq!(message_kind("audio"), "audio");
        assert_eq!(message_kind("Ana 5491155550001"), "other");
    }
}
