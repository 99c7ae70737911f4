//! The bits of the canonical representative of an element.
//!
//! * **Guarantees** that bits are 0 or 1, that `value = sum_i bit_i 2^i`, that this sum is below p, and that `high` is the number
//!   that the bits from some place on spell (the circuit says from which by the coefficients `high`).
//! * **Why a cheater fails.** p = 127 2^24 + 1, so that of the 31-bit numbers those that are at least p are those whose upper 7 bits
//!   are all 1 and of whose lower 24 bits one is. `ones` is the product of the upper seven, step by step, and `ones` times
//!   the lower bits' number is 0 in the field: that number is below 2^24 < p, so that it is 0. An element has one representative below p.
//! * **Cost.** 35 cells, 33 messages.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_stark_verifier::field::F;
use p3_air::WindowAccess;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_lookup::InteractionBuilder;

use super::Gate;
use crate::values::{Link, Values};
use crate::wires::{Addresses, Wire};
use crate::wiring::{Port, base_wire};

/// Bits of an element.
pub const BITS: usize = 31;
/// Lower bits, of which all are 0 in the greatest element.
const LOWER: usize = 24;

columns! {
    /// Values.
    pub struct Main {
        /// The element.
        pub value: T,
        /// Its bits, lowest first.
        pub bits: [T; BITS],
        /// The products of the first three, five and seven upper bits.
        pub ones: [T; 3],
    }
}

columns! {
    /// Connections and coefficients.
    pub struct Fixed {
        /// Of the element, of the bits, of the upper bits' number.
        pub ports: [Port<T>; BITS + 2],
        /// The bits' weights in the upper bits' number.
        pub high: [T; BITS],
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Bits {
    /// The element.
    pub value: Wire,
    /// Its lowest bits.
    pub bits: Vec<Wire>,
    /// The number that its bits from the place in the second part on spell, if somebody wants it.
    pub high: Option<(Wire, usize)>,
}

impl Gate for Bits {
    const NAME: &'static str = "bits";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let bit = |i: usize| -> B::Expr { main.bits[i].into() };
        let number = |range: core::ops::Range<usize>| -> B::Expr { range.map(|i| bit(i).mul_2exp_u64(i as u64)).sum() };
        for &bit in &main.bits {
            builder.assert_bool(bit);
        }
        builder.assert_zero(number(0..BITS) - main.value);
        let [three, five, seven] = main.ones;
        builder.assert_zero(bit(LOWER) * bit(LOWER + 1) * bit(LOWER + 2) - three);
        builder.assert_zero(bit(LOWER + 3) * bit(LOWER + 4) * three - five);
        builder.assert_zero(bit(LOWER + 5) * bit(LOWER + 6) * five - seven);
        builder.assert_zero(number(0..LOWER) * seven);

        let high: B::Expr = (0..BITS).map(|i| fixed.high[i].into() * bit(i)).sum();
        let values = [main.value.into()].into_iter().chain((0..BITS).map(bit)).chain([high]);
        for (port, value) in fixed.ports.into_iter().zip(values) {
            base_wire(builder, port, value);
        }
    }

    fn links(&self) -> Vec<Link> {
        let mut links = vec![Link::None; BITS + 2];
        links[0] = Link::Read(self.value);
        for (link, &bit) in links[1..].iter_mut().zip(&self.bits) {
            *link = Link::Provide(bit);
        }
        if let Some((high, _)) = self.high {
            links[BITS + 1] = Link::Provide(high);
        }
        links
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        addresses.connect(&self.links(), &mut cells.ports);
        if let Some((_, from)) = self.high {
            for (i, weight) in cells.high[from..self.bits.len()].iter_mut().enumerate() {
                *weight = F::from_u32(1 << i);
            }
        }
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        cells.value = values.get(self.value).0[0];
        let value = cells.value.as_canonical_u32();
        cells.bits = core::array::from_fn(|i| F::from_bool(value >> i & 1 == 1));
        let ones = |count: usize| F::from_bool(value >> LOWER & ((1 << count) - 1) == (1 << count) - 1);
        cells.ones = [3, 5, 7].map(ones);
    }
}
