//! One row per doubling.

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::layout::{ECALL_SECP256K1_DOUBLE, SECP256K1_TICKS};
use hearth_machine::secp256k1::{Point, U256, coordinates, tangent};
use hearth_machine::trace::Secp256k1Double;
use p3_air::WindowAccess;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_lookup::InteractionBuilder;

use super::canonical::{Canonical, below_prime};
use super::line::{self, Digits, Line, Start};
use super::operand::{
    ByteCoordinate, Pointer, access, bytes, ecall, expressions, integers, limbs, look_up_bytes, read_code, read_pointer,
};
use super::relation::{Bounds, Number, Value};
use crate::Felt;
use crate::chip::{Chip, RecordChip};
use crate::columns;
use crate::step::{Previous, StateColumns, Step};

columns! {
    /// A doubling of the point `p`.
    pub struct PointDouble {
        /// 1 on rows in use.
        pub real: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// The access to a7 before.
        pub code: Previous<T>,
        /// a0: the pointer to p.
        pub pointer: Pointer<T>,
        /// x of p.
        pub px: ByteCoordinate<T>,
        /// y of p.
        pub py: ByteCoordinate<T>,
        /// y of p is below the prime.
        pub py_canonical: Canonical<T>,
        /// Inverse of the sum of its bytes.
        pub py_inverse: T,
        /// The tangent and the double.
        pub line: Line<T>,
        /// Quotient of the relation for the slope, in bytes.
        pub tangent_quotient: [T; 32],
        /// Its carries.
        pub tangent_carry: [T; 64],
    }
}

/// Of the relation for the slope: two products less three. In digits of two bytes their sums would pass the field's
/// order.
pub(super) const TANGENT_BOUNDS: Bounds<64> = Bounds::new((3, 2), (0, 0));

fn tangent_value<E: Number>(slope: &[E; 32], x: &[E; 32], y: &[E; 32]) -> Value<E> {
    let two_y = core::array::from_fn(|i| y[i].clone() * E::constant(2));
    Value::product(slope, &two_y).plus(-3, Value::product(x, x))
}

/// The doubling chip.
pub struct PointDoubleChip;

impl Chip for PointDoubleChip {
    const NAME: &'static str = "secp256k1_double";
    const WIDTH: usize = PointDouble::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &PointDouble<B::Var> = main.current_slice().borrow();
        let real: B::Expr = row.real.into();
        builder.assert_bool(row.real);

        let [px, py] = [&row.px.bytes, &row.py.bytes].map(expressions::<B, 32>);
        builder.assert_eq(py.iter().cloned().sum::<B::Expr>() * row.py_inverse, real.clone());

        let mut step = Step::new(builder, real.clone(), &row.state, ecall::<B>(&real));
        read_code(&mut step, ECALL_SECP256K1_DOUBLE, &row.code);
        let word = read_pointer(&mut step, 10, 1, &row.pointer);
        let px_limbs = look_up_bytes(&mut step, &row.px.bytes);
        let py_limbs = look_up_bytes(&mut step, &row.py.bytes);
        below_prime(&mut step, &py_limbs, &row.py_canonical);

        let slope = expressions::<B, 32>(&row.line.slope);
        let value = tangent_value(&slope, &px, &py);
        TANGENT_BOUNDS.constrain(&mut step, value, &row.tangent_quotient, &row.tangent_carry);
        let start = Start { x: &px, y: Digits::Bytes(&py), other_x: &px };
        let [rx, ry] = line::constrain(&mut step, &start, &row.line);

        let half = B::Expr::from_u8(4);
        access(&mut step, &word, 5, &px_limbs, &rx, &row.px.previous);
        access(&mut step, &(word + half.clone()), 5, &py_limbs, &ry, &row.py.previous);
        let next = step.pc() + half;
        step.finish_after(next, SECP256K1_TICKS);
    }
}

impl RecordChip for PointDoubleChip {
    type Record = Secp256k1Double;

    fn fill(record: &Secp256k1Double, row: &mut [Felt]) {
        let p = record.p.map(|access| access.prev);
        fill(record, &tangent(&p).unwrap_or_default(), row.borrow_mut());
    }
}

/// Fills a zero row with the slope `slope`.
pub(super) fn fill(record: &Secp256k1Double, slope: &U256, row: &mut PointDouble<Felt>) {
    let ts = record.ts;
    let p: Point = record.p.map(|access| access.prev);
    let result = record.p.map(|access| access.next);
    let [px, py] = coordinates(&p);
    row.real = Felt::ONE;
    row.state.fill(record.pc, ts);
    row.code.fill(ts, &record.code);
    row.pointer.fill(ts + 1, &record.pointer);
    row.px.fill(ts + 5, &record.p[..4], &px);
    row.py.fill(ts + 5, &record.p[4..], &py);
    row.py_canonical.fill(&limbs(&py).map(Felt::from_u16));
    row.py_inverse = row.py.bytes.iter().copied().sum::<Felt>().try_inverse().unwrap_or_default();
    row.line.fill(slope, &p, &px, &result);
    let [slope, px, py] = [slope, &px, &py].map(|words| integers(&bytes(words)));
    TANGENT_BOUNDS.fill(&tangent_value(&slope, &px, &py), &mut row.tangent_quotient, &mut row.tangent_carry);
}
