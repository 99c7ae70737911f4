//! Points, and the machine's calls.

use core::arch::asm;

use super::{U256, field};

/// Numbers of the calls.
const ADD: usize = 0x1001;
const DOUBLE: usize = 0x1002;

/// A point by its coordinates. Aligned to what the machine opens at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C, align(64))]
pub struct Point {
    /// x.
    pub x: U256,
    /// y.
    pub y: U256,
}

/// `p := p + q` in one instruction, by the formula for different x. Where the x coordinates are equal or not below the
/// prime the program ends without a proof; [`Sum`] takes care of that.
#[inline(always)]
pub fn add(p: &mut Point, q: &Point) {
    // SAFETY: the machine reads and writes these 8 aligned words each.
    unsafe { asm!("ecall", in("a7") ADD, in("a0") p, in("a1") q, options(nostack)) }
}

/// `p := 2 p` in one instruction. Where y is 0, or not below the prime, the program ends without a proof; on the curve
/// no y is 0.
#[inline(always)]
pub fn double(p: &mut Point) {
    // SAFETY: the machine reads and writes these 8 aligned words.
    unsafe { asm!("ecall", in("a7") DOUBLE, in("a0") p, options(nostack)) }
}

impl Point {
    /// `-self`, for a point of the curve.
    pub const fn negate(&self) -> Self {
        Self { x: self.x, y: super::subtract_words(&field::PRIME, &self.y).0 }
    }

    /// Whether the coordinates are below the prime and the point lies on the curve.
    pub fn is_on_curve(&self) -> bool {
        field::is_canonical(&self.x)
            && field::is_canonical(&self.y)
            && field::multiply(&self.y, &self.y) == field::curve(&self.x)
    }
}

/// A sum of points of the curve that may be the neutral element.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    point: Point,
    is_neutral: bool,
}

impl Sum {
    /// The neutral element.
    pub const fn neutral() -> Self {
        Self { point: Point { x: [0; 4], y: [0; 4] }, is_neutral: true }
    }

    /// Adds a point of the curve.
    #[inline(always)]
    pub fn add(&mut self, q: &Point) {
        if self.is_neutral {
            *self = Self { point: *q, is_neutral: false };
        } else if self.point.x[0] != q.x[0] {
            add(&mut self.point, q);
        } else {
            self.add_similar(q);
        }
    }

    #[cold]
    fn add_similar(&mut self, q: &Point) {
        if self.point.x != q.x {
            add(&mut self.point, q);
        } else if self.point.y == q.y {
            double(&mut self.point);
        } else {
            self.is_neutral = true;
        }
    }

    /// Doubles.
    #[inline(always)]
    pub fn double(&mut self) {
        if !self.is_neutral {
            double(&mut self.point);
        }
    }

    /// The point; `None` for the neutral element.
    pub fn point(&self) -> Option<Point> {
        (!self.is_neutral).then_some(self.point)
    }
}
