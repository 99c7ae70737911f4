//! Time of this thread on a processor: what others do meanwhile does not count.

use std::time::{Duration, Instant};

/// Runs `work` and says how long this thread computed; where the system does not tell, how long it took.
pub fn time<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (start, begin) = (on_processor(), Instant::now());
    let result = work();
    let took = match (start, on_processor()) {
        (Some(start), Some(end)) => end.saturating_sub(start),
        _ => begin.elapsed(),
    };
    (result, took)
}

fn on_processor() -> Option<Duration> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = statistics.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
