//! Section 6.7, REC-9: chips that the protocol cannot prove soundly get no key.

use hearth_stark_verifier::chip::{Chip, FixedColumn};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::{Key, KeyError};
use p3_air::WindowAccess;
use p3_field::PrimeCharacteristicRing;
use p3_lookup::{Count, InteractionBuilder};

use crate::small::{self, PARAMS, Small};

/// Chips with one fault each.
#[derive(Clone, Copy, Debug)]
enum Faulty {
    /// A constraint that the zero row breaks.
    Constraint,
    /// A message that the zero row sends.
    Message,
    /// A constraint of degree 4.
    HighConstraint,
    /// A message field of degree 4.
    HighField,
    /// A row that may send more often than the field has elements.
    Heavy,
    /// Messages of two widths on a bus.
    TwoWidths,
    /// A constant height that is no power of two.
    OddRows,
    /// No committed column.
    AllFixed,
}

impl Chip for Faulty {
    fn name(&self) -> &str {
        "faulty"
    }
    fn width(&self) -> usize {
        2
    }
    fn is_boundary(&self) -> bool {
        false
    }
    fn fixed_rows(&self) -> Option<usize> {
        match self {
            Self::OddRows => Some(384),
            Self::AllFixed => Some(128),
            _ => None,
        }
    }
    fn fixed_columns(&self) -> &[FixedColumn] {
        match self {
            Self::AllFixed => &[FixedColumn { shift: 0, bits: 7 }, FixedColumn { shift: 0, bits: 7 }],
            _ => &[],
        }
    }
    fn eval<B: InteractionBuilder<F = F>>(&self, builder: &mut B) {
        let main = builder.main();
        let row = main.current_slice();
        let (a, b) = (row[0], row[1]);
        let sent = |times| Count::bounded(Into::<B::Expr>::into(a), times);
        match self {
            Self::Constraint => builder.assert_zero(a - F::ONE),
            Self::Message => builder.push_interaction("x", [b], Count::bounded(a + F::ONE, 1)),
            Self::HighConstraint => builder.assert_zero(a * a * a * b),
            Self::HighField => builder.push_interaction("x", [a * a * a * b], sent(1)),
            Self::Heavy => builder.push_interaction("x", [b], sent(u32::MAX)),
            Self::TwoWidths => {
                builder.push_interaction("x", [b], sent(1));
                builder.push_interaction("x", [b, b], sent(1));
            }
            Self::OddRows | Self::AllFixed => builder.push_interaction("x", [b], sent(1)),
        }
    }
}

#[test]
fn faulty_chips_get_no_key() {
    let error = |chip| Key::new(vec![chip], 0, PARAMS).err();
    let chip = || "faulty".to_string();
    assert_eq!(error(Faulty::Constraint), Some(KeyError::ZeroRow { chip: chip() }));
    assert_eq!(error(Faulty::Message), Some(KeyError::ZeroRow { chip: chip() }));
    let high = |what| Some(KeyError::Degree { chip: chip(), what, degree: 4 });
    assert_eq!(error(Faulty::HighConstraint), high("a constraint"));
    assert_eq!(error(Faulty::HighField), high("a look-up"));
    assert!(matches!(error(Faulty::Heavy), Some(KeyError::Multiplicity { .. })));
    let widths = KeyError::MessageWidth { bus: "x".to_string(), expected: 1, found: 2 };
    assert_eq!(error(Faulty::TwoWidths), Some(widths));
    assert_eq!(error(Faulty::OddRows), Some(KeyError::Rows { chip: chip(), rows: 384 }));
    assert_eq!(error(Faulty::AllFixed), Some(KeyError::Columns { chip: chip() }));
}

#[test]
fn two_boundaries_get_no_key() {
    assert_eq!(Key::new(vec![Small::Ends, Small::Ends], 2, PARAMS).err(), Some(KeyError::Boundaries));
    assert!(Key::new(small::chips(), 2, PARAMS).is_ok());
}
