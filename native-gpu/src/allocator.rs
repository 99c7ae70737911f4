//! The allocator of the process.

use libmimalloc_sys::{mi_option_set_default, mi_option_t};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc's `mi_option_e`, which the bindings do not name.
const PURGE_DELAY: mi_option_t = 15;

/// Keeps freed memory instead of returning it to the system: proving allocates and frees the same large buffers for every
/// shard, and a fresh page costs more than what is then done with it. `MIMALLOC_PURGE_DELAY` overrides this.
///
/// To be called before the process has a second thread.
pub fn keep_memory() {
    // SAFETY: the function takes any numbers; it checks the option's and stores the value. It is not thread-safe: `main`
    // calls this first, before there is a second thread.
    unsafe { mi_option_set_default(PURGE_DELAY, -1) }
}
