//! The protocol is frozen: one key and one run, whose proof and transcript are the same for the prover and the verifier, on every
//! processor and in WebAssembly. The numbers change with the version of the protocol, and only then.

#[path = "toy/mod.rs"]
mod toy;

use hearth_machine::hash::{Hasher, Tag};
use hearth_soundness::SizeClass;
use hearth_stark_prover::forge::{Forgery, Log, Watched};
use hearth_stark_prover::lanes::Native;
use hearth_stark_prover::{prove, prove_forged};
use hearth_stark_verifier::field::F;
use hearth_stark_verifier::key::VERSION;
use hearth_stark_verifier::transcript::Event;
use hearth_stark_verifier::verify::verify;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// First elements of the digests of a key, a proof and a transcript.
const FROZEN: (u32, [u32; 3]) = (2, [1_634_496_365, 1_215_937_292, 565_994_986]);

fn short(elements: &[F]) -> u32 {
    Hasher::new().sponge(Tag::Statement, elements)[0].as_canonical_u32()
}

/// Each event with its kind.
fn elements(log: &[Event<F>]) -> Vec<F> {
    let element = |&event: &Event<F>| match event {
        Event::Absorbed(x) => [F::ZERO, x],
        Event::Squeezed(x) => [F::ONE, x],
    };
    log.iter().flat_map(element).collect()
}

#[test]
fn a_proof_and_its_transcript_are_the_same_everywhere() {
    let key = toy::key(SizeClass::Test18);
    let (tables, public) = toy::trace(3, 700);
    let proof = prove::<Native, _>(&key, &tables, &public).expect("a proof");
    let (same, proving) = prove_forged::<Native, _>(&key, &tables, &public, &Forgery::default()).expect("a proof");
    assert_eq!(proof, same);

    let mut context = Watched::new(&proof, Log::default());
    verify(&key, &mut context, &public).expect("accepted");
    context.finish().expect("read to its end");
    let verifying = context.watch.0;
    assert!(proving == verifying, "the prover's transcript is another");

    let words: Vec<F> = proof.chunks(4).map(|word| F::from_u32(u32::from_le_bytes(word.try_into().unwrap()))).collect();
    let found = [key.digest[0].as_canonical_u32(), short(&words), short(&elements(&verifying))];
    assert_eq!((VERSION, found), FROZEN);
}
