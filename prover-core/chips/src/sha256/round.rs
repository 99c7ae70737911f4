//! Four rounds per row, and four words of the message schedule.

use core::borrow::{Borrow, BorrowMut};

use hearth_machine::sha256::{
    BIG_0, BIG_1, Distances, ROUND_CONSTANTS, ROUNDS, ROUNDS_PER_ROW, ROWS, SMALL_0, SMALL_1, big, choice, from_memory,
    majority, round, schedule, small,
};
use hearth_machine::trace::Sha256Record;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;
use p3_matrix::dense::RowMajorMatrix;

use crate::Felt;
use crate::bus::{BusBuilder, Sha256Schedule, Sha256State};
use crate::chip::Chip;
use crate::columns;

columns! {
    /// Rounds `t` to `t + 3`, `t` four times the row's number.
    pub struct Sha256Round {
        /// Time of the call, which names it.
        pub call: T,
        /// `row[r]` is 1 in row r of a call; all 0 on padding rows.
        pub row: [T; 16],
        /// Variable a.
        pub a: Variable<T>,
        /// Variable e.
        pub e: Variable<T>,
        /// Words of the schedule.
        pub words: Words<T>,
        /// Carries of the sums that round `t + i` makes.
        pub carries: [Carries<T>; 4],
    }
}

columns! {
    /// A working variable after rounds `t - 4` to `t + 3`. Bits and halves are least significant first.
    pub struct Variable {
        /// Halves after round `t - 4`: by then it is d, or h.
        pub first: [T; 2],
        /// Bits after rounds `t - 3` to `t + 2`.
        pub bits: [[T; 32]; 6],
        /// Halves after round `t + 3`.
        pub last: [T; 2],
    }
}

columns! {
    /// Words `t` to `t + 19` of the schedule.
    pub struct Words {
        /// Halves of word `t`.
        pub first: [T; 2],
        /// Bits of words `t + 1` to `t + 4`.
        pub low: [[T; 32]; 4],
        /// Halves of words `t + 5` to `t + 13`.
        pub middle: [[T; 2]; 9],
        /// Bits of words `t + 14` to `t + 17`.
        pub high: [[T; 32]; 4],
        /// Halves of words `t + 18` and `t + 19`.
        pub last: [[T; 2]; 2],
    }
}

columns! {
    /// Carries out of the low and the high half of a sum, in two cells each.
    pub struct Carries {
        /// Of e: `x + 3 y`, x below 3, y below 2.
        pub e: [[T; 2]; 2],
        /// Of a, which has a term to subtract: `x + 2 y - 1`, x and y below 2.
        pub a: [[T; 2]; 2],
        /// Of the word 16 further on: `x + 2 y`, x and y below 2.
        pub word: [[T; 2]; 2],
    }
}

/// The chip.
pub struct Sha256RoundChip;

/// Low and high half of a word.
type Halves<E> = [E; 2];

fn xor<E: PrimeCharacteristicRing>(a: E, b: E) -> E {
    a.clone() + b.clone() - (a * b).double()
}

/// The halves of the word whose bit `z` is `bit(z)`.
fn halves<E: PrimeCharacteristicRing>(bit: impl Fn(usize) -> E) -> Halves<E> {
    [0, 16].map(|from| (0..16).rev().fold(E::ZERO, |sum, z| sum.double() + bit(from + z)))
}

/// The halves of a word of bits.
fn of_bits<V: Copy + Into<E>, E: PrimeCharacteristicRing>(bits: &[V; 32]) -> Halves<E> {
    halves(|z| bits[z].into())
}

/// XOR of three rotations.
fn big_halves<V: Copy + Into<E>, E: PrimeCharacteristicRing>(bits: &[V; 32], distances: Distances) -> Halves<E> {
    halves(|z| distances.map(|by| bits[(z + by) % 32].into()).into_iter().reduce(xor).unwrap_or_default())
}

/// XOR of two rotations and a shift.
fn small_halves<V: Copy + Into<E>, E: PrimeCharacteristicRing>(bits: &[V; 32], [i, j, k]: Distances) -> Halves<E> {
    halves(|z| {
        let rotations = xor(bits[(z + i) % 32].into(), bits[(z + j) % 32].into());
        match bits.get(z + k) {
            Some(&shifted) => xor(rotations, shifted.into()),
            None => rotations,
        }
    })
}

impl<V: Copy> Variable<V> {
    /// The variable after rounds `t - 4` to `t + 3`.
    fn halves<E: PrimeCharacteristicRing>(&self) -> [Halves<E>; 8]
    where
        V: Into<E>,
    {
        core::array::from_fn(|i| match i {
            0 => self.first.map(Into::into),
            7 => self.last.map(Into::into),
            _ => of_bits(&self.bits[i - 1]),
        })
    }
}

impl<V: Copy> Words<V> {
    /// Words `t` to `t + 19`.
    fn halves<E: PrimeCharacteristicRing>(&self) -> [Halves<E>; 20]
    where
        V: Into<E>,
    {
        core::array::from_fn(|i| match i {
            0 => self.first.map(Into::into),
            1..5 => of_bits(&self.low[i - 1]),
            5..14 => self.middle[i - 5].map(Into::into),
            14..18 => of_bits(&self.high[i - 14]),
            _ => self.last[i - 18].map(Into::into),
        })
    }
}

/// `sum of terms = word` modulo 2^32, with the carries out of both halves.
fn assert_sum<B: InteractionBuilder<F = Felt>>(
    builder: &mut B,
    terms: &[&Halves<B::Expr>],
    word: &Halves<B::Expr>,
    carries: [B::Expr; 2],
) {
    let mut carry_in = B::Expr::ZERO;
    for (half, carry) in carries.into_iter().enumerate() {
        let sum: B::Expr = terms.iter().map(|term| term[half].clone()).sum();
        builder.assert_eq(sum + carry_in, word[half].clone() + carry.clone() * Felt::from_u32(1 << 16));
        carry_in = carry;
    }
}

impl Chip for Sha256RoundChip {
    const NAME: &'static str = "sha256_round";
    const WIDTH: usize = Sha256Round::WIDTH;

    fn eval<B: InteractionBuilder<F = Felt>>(builder: &mut B) {
        let main = builder.main();
        let row: &Sha256Round<B::Var> = main.current_slice().borrow();

        let mut real = B::Expr::ZERO;
        let mut number = B::Expr::ZERO;
        for (r, &flag) in row.row.iter().enumerate() {
            builder.assert_bool(flag);
            real += flag.into();
            number += flag * Felt::from_usize(r);
        }
        builder.assert_bool(real.clone());

        let words_of_bits = [&row.a.bits[..], &row.e.bits, &row.words.low, &row.words.high].into_iter().flatten();
        for &bit in words_of_bits.flatten() {
            builder.assert_bool(bit);
        }
        for carries in &row.carries {
            for &[x, y] in &carries.e {
                builder.assert_zero(x * (x - B::Expr::ONE) * (x - B::Expr::TWO));
                builder.assert_bool(y);
            }
            for &part in carries.a.iter().chain(&carries.word).flatten() {
                builder.assert_bool(part);
            }
        }

        let [a, e]: [[Halves<B::Expr>; 8]; 2] = [&row.a, &row.e].map(Variable::halves);
        let words: [Halves<B::Expr>; 20] = row.words.halves();
        for (i, carries) in row.carries.iter().enumerate() {
            let constant = [0, 16].map(|from| {
                let half = |r: usize| (ROUND_CONSTANTS[ROUNDS_PER_ROW * r + i] >> from) as u16;
                row.row.iter().enumerate().map(|(r, &flag)| flag * Felt::from_u16(half(r))).sum::<B::Expr>()
            });
            let [e3, e2, e1] = [0, 1, 2].map(|back| &row.e.bits[i + back]);
            let choice = halves(|z| {
                let (e, f, g): (B::Expr, B::Expr, B::Expr) = (e1[z].into(), e2[z].into(), e3[z].into());
                g.clone() + e * (f - g)
            });
            let e_carries = carries.e.map(|[x, y]| x + y * Felt::from_u8(3));
            let terms = [&e[i], &a[i], &big_halves(e1, BIG_1), &choice, &constant, &words[i]];
            assert_sum(builder, &terms, &e[i + 4], e_carries);

            // d was added to e, and is no part of a.
            let [a3, a2, a1] = [0, 1, 2].map(|back| &row.a.bits[i + back]);
            let majority = halves(|z| {
                let (a, b, c): (B::Expr, B::Expr, B::Expr) = (a1[z].into(), a2[z].into(), a3[z].into());
                let both = a.clone() * b.clone();
                both.clone() + c * (a + b - both.double())
            });
            let less_d = a[i].clone().map(|half| -half);
            let a_carries = carries.a.map(|[x, y]| x + y.into().double() - real.clone());
            let terms = [&e[i + 4], &less_d, &big_halves(a1, BIG_0), &majority];
            assert_sum(builder, &terms, &a[i + 4], a_carries);

            let small_0 = small_halves(&row.words.low[i], SMALL_0);
            let small_1 = small_halves(&row.words.high[i], SMALL_1);
            let word_carries = carries.word.map(|[x, y]| x + y.into().double());
            assert_sum(builder, &[&words[i], &small_0, &words[i + 9], &small_1], &words[i + 16], word_carries);
        }

        let call: B::Expr = row.call.into();
        let state = |round, from: usize| Sha256State {
            call: call.clone(),
            round,
            // The last of four values is the variable itself.
            words: core::array::from_fn(|k| [&a, &e][k / 8][from + 3 - k / 2 % 4][k % 2].clone()),
        };
        let schedule = |round, from: usize| Sha256Schedule {
            call: call.clone(),
            round,
            words: core::array::from_fn(|k| words[from + k / 2][k % 2].clone()),
        };
        let next = number.clone() + B::Expr::ONE;
        builder.receive(state(number.clone(), 0), real.clone());
        builder.send(state(next.clone(), 4), real.clone());
        builder.receive(schedule(number, 0), real.clone());
        builder.send(schedule(next, 4), real - row.row[ROWS - 1].into());
    }
}

impl Sha256RoundChip {
    /// The rows of `calls`.
    pub fn table(calls: &[Sha256Record], height: usize) -> RowMajorMatrix<Felt> {
        assert!(calls.len() * ROWS <= height, "{} calls in {height} rows", calls.len());
        let mut values = alloc::vec![Felt::ZERO; height * Self::WIDTH];
        for (call, rows) in calls.iter().zip(values.chunks_mut(ROWS * Self::WIDTH)) {
            let run = Run::new(call);
            for (r, row) in rows.chunks_mut(Self::WIDTH).enumerate() {
                run.fill(r, row.borrow_mut());
            }
        }
        RowMajorMatrix::new(values, Self::WIDTH)
    }
}

/// All that a compression computes.
struct Run {
    call: u32,
    /// `a[t + 4]` is a after round t, and the same for e.
    a: [u32; ROUNDS + 4],
    e: [u32; ROUNDS + 4],
    words: [u32; ROUNDS + 16],
}

impl Run {
    fn new(call: &Sha256Record) -> Self {
        let mut state = from_memory(&call.state.map(|access| access.prev));
        let words = schedule(&from_memory(&call.block.map(|access| access.prev)));
        let (mut a, mut e) = ([0; ROUNDS + 4], [0; ROUNDS + 4]);
        for back in 0..4 {
            (a[back], e[back]) = (state[3 - back], state[7 - back]);
        }
        for t in 0..ROUNDS {
            state = round(state, t, words[t]);
            (a[t + 4], e[t + 4]) = (state[0], state[4]);
        }
        Self { call: call.ts, a, e, words }
    }

    /// Fills the zero row `r`.
    fn fill(&self, r: usize, row: &mut Sha256Round<Felt>) {
        let t = ROUNDS_PER_ROW * r;
        row.call = Felt::from_u32(self.call);
        row.row[r] = Felt::ONE;
        for (variable, values) in [(&mut row.a, &self.a), (&mut row.e, &self.e)] {
            variable.first = both(values[t]);
            variable.bits = core::array::from_fn(|i| bits(values[t + 1 + i]));
            variable.last = both(values[t + 7]);
        }
        let words = &self.words[t..t + 20];
        row.words.first = both(words[0]);
        row.words.low = core::array::from_fn(|i| bits(words[1 + i]));
        row.words.middle = core::array::from_fn(|i| both(words[5 + i]));
        row.words.high = core::array::from_fn(|i| bits(words[14 + i]));
        row.words.last = core::array::from_fn(|i| both(words[18 + i]));
        for (i, carries) in row.carries.iter_mut().enumerate() {
            let (a, e) = (&self.a[t + i..], &self.e[t + i..]);
            let big_1 = big(e[3], BIG_1);
            let terms = [e[0], a[0], big_1, choice(e[3], e[2], e[1]), ROUND_CONSTANTS[t + i], words[i]];
            carries.e = carries_of(&terms, 0).map(|carry| [carry % 3, carry / 3].map(Felt::from_i32));
            let terms = [e[4], big(a[3], BIG_0), majority(a[3], a[2], a[1])];
            carries.a = carries_of(&terms, a[0]).map(|carry| two_bits(carry + 1));
            let terms = [words[i], small(words[1 + i], SMALL_0), words[9 + i], small(words[14 + i], SMALL_1)];
            carries.word = carries_of(&terms, 0).map(two_bits);
        }
    }
}

/// Carries out of the low and the high half of the sum of `terms`, less `minus`.
fn carries_of(terms: &[u32], minus: u32) -> [i32; 2] {
    let half = |word: u32, from: u32| (word >> from & 0xffff) as i32;
    let sum = |from| terms.iter().map(|&term| half(term, from)).sum::<i32>() - half(minus, from);
    let low = sum(0) >> 16;
    [low, (sum(16) + low) >> 16]
}

fn two_bits(carry: i32) -> [Felt; 2] {
    [carry & 1, carry >> 1].map(Felt::from_i32)
}

fn bits(word: u32) -> [Felt; 32] {
    core::array::from_fn(|z| Felt::from_bool(word >> z & 1 == 1))
}

fn both(word: u32) -> [Felt; 2] {
    [word as u16, (word >> 16) as u16].map(Felt::from_u16)
}
