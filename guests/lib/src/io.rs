//! The program's input and its public output: two regions of memory, each a length word followed by bytes.

use crate::map::{INPUT, INPUT_END, OUTPUT, OUTPUT_END};
use core::{ptr, slice};

/// Bytes of a region's length word.
const WORD: usize = 8;

/// The whole input, read in place: no copy is made and each call gives the same slice.
///
/// The input is whatever the prover put there, so it is to be checked. A length word beyond the input region ends
/// the program with code 101.
pub fn read_input() -> &'static [u8] {
    // SAFETY: the region is always there and nobody else reads or writes it.
    let length = unsafe { ptr::with_exposed_provenance::<usize>(INPUT).read_volatile() };
    assert!(length <= INPUT_END - INPUT - WORD);
    // SAFETY: the range lies in the input region by the check above, and nothing in the program writes there.
    unsafe { slice::from_raw_parts(ptr::with_exposed_provenance(INPUT + WORD), length) }
}

/// Appends `bytes` to the public output. More than 65,528 bytes in all end the program with code 101.
pub fn write_output(bytes: &[u8]) {
    let word = ptr::with_exposed_provenance_mut::<usize>(OUTPUT);
    // SAFETY: the region is always there, starts as zero, and only this function uses it.
    let length = unsafe { word.read_volatile() };
    assert!(length <= OUTPUT_END - OUTPUT - WORD && bytes.len() <= OUTPUT_END - OUTPUT - WORD - length);
    let end = ptr::with_exposed_provenance_mut::<u8>(OUTPUT + WORD + length);
    // SAFETY: the range lies in the output region by the check above, and no slice of the program overlaps it.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), end, bytes.len());
        word.write_volatile(length + bytes.len());
    }
}

/// The two functions under the names and signatures of `include/zkvm.h`.
mod c {
    use core::slice;

    #[unsafe(no_mangle)]
    unsafe extern "C" fn read_input(buf: *mut *const u8, n: *mut usize) {
        let input = super::read_input();
        // SAFETY: the caller passes two places that may be written.
        unsafe {
            buf.write(input.as_ptr());
            n.write(input.len());
        }
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn write_output(p: *const u8, n: usize) {
        if n > 0 {
            // SAFETY: the caller passes n > 0 readable bytes.
            super::write_output(unsafe { slice::from_raw_parts(p, n) });
        }
    }
}
