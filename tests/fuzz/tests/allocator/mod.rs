//! A global allocator that counts what a thread holds, and refuses to give it more than [`CAP`].

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// What no thread may hold: a mistake should end this process and not the machine.
const CAP: isize = 2 << 30;

thread_local! {
    /// Bytes held now: taken less given back. Below zero where a thread gives back what another took.
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

/// Notes bytes that are taken, if there are not too many.
fn take(size: usize) -> bool {
    // At the end of a thread its counters are gone, and nothing is measured any more.
    let taken = HELD.try_with(|held| {
        let now = held.get().saturating_add_unsigned(size);
        if now <= CAP {
            held.set(now);
            PEAK.with(|peak| peak.set(peak.get().max(now)));
        }
        now <= CAP
    });
    taken.unwrap_or(true)
}

/// Notes bytes that are given back.
fn give(size: usize) {
    // As above: an error means that nothing is measured.
    let _ = HELD.try_with(|held| held.set(held.get().saturating_sub_unsigned(size)));
}

// SAFETY: every call goes to the system's allocator with the arguments as they came; null is an allowed answer.
unsafe impl GlobalAlloc for Counting {
    // SAFETY: the caller keeps the contract of `GlobalAlloc`.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !take(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    // SAFETY: the caller keeps the contract of `GlobalAlloc`.
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        give(layout.size());
        // SAFETY: the pointer came from `System`, by the methods here, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }

    // SAFETY: the caller keeps the contract of `GlobalAlloc`.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !take(layout.size()) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller keeps the contract of `alloc_zeroed`, which is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    // SAFETY: the caller keeps the contract of `GlobalAlloc`.
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !take(size) {
            return std::ptr::null_mut();
        }
        give(layout.size());
        // SAFETY: as above; the caller keeps the contract of `realloc`, which is the same.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

/// Runs `work` and says how many bytes more than before this thread held while it ran.
pub fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.get();
    PEAK.set(before);
    let result = work();
    (result, PEAK.get().abs_diff(before))
}
