//! Entry, input, output, heap, atomics and panic of a guest.

use core::{
    alloc::{GlobalAlloc, Layout},
    arch::{asm, global_asm},
    cell::Cell,
    panic::PanicInfo,
    ptr::{null_mut, with_exposed_provenance, with_exposed_provenance_mut},
    slice,
};

const INPUT: usize = 0x4000_0000;
const INPUT_MAX: usize = (1 << 30) - 8;
const OUTPUT: usize = 0x8000_0000;
const OUTPUT_MAX: usize = (1 << 16) - 8;
/// Lowest address of the stack's share; the stack starts at 0x3fff_0000 and grows down.
const HEAP_END: usize = 0x3f00_0000;

global_asm!(
    ".section .text.start, \"ax\"",
    ".globl _start",
    "_start:",
    "lui sp, 0x3fff0",
    "call {run}",
    run = sym run,
);

extern "C" fn run() -> ! {
    crate::main();
    exit(0)
}

fn exit(code: usize) -> ! {
    // SAFETY: this call ends the program.
    unsafe { asm!("ecall", in("a7") 93, in("a0") code, options(noreturn)) }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

/// The whole input, in place.
pub fn read_input() -> &'static [u8] {
    // SAFETY: the input region is mapped for its whole length and never written; the length word is cut to the region.
    unsafe {
        let len = with_exposed_provenance::<u64>(INPUT).read() as usize;
        slice::from_raw_parts(with_exposed_provenance(INPUT + 8), len.min(INPUT_MAX))
    }
}

/// Appends to the output.
pub fn write_output(bytes: &[u8]) {
    // SAFETY: the output region belongs to this function alone, and what does not fit is not written.
    unsafe {
        let length = with_exposed_provenance_mut::<u64>(OUTPUT);
        let used = length.read() as usize;
        if bytes.len() > OUTPUT_MAX - used {
            exit(101);
        }
        let to = with_exposed_provenance_mut::<u8>(OUTPUT + 8 + used);
        to.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        length.write((used + bytes.len()) as u64);
    }
}

/// A heap that only grows, except that the newest block can be resized and given back.
struct Heap {
    next: Cell<usize>,
}

// SAFETY: the machine has one hart and no interrupts.
unsafe impl Sync for Heap {}

unsafe extern "C" {
    static _end: u8;
}

impl Heap {
    fn next(&self) -> usize {
        match self.next.get() {
            0 => (&raw const _end).expose_provenance(),
            next => next,
        }
    }
}

// SAFETY: blocks lie within the heap, are aligned as asked and never overlap: `next` is past every block in use.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = self.next().next_multiple_of(layout.align());
        match start.checked_add(layout.size()) {
            Some(end) if end <= HEAP_END => {
                self.next.set(end);
                with_exposed_provenance_mut(start)
            }
            _ => null_mut(),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if block.addr() + layout.size() == self.next.get() {
            self.next.set(block.addr());
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as `alloc`; given back blocks may hold anything, so the block is cleared.
        unsafe {
            let block = self.alloc(layout);
            if !block.is_null() {
                block.write_bytes(0, layout.size());
            }
            block
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if block.addr() + layout.size() == self.next.get() && block.addr().saturating_add(size) <= HEAP_END {
            self.next.set(block.addr() + size);
            return block;
        }
        // SAFETY: the caller's layout is valid, so is one with the same alignment; blocks do not overlap.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                new.copy_from_nonoverlapping(block, layout.size().min(size));
            }
            new
        }
    }
}

#[global_allocator]
static HEAP: Heap = Heap { next: Cell::new(0) };

/// Without the A extension the compiler calls these; with one hart they are plain loads and stores.
macro_rules! atomics {
    ($($type:ty: $load:ident $store:ident $exchange:ident $compare:ident $($fetch:ident $op:expr),*;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $load(at: *const $type, _: i32) -> $type {
            // SAFETY: the compiler passes a valid pointer.
            unsafe { at.read() }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $store(at: *mut $type, value: $type, _: i32) {
            // SAFETY: the compiler passes a valid pointer.
            unsafe { at.write(value) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $exchange(at: *mut $type, value: $type, _: i32) -> $type {
            // SAFETY: the compiler passes a valid pointer.
            unsafe { at.replace(value) }
        }
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $compare(at: *mut $type, expected: *mut $type, value: $type, _: i32, _: i32) -> bool {
            // SAFETY: the compiler passes valid pointers.
            unsafe {
                let old = at.read();
                let same = old == expected.read();
                if same { at.write(value) } else { expected.write(old) }
                same
            }
        }
        $(#[unsafe(no_mangle)]
        unsafe extern "C" fn $fetch(at: *mut $type, value: $type, _: i32) -> $type {
            let op: fn($type, $type) -> $type = $op;
            // SAFETY: the compiler passes a valid pointer.
            unsafe {
                let old = at.read();
                at.write(op(old, value));
                old
            }
        })*
    )*};
}

atomics! {
    u8: __atomic_load_1 __atomic_store_1 __atomic_exchange_1 __atomic_compare_exchange_1
        __atomic_fetch_add_1 |a, b| a.wrapping_add(b), __atomic_fetch_sub_1 |a, b| a.wrapping_sub(b),
        __atomic_fetch_and_1 |a, b| a & b, __atomic_fetch_or_1 |a, b| a | b, __atomic_fetch_xor_1 |a, b| a ^ b;
    u32: __atomic_load_4 __atomic_store_4 __atomic_exchange_4 __atomic_compare_exchange_4
        __atomic_fetch_add_4 |a, b| a.wrapping_add(b), __atomic_fetch_sub_4 |a, b| a.wrapping_sub(b),
        __atomic_fetch_and_4 |a, b| a & b, __atomic_fetch_or_4 |a, b| a | b, __atomic_fetch_xor_4 |a, b| a ^ b;
    u64: __atomic_load_8 __atomic_store_8 __atomic_exchange_8 __atomic_compare_exchange_8
        __atomic_fetch_add_8 |a, b| a.wrapping_add(b), __atomic_fetch_sub_8 |a, b| a.wrapping_sub(b),
        __atomic_fetch_and_8 |a, b| a & b, __atomic_fetch_or_8 |a, b| a | b, __atomic_fetch_xor_8 |a, b| a ^ b;
}
