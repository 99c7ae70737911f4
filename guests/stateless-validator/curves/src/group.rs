//! The groups of a pairing as ark's curves: `y^2 = x^3 + b`, with the constants of an ark crate.

/// Defines the configuration `$config` of a group over `$field` by that of `$ark::$module`, whose elements `$import` brings
/// over; `$special` is what this group has of its own.
macro_rules! group {
    (
        $(#[$doc:meta])*
        $config:ident, $field:ident, $import:ident, $ark:ident::$module:ident::{$x:ident, $y:ident}, { $($special:tt)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq)]
        pub struct $config;

        impl CurveConfig for $config {
            type BaseField = $field;
            type ScalarField = $ark::Fr;
            const COFACTOR: &'static [u64] = $ark::$module::Config::COFACTOR;
            const COFACTOR_INV: $ark::Fr = $ark::$module::Config::COFACTOR_INV;
        }

        impl SWCurveConfig for $config {
            const COEFF_A: $field = $field::ZERO;
            const COEFF_B: $field = $import(&$ark::$module::Config::COEFF_B);
            const GENERATOR: Affine<Self> =
                Affine::new_unchecked($import(&$ark::$module::$x), $import(&$ark::$module::$y));
            type ZeroFlag = ();

            fn mul_by_a(_: $field) -> $field {
                $field::ZERO
            }

            $($special)*
        }
    };
}

pub(crate) use group;
