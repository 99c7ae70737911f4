//! Named columns: a `#[repr(C)]` struct over the cells of a row.

/// Declares the columns of a chip or of a part of one.
///
/// `columns! { pub struct Read { pub prev_ts: T, pub value: [T; 4] } }` makes `Read<T>` with `WIDTH` cells and borrows it
/// from `&[T]` or `&mut [T]` of exactly that length. Every field is `T`, an array of `T`, or such a struct over `T`.
#[macro_export]
macro_rules! columns {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$fmeta:meta])* pub $field:ident : $ty:ty,)* }) => {
        $(#[$meta])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug)]
        pub struct $name<T> { $($(#[$fmeta])* pub $field: $ty,)* }

        impl $name<()> {
            /// Number of cells.
            pub const WIDTH: usize = {
                let width = size_of::<$name<u8>>();
                // Every field scales with T: a field of a fixed type would break one of the two.
                assert!(size_of::<$name<u64>>() == 8 * width && align_of::<$name<u64>>() == 8);
                width
            };
        }

        impl<T> core::borrow::Borrow<$name<T>> for [T] {
            fn borrow(&self) -> &$name<T> {
                assert_eq!(self.len(), $name::<()>::WIDTH);
                // SAFETY: the struct is `repr(C)` and consists of `WIDTH` values of `T` and nothing else (checked where
                // `WIDTH` is computed), so it has the layout of `[T; WIDTH]`; the length was just checked.
                unsafe { &*self.as_ptr().cast::<$name<T>>() }
            }
        }

        impl<T> core::borrow::BorrowMut<$name<T>> for [T] {
            fn borrow_mut(&mut self) -> &mut $name<T> {
                assert_eq!(self.len(), $name::<()>::WIDTH);
                // SAFETY: as for the shared borrow; the exclusive borrow of the slice is passed on.
                unsafe { &mut *self.as_mut_ptr().cast::<$name<T>>() }
            }
        }
    };
}
