//! Senders from public keys that the input suggests.
//!
//! A key is accepted only if it is the one that recovery from the signature yields. Checking `z/s G + r/s P = R` against `r`
//! and the parity of `R` is equivalent to recovery and spares its square root.

use crate::input::PUBLIC_KEY;
use alloy_primitives::{Address, B256, Signature, U256, keccak256, uint};
#[cfg(not(feature = "crypto-provider"))]
use k256::{
    AffinePoint, EncodedPoint, ProjectivePoint, Scalar, U256 as Uint,
    elliptic_curve::{
        PrimeField,
        ops::{Invert, LinearCombination, Reduce},
        point::AffineCoordinates,
        sec1::FromEncodedPoint,
    },
};

/// Half the order of the group: EIP-2 allows no larger `s`.
pub(crate) const HALF_ORDER: U256 = uint!(0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0_U256);

/// The address of `key` if the signature of `hash` recovers to `key` and its `s` is low.
pub fn sender(hash: &B256, signature: &Signature, key: &[u8; PUBLIC_KEY]) -> Option<Address> {
    if signature.s() > HALF_ORDER || !recovers_to(hash, signature, key) {
        return None;
    }
    Some(Address::from_word(keccak256(&key[1..])))
}

/// Whether `signature`, r then s, of a message with this hash recovers by `id`, 0 or 1, to the key, x then y.
#[cfg(feature = "crypto-provider")]
pub type KeyCheck = fn(hash: &[u8; 32], signature: &[u8; 64], id: u8, key: &[u8; 64]) -> bool;

#[cfg(feature = "crypto-provider")]
static KEY_CHECK: revm::primitives::OnceLock<KeyCheck> = revm::primitives::OnceLock::new();

/// Installs the check of public keys; without one, none is right. Says whether it was the first.
#[cfg(feature = "crypto-provider")]
pub fn install_key_check(check: KeyCheck) -> bool {
    KEY_CHECK.set(check).is_ok()
}

#[cfg(feature = "crypto-provider")]
fn recovers_to(hash: &B256, signature: &Signature, key: &[u8; PUBLIC_KEY]) -> bool {
    let mut bytes = [0; 64];
    let (r, s) = bytes.split_at_mut(32);
    r.copy_from_slice(&signature.r().to_be_bytes::<32>());
    s.copy_from_slice(&signature.s().to_be_bytes::<32>());
    // 65 bytes with tag 4: the uncompressed form and no other
    let [tag, point @ ..] = key;
    *tag == 4 && KEY_CHECK.get().is_some_and(|check| check(&hash.0, &bytes, signature.v().into(), point))
}

#[cfg(not(feature = "crypto-provider"))]
fn recovers_to(hash: &B256, signature: &Signature, key: &[u8; PUBLIC_KEY]) -> bool {
    let scalar = |n: U256| Option::<Scalar>::from(Scalar::from_repr(n.to_be_bytes::<32>().into()));
    let point = || {
        // 65 bytes with tag 4: the uncompressed form and no other
        let encoded = EncodedPoint::from_bytes(key).ok().filter(|_| key[0] == 4)?;
        Option::<AffinePoint>::from(AffinePoint::from_encoded_point(&encoded))
    };
    let (Some(r), Some(s), Some(point)) = (scalar(signature.r()), scalar(signature.s()), point()) else {
        return false;
    };
    if bool::from(r.is_zero()) {
        return false;
    }
    let Some(inverse) = Option::<Scalar>::from(s.invert_vartime()) else { return false };
    let z = <Scalar as Reduce<Uint>>::reduce_bytes(&hash.0.into());
    let sum = ProjectivePoint::lincomb(
        &ProjectivePoint::GENERATOR,
        &(z * inverse),
        &ProjectivePoint::from(point),
        &(r * inverse),
    );
    if sum == ProjectivePoint::IDENTITY {
        return false;
    }
    let sum = sum.to_affine();
    sum.x()[..] == signature.r().to_be_bytes::<32>() && bool::from(sum.y_is_odd()) == signature.v()
}

#[cfg(test)]
mod tests {
    use super::*;
    use k256::ecdsa::SigningKey;

    fn signed(seed: u8) -> (B256, Signature, [u8; PUBLIC_KEY]) {
        let key = SigningKey::from_slice(&[seed; 32]).expect("a scalar");
        let hash = keccak256([seed]);
        let (signature, id) = key.sign_prehash_recoverable(&hash.0).expect("signs");
        let public = key.verifying_key().to_encoded_point(false);
        (hash, Signature::from((signature, id)), public.as_bytes().try_into().expect("65 bytes"))
    }

    #[test]
    fn accepts_what_recovery_yields_and_nothing_else() {
        for seed in 1..20 {
            let (hash, signature, key) = signed(seed);
            let expected = signature.recover_address_from_prehash(&hash).expect("recovers");
            assert_eq!(sender(&hash, &signature, &key), Some(expected));

            let other_parity = signature.with_parity(!signature.v());
            assert_eq!(sender(&hash, &other_parity, &key), None, "parity");
            let high_s = Signature::new(signature.r(), ORDER - signature.s(), !signature.v());
            assert_eq!(sender(&hash, &high_s, &key), None, "high s");
            assert_eq!(sender(&keccak256(hash), &signature, &key), None, "hash");
            assert_eq!(sender(&hash, &signature, &signed(seed + 1).2), None, "another key");
            let mut off_curve = key;
            off_curve[64] ^= 1;
            assert_eq!(sender(&hash, &signature, &off_curve), None, "off the curve");
            let mut tag = key;
            tag[0] = 6;
            assert_eq!(sender(&hash, &signature, &tag), None, "tag");
            for (r, s) in [(U256::ZERO, signature.s()), (signature.r(), U256::ZERO), (U256::MAX, signature.s())] {
                assert_eq!(sender(&hash, &Signature::new(r, s, false), &key), None, "range");
            }
        }
    }

    const ORDER: U256 = uint!(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141_U256);
}
