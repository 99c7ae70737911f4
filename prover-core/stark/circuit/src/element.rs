//! Elements that record what is done with them.

use core::fmt;
use core::iter::{Product, Sum};
use core::ops::{Add, AddAssign, Mul, MulAssign, Neg, Sub, SubAssign};
use std::sync::{Mutex, PoisonError};

use hearth_stark_verifier::field::{E, Extends, F};
use p3_field::{Algebra, PrimeCharacteristicRing};

use crate::circuit::{Circuit, Gate, Operand, Operation};

/// The circuit in the making. Elements are `Copy` and shared by reference, so it is behind a lock.
#[derive(Debug, Default)]
pub struct Tape(Mutex<Circuit>);

impl Tape {
    /// What was recorded.
    pub fn finish(self) -> Circuit {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut Circuit) -> R) -> R {
        // A panic elsewhere leaves at worst a circuit without its last gate, which nobody gets to see.
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An element of the base field in a circuit.
pub type Base<'t> = Element<'t, F>;
/// An element of the challenge field in a circuit.
pub type Ext<'t> = Element<'t, E>;

/// A number of the key, which belongs to no tape, or a wire.
#[derive(Clone, Copy)]
pub struct Element<'t, T> {
    tape: Option<&'t Tape>,
    /// What it stands for.
    pub operand: Operand<T>,
}

/// The fields that elements are of.
pub trait Kind: PrimeCharacteristicRing + From<F> + Copy + PartialEq + fmt::Debug + Send + Sync + 'static {
    /// The gate of an operation.
    fn gate(operation: Operation, a: Operand<Self>, b: Operand<Self>) -> Gate;
    /// Which of the first output wires (base, extension) is of this field.
    fn output(outputs: (usize, usize)) -> usize;
}

impl Kind for F {
    fn gate(operation: Operation, a: Operand<Self>, b: Operand<Self>) -> Gate {
        Gate::Base(operation, a, b)
    }
    fn output((base, _): (usize, usize)) -> usize {
        base
    }
}

impl Kind for E {
    fn gate(operation: Operation, a: Operand<Self>, b: Operand<Self>) -> Gate {
        Gate::Ext(operation, a, b)
    }
    fn output((_, ext): (usize, usize)) -> usize {
        ext
    }
}

impl<'t, T: Kind> Element<'t, T> {
    const fn constant(value: T) -> Self {
        Self { tape: None, operand: Operand::Constant(value) }
    }

    /// The `offset`-th output of a new gate.
    pub(crate) fn output(tape: &'t Tape, outputs: (usize, usize), offset: usize) -> Self {
        Self { tape: Some(tape), operand: Operand::Wire((T::output(outputs) + offset) as u32) }
    }

    /// The value, if it is a number of the key.
    pub fn known(&self) -> Option<T> {
        match self.operand {
            Operand::Constant(value) => Some(value),
            Operand::Wire(_) => None,
        }
    }

    /// An operation. What the key decides costs no gate.
    fn apply(self, operation: Operation, other: Self) -> Self {
        use Operation::{Add, Mul, Sub};
        match (operation, self.known(), other.known()) {
            (Add, Some(a), Some(b)) => Self::constant(a + b),
            (Sub, Some(a), Some(b)) => Self::constant(a - b),
            (Mul, Some(a), Some(b)) => Self::constant(a * b),
            (Add | Sub, _, Some(b)) if b == T::ZERO => self,
            (Add, Some(a), _) if a == T::ZERO => other,
            (Mul, _, Some(b)) if b == T::ONE => self,
            (Mul, Some(a), _) if a == T::ONE => other,
            (Mul, Some(a), _) | (Mul, _, Some(a)) if a == T::ZERO => Self::constant(a),
            _ => match self.tape.or(other.tape) {
                Some(tape) => {
                    let gate = T::gate(operation, self.operand, other.operand);
                    Self::output(tape, tape.with(|circuit| circuit.push(gate)), 0)
                }
                None => unreachable!("a wire has its tape"),
            },
        }
    }
}

impl<T: Kind> fmt::Debug for Element<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.operand.fmt(f)
    }
}

impl<T: Kind> Default for Element<'_, T> {
    fn default() -> Self {
        Self::ZERO
    }
}

impl<T: Kind> From<F> for Element<'_, T> {
    fn from(value: F) -> Self {
        Self::constant(value.into())
    }
}

impl<T: Kind> Neg for Element<'_, T> {
    type Output = Self;
    fn neg(self) -> Self {
        Self::ZERO.apply(Operation::Sub, self)
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident $assign:ident $assign_method:ident;)*) => {$(
        impl<T: Kind> $trait for Element<'_, T> {
            type Output = Self;
            fn $method(self, other: Self) -> Self {
                self.apply(Operation::$trait, other)
            }
        }
        impl<T: Kind> $trait<F> for Element<'_, T> {
            type Output = Self;
            fn $method(self, other: F) -> Self {
                self.apply(Operation::$trait, other.into())
            }
        }
        impl<T: Kind> $assign for Element<'_, T> {
            fn $assign_method(&mut self, other: Self) {
                *self = self.apply(Operation::$trait, other);
            }
        }
        impl<T: Kind> $assign<F> for Element<'_, T> {
            fn $assign_method(&mut self, other: F) {
                *self = self.apply(Operation::$trait, other.into());
            }
        }
    )*};
}
operators! {
    Add add AddAssign add_assign;
    Sub sub SubAssign sub_assign;
    Mul mul MulAssign mul_assign;
}

impl<T: Kind> Sum for Element<'_, T> {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl<T: Kind> Product for Element<'_, T> {
    fn product<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ONE, Mul::mul)
    }
}

impl<T: Kind> PrimeCharacteristicRing for Element<'_, T> {
    type PrimeSubfield = F;
    const ZERO: Self = Self::constant(T::ZERO);
    const ONE: Self = Self::constant(T::ONE);
    const TWO: Self = Self::constant(T::TWO);
    const NEG_ONE: Self = Self::constant(T::NEG_ONE);

    fn from_prime_subfield(value: F) -> Self {
        Self::from(value)
    }
}

impl<T: Kind> Algebra<F> for Element<'_, T> {}

impl<'t> Extends<Base<'t>> for Ext<'t> {
    fn lift(base: Base<'t>) -> Self {
        let zero = Operand::Constant(F::ZERO);
        match (base.known(), base.tape) {
            (Some(value), _) => Self::from(value),
            (None, Some(tape)) => {
                let gate = Gate::Pack([base.operand, zero, zero, zero, zero]);
                Self::output(tape, tape.with(|circuit| circuit.push(gate)), 0)
            }
            (None, None) => unreachable!("a wire has its tape"),
        }
    }

    fn times(self, base: Base<'t>) -> Self {
        match (base.known(), self.tape.or(base.tape)) {
            (Some(value), _) => self * value,
            (None, _) if self.known() == Some(E::ZERO) => Self::ZERO,
            (None, _) if self.known() == Some(E::ONE) => Self::lift(base),
            (None, Some(tape)) => {
                let gate = Gate::Mixed(self.operand, base.operand);
                Self::output(tape, tape.with(|circuit| circuit.push(gate)), 0)
            }
            (None, None) => unreachable!("a wire has its tape"),
        }
    }

    fn plus_products(self, weights: &[Self], values: &[Base<'t>]) -> Self {
        weights.iter().zip(values).fold(self, |sum, (&weight, &value)| sum + weight.times(value))
    }
}

impl Extends<Self> for Ext<'_> {
    fn lift(value: Self) -> Self {
        value
    }

    fn times(self, value: Self) -> Self {
        self * value
    }

    fn plus_products(self, weights: &[Self], values: &[Self]) -> Self {
        weights.iter().zip(values).fold(self, |sum, (&weight, &value)| sum + weight * value)
    }
}
