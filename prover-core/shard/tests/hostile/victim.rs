//! A small program that meets what the attacks need.

use hearth_machine::hash::Hasher;
use hearth_machine::program::Program;
use hearth_machine::testing::{DATA_BASE, addi, b_type, exit, i_type, jal, jalr, li, program, r_type, s_type};

/// The code.
pub fn code() -> Vec<u32> {
    let mut code = li(8, DATA_BASE);
    code.extend(li(5, 1_234_567));
    code.extend([
        s_type(3, 8, 5, 0),              // sd x5, 0(x8)
        i_type(0x03, 3, 6, 8, 0),        // ld x6, 0(x8)
        addi(6, 6, 1),                   //
        s_type(3, 8, 6, 0),              // sd x6, 0(x8)
        i_type(0x03, 3, 7, 8, 0),        // ld x7, 0(x8)
        r_type(0x33, 5, 1, 28, 7, 6),    // divu x28, x7, x6
        r_type(0x33, 0, 0x20, 29, 7, 5), // sub x29, x7, x5
        r_type(0x33, 0, 1, 27, 7, 29),   // mul x27, x7, x29
        s_type(0, 8, 7, 17),             // sb x7, 17(x8)
        i_type(0x03, 0, 26, 8, 17),      // lb x26, 17(x8)
        i_type(0x03, 2, 30, 8, 61),      // lw x30, 61(x8), across a leaf
        r_type(0x33, 3, 0, 0, 5, 7),     // sltu x0, x5, x7: a 1 that goes nowhere
        r_type(0x33, 7, 0, 31, 7, 5),    // and x31, x7, x5
        i_type(0x13, 5, 25, 7, 0x403),   // srai x25, x7, 3
        addi(24, 0, 1),                  //
        b_type(0, 7, 5, 8),              // beq x7, x5, over the next one: not taken
        addi(24, 24, 2),                 //
        jal(1, 8),                       // call over the next one
        addi(24, 24, 4),                 // the function: return to here at once
        jalr(1, 1, 8),                   // to 8 after the link: over the next one
        addi(24, 24, 8),                 //
    ]);
    // Output: 8 bytes, x27.
    code.extend(li(5, 0x8000_0000));
    code.extend([addi(6, 0, 8), s_type(3, 5, 6, 0), s_type(3, 5, 27, 8)]);
    code.extend(exit(7));
    code
}

/// The program, with 1 KiB of data.
pub fn victim(hasher: &Hasher) -> Program {
    program(hasher, &code())
}
