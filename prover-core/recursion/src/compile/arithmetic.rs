//! Step 3: everything that is neither hashed nor compared with a cap.

use hearth_stark_circuit::circuit::{Gate, Operand, Operation};
use hearth_stark_verifier::field::{DEGREE, E, F};
use p3_field::PrimeCharacteristicRing;

use super::form::{Form, Placed, Ring};
use super::{CompileError, Compiler};
use crate::gate::arithmetic::Arithmetic;
use crate::gate::interval::Interval;
use crate::gate::power::Power;
use crate::gate::product::Product;
use crate::gate::scalar::Scalar;
use crate::wires::Wire;

/// Forms of the wires that were met so far.
pub(super) struct Forms {
    base: Vec<Option<Form<F>>>,
    ext: Vec<Option<Form<E>>>,
    base_uses: Vec<u32>,
    ext_uses: Vec<u32>,
}

/// A field's rows.
trait Rows<K>: Sized {
    /// Has a row compute a form.
    fn emit(&mut self, form: &Form<K>, placed: Placed, out: Option<Wire>);
    /// A wire for a number.
    fn number(&mut self, value: K) -> Wire;
}

impl Rows<F> for Compiler<'_> {
    fn emit(&mut self, form: &Form<F>, placed: Placed, out: Option<Wire>) {
        let Placed { operands, products, linear } = placed;
        operands.into_iter().flatten().for_each(|wire| self.read(wire));
        if let Some(Wire::Base(wire)) = out {
            self.is_provided[wire as usize] = true;
        }
        self.rows.scalars.push(Scalar { operands, products, linear, constant: form.constant, out });
    }

    fn number(&mut self, value: F) -> Wire {
        self.constant(value.into())
    }
}

impl Rows<E> for Compiler<'_> {
    fn emit(&mut self, form: &Form<E>, placed: Placed, out: Option<Wire>) {
        let Placed { operands, products, linear } = placed;
        operands.into_iter().flatten().for_each(|wire| self.read(wire));
        match operands {
            [a, b, None] => self.rows.products.push(Product {
                operands: [a, b],
                product: products[0],
                linear: [linear[0], linear[1]],
                constant: form.constant,
                out,
            }),
            _ => self.rows.arithmetic.push(Arithmetic { operands, products, linear, constant: form.constant, out }),
        }
    }

    fn number(&mut self, value: E) -> Wire {
        self.constant(value)
    }
}

impl Compiler<'_> {
    /// Makes rows of all gates that are left.
    pub(super) fn arithmetic(&mut self) -> Result<(), CompileError> {
        let mut forms = Forms {
            base: vec![None; self.base_maker.len()],
            ext: vec![None; self.ext_maker.len()],
            base_uses: self.arithmetic_uses(),
            ext_uses: self.ext_uses(),
        };
        for number in 0..self.circuit.gates().len() {
            if !self.taken[number] {
                self.gate(number, &mut forms)?;
            }
        }
        Ok(())
    }

    /// How often each wire of the base field is an operand of a gate that becomes arithmetic.
    fn arithmetic_uses(&self) -> Vec<u32> {
        let mut uses = vec![0; self.base_maker.len()];
        let mut of = |operand: &Operand<F>| {
            if let Operand::Wire(wire) = operand {
                uses[*wire as usize] += 1;
            }
        };
        for (gate, taken) in self.circuit.gates().iter().zip(&self.taken) {
            match gate {
                _ if *taken => {}
                Gate::Base(_, a, b) => [a, b].into_iter().for_each(&mut of),
                Gate::Mixed(_, b) => of(b),
                Gate::Pack(operands) => operands.iter().for_each(&mut of),
                Gate::Interval(_, bits) => bits.iter().for_each(&mut of),
                Gate::Power(_, power) => of(power),
                _ => {}
            }
        }
        uses
    }

    fn gate(&mut self, number: usize, forms: &mut Forms) -> Result<(), CompileError> {
        let (base_out, ext_out) = self.outputs[number];
        match &self.circuit.gates()[number] {
            Gate::Public | Gate::Word | Gate::Permutation(_) => {}
            Gate::Bits(value, _) => {
                // Its row comes later; its value has to be a wire.
                self.base_operand(*value, forms);
            }
            Gate::Base(operation, a, b) => {
                let is_needed = self.is_demanded[base_out as usize];
                if forms.base_uses[base_out as usize] == 0 && !is_needed {
                    return Ok(());
                }
                let (a_form, b_form) = (Self::base_form(*a, forms), Self::base_form(*b, forms));
                let out = Wire::Base(base_out);
                let make = |compiler: &mut Self, of_a: bool, forms: &mut Forms| {
                    compiler.base_operand(if of_a { *a } else { *b }, forms)
                };
                let form = combine(self, *operation, [a_form, b_form], |compiler, of_a| make(compiler, of_a, forms));
                let keep = forms.base_uses[base_out as usize] <= 1 || form.is_affine();
                forms.base[base_out as usize] = Some(if is_needed {
                    // Somebody has asked for this very wire already.
                    self.compute(&form, out)
                } else if keep {
                    form
                } else {
                    self.materialize(&form, out)
                });
            }
            Gate::Ext(operation, a, b) => {
                if let Some(chain) = self.chains.get(&number).cloned() {
                    self.chain(&chain, forms);
                    return Ok(());
                }
                let (a_form, b_form) = (self.ext_form(*a, forms), self.ext_form(*b, forms));
                let form = combine(self, *operation, [a_form, b_form], |compiler, of_a| {
                    compiler.ext_operand(if of_a { *a } else { *b }, forms)
                });
                self.finish_ext(ext_out, form, forms);
            }
            Gate::Mixed(a, b) => {
                let (a_form, b_form) = (self.ext_form(*a, forms), Self::base_form(*b, forms).lift());
                let form = combine(self, Operation::Mul, [a_form, b_form], |compiler, of_a| {
                    if of_a { compiler.ext_operand(*a, forms) } else { compiler.base_operand(*b, forms) }
                });
                self.finish_ext(ext_out, form, forms);
            }
            Gate::Pack([value, rest @ ..]) if *rest == [Operand::Constant(F::ZERO); DEGREE - 1] => {
                let form = Self::base_form(*value, forms).lift();
                self.finish_ext(ext_out, form, forms);
            }
            Gate::Pack(operands) => {
                if forms.ext_uses[ext_out as usize] > 0 {
                    for &operand in operands {
                        if let Operand::Wire(_) = operand
                            && self.known_group(operands).is_none()
                        {
                            self.base_operand(operand, forms);
                        }
                    }
                    let wire = self.group(*operands);
                    forms.ext[ext_out as usize] = Some(Form::wire(wire));
                }
            }
            Gate::Interval(elements, bits) => {
                let [a, b, c, d, x, y] = elements.map(|operand| self.read_ext(operand, forms));
                let bits = bits.map(|bit| self.read_base(bit, forms));
                let out = core::array::from_fn(|i| Wire::Ext(ext_out + i as u32));
                self.rows.intervals.push(Interval { state: [a, b, c, d], point: [x, y], bits, out });
            }
            Gate::Power([product, rho], power) => {
                let [product, rho] = [*product, *rho].map(|operand| self.read_ext(operand, forms));
                let power = self.read_base(*power, forms);
                self.is_provided[base_out as usize] = true;
                self.rows.powers.push(Power {
                    product,
                    rho,
                    power,
                    out: Wire::Ext(ext_out),
                    square: Wire::Base(base_out),
                });
            }
            Gate::Select(..) => {
                return Err(CompileError::Gate { gate: number, what: "a node of a cap that no path ends at" });
            }
            Gate::Zero(_, value) => {
                let form = self.ext_form(*value, forms);
                let what = "an assertion that no row can make";
                let placed = form.place().ok_or(CompileError::Gate { gate: number, what })?;
                self.emit(&form, placed, None);
            }
            Gate::Nonzero(_, value) => {
                let wire = self.ext_operand(*value, forms);
                self.read(wire);
                self.rows.products.push(Product {
                    operands: [Some(wire), None],
                    product: F::ONE,
                    constant: E::NEG_ONE,
                    ..Product::default()
                });
            }
        }
        Ok(())
    }

    /// Keeps the form of a wire, or has a row compute it if it is used more than once.
    fn finish_ext(&mut self, out: u32, form: Form<E>, forms: &mut Forms) {
        let keep = forms.ext_uses[out as usize] <= 1 || form.is_affine();
        forms.ext[out as usize] = Some(if keep { form } else { self.materialize(&form, Wire::Ext(out)) });
    }

    /// Has a row compute a form that fits into one; returns its wire's.
    fn materialize<K: Ring>(&mut self, form: &Form<K>, out: Wire) -> Form<K>
    where
        Self: Rows<K>,
    {
        if let Some(value) = form.known() {
            return Form::wire(self.number(value));
        }
        if form.as_wire().is_some() {
            return form.clone();
        }
        self.compute(form, out)
    }

    /// Has a row compute a form that fits into one.
    fn compute<K: Ring>(&mut self, form: &Form<K>, out: Wire) -> Form<K>
    where
        Self: Rows<K>,
    {
        let placed = form.place().expect("forms are kept only where a row can compute them");
        self.emit(form, placed, Some(out));
        Form::wire(out)
    }

    fn base_form(operand: Operand<F>, forms: &Forms) -> Form<F> {
        match operand {
            Operand::Constant(value) => Form::constant(value),
            Operand::Wire(wire) => forms.base[wire as usize].clone().unwrap_or_else(|| Form::wire(Wire::Base(wire))),
        }
    }

    fn ext_form(&mut self, operand: Operand<E>, forms: &Forms) -> Form<E> {
        match operand {
            Operand::Constant(value) => Form::constant(value),
            Operand::Wire(wire) => forms.ext[wire as usize].clone().unwrap_or_else(|| Form::wire(Wire::Ext(wire))),
        }
    }

    /// The wire of an operand.
    fn base_operand(&mut self, operand: Operand<F>, forms: &mut Forms) -> Wire {
        let Operand::Wire(out) = operand else {
            return self.base_wire(operand);
        };
        let form = Self::base_form(operand, forms);
        let form = self.materialize(&form, Wire::Base(out));
        let wire = form.as_wire().unwrap_or(Wire::Base(out));
        forms.base[out as usize] = Some(form);
        wire
    }

    /// The wire of an operand.
    pub(super) fn ext_operand(&mut self, operand: Operand<E>, forms: &mut Forms) -> Wire {
        match operand {
            Operand::Constant(value) => self.constant(value),
            Operand::Wire(out) => {
                let form = self.ext_form(operand, forms);
                let form = self.materialize(&form, Wire::Ext(out));
                let wire = form.as_wire().unwrap_or(Wire::Ext(out));
                forms.ext[out as usize] = Some(form);
                wire
            }
        }
    }

    /// The wire of an operand of the base field that a row reads.
    fn read_base(&mut self, operand: Operand<F>, forms: &mut Forms) -> Wire {
        let wire = self.base_operand(operand, forms);
        self.read(wire);
        wire
    }

    /// A row reads a wire.
    pub(super) fn read(&mut self, wire: Wire) {
        if let Wire::Base(wire) = wire {
            self.demand(wire);
        }
    }
}

/// The form of an operation on two forms: as it is if a row can compute it, else with one or both of the operands computed by
/// rows of their own.
fn combine<K: Ring, R: Rows<K>>(
    rows: &mut R,
    operation: Operation,
    [a, b]: [Form<K>; 2],
    mut wire: impl FnMut(&mut R, bool) -> Wire,
) -> Form<K> {
    let apply = |a: &Form<K>, b: &Form<K>| {
        let form = match operation {
            Operation::Add => Some(a.clone().plus(b, F::ONE)),
            Operation::Sub => Some(a.clone().plus(b, F::NEG_ONE)),
            Operation::Mul => a.times(b),
        };
        form.filter(|form| form.place().is_some())
    };
    if let Some(form) = apply(&a, &b) {
        return form;
    }
    let cheap =
        |form: &Form<K>| form.as_wire().is_some() || form.known().is_some_and(|value| value.in_base_field().is_some());
    // One of them as a wire; the one that is not yet.
    for of_a in [true, false] {
        let (own, other) = if of_a { (&a, &b) } else { (&b, &a) };
        if cheap(own) {
            continue;
        }
        let probe = Form::wire(Wire::High(u32::MAX));
        let fits = if of_a { apply(&probe, other) } else { apply(other, &probe) };
        if fits.is_some() {
            let own = Form::wire(wire(rows, of_a));
            let form = if of_a { apply(&own, other) } else { apply(other, &own) };
            if let Some(form) = form {
                return form;
            }
        }
    }
    let (a, b) = (Form::wire(wire(rows, true)), Form::wire(wire(rows, false)));
    apply(&a, &b).expect("a row computes any operation on two wires")
}
