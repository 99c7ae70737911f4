/* The standard C interface to accelerators (eth-act/zkvm-standards, standards/c-interface-accelerators, as of May 2026).
   In libhearth_guest.a: Keccak-256, SHA-256, secp256k1 and modexp. In libhearth_accelerators.a, which holds the former
   too: all of them. What a function is computed by is said beside it: chips, whose result is proved as such, or software.

   Numbers have their most significant byte first. Pointers may have any alignment and may overlap: a result may take an
   operand's place. A null pointer ends the program with code 101, but for ranges of no bytes. */
#ifndef ZKVM_ACCELERATORS_H
#define ZKVM_ACCELERATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#define ZKVM_ALIGNED alignas(8)
#else
#define ZKVM_ALIGNED _Alignas(8)
#endif

/* With ZKVM_EFAIL nothing is written. */
typedef enum { ZKVM_EOK = 0, ZKVM_EFAIL = -1 } zkvm_status;

#define ZKVM_BYTES(n) \
    typedef struct { \
        ZKVM_ALIGNED uint8_t data[n]; \
    } zkvm_bytes_##n
ZKVM_BYTES(16);
ZKVM_BYTES(32);
ZKVM_BYTES(48);
ZKVM_BYTES(64);
ZKVM_BYTES(96);
ZKVM_BYTES(128);
ZKVM_BYTES(192);
#undef ZKVM_BYTES

typedef zkvm_bytes_32 zkvm_keccak256_hash;
typedef zkvm_bytes_32 zkvm_sha256_hash;
/* 12 zeros, then the hash. */
typedef zkvm_bytes_32 zkvm_ripemd160_hash;

/* Signatures are r and s, keys x and y. */
typedef zkvm_bytes_32 zkvm_secp256k1_hash;
typedef zkvm_bytes_64 zkvm_secp256k1_signature;
typedef zkvm_bytes_64 zkvm_secp256k1_pubkey;
typedef zkvm_bytes_32 zkvm_secp256r1_hash;
typedef zkvm_bytes_64 zkvm_secp256r1_signature;
typedef zkvm_bytes_64 zkvm_secp256r1_pubkey;

/* Points are x and y, all zero the one at infinity. In the second group of bn254 the part with u comes first. */
typedef zkvm_bytes_64 zkvm_bn254_g1_point;
typedef zkvm_bytes_128 zkvm_bn254_g2_point;
typedef zkvm_bytes_32 zkvm_bn254_scalar;
typedef struct {
    zkvm_bn254_g1_point g1;
    zkvm_bn254_g2_point g2;
} zkvm_bn254_pairing_pair;

/* In the second group of bls12-381 the part with u comes last, as in EIP-2537. */
typedef zkvm_bytes_96 zkvm_bls12_381_g1_point;
typedef zkvm_bytes_192 zkvm_bls12_381_g2_point;
typedef zkvm_bytes_32 zkvm_bls12_381_scalar;
typedef zkvm_bytes_48 zkvm_bls12_381_fp;
typedef zkvm_bytes_96 zkvm_bls12_381_fp2;
typedef struct {
    zkvm_bls12_381_g1_point point;
    zkvm_bls12_381_scalar scalar;
} zkvm_bls12_381_g1_msm_pair;
typedef struct {
    zkvm_bls12_381_g2_point point;
    zkvm_bls12_381_scalar scalar;
} zkvm_bls12_381_g2_msm_pair;
typedef struct {
    zkvm_bls12_381_g1_point g1;
    zkvm_bls12_381_g2_point g2;
} zkvm_bls12_381_pairing_pair;

/* Little-endian words. */
typedef zkvm_bytes_64 zkvm_blake2f_state;
typedef zkvm_bytes_128 zkvm_blake2f_message;
typedef zkvm_bytes_16 zkvm_blake2f_offset;

typedef zkvm_bytes_48 zkvm_kzg_commitment;
typedef zkvm_bytes_48 zkvm_kzg_proof;
typedef zkvm_bytes_32 zkvm_kzg_field_element;

/* Keccak-256 as Ethereum uses it; chips. */
zkvm_status zkvm_keccak256(const uint8_t *data, size_t len, zkvm_keccak256_hash *output);

/* SHA-256; chips. */
zkvm_status zkvm_sha256(const uint8_t *data, size_t len, zkvm_sha256_hash *output);

/* RIPEMD-160; software. */
zkvm_status zkvm_ripemd160(const uint8_t *data, size_t len, zkvm_ripemd160_hash *output);

/* ECDSA; chips. A verification never fails: what is no signature or no key is not verified. Recovery fails for a recovery id
   above 3, and where no key made the signature. */
zkvm_status zkvm_secp256k1_verify(const zkvm_secp256k1_hash *msg, const zkvm_secp256k1_signature *sig,
                                  const zkvm_secp256k1_pubkey *pubkey, bool *verified);
zkvm_status zkvm_secp256k1_ecrecover(const zkvm_secp256k1_hash *msg, const zkvm_secp256k1_signature *sig, uint8_t recid,
                                     zkvm_secp256k1_pubkey *output);
zkvm_status zkvm_secp256r1_verify(const zkvm_secp256r1_hash *msg, const zkvm_secp256r1_signature *sig,
                                  const zkvm_secp256r1_pubkey *pubkey, bool *verified);

/* base^exp modulo modulus, into mod_len bytes; modulo 0 it is 0. Chips up to 384 bits of the modulus, above it software. */
zkvm_status zkvm_modexp(const uint8_t *base, size_t base_len, const uint8_t *exp, size_t exp_len, const uint8_t *modulus,
                        size_t mod_len, uint8_t *output);

/* EIP-196 and EIP-197; chips. They fail for what is no point of its group. */
zkvm_status zkvm_bn254_g1_add(const zkvm_bn254_g1_point *p1, const zkvm_bn254_g1_point *p2, zkvm_bn254_g1_point *result);
zkvm_status zkvm_bn254_g1_mul(const zkvm_bn254_g1_point *point, const zkvm_bn254_scalar *scalar,
                              zkvm_bn254_g1_point *result);
zkvm_status zkvm_bn254_pairing(const zkvm_bn254_pairing_pair *pairs, size_t num_pairs, bool *verified);

/* EIP-152; software. It fails for an f that is neither 0 nor 1. */
zkvm_status zkvm_blake2f(uint32_t rounds, zkvm_blake2f_state *h, const zkvm_blake2f_message *m, const zkvm_blake2f_offset *t,
                         uint8_t f);

/* EIP-4844, without the versioned hash; chips. It never fails: what is no commitment or no proof is not verified. */
zkvm_status zkvm_kzg_point_eval(const zkvm_kzg_commitment *commitment, const zkvm_kzg_field_element *z,
                                const zkvm_kzg_field_element *y, const zkvm_kzg_proof *proof, bool *verified);

/* EIP-2537; software. They fail for what is no point, or where EIP-2537 asks for it no point of the subgroup, and for
   numbers that are not below the prime. */
zkvm_status zkvm_bls12_g1_add(const zkvm_bls12_381_g1_point *p1, const zkvm_bls12_381_g1_point *p2,
                              zkvm_bls12_381_g1_point *result);
zkvm_status zkvm_bls12_g1_msm(const zkvm_bls12_381_g1_msm_pair *pairs, size_t num_pairs, zkvm_bls12_381_g1_point *result);
zkvm_status zkvm_bls12_g2_add(const zkvm_bls12_381_g2_point *p1, const zkvm_bls12_381_g2_point *p2,
                              zkvm_bls12_381_g2_point *result);
zkvm_status zkvm_bls12_g2_msm(const zkvm_bls12_381_g2_msm_pair *pairs, size_t num_pairs, zkvm_bls12_381_g2_point *result);
zkvm_status zkvm_bls12_pairing(const zkvm_bls12_381_pairing_pair *pairs, size_t num_pairs, bool *verified);
zkvm_status zkvm_bls12_map_fp_to_g1(const zkvm_bls12_381_fp *field_element, zkvm_bls12_381_g1_point *result);
zkvm_status zkvm_bls12_map_fp2_to_g2(const zkvm_bls12_381_fp2 *field_element, zkvm_bls12_381_g2_point *result);

#ifdef __cplusplus
}
#endif

#endif
