//! What each process spends on what is asked of Posada.

use std::time::Duration;

use anyhow::Result;
use stack::{App, Foundation, Process, Usage};

use crate::lines::{Bench, millis};

/// Every process of the stack.
pub(crate) struct Costs<'a> {
    processes: [(&'static str, &'a Process); 6],
}

impl<'a> Costs<'a> {
    pub(crate) const fn of(app: &'a App, foundation: &'a Foundation) -> Self {
        let services = &foundation.services;
        Self {
            processes: [
                ("API", &app.api),
                ("worker", &app.worker),
                ("sandbox", &app.sandbox),
                ("Temporal", &services.temporal.process),
                ("Postgres", &services.postgres.process),
                ("Redis", &services.redis.process),
            ],
        }
    }

    fn usage(&self) -> Result<Vec<(&'static str, Usage)>> {
        let used = self.processes.iter();
        used.map(|(name, process)| Ok((*name, process.usage()?)))
            .collect()
    }

    /// Time on a core so far.
    pub(crate) fn so_far(&self) -> Result<Vec<(&'static str, Duration)>> {
        let used = self.usage()?.into_iter();
        Ok(used.map(|(name, usage)| (name, usage.cpu)).collect())
    }

    /// What each has spent since, for one of so many.
    pub(crate) fn each(
        &self,
        bench: &mut Bench,
        what: &str,
        before: &[(&'static str, Duration)],
        count: usize,
    ) -> Result<()> {
        let count = f64::from(u32::try_from(count.max(1))?);
        for ((name, now), (_, then)) in self.so_far()?.into_iter().zip(before) {
            let spent = millis(now.saturating_sub(*then)) / count;
            bench.says(&format!("{what}: CPU of {name}"), spent, "ms each");
        }
        Ok(())
    }

    /// The memory of each, and of all of them.
    pub(crate) fn weigh(&self, bench: &mut Bench, when: &str) -> Result<()> {
        let mut whole = 0.0;
        for (name, usage) in self.usage()? {
            let mib = f64::from(u32::try_from(usage.memory_kib)?) / 1_024.0;
            bench.says(&format!("memory of {name}, {when}"), mib, "MiB");
            whole += mib;
        }
        bench.says(&format!("memory of the whole stack, {when}"), whole, "MiB");
        Ok(())
    }
}
