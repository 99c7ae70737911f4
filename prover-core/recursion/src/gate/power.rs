//! A step of the multilinear extension of `x -> y^x`: [`hearth_stark_verifier::weights::power_step`].
//!
//! * **Guarantees** `out = product (1 + rho (power - 1))` and `square = power^2`.
//! * **Why a cheater fails.** The operands are read; both equations, of degree 3 and 2, leave one value for each result.
//! * **Cost.** 17 cells, 5 messages.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_stark_verifier::field::{DEGREE, F};
use hearth_stark_verifier::weights::power_step;
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::InteractionBuilder;

use super::Gate;
use crate::quintic::multiply;
use crate::values::{Link, Values};
use crate::wires::{Addresses, Wire};
use crate::wiring::{Port, base_wire, wire};

columns! {
    /// Values.
    pub struct Main {
        /// The product before.
        pub product: [T; DEGREE],
        /// The coordinate.
        pub rho: [T; DEGREE],
        /// The power of y.
        pub power: T,
        /// The product after.
        pub out: [T; DEGREE],
        /// The next power.
        pub square: T,
    }
}

columns! {
    /// Connections.
    pub struct Fixed {
        /// Of product, rho, product after; of power and next power.
        pub ports: [Port<T>; 5],
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Power {
    /// The product before.
    pub product: Wire,
    /// The coordinate.
    pub rho: Wire,
    /// The power of y.
    pub power: Wire,
    /// The product after.
    pub out: Wire,
    /// The next power.
    pub square: Wire,
}

impl Gate for Power {
    const NAME: &'static str = "power";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let expr = |value: B::Var| -> B::Expr { value.into() };
        let (power, square) = (expr(main.power), expr(main.square));
        // On rows of zeros the product is 0.
        let scaled = main.rho.map(|rho| expr(rho) * (power.clone() - F::ONE));
        let products = multiply(&main.product.map(expr), &scaled);
        for ((out, product), step) in main.out.into_iter().zip(main.product).zip(products) {
            builder.assert_zero(expr(out) - product - step);
        }
        builder.assert_zero(square.clone() - power.clone() * power.clone());
        let [of_product, of_rho, of_out, of_power, of_square] = fixed.ports;
        for (port, value) in [(of_product, main.product), (of_rho, main.rho), (of_out, main.out)] {
            wire(builder, port, value.map(expr));
        }
        base_wire(builder, of_power, power);
        base_wire(builder, of_square, square);
    }

    fn links(&self) -> Vec<Link> {
        let [product, rho, power] = [self.product, self.rho, self.power].map(Link::Read);
        vec![product, rho, Link::Provide(self.out), power, Link::Provide(self.square)]
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        addresses.connect(&self.links(), &mut cells.ports);
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        let [product, rho, power] = [self.product, self.rho, self.power].map(|wire| values.get(wire));
        let (out, square) = power_step(product, rho, power.0[0]);
        (cells.product, cells.rho, cells.power) = (product.0, rho.0, power.0[0]);
        (cells.out, cells.square) = (out.0, square);
    }
}
