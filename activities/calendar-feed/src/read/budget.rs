//! How much of the processor's time a reading may still take.
//!
//! It is the thread's own time that counts: on a busy machine a feed is not refused for the others' work.

use std::time::{Duration, Instant};

use nix::time::ClockId;

use crate::ReadError;

/// How many steps are taken between two looks at the clock.
const STEPS: u32 = 64;

pub(super) struct Budget {
    began: Clock,
    allowed: Duration,
    steps: u32,
}

enum Clock {
    /// Processor time of this thread.
    Thread(Duration),
    /// Where the system does not count it.
    Wall(Instant),
}

impl Budget {
    pub(super) fn of(allowed: Duration) -> Self {
        Self {
            began: thread_time().map_or_else(|| Clock::Wall(Instant::now()), Clock::Thread),
            allowed,
            steps: 0,
        }
    }

    /// One small step of work.
    pub(super) fn step(&mut self) -> Result<(), ReadError> {
        self.steps = self.steps.saturating_add(1);
        if self.steps < STEPS {
            return Ok(());
        }
        self.check()
    }

    /// Before work that may be large.
    pub(super) fn check(&mut self) -> Result<(), ReadError> {
        self.steps = 0;
        let spent = match self.began {
            Clock::Thread(began) => thread_time().unwrap_or(began).saturating_sub(began),
            Clock::Wall(began) => began.elapsed(),
        };
        if spent > self.allowed {
            return Err(ReadError::LimitsExceeded);
        }
        Ok(())
    }
}

fn thread_time() -> Option<Duration> {
    ClockId::CLOCK_THREAD_CPUTIME_ID
        .now()
        .ok()
        .map(Duration::from)
}
