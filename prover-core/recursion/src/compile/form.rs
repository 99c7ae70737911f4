//! What an arithmetic row can compute: quadratic forms of at most three wires.

use hearth_stark_verifier::field::{DEGREE, E, F};
use p3_field::{Algebra, PrimeCharacteristicRing};

use crate::wires::Wire;

/// The fields of forms.
pub trait Ring: Algebra<F> + Copy + PartialEq {
    /// The element, if it is of the base field.
    fn in_base_field(self) -> Option<F>;
}

impl Ring for F {
    fn in_base_field(self) -> Option<F> {
        Some(self)
    }
}

impl Ring for E {
    fn in_base_field(self) -> Option<F> {
        let [value, rest @ ..] = self.0;
        (rest == [F::ZERO; DEGREE - 1]).then_some(value)
    }
}

/// `sum of coefficient x y + sum of coefficient x + constant` for wires x, y.
#[derive(Clone, Debug, PartialEq)]
pub struct Form<K> {
    products: Vec<(F, Wire, Wire)>,
    terms: Vec<(F, Wire)>,
    /// The constant.
    pub constant: K,
}

/// A form as the row computes it: `b (m a + n c) + k_a a + k_b b + k_c c + constant`.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// a, b, c.
    pub operands: [Option<Wire>; 3],
    /// m, n.
    pub products: [F; 2],
    /// k_a, k_b, k_c.
    pub linear: [F; 3],
}

impl<K: Ring> Form<K> {
    /// A number.
    pub fn constant(constant: K) -> Self {
        Self { products: Vec::new(), terms: Vec::new(), constant }
    }

    /// The value of a wire.
    pub fn wire(wire: Wire) -> Self {
        Self { products: Vec::new(), terms: vec![(F::ONE, wire)], constant: K::ZERO }
    }

    /// The number, if it is one.
    pub fn known(&self) -> Option<K> {
        (self.products.is_empty() && self.terms.is_empty()).then_some(self.constant)
    }

    /// The wire, if it is one.
    pub fn as_wire(&self) -> Option<Wire> {
        match self.terms[..] {
            [(F::ONE, wire)] if self.products.is_empty() && self.constant == K::ZERO => Some(wire),
            _ => None,
        }
    }

    /// Whether it depends on one wire at most, linearly: then it costs nothing to have it twice.
    pub fn is_affine(&self) -> bool {
        self.products.is_empty() && self.terms.len() <= 1
    }

    /// `self + scale other`.
    pub fn plus(mut self, other: &Self, scale: F) -> Self {
        for &(coefficient, x, y) in &other.products {
            self.add_product(coefficient * scale, x, y);
        }
        for &(coefficient, x) in &other.terms {
            self.add_term(coefficient * scale, x);
        }
        self.constant += other.constant * scale;
        self
    }

    /// The product, if it is a form.
    pub fn times(&self, other: &Self) -> Option<Self> {
        for (number, form) in [(self, other), (other, self)] {
            if let Some(scale) = number.known().and_then(Ring::in_base_field) {
                return Some(Self::constant(K::ZERO).plus(form, scale));
            }
        }
        if !self.products.is_empty() || !other.products.is_empty() {
            return None;
        }
        let (a, b) = (self.constant.in_base_field()?, other.constant.in_base_field()?);
        let mut product = Self::constant(self.constant * other.constant);
        for &(coefficient, x) in &self.terms {
            for &(other, y) in &other.terms {
                product.add_product(coefficient * other, x, y);
            }
            product.add_term(coefficient * b, x);
        }
        for &(coefficient, y) in &other.terms {
            product.add_term(coefficient * a, y);
        }
        Some(product)
    }

    fn add_product(&mut self, coefficient: F, x: Wire, y: Wire) {
        match self.products.iter_mut().find(|(_, a, b)| (*a, *b) == (x, y) || (*a, *b) == (y, x)) {
            Some((sum, ..)) => *sum += coefficient,
            None => self.products.push((coefficient, x, y)),
        }
        self.products.retain(|&(coefficient, ..)| coefficient != F::ZERO);
    }

    fn add_term(&mut self, coefficient: F, x: Wire) {
        match self.terms.iter_mut().find(|(_, a)| *a == x) {
            Some((sum, _)) => *sum += coefficient,
            None => self.terms.push((coefficient, x)),
        }
        self.terms.retain(|&(coefficient, _)| coefficient != F::ZERO);
    }

    /// How a row computes it, if one can.
    pub fn place(&self) -> Option<Placed> {
        let mut placed = Placed { operands: [None; 3], products: [F::ZERO; 2], linear: [F::ZERO; 3] };
        match self.products[..] {
            [] => {}
            [(m, x, y)] => {
                (placed.operands, placed.products) = ([Some(x), Some(y), None], [m, F::ZERO]);
            }
            [(m, x, y), (n, u, v)] => {
                let (a, b) = if y == u || y == v { (x, y) } else { (y, x) };
                let c = if b == u { v } else { u };
                if b != u && b != v {
                    return None;
                }
                (placed.operands, placed.products) = ([Some(a), Some(b), Some(c)], [m, n]);
            }
            _ => return None,
        }
        for &(coefficient, wire) in &self.terms {
            let at = placed.operands.iter().position(|&operand| operand == Some(wire));
            let at = at.or_else(|| placed.operands.iter().position(Option::is_none))?;
            placed.operands[at] = Some(wire);
            placed.linear[at] = coefficient;
        }
        Some(placed)
    }
}

impl Form<F> {
    /// The same form in the challenge field.
    pub fn lift(self) -> Form<E> {
        Form { products: self.products, terms: self.terms, constant: self.constant.into() }
    }
}
