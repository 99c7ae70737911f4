//! Modular instructions of the EVM by the machine's modular arithmetic.

use alloy_primitives::U256;
use hearth_curves::modular::multiply_add;
use revm::bytecode::opcode;
use revm::handler::instructions::EthInstructions;
use revm::interpreter::interpreter_types::StackTr;
use revm::interpreter::{Instruction, InstructionContext, InstructionExecResult, InstructionResult, InterpreterTypes};

const ZERO: [u64; 4] = [0; 4];
const ONE: [u64; 4] = [1, 0, 0, 0];

/// `a b` modulo `n`; modulo 0 it is 0.
pub fn multiply(a: &U256, b: &U256, n: &U256) -> U256 {
    if n.is_zero() {
        return U256::ZERO;
    }
    // A factor below the modulus keeps the quotient in its width.
    let reduced = if a < n { *a.as_limbs() } else { multiply_add(&ZERO, &ZERO, a.as_limbs(), n.as_limbs()) };
    U256::from_limbs(multiply_add(&reduced, b.as_limbs(), &ZERO, n.as_limbs()))
}

/// `a + b` modulo `n`; modulo 0 it is 0.
pub fn add(a: &U256, b: &U256, n: &U256) -> U256 {
    if *n <= U256::ONE {
        return U256::ZERO;
    }
    U256::from_limbs(multiply_add(a.as_limbs(), &ONE, b.as_limbs(), n.as_limbs()))
}

/// `a` modulo `n`; modulo 0 it is 0.
pub fn remainder(a: &U256, n: &U256) -> U256 {
    if n.is_zero() {
        return U256::ZERO;
    }
    U256::from_limbs(multiply_add(&ZERO, &ZERO, a.as_limbs(), n.as_limbs()))
}

/// Puts the instructions MOD, ADDMOD and MULMOD into the table, at their price in every fork since Paris.
pub fn install<T: InterpreterTypes, H: revm::interpreter::Host>(table: &mut EthInstructions<T, H>) {
    table.insert_instruction(opcode::MOD, Instruction::new(|context| binary(context, remainder)), 5);
    table.insert_instruction(opcode::ADDMOD, Instruction::new(|context| ternary(context, add)), 8);
    table.insert_instruction(opcode::MULMOD, Instruction::new(|context| ternary(context, multiply)), 8);
}

#[inline(always)]
fn binary<T: InterpreterTypes, H: ?Sized>(
    context: InstructionContext<'_, H, T>,
    apply: impl Fn(&U256, &U256) -> U256,
) -> InstructionExecResult {
    let Some(([a], n)) = context.interpreter.stack.popn_top() else { return Err(InstructionResult::StackUnderflow) };
    *n = apply(&a, n);
    Ok(())
}

#[inline(always)]
fn ternary<T: InterpreterTypes, H: ?Sized>(
    context: InstructionContext<'_, H, T>,
    apply: impl Fn(&U256, &U256, &U256) -> U256,
) -> InstructionExecResult {
    let Some(([a, b], n)) = context.interpreter.stack.popn_top() else { return Err(InstructionResult::StackUnderflow) };
    *n = apply(&a, &b, n);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The software behind the calls asserts that they are in their domain.
    #[test]
    fn agrees_with_the_instructions_of_revm() {
        let numbers = [0u64, 1, 2, 3, 5, u64::MAX].map(U256::from);
        let large = [U256::MAX, U256::MAX - U256::ONE, U256::ONE << 255, (U256::ONE << 128) - U256::ONE];
        let numbers: alloc::vec::Vec<U256> = numbers.into_iter().chain(large).collect();
        for a in &numbers {
            for b in &numbers {
                for n in &numbers {
                    assert_eq!(multiply(a, b, n), a.mul_mod(*b, *n));
                    assert_eq!(add(a, b, n), a.add_mod(*b, *n));
                }
                assert_eq!(remainder(a, b), if b.is_zero() { U256::ZERO } else { a % b });
            }
        }
    }
}
