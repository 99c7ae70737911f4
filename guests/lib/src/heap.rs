//! The allocator: it hands out memory upwards and takes back only what it handed out last.
//!
//! Every instruction of the program is proved, so the common path is an addition and a comparison. Giving back the
//! topmost block keeps a program that works in a stack-like manner on the same few leaves of memory.

use crate::map::{END, OUTPUT_END, STACK_SIZE, STACK_TOP};
use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::ptr;

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new(State { next: 0, limit: 0, high: 0 }));

struct Heap(UnsafeCell<State>);

/// `next..limit` is free. From `high` on memory has never been handed out, so it is still zero.
struct State {
    next: usize,
    limit: usize,
    high: usize,
}

// SAFETY: the machine has one hart and no interrupts, so no two calls ever overlap.
unsafe impl Sync for Heap {}

unsafe extern "C" {
    /// First address after the program's static data (link.ld).
    static _end: u8;
}

impl State {
    /// Start of a new block, or 0 when memory is exhausted.
    fn take(&mut self, size: usize, align: usize) -> usize {
        loop {
            // No overflow: next <= END = 2^32, and both size and align are below 2^63.
            let start = (self.next + align - 1) & !(align - 1);
            let end = start + size;
            if end <= self.limit {
                self.next = end;
                return start;
            }
            if !self.grow() {
                return 0;
            }
        }
    }

    /// Moves on to the next of the two regions: the one below the stack, then the one above the output.
    #[cold]
    fn grow(&mut self) -> bool {
        let (start, limit) = match self.limit {
            0 => ((&raw const _end).addr(), STACK_TOP - STACK_SIZE),
            END => return false,
            _ => (OUTPUT_END, END),
        };
        (self.next, self.limit, self.high) = (start, limit, start);
        true
    }
}

// SAFETY: blocks come from two regions that nothing else uses (link.ld and the memory map), they never overlap, as
// `next` moves down only over the block that ends there, and `take` rounds up to the alignment asked for.
unsafe impl GlobalAlloc for Heap {
    // SAFETY: the caller keeps the contract of `GlobalAlloc`.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: no other reference to the state exists, see `Sync` above.
        let state = unsafe { &mut *self.0.get() };
        ptr::with_exposed_provenance_mut(state.take(layout.size(), layout.align()))
    }

    // SAFETY: the caller keeps the contract of `GlobalAlloc`.
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: no other reference to the state exists, see `Sync` above.
        let state = unsafe { &mut *self.0.get() };
        let start = state.take(layout.size(), layout.align());
        let block = ptr::with_exposed_provenance_mut::<u8>(start);
        if start != 0 && start < state.high {
            let used = (state.high - start).min(layout.size());
            // SAFETY: a part of the block just taken.
            unsafe { block.write_bytes(0, used) };
        }
        block
    }

    // SAFETY: the caller keeps the contract of `GlobalAlloc`.
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: no other reference to the state exists, see `Sync` above.
        let state = unsafe { &mut *self.0.get() };
        if block.addr() + layout.size() == state.next {
            state.high = state.high.max(state.next);
            state.next = block.addr();
        }
    }

    // SAFETY: the caller keeps the contract of `GlobalAlloc`.
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: no other reference to the state exists, see `Sync` above.
        let state = unsafe { &mut *self.0.get() };
        if block.addr() + layout.size() == state.next && block.addr() + size <= state.limit {
            state.high = state.high.max(state.next);
            state.next = block.addr() + size;
            return block;
        }
        if size <= layout.size() {
            return block;
        }
        let start = state.take(size, layout.align());
        let new = ptr::with_exposed_provenance_mut::<u8>(start);
        if start != 0 {
            // SAFETY: the old block has layout.size() < size bytes, and the new one is another block.
            unsafe { new.copy_from_nonoverlapping(block, layout.size()) };
        }
        new
    }
}
