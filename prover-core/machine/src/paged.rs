//! A large sparse array in pages that exist only where something other than the filling was written.

use alloc::boxed::Box;
use alloc::vec::Vec;

/// `2^n` entries of which most hold `fill`. `PAGE` entries share an allocation.
#[derive(Clone, Debug)]
pub struct Paged<T, const PAGE: usize> {
    fill: T,
    pages: Vec<Option<Box<[T; PAGE]>>>,
}

impl<T: Copy, const PAGE: usize> Paged<T, PAGE> {
    /// An array of at least `len` entries, all `fill`.
    pub fn new(len: usize, fill: T) -> Self {
        Self { fill, pages: (0..len.div_ceil(PAGE)).map(|_| None).collect() }
    }

    /// The entry at `index`; `fill` beyond the end.
    #[inline(always)]
    pub fn get(&self, index: usize) -> T {
        match self.pages.get(index / PAGE) {
            Some(Some(page)) => page[index % PAGE],
            _ => self.fill,
        }
    }

    /// The entry at `index`, for writing. Indexes beyond the end are a programming error and panic.
    #[inline(always)]
    pub fn get_mut(&mut self, index: usize) -> &mut T {
        let fill = self.fill;
        let page = self.pages[index / PAGE].get_or_insert_with(
            #[cold]
            || Box::new([fill; PAGE]),
        );
        &mut page[index % PAGE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_do_not_allocate() {
        let mut array = Paged::<u8, 16>::new(100, 7);
        assert_eq!((array.get(5), array.get(1000)), (7, 7));
        assert!(array.pages.iter().all(Option::is_none));
        *array.get_mut(99) = 1;
        assert_eq!((array.get(99), array.get(98)), (1, 7));
        assert_eq!(array.pages.iter().flatten().count(), 1);
    }
}
