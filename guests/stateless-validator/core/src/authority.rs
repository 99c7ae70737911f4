//! Authorities of EIP-7702, recovered from their signatures by the EVM's crypto provider.

use crate::{execute::Tx, sender::HALF_ORDER};
use alloy_consensus::EthereumTxEnvelope;
use alloy_eips::eip7702::{RecoveredAuthority, RecoveredAuthorization, SignedAuthorization};
use alloy_evm::FromRecoveredTx;
use alloy_primitives::Address;
use core::mem::take;
use revm::{context::TxEnv, context_interface::either::Either, precompile::crypto};

/// What the EVM executes for a transaction of `sender`.
pub fn environment(tx: &Tx, sender: Address) -> TxEnv {
    let EthereumTxEnvelope::Eip7702(signed) = tx else { return TxEnv::from_recovered_tx(tx, sender) };
    // The conversion would recover the authorities in software, so it gets none.
    let mut tx = signed.tx().clone();
    let authorizations = take(&mut tx.authorization_list);
    let mut environment = TxEnv::from_recovered_tx(&tx, sender);
    environment.authorization_list = authorizations.into_iter().map(|one| Either::Right(recovered(one))).collect();
    environment
}

/// An authorization with its authority; one without an authority has no effect.
fn recovered(authorization: SignedAuthorization) -> RecoveredAuthorization {
    let authority = recover(&authorization).map_or(RecoveredAuthority::Invalid, RecoveredAuthority::Valid);
    RecoveredAuthorization::new_unchecked(authorization.strip_signature(), authority)
}

fn recover(authorization: &SignedAuthorization) -> Option<Address> {
    let signature = authorization.signature().ok().filter(|signature| signature.s() <= HALF_ORDER)?;
    let mut bytes = [0; 64];
    let (r, s) = bytes.split_at_mut(32);
    r.copy_from_slice(&signature.r().to_be_bytes::<32>());
    s.copy_from_slice(&signature.s().to_be_bytes::<32>());
    let word = crypto().secp256k1_ecrecover(&bytes, signature.v().into(), &authorization.signature_hash().0).ok()?;
    Some(Address::from_slice(&word[12..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy_eips::eip7702::Authorization;
    use alloy_primitives::{Signature, U256, uint};
    use k256::ecdsa::SigningKey;

    const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);

    #[test]
    fn authorities_are_those_that_the_crate_recovers() {
        for seed in 1..10 {
            let inner = Authorization { chain_id: U256::ONE, address: Address::repeat_byte(seed), nonce: 3 };
            let key = SigningKey::from_slice(&[seed; 32]).expect("a scalar");
            let signature: Signature = key.sign_prehash_recoverable(&inner.signature_hash().0).expect("signs").into();
            let high_s = Signature::new(signature.r(), ORDER - signature.s(), !signature.v());
            let zero_r = Signature::new(U256::ZERO, signature.s(), false);
            for signature in [signature, signature.with_parity(!signature.v()), high_s, zero_r] {
                let signed = inner.clone().into_signed(signature);
                assert_eq!(recover(&signed), signed.recover_authority().ok());
            }
            let signed = inner.clone().into_signed(signature);
            assert!(recover(&signed).is_some());
            let no_parity = SignedAuthorization::new_unchecked(inner, 2, signed.r(), signed.s());
            assert_eq!(recover(&no_parity), None);
        }
    }
}
