//! Clocks.

use gloo_timers::future::TimeoutFuture;

/// Waits; in a hidden tab at least a second.
pub async fn sleep(milliseconds: u32) {
    TimeoutFuture::new(milliseconds).await;
}
