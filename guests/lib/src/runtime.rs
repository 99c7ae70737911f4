//! Start and end of the program.

use core::arch::{asm, global_asm};

// Registers and memory are zero at the start, so there is nothing to clear. Relaxation is off for the line that
// sets gp, as it would turn it into a use of gp.
global_asm!(
    ".section .text.start, \"ax\"",
    ".global _start",
    "_start:",
    ".option push",
    ".option norelax",
    "la gp, __global_pointer$",
    ".option pop",
    "li sp, {stack}",
    "call main",
    "li a7, {exit}",
    "ecall",
    stack = const crate::map::STACK_TOP,
    exit = const EXIT,
);

/// Number of the call that ends the program.
const EXIT: usize = 93;

/// Ends the program with `code`; 0 is success.
pub fn exit(code: i32) -> ! {
    // SAFETY: this call never returns and touches no memory.
    unsafe { asm!("ecall", in("a7") EXIT, in("a0") code as isize, options(noreturn, nostack)) }
}

/// [`exit`] for programs in C.
#[unsafe(no_mangle)]
extern "C" fn zkvm_exit(code: i32) -> ! {
    exit(code)
}

/// A panic is a failing end; its message stays inside, as a failing run has no output.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    exit(101)
}

/// Names the function `fn()` that the program starts with.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[unsafe(export_name = "main")]
        extern "C" fn __hearth_main() -> i32 {
            let main: fn() = $main;
            main();
            0
        }
    };
}
