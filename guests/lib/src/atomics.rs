//! Atomic operations for a machine with one hart and without the A extension.
//!
//! LLVM turns every atomic access into a call by one of these names. With one hart and no interrupts nothing can come
//! between two instructions, so plain loads and stores do.

/// Defines the operations on `$int`, where each name ends in its size in bytes.
macro_rules! atomics {
    ($int:ty, $load:ident, $store:ident, $exchange:ident, $compare_exchange:ident,
     $($fetch:ident = |$old:ident, $operand:ident| $new:expr),*) => {
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $load(place: *const $int, _order: i32) -> $int {
            // SAFETY: the compiler passes a valid, aligned place.
            unsafe { place.read() }
        }

        #[unsafe(no_mangle)]
        unsafe extern "C" fn $store(place: *mut $int, value: $int, _order: i32) {
            // SAFETY: as above.
            unsafe { place.write(value) }
        }

        #[unsafe(no_mangle)]
        unsafe extern "C" fn $exchange(place: *mut $int, value: $int, _order: i32) -> $int {
            // SAFETY: as above.
            unsafe { place.replace(value) }
        }

        #[unsafe(no_mangle)]
        unsafe extern "C" fn $compare_exchange(
            place: *mut $int,
            expected: *mut $int,
            value: $int,
            _success: i32,
            _failure: i32,
        ) -> bool {
            // SAFETY: as above.
            let old = unsafe { place.read() };
            // SAFETY: the same of the other place.
            let equal = old == unsafe { expected.read() };
            if equal {
                // SAFETY: as above.
                unsafe { place.write(value) }
            } else {
                // SAFETY: as above.
                unsafe { expected.write(old) }
            }
            equal
        }

        $(
            #[unsafe(no_mangle)]
            unsafe extern "C" fn $fetch(place: *mut $int, $operand: $int, _order: i32) -> $int {
                // SAFETY: as above.
                let $old = unsafe { place.read() };
                // SAFETY: as above.
                unsafe { place.write($new) }
                $old
            }
        )*
    };
}

atomics!(
    u8,
    __atomic_load_1,
    __atomic_store_1,
    __atomic_exchange_1,
    __atomic_compare_exchange_1,
    __atomic_fetch_add_1 = |old, x| old.wrapping_add(x),
    __atomic_fetch_sub_1 = |old, x| old.wrapping_sub(x),
    __atomic_fetch_and_1 = |old, x| old & x,
    __atomic_fetch_nand_1 = |old, x| !(old & x),
    __atomic_fetch_or_1 = |old, x| old | x,
    __atomic_fetch_xor_1 = |old, x| old ^ x
);
atomics!(
    u16,
    __atomic_load_2,
    __atomic_store_2,
    __atomic_exchange_2,
    __atomic_compare_exchange_2,
    __atomic_fetch_add_2 = |old, x| old.wrapping_add(x),
    __atomic_fetch_sub_2 = |old, x| old.wrapping_sub(x),
    __atomic_fetch_and_2 = |old, x| old & x,
    __atomic_fetch_nand_2 = |old, x| !(old & x),
    __atomic_fetch_or_2 = |old, x| old | x,
    __atomic_fetch_xor_2 = |old, x| old ^ x
);
atomics!(
    u32,
    __atomic_load_4,
    __atomic_store_4,
    __atomic_exchange_4,
    __atomic_compare_exchange_4,
    __atomic_fetch_add_4 = |old, x| old.wrapping_add(x),
    __atomic_fetch_sub_4 = |old, x| old.wrapping_sub(x),
    __atomic_fetch_and_4 = |old, x| old & x,
    __atomic_fetch_nand_4 = |old, x| !(old & x),
    __atomic_fetch_or_4 = |old, x| old | x,
    __atomic_fetch_xor_4 = |old, x| old ^ x
);
atomics!(
    u64,
    __atomic_load_8,
    __atomic_store_8,
    __atomic_exchange_8,
    __atomic_compare_exchange_8,
    __atomic_fetch_add_8 = |old, x| old.wrapping_add(x),
    __atomic_fetch_sub_8 = |old, x| old.wrapping_sub(x),
    __atomic_fetch_and_8 = |old, x| old & x,
    __atomic_fetch_nand_8 = |old, x| !(old & x),
    __atomic_fetch_or_8 = |old, x| old | x,
    __atomic_fetch_xor_8 = |old, x| old ^ x
);
