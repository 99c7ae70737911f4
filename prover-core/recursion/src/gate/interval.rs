//! A step of an interval's branching program: [`hearth_stark_verifier::weights::interval_step`].
//!
//! * **Guarantees** that the four values of the state after it are those of the step, for bits that are 0 or 1.
//! * **Why a cheater fails.** State, point and bits are read. With `xy` and `turned` (what the bit of `end` moves between the two
//!   values of `less`), which have one value each, all equations are of degree 3 and have one solution for the state after.
//! * **Cost.** 67 cells, 12 messages, instead of 22 rows of arithmetic.

use core::borrow::{Borrow, BorrowMut};

use hearth_chips::columns;
use hearth_stark_verifier::field::{DEGREE, F};
use hearth_stark_verifier::weights::interval_step;
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
        /// The state: carry and less; 00, 01, 10, 11.
        pub state: [[T; DEGREE]; 4],
        /// Coordinates x and y.
        pub point: [[T; DEGREE]; 2],
        /// Their product.
        pub xy: [T; DEGREE],
        /// By carry: the weight of x = 0 with less = 0, and of x = 1 with less = 1.
        pub turned: [[T; DEGREE]; 2],
        /// Bits of start and end.
        pub bits: [T; 2],
        /// The state after.
        pub out: [[T; DEGREE]; 4],
    }
}

columns! {
    /// Connections.
    pub struct Fixed {
        /// Of the states before and after, and of the point.
        pub ports: [Port<T>; 10],
        /// Of the bits.
        pub bits: [Port<T>; 2],
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Interval {
    /// The state.
    pub state: [Wire; 4],
    /// Coordinates.
    pub point: [Wire; 2],
    /// Bits of start and end.
    pub bits: [Wire; 2],
    /// The state after.
    pub out: [Wire; 4],
}

/// An element as expressions.
type Element<X> = [X; DEGREE];

fn add<X: PrimeCharacteristicRing>(a: &Element<X>, b: &Element<X>) -> Element<X> {
    core::array::from_fn(|i| a[i].clone() + b[i].clone())
}

fn sub<X: PrimeCharacteristicRing>(a: &Element<X>, b: &Element<X>) -> Element<X> {
    core::array::from_fn(|i| a[i].clone() - b[i].clone())
}

fn scale<X: PrimeCharacteristicRing>(a: &Element<X>, by: &X) -> Element<X> {
    core::array::from_fn(|i| a[i].clone() * by.clone())
}

/// The weights of the state after, for the bit of start: [x][carry][less], of degree 3.
fn by_x<X: PrimeCharacteristicRing>(
    state: &[Element<X>; 4],
    [x, y]: &[Element<X>; 2],
    xy: &Element<X>,
    start: &X,
) -> [[[Element<X>; 2]; 2]; 2] {
    let zero = || core::array::from_fn(|_| X::ZERO);
    let mut one = zero();
    one[0] = X::ONE;
    let neither = add(&sub(&sub(&one, x), y), xy);
    let weight = [[neither, sub(y, xy)], [sub(x, xy), xy.clone()]];
    let not = X::ONE - start.clone();
    let mut result: [[[Element<X>; 2]; 2]; 2] =
        core::array::from_fn(|_| core::array::from_fn(|_| core::array::from_fn(|_| zero())));
    for (value, indicator) in [(0, &not), (1, start)] {
        for carry in 0..2 {
            for less in 0..2 {
                for (y, sum) in [value + carry, value + carry + 1].into_iter().enumerate() {
                    let product = multiply(&state[2 * carry + less], &weight[sum % 2][y]);
                    let to = &mut result[sum % 2][sum / 2][less];
                    *to = add(to, &scale(&product, indicator));
                }
            }
        }
    }
    result
}

impl Gate for Interval {
    const NAME: &'static str = "interval";
    const WIDTH: usize = Main::WIDTH;
    const FIXED: usize = Fixed::WIDTH;

    fn eval<B: InteractionBuilder<F = F>>(builder: &mut B) {
        let fixed = builder.preprocessed().clone();
        let fixed: &Fixed<_> = fixed.current_slice().borrow();
        let main = builder.main();
        let main: &Main<B::Var> = main.current_slice().borrow();
        let expr = |value: B::Var| -> B::Expr { value.into() };
        let element = |value: [B::Var; DEGREE]| value.map(expr);
        let (state, point, xy) = (main.state.map(element), main.point.map(element), element(main.xy));
        let (turned, out) = (main.turned.map(element), main.out.map(element));
        let [start, end] = main.bits.map(expr);

        let mut equal = |a: &Element<B::Expr>, b: &Element<B::Expr>| {
            sub(a, b).into_iter().for_each(|difference| builder.assert_zero(difference));
        };
        equal(&xy, &multiply(&point[0], &point[1]));
        let by_x = by_x(&state, &point, &xy, &start);
        for carry in 0..2 {
            let [x0, x1] = [&by_x[0][carry], &by_x[1][carry]];
            equal(&turned[carry], &add(&x0[0], &x1[1]));
            let moved = scale(&turned[carry], &end);
            equal(&out[2 * carry], &sub(&add(&x1[0], &turned[carry]), &moved));
            equal(&out[2 * carry + 1], &add(&x0[1], &moved));
        }

        let values = main.state.into_iter().chain(main.out).chain(main.point);
        for (port, value) in fixed.ports.into_iter().zip(values) {
            wire(builder, port, element(value));
        }
        for (port, bit) in fixed.bits.into_iter().zip([start, end]) {
            base_wire(builder, port, bit);
        }
    }

    fn links(&self) -> Vec<Link> {
        let states = self.state.map(Link::Read).into_iter().chain(self.out.map(Link::Provide));
        states.chain(self.point.map(Link::Read)).chain(self.bits.map(Link::Read)).collect()
    }

    fn fix(&self, addresses: &Addresses, cells: &mut [F]) {
        let cells: &mut Fixed<F> = cells.borrow_mut();
        let links = self.links();
        addresses.connect(&links[..10], &mut cells.ports);
        addresses.connect(&links[10..], &mut cells.bits);
    }

    fn fill(&self, values: &Values<'_>, cells: &mut [F]) {
        let cells: &mut Main<F> = cells.borrow_mut();
        let [state, [x, y, _, _]] = [self.state, [self.point[0], self.point[1], self.point[0], self.point[0]]]
            .map(|wires| wires.map(|wire| values.get(wire)));
        let [start, end] = self.bits.map(|wire| values.get(wire).0[0]);
        let [a, b, c, d] = state;
        let out = interval_step(&[[a, b], [c, d]], x, y, start, end).concat();
        let (elements, point, xy) = (state.map(|element| element.0), [x.0, y.0], (x * y).0);
        let by_x = by_x(&elements, &point, &xy, &start);
        cells.state = elements;
        cells.point = point;
        cells.xy = xy;
        cells.turned = core::array::from_fn(|carry| add(&by_x[0][carry][0], &by_x[1][carry][1]));
        cells.bits = [start, end];
        cells.out = core::array::from_fn(|i| out[i].0);
    }
}
