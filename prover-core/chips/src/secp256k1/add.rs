//! One row per addition.

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::layout::{ECALL_SECP256K1_ADD, SECP256K1_TICKS};
use hearth_machine::secp256k1::{Point, U256, chord, coordinates};
use hearth_machine::trace::Secp256k1Add;
use p3_air::WindowAccess;
use p3_field::{Field, PrimeCharacteristicRing};
use p3_lookup::InteractionBuilder;

use super::canonical::{Canonical, below_prime};
use super::line::{self, Digits, Line, Start};
use super::operand::{
    ByteCoordinate, LimbCoordinate, Pointer, access, bytes, ecall, expressions, integers, limbs, look_up_bytes,
    read_code, read_pointer,
};
use super::relation::{Bounds, Number, Value};
use crate::Felt;
use crate::chip::{Chip, RecordChip};
use crate::columns;
use crate::step::{Previous, StateColumns, Step};

columns! {
    /// An addition of the points `p` and `q`.
    pub struct PointAdd {
        /// 1 on rows in use.
        pub real: T,
        /// pc and time.
        pub state: StateColumns<T>,
        /// The access to a7 before.
        pub code: Previous<T>,
        /// a0: the pointer to p.
        pub p_pointer: Pointer<T>,
        /// a1: the pointer to q.
        pub q_pointer: Pointer<T>,
        /// x of p.
        pub px: ByteCoordinate<T>,
        /// y of p.
        pub py: LimbCoordinate<T>,
        /// x of q.
        pub qx: ByteCoordinate<T>,
        /// y of q.
        pub qy: LimbCoordinate<T>,
        /// x of p is below the prime.
        pub px_canonical: Canonical<T>,
        /// x of q is below the prime.
        pub qx_canonical: Canonical<T>,
        /// Inverse of the sum of squares by which the bytes of the two x differ.
        pub difference_inverse: T,
        /// The chord and the sum.
        pub line: Line<T>,
        /// Quotient of the relation for the slope.
        pub chord_quotient: [T; 16],
        /// Its carries.
        pub chord_carry: [T; 32],
    }
}

/// Of the relation for the slope: a product with a difference, less a number, plus a number.
pub(super) const CHORD_BOUNDS: Bounds<32> = Bounds::new((1, 1), (1, 1));

fn chord_value<E: Number>(slope: &[E; 32], [px, qx]: [&[E; 32]; 2], [py, qy]: [&[E; 16]; 2]) -> Value<E> {
    let difference = core::array::from_fn(|i| qx[i].clone() - px[i].clone());
    Value::product(slope, &difference).plus_limbs(py).minus_limbs(qy)
}

/// The addition chip.
pub struct PointAddChip;

impl Chip for PointAddChip {
    const NAME: &'static str = "secp256k1_add";
    const WIDTH: usize = PointAdd::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &PointAdd<B::Var> = main.current_slice().borrow();
        let real: B::Expr = row.real.into();
        builder.assert_bool(row.real);

        let [px, qx] = [&row.px.bytes, &row.qx.bytes].map(expressions::<B, 32>);
        let [py, qy] = [&row.py.limbs, &row.qy.limbs].map(expressions::<B, 16>);
        // At most 32 x 255^2, so 0 only where all bytes agree.
        let distance: B::Expr = px.iter().zip(&qx).map(|(p, q)| (p.clone() - q.clone()).square()).sum();
        builder.assert_eq(distance * row.difference_inverse, real.clone());

        let mut step = Step::new(builder, real.clone(), &row.state, ecall::<B>(&real));
        read_code(&mut step, ECALL_SECP256K1_ADD, &row.code);
        let p_word = read_pointer(&mut step, 10, 1, &row.p_pointer);
        let q_word = read_pointer(&mut step, 11, 2, &row.q_pointer);
        let px_limbs = look_up_bytes(&mut step, &row.px.bytes);
        let qx_limbs = look_up_bytes(&mut step, &row.qx.bytes);
        below_prime(&mut step, &px_limbs, &row.px_canonical);
        below_prime(&mut step, &qx_limbs, &row.qx_canonical);

        let slope = expressions::<B, 32>(&row.line.slope);
        let value = chord_value(&slope, [&px, &qx], [&py, &qy]);
        CHORD_BOUNDS.constrain(&mut step, value, &row.chord_quotient, &row.chord_carry);
        let start = Start { x: &px, y: Digits::Limbs(&py), other_x: &qx };
        let [rx, ry] = line::constrain(&mut step, &start, &row.line);

        // q first: where the points overlap, p's access finds q's one tick before it.
        let half = B::Expr::from_u8(4);
        access(&mut step, &q_word, 4, &qx_limbs, &qx_limbs, &row.qx.previous);
        access(&mut step, &(q_word + half.clone()), 4, &qy, &qy, &row.qy.previous);
        access(&mut step, &p_word, 5, &px_limbs, &rx, &row.px.previous);
        access(&mut step, &(p_word + half.clone()), 5, &py, &ry, &row.py.previous);
        let next = step.pc() + half;
        step.finish_after(next, SECP256K1_TICKS);
    }
}

impl RecordChip for PointAddChip {
    type Record = Secp256k1Add;

    fn fill(record: &Secp256k1Add, row: &mut [Felt]) {
        let [p, q] = [&record.p, &record.q].map(|accesses| accesses.map(|access| access.prev));
        fill(record, &chord(&p, &q).unwrap_or_default(), row.borrow_mut());
    }
}

/// Fills a zero row with the slope `slope`.
pub(super) fn fill(record: &Secp256k1Add, slope: &U256, row: &mut PointAdd<Felt>) {
    let ts = record.ts;
    let [p, q]: [Point; 2] = [&record.p, &record.q].map(|accesses| accesses.map(|access| access.prev));
    let result = record.p.map(|access| access.next);
    let ([px, py], [qx, qy]) = (coordinates(&p), coordinates(&q));
    row.real = Felt::ONE;
    row.state.fill(record.pc, ts);
    row.code.fill(ts, &record.code);
    row.p_pointer.fill(ts + 1, &record.pointers[0]);
    row.q_pointer.fill(ts + 2, &record.pointers[1]);
    row.px.fill(ts + 5, &record.p[..4], &px);
    row.py.fill(ts + 5, &record.p[4..], &py);
    row.qx.fill(ts + 4, &record.q[..4], &qx);
    row.qy.fill(ts + 4, &record.q[4..], &qy);
    row.px_canonical.fill(&limbs(&px).map(Felt::from_u16));
    row.qx_canonical.fill(&limbs(&qx).map(Felt::from_u16));
    let distance: Felt = row.px.bytes.iter().zip(&row.qx.bytes).map(|(&p, &q)| (p - q).square()).sum();
    row.difference_inverse = distance.try_inverse().unwrap_or_default();
    row.line.fill(slope, &p, &qx, &result);
    let [slope, px, qx] = [slope, &px, &qx].map(|words| integers(&bytes(words)));
    let [py, qy] = [py, qy].map(|words| integers(&limbs(&words)));
    let value = chord_value(&slope, [&px, &qx], [&py, &qy]);
    CHORD_BOUNDS.fill(&value, &mut row.chord_quotient, &mut row.chord_carry);
}
