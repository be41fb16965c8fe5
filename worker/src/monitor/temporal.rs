//! What the Temporal SDK counts: task latencies, slots, failures.
//!
//! The SDK serves its figures on a port of its own and gives them away in no other way. It gets one on the
//! loopback address, and whoever asks us is told them with ours.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, ensure};
use temporalio_common::telemetry::{
    PrometheusExporterOptions, TelemetryOptions, start_prometheus_metric_exporter,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Where the SDK tells them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TemporalMetrics(SocketAddr);

impl TemporalMetrics {
    /// Starts counting; the options are for the SDK's runtime.
    ///
    /// # Errors
    /// When there is no port left.
    pub(crate) fn start() -> anyhow::Result<(Self, TelemetryOptions)> {
        let options = PrometheusExporterOptions::builder()
            .socket_addr(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .counters_total_suffix(true)
            .unit_suffix(true)
            .use_seconds_for_durations(true)
            .build();
        let started = start_prometheus_metric_exporter(options)
            .context("the Temporal SDK cannot count: no port is free on the loopback address")?;
        let mut telemetry = TelemetryOptions::builder().build();
        telemetry.metrics = Some(started.meter);
        Ok((Self(started.bound_addr), telemetry))
    }

    /// What it has counted, as Prometheus reads it.
    ///
    /// # Errors
    /// When it does not answer.
    pub(super) async fn text(self) -> anyhow::Result<String> {
        let mut stream = TcpStream::connect(self.0).await?;
        // In the old version the end of the connection is the end of the answer.
        let request = b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n";
        stream.write_all(request).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, text) = answer
            .split_once("\r\n\r\n")
            .context("the answer has no end of its headers")?;
        ensure!(head.contains(" 200 "), "the answer is no 200");
        Ok(text.to_owned())
    }
}
