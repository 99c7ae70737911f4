//! Forged rows of the accelerators: consistent with everything but the one check that must refuse them.

use std::borrow::BorrowMut;

use hearth_chips::Felt;
use hearth_chips::check::{Messages, Report, report};
use hearth_chips::chip::{RecordChip, StepChip};
use hearth_chips::divrem::{DivRem, DivRemChip};
use hearth_chips::keccak::{KeccakCallChip, KeccakRound, KeccakRoundChip};
use hearth_chips::secp256k1::{PointAdd, PointAddChip, PointDouble, PointDoubleChip};
use hearth_chips::step::limbs;
use hearth_machine::isa::{Instruction, Op};
use hearth_machine::keccak::{CONSTANT_BITS, ROUNDS, State, keccak_f, rho_pi_chi, round};
use hearth_machine::layout::{ECALL_KECCAK_F, ECALL_SECP256K1_ADD, ECALL_SECP256K1_DOUBLE, REGISTER_WORD};
use hearth_machine::secp256k1::{PRIME, Point, U256, add, chord, coordinates, double, is_canonical, subtract, third};
use hearth_machine::trace::{Access, KeccakRecord, Secp256k1Add, Secp256k1Double, Step};
use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

const TS: u32 = 400_000;
const P_WORD: u32 = 0x400_0001;
const Q_WORD: u32 = 0x1f00_0000;
const MAX: u64 = u64::MAX;

fn register(index: u32, value: u64) -> Access {
    Access { word: REGISTER_WORD + index, prev_ts: 7, prev: value, next: value }
}

fn words(word: u32, before: &Point, after: &Point) -> [Access; 8] {
    std::array::from_fn(|i| Access { word: word + i as u32, prev_ts: 9, prev: before[i], next: after[i] })
}

fn addition(p: &Point, q: &Point, sum: &Point) -> Secp256k1Add {
    Secp256k1Add {
        pc: 0x1000,
        ts: TS,
        code: register(17, ECALL_SECP256K1_ADD),
        pointers: [register(10, u64::from(P_WORD) * 8), register(11, u64::from(Q_WORD) * 8)],
        q: words(Q_WORD, q, q),
        p: words(P_WORD, p, sum),
    }
}

fn doubling(p: &Point, result: &Point) -> Secp256k1Double {
    Secp256k1Double {
        pc: 0x1000,
        ts: TS,
        code: register(17, ECALL_SECP256K1_DOUBLE),
        pointer: register(10, u64::from(P_WORD) * 8),
        p: words(P_WORD, p, result),
    }
}

fn add_table(p: &Point, q: &Point, sum: &Point) -> RowMajorMatrix<Felt> {
    PointAddChip::table(&[addition(p, q, sum)], 1)
}

fn add_row(table: &mut RowMajorMatrix<Felt>) -> &mut PointAdd<Felt> {
    table.values.as_mut_slice().borrow_mut()
}

fn add_report(table: &RowMajorMatrix<Felt>) -> Report {
    report::<PointAddChip>(table, &[])
}

fn point(x: U256, y: U256) -> Point {
    let mut point = [0; 8];
    point[..4].copy_from_slice(&x);
    point[4..].copy_from_slice(&y);
    point
}

/// Two points of no curve whose chord has all limbs busy.
fn points() -> [Point; 2] {
    let word = |i: u64| 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(i + 1).rotate_left(i as u32);
    [0, 8].map(|from| std::array::from_fn(|i| word(from + i as u64) >> (i % 4 / 3)))
}

fn count(report: &Report) -> (usize, usize) {
    (report.violations.len(), report.bad_lookups.len())
}

fn bus(report: &Report) -> &str {
    &report.bad_lookups[0].1
}

/// A wrong x by a carry that wraps around the field, with the y that the wrong x leads to: all equations hold in the
/// field, all cells are in their ranges, both coordinates are below the prime. Only the group of carries gives it away.
#[test]
fn wrong_x_with_its_own_y_is_refused() {
    let [p, q] = points();
    let slope = chord(&p, &q).unwrap();
    let sum = add(&p, &q).unwrap();
    let mut honest = add_table(&p, &q, &sum);
    assert!(add_report(&honest).is_honest());
    let row = *add_row(&mut honest);
    let mut forgeries = 0;
    for k in 0..15 {
        let [mut x, _] = coordinates(&sum);
        let mut limbs: [u32; 16] = std::array::from_fn(|i| (x[i / 4] >> (16 * (i % 4)) & 0xffff) as u32);
        limbs[k] += 1;
        limbs[k + 1] += 32512;
        if limbs.iter().any(|&limb| limb > 0xffff) {
            continue;
        }
        x = std::array::from_fn(|i| (0..4).map(|j| u64::from(limbs[4 * i + j]) << (16 * j)).sum());
        // y by the chip's own formula, for the wrong x.
        let [px, py] = coordinates(&p);
        assert!(is_canonical(&py));
        let product = hearth_machine::secp256k1::multiply(&slope, &subtract(&px, &x));
        let forged = point(x, subtract(&product, &py));
        let mut table = add_table(&p, &q, &forged);
        let forged = add_row(&mut table);
        forged.line.x_quotient = row.line.x_quotient;
        forged.line.x_carry = row.line.x_carry;
        forged.line.x_carry[k] += Felt::from_u16(32512);
        let report = add_report(&table);
        assert_eq!(count(&report), (0, 1), "{k}: {:?}", report.bad_lookups);
        assert_eq!(bus(&report), "range16");
        forgeries += 1;
    }
    assert!(forgeries > 3, "{forgeries}");
}

/// Equal points whose bytes are written in two ways: limbs, relations and the inverse agree; bytes are looked up.
#[test]
fn other_digits_of_an_equal_x_are_refused() {
    let [p, _] = points();
    let sum = third(&[0; 4], &p, &coordinates(&p)[0]);
    let mut table = add_table(&p, &p, &sum);
    let row = add_row(&mut table);
    row.qx.bytes[0] += Felt::from_u16(256);
    row.qx.bytes[1] -= Felt::ONE;
    let distance: Felt = row.px.bytes.iter().zip(&row.qx.bytes).map(|(&p, &q)| (p - q).square()).sum();
    row.difference_inverse = distance.inverse();
    let report = add_report(&table);
    assert_eq!(count(&report), (0, 1), "{:?}", report.bad_lookups);
    assert_eq!(bus(&report), "bytes");
}

/// The same for the zero y of a doubled point, here with x = 0.
#[test]
fn other_digits_of_a_zero_y_are_refused() {
    let zero = [0; 8];
    let mut table = PointDoubleChip::table(&[doubling(&zero, &zero)], 1);
    let row: &mut PointDouble<Felt> = table.values.as_mut_slice().borrow_mut();
    row.py.bytes[0] = Felt::from_u16(256);
    row.py.bytes[1] = -Felt::ONE;
    row.py_inverse = Felt::from_u8(255).inverse();
    let report = report::<PointDoubleChip>(&table, &[]);
    assert_eq!(count(&report), (0, 1), "{:?}", report.bad_lookups);
    assert_eq!(bus(&report), "bytes");
}

/// Every number from the prime to `2^256 - 1` at an edge of the comparison, as x and as y of a result, with every
/// choice of the flags that their equations leave; and the numbers just below the prime, which must pass.
#[test]
fn no_choice_of_flags_passes_a_number_from_the_prime_on() {
    for below in [1, 2, 977, 978, 1 << 16, 1 << 32, 1 << 48] {
        let (result, negative) = (subtract(&[0; 4], &[below, 0, 0, 0]), [below, 0, 0, 0]);
        let (p, q) = (point([1, 0, 0, 0], negative), point(subtract(&negative, &[1, 0, 0, 0]), negative));
        let sum = add(&p, &q).unwrap_or_else(|| third(&[0; 4], &p, &coordinates(&q)[0]));
        assert_eq!(sum, point(result, result));
        // At 2 the addends are equal, which is refused for that.
        assert_eq!(add_report(&add_table(&p, &q, &sum)).is_honest(), below != 2);
    }
    let above = [0, 1, 976, 977, 0xffff, (1 << 32) - 1, 1 << 32, (1 << 32) + 975, (1 << 32) + 976];
    for extra in above {
        let reduced = [extra, 0, 0, 0];
        let negative = subtract(&[0; 4], &reduced);
        let (p, q) = (point([1, 0, 0, 0], negative), point(subtract(&negative, &[1, 0, 0, 0]), negative));
        let Some(sum) = add(&p, &q) else { continue };
        assert_eq!(sum, point(reduced, reduced));
        assert!(add_report(&add_table(&p, &q, &sum)).is_honest());
        let (low, carry) = PRIME[0].overflowing_add(extra);
        let large = if carry { [low, 0, 0, 0] } else { [low, MAX, MAX, MAX] };
        assert!(!carry && !is_canonical(&large));
        for (forged, which) in [(point(large, reduced), 0), (point(reduced, large), 1)] {
            let table = add_table(&p, &q, &forged);
            let gaps = {
                let limb = |i: usize| (large[i / 4] >> (16 * (i % 4)) & 0xffff) as i64;
                let high: i64 = (3..16).map(|i| 0xffff - limb(i)).sum();
                [high, 2 * high + 0xfffe - limb(2) + 0xffff - limb(1)].map(Felt::from_i64)
            };
            let choices = |gap: Felt| -> Vec<(Felt, Felt)> {
                let flags = [Felt::ZERO, Felt::ONE, -Felt::ONE, Felt::TWO, Felt::TWO.inverse()];
                match gap.try_inverse() {
                    Some(inverse) => flags.map(|flag| (flag, (Felt::ONE - flag) * inverse)).to_vec(),
                    None => vec![(Felt::ONE, Felt::ZERO)],
                }
            };
            for high in choices(gaps[0]) {
                for low in choices(gaps[1]) {
                    let mut table = table.clone();
                    let line = &mut add_row(&mut table).line;
                    let columns = if which == 0 { &mut line.x_canonical } else { &mut line.y_canonical };
                    (columns.high, columns.high_inverse) = high;
                    (columns.low, columns.low_inverse) = low;
                    let report = add_report(&table);
                    assert_eq!(report.violations, []);
                    assert!(!report.is_honest(), "{extra:x}");
                }
            }
        }
    }
}

/// Q read after P is written, where they overlap: time would have to go back.
#[test]
fn q_cannot_see_the_sum() {
    let [p, q] = points();
    let sum = add(&p, &q).unwrap();
    let mut record = addition(&p, &q, &sum);
    // Q's first word claims to follow P's access at ts + 5.
    record.q[0].prev_ts = 0;
    for high in 0..256u32 {
        let mut table = PointAddChip::table(&[record], 1);
        let previous = &mut add_row(&mut table).qx.previous[0];
        previous.ts = Felt::from_u32(TS + 5);
        previous.gap = Felt::from_u32(TS + 4) - Felt::from_u32(TS + 5) - Felt::ONE - Felt::from_u32(high << 16);
        let report = add_report(&table);
        assert_eq!(count(&report), (0, 1));
        assert_eq!(bus(&report), "range16");
    }
}

/// The one freedom of a row: the slope is fixed modulo the prime only. What the row sends does not depend on it, so
/// this row is accepted in place of the other.
#[test]
fn the_other_form_of_the_slope_sends_the_same() {
    // Of slope 0; the other form is the prime. With it the quotients of all relations grow.
    let (p, q) = (point([3, 0, 0, 0], [9, 0, 0, 0]), point([5, 0, 0, 0], [9, 0, 0, 0]));
    let sum = add(&p, &q).unwrap();
    let honest = add_table(&p, &q, &sum);
    let honest_report = add_report(&honest);
    assert!(honest_report.is_honest());
    let mut forged = honest.clone();
    let row = add_row(&mut forged);
    let slope: [u8; 32] = {
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.chunks_mut(8).zip(PRIME) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    };
    row.line.slope = slope.map(Felt::from_u8);
    // The slope alone, without its quotients, breaks equations.
    assert!(!add_report(&forged).violations.is_empty());
    let row = add_row(&mut forged);
    let s = slope.map(i64::from);
    let byte = |cells: &[Felt; 32]| cells.map(|cell| i64::from(cell.as_canonical_u32()));
    let (px, qx, x) = (byte(&row.px.bytes), byte(&row.qx.bytes), byte(&row.line.x));
    let limb = |cells: &[Felt; 16]| cells.map(|cell| i64::from(cell.as_canonical_u32()));
    let (py, qy, y) = (limb(&row.py.limbs), limb(&row.qy.limbs), limb(&row.line.y));
    let zero = [0; 32];
    let relations = [
        (conv(&s, &less(&qx, &px)), vec![(1, &py), (-1, &qy)], vec![]),
        (conv(&s, &s), vec![], vec![&px, &qx, &x]),
        (conv(&s, &less(&px, &x)), vec![(-1, &py), (-1, &y)], vec![]),
    ];
    let before = [
        (conv(&zero, &zero), vec![(1, &py), (-1, &qy)], vec![]),
        (conv(&zero, &zero), vec![], vec![&px, &qx, &x]),
        (conv(&zero, &zero), vec![(-1, &py), (-1, &y)], vec![]),
    ];
    let carries = [&mut row.chord_carry, &mut row.line.x_carry, &mut row.line.y_carry];
    let quotients = [&mut row.chord_quotient, &mut row.line.x_quotient, &mut row.line.y_quotient];
    for (((now, before), columns), quotient_columns) in relations.into_iter().zip(before).zip(carries).zip(quotients) {
        // The honest columns show the offsets.
        let (_, old) = divide(digits(before));
        let (quotient, new) = divide(digits(now));
        *quotient_columns = quotient.map(Felt::from_i64);
        for k in 0..32 {
            columns[k] += Felt::from_i64(new[k] - old[k]);
        }
    }
    let report = add_report(&forged);
    assert!(report.is_honest(), "{:?} {:?}", report.violations, report.bad_lookups);
    assert!(!report.is_rejected_against(&honest_report));
}

fn less(a: &[i64; 32], b: &[i64; 32]) -> [i64; 32] {
    std::array::from_fn(|i| a[i] - b[i])
}

fn conv(a: &[i64; 32], b: &[i64; 32]) -> [i64; 64] {
    let mut sums = [0; 64];
    for i in 0..32 {
        for j in 0..32 {
            sums[i + j] += a[i] * b[j];
        }
    }
    sums
}

type Relation<'a> = ([i64; 64], Vec<(i64, &'a [i64; 16])>, Vec<&'a [i64; 32]>);

fn digits((mut sums, by_limb, by_byte): Relation<'_>) -> [i64; 32] {
    for (factor, limbs) in by_limb {
        (0..16).for_each(|i| sums[2 * i] += factor * limbs[i]);
    }
    for bytes in by_byte {
        (0..32).for_each(|i| sums[i] -= bytes[i]);
    }
    std::array::from_fn(|k| sums[2 * k] + 256 * sums[2 * k + 1])
}

/// Quotient and carries of a multiple of the prime, by long division from the lowest digit on.
fn divide(mut sums: [i64; 32]) -> ([i64; 16], [i64; 32]) {
    let inverse = (1..1 << 16).find(|inverse| inverse * 977 % (1 << 16) == 1).unwrap();
    let (mut quotient, mut carries) = ([0; 16], [0; 32]);
    let mut carry = 0;
    for k in 0..32 {
        if k <= 16 {
            let mut digit = (-(sums[k] + carry) * inverse).rem_euclid(1 << 16);
            match quotient.get_mut(k) {
                Some(place) => *place = digit,
                None if digit >= 1 << 15 => digit -= 1 << 16,
                None => {}
            }
            sums[k] += 977 * digit;
            sums[k + 2] += digit;
            if k < 16 {
                sums[k + 16] -= digit;
            }
        }
        carry = (sums[k] + carry) >> 16;
        carries[k] = carry;
    }
    (quotient, carries)
}

/// The message of a7 has the call's code as a constant, so that no row stands for another call.
#[test]
fn calls_do_not_stand_for_each_other() {
    let [p, q] = points();
    let add = add_report(&add_table(&p, &q, &add(&p, &q).unwrap()));
    let double = report::<PointDoubleChip>(&PointDoubleChip::table(&[doubling(&p, &double(&p).unwrap())], 1), &[]);
    let code = |report: &Report, code: u64| {
        let fields = vec![REGISTER_WORD + 17, TS, code as u32, 0, 0, 0];
        report.messages.get(&("memory".into(), fields)) == Some(&Felt::ONE)
    };
    assert!(code(&add, ECALL_SECP256K1_ADD) && !code(&add, ECALL_SECP256K1_DOUBLE));
    assert!(code(&double, ECALL_SECP256K1_DOUBLE) && !code(&double, ECALL_SECP256K1_ADD));
}

fn state() -> State {
    std::array::from_fn(|i| 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(i as u64 + 1).rotate_left(i as u32))
}

/// What `keccak` messages remain of a call with output `after` and the round rows `rounds`.
fn keccak_net(after: &State, rounds: &Report) -> Messages {
    let pointer = 0x2000_0008;
    let before = state();
    let record = KeccakRecord {
        pc: 0x1000,
        ts: TS,
        code: register(17, ECALL_KECCAK_F),
        pointer: register(10, pointer),
        words: std::array::from_fn(|i| Access {
            word: (pointer / 8) as u32 + i as u32,
            prev_ts: 7,
            prev: before[i],
            next: after[i],
        }),
    };
    let call = report::<KeccakCallChip>(&KeccakCallChip::table(&[record], 1), &[]);
    assert!(call.is_honest() && rounds.is_honest());
    let mut net = call.messages;
    for (message, &count) in &rounds.messages {
        *net.entry(message.clone()).or_insert(Felt::ZERO) += count;
    }
    net.retain(|(bus, _), count| bus == "keccak" && *count != Felt::ZERO);
    net
}

/// A call whose rounds leave one out, or take one twice, does not balance, whatever the number of rows.
#[test]
fn rounds_cannot_be_skipped_or_repeated() {
    let honest = KeccakRoundChip::table(&[(TS, state())], ROUNDS);
    let mut after = state();
    keccak_f(&mut after);
    assert!(keccak_net(&after, &report::<KeccakRoundChip>(&honest, &[])).is_empty());

    // Row r of a run that permutes by the rounds in `order`; each row is right in itself.
    let run = |order: &[usize]| {
        let mut values = Vec::new();
        let mut state = state();
        for &r in order {
            // Row 0 of a call with this state, with another round's flag and the output that follows from it.
            let mut table = KeccakRoundChip::table(&[(TS, state)], ROUNDS);
            let row: &mut KeccakRound<Felt> = table.values[..KeccakRound::WIDTH].borrow_mut();
            row.round = [Felt::ZERO; 24];
            row.round[r] = Felt::ONE;
            state = round(&state, r);
            row.output = state.map(limbs);
            values.extend_from_slice(&table.values[..KeccakRound::WIDTH]);
        }
        (state, report::<KeccakRoundChip>(&RowMajorMatrix::new(values, KeccakRound::WIDTH), &[]))
    };
    let all: Vec<usize> = (0..ROUNDS).collect();
    let (end, rows) = run(&all);
    assert_eq!(end, after);
    assert!(keccak_net(&end, &rows).is_empty());
    let repeated: Vec<usize> = (0..ROUNDS).chain([ROUNDS - 1]).collect();
    for order in [&all[1..], &all[..ROUNDS - 1], &[&all[..10], &all[11..]].concat()[..], &repeated] {
        let (end, rows) = run(order);
        assert!(!keccak_net(&end, &rows).is_empty());
    }
}

/// Another bit of `c`, with `c_prime`, theta, chi and the output that follow from it and the same input: the parity of
/// one column is the only constraint that fails.
#[test]
fn a_wrong_parity_is_refused() {
    for (x, z) in [(0, 0), (3, 17), (4, 63)] {
        let mut table = KeccakRoundChip::table(&[(TS, state())], ROUNDS);
        table.values.truncate(KeccakRound::WIDTH);
        let row: &mut KeccakRound<Felt> = table.values.as_mut_slice().borrow_mut();
        let flip = |cell: &mut Felt| *cell = Felt::ONE - *cell;
        flip(&mut row.c[x][z]);
        // c_prime of the column itself, of its right neighbour, and of the left one a bit further up.
        flip(&mut row.c_prime[x][z]);
        for (x, z) in [((x + 1) % 5, z), ((x + 4) % 5, (z + 1) % 64)] {
            flip(&mut row.c_prime[x][z]);
            (0..5).for_each(|y| flip(&mut row.theta[x + 5 * y][z]));
        }
        let theta: State =
            std::array::from_fn(|lane| (0..64).map(|z| u64::from(row.theta[lane][z].as_canonical_u32()) << z).sum());
        let mut output = rho_pi_chi(&theta);
        row.chi = CONSTANT_BITS.map(|z| Felt::from_bool(output[0] >> z & 1 == 1));
        output[0] ^= 1; // the constant of round 0
        row.output = output.map(limbs);
        assert_eq!(count(&report::<KeccakRoundChip>(&table, &[])), (1, 0));
    }
}

/// `10 / 2 = 5 + 2^63`: the product is right modulo 2^64, and no product of bytes starts
/// above bit 63. Only the carry out of the last limb gives it away.
#[test]
fn a_quotient_cannot_wrap_around_the_word() {
    let access = |register: u32, prev, next| Access { word: REGISTER_WORD + register, prev_ts: 0, prev, next };
    let step = |result| Step {
        pc: 0x10_0000,
        ts: 0x2_0000,
        next_pc: 0x10_0004,
        instruction: Instruction { op: Op::Divu, is_imm: false, rd: 7, rs1: 5, rs2: 6, imm: 0, target: 0 },
        rs1: access(5, 10, 10),
        rs2: access(6, 2, 2),
        memory: Default::default(),
        rd: access(7, 1, result),
    };
    let mut table = DivRemChip::table(&[step(5)], 1);
    assert!(report::<DivRemChip>(&table, &[]).is_honest());
    let row: &mut DivRem<Felt> = table.values.as_mut_slice().borrow_mut();
    row.quotient[7] = Felt::from_u8(0x80);
    row.result[3] = Felt::from_u16(0x8000);
    assert_eq!(count(&report::<DivRemChip>(&table, &[])), (1, 0));
}
