//! Review 5: chips whose keys would prove less than the chips say. Each of these got a key before, though no step of the
//! protocol evaluates what it asserts.

use hearth_soundness::SizeClass;
use hearth_soundness::stark::StarkParams;
use hearth_stark_verifier::chip::{Chip, FixedColumn};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::{Key, KeyError};
use p3_air::{AirBuilder, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};

/// A chip of two columns that asserts something that the protocol would not see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Odd {
    Nothing,
    NextRow,
    FirstRow,
    PublicValue,
    MessageOfPublicValue,
    MessageOfNextRow,
    ExclusiveMessage,
    FixedColumnOfAnyHeight,
    FixedSkipBit,
    FixedBitBeyondRows,
    ConstraintBesideFixedColumn,
    BoundaryConstraint,
}

impl Chip for Odd {
    fn name(&self) -> &str {
        "odd"
    }

    fn width(&self) -> usize {
        2
    }

    fn is_boundary(&self) -> bool {
        *self == Self::BoundaryConstraint
    }

    fn fixed_rows(&self) -> Option<usize> {
        matches!(self, Self::FixedSkipBit | Self::FixedBitBeyondRows | Self::ConstraintBesideFixedColumn).then_some(256)
    }

    fn fixed_columns(&self) -> &[FixedColumn] {
        match self {
            Self::FixedColumnOfAnyHeight | Self::ConstraintBesideFixedColumn => &[FixedColumn { shift: 0, bits: 8 }],
            Self::FixedSkipBit => &[FixedColumn { shift: 5, bits: 3 }],
            Self::FixedBitBeyondRows => &[FixedColumn { shift: 0, bits: 9 }],
            _ => &[],
        }
    }

    fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
        let main = builder.main();
        let [a, b] = [main.current_slice()[0], main.current_slice()[1]];
        let next = main.next_slice()[0];
        let public: B::Expr = builder.public_values()[0].into();
        let count = |count: B::Var| Count::bounded(Into::<B::Expr>::into(count), 1);
        match self {
            Self::Nothing | Self::FixedColumnOfAnyHeight | Self::FixedSkipBit | Self::FixedBitBeyondRows => {
                builder.push_interaction("bus", [a], count(b));
            }
            Self::NextRow => builder.assert_zero(next - a),
            Self::FirstRow => builder.when_first_row().assert_zero(a),
            Self::PublicValue | Self::BoundaryConstraint => builder.assert_zero(public * a),
            Self::MessageOfPublicValue => builder.push_interaction("bus", [public], count(b)),
            Self::MessageOfNextRow => builder.push_interaction("bus", [next], count(b)),
            Self::ExclusiveMessage => {
                let branch = (a.into(), Count::bounded(B::Expr::ONE, 1), vec![b.into()]);
                builder.push_exclusive_interaction("bus", [branch]);
            }
            Self::ConstraintBesideFixedColumn => builder.assert_bool(b),
        }
    }
}

/// No key is made of chips with an assertion that no step would see; one is of the chip that has none.
#[test]
fn no_keys_of_unseen_assertions() {
    let key = |chip: Odd| Key::new(vec![chip], 1, StarkParams::of(SizeClass::Test18)).map(|_| ());
    assert_eq!(key(Odd::Nothing), Ok(()));
    assert!(matches!(key(Odd::ExclusiveMessage), Err(KeyError::LocalLookup { .. })));
    for (chip, expected) in [
        (Odd::NextRow, "a constraint reads the next row"),
        (Odd::FirstRow, "a constraint reads a selector"),
        (Odd::PublicValue, "a constraint reads the public values"),
        (Odd::BoundaryConstraint, "a constraint reads the public values"),
        (Odd::MessageOfPublicValue, "a message reads the public values: only the boundary's may"),
        (Odd::MessageOfNextRow, "a message reads the next row"),
        (Odd::ConstraintBesideFixedColumn, "a constraint of a fixed table reads a committed column"),
    ] {
        assert_eq!(key(chip), Err(KeyError::Reads { chip: "odd".into(), what: expected }), "{chip:?}");
    }
    for chip in [Odd::FixedColumnOfAnyHeight, Odd::FixedSkipBit, Odd::FixedBitBeyondRows] {
        assert!(matches!(key(chip), Err(KeyError::FixedColumn { .. })), "{chip:?}");
    }
}
