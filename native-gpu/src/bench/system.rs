//! What the operating system knows of this process.

use std::time::Duration;

/// User and system time of this process so far, all threads; none where the system does not tell.
pub fn cpu_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Fields 14 and 15 count clock ticks, of which Linux makes 100 a second; the name in field 2 may hold blanks.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut times = rest.split_whitespace().skip(11).map(|field| field.parse::<u64>().ok());
    Some(Duration::from_millis(10 * (times.next()?? + times.next()??)))
}

/// Greatest resident memory of this process so far, in bytes; none where the system does not tell.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn linux_tells() {
        assert!(super::cpu_time().is_some());
        assert!(super::peak_memory().is_some_and(|bytes| bytes > 1 << 16));
    }
}
