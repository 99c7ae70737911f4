//! The same proof, byte by byte, whatever the width of the vectors that it is computed with.

use hearth_stark_prover::lanes::{Lanes, Native};
use hearth_stark_prover::prove;
use hearth_stark_verifier::chip::Chip;
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::Key;
use p3_matrix::dense::RowMajorMatrix;

use crate::small;
use crate::wide::Wide;

fn proof<P: Lanes, A: Chip>(key: &Key<A>, (tables, public): &(Vec<RowMajorMatrix<F>>, Vec<F>)) -> Vec<u8> {
    let proof = prove::<P, _>(key, tables, public).unwrap();
    assert_eq!(key.verify(public, &proof), Ok(()));
    proof
}

/// One lane, the four of NEON and WebAssembly, the eight of AVX2, the sixteen of AVX-512, and whatever this build has.
#[test]
fn all_widths_give_the_same_bytes() {
    let key = small::key();
    for ticks in [0, 1, 129, 200] {
        let run = small::trace(ticks);
        let native = proof::<Native, _>(&key, &run);
        assert!(proof::<Wide<1>, _>(&key, &run) == native, "1 lane, {ticks} ticks");
        assert!(proof::<Wide<4>, _>(&key, &run) == native, "4 lanes, {ticks} ticks");
        assert!(proof::<Wide<8>, _>(&key, &run) == native, "8 lanes, {ticks} ticks");
        assert!(proof::<Wide<16>, _>(&key, &run) == native, "16 lanes, {ticks} ticks");
    }
}
