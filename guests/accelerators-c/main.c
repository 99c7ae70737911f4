/* Calls what the input names, of the standard C interface, with pointers of any alignment and with results in place of
   operands.

   Input: records of an operation, the alignment of its operands and of its result (0 to 7), whether the result takes the
   operands' place (4 bytes), the operands' length (4 bytes, little-endian), and the operands one after the other.
   Output, for each: the status as a byte, then for 0 the result. */
#include "zkvm.h"
#include "zkvm_accelerators.h"

#define LARGEST 8192

static _Alignas(8) uint8_t operands[LARGEST + 8];
static _Alignas(8) uint8_t results[LARGEST + 8];

enum {
    KECCAK256, SHA256, RIPEMD160, SECP256K1_VERIFY, SECP256K1_ECRECOVER, SECP256R1_VERIFY, MODEXP, BN254_G1_ADD, BN254_G1_MUL,
    BN254_PAIRING, BLAKE2F, KZG_POINT_EVAL, BLS12_G1_ADD, BLS12_G1_MSM, BLS12_G2_ADD, BLS12_G2_MSM, BLS12_PAIRING,
    BLS12_MAP_FP_TO_G1, BLS12_MAP_FP2_TO_G2
};

static uint32_t number(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* A pointer without its alignment, which the functions do not ask for. */
#define AT(offset) ((const void *)(p + (offset)))
#define PAIRS(size) AT(0), n / (size)

/* Calls an operation on n bytes at p; tells the result's length. */
static zkvm_status call(uint8_t operation, const uint8_t *p, size_t n, void *out, size_t *out_n) {
    *out_n = 1;
    switch (operation) {
    case KECCAK256: *out_n = 32; return zkvm_keccak256(p, n, out);
    case SHA256: *out_n = 32; return zkvm_sha256(p, n, out);
    case RIPEMD160: *out_n = 32; return zkvm_ripemd160(p, n, out);
    case SECP256K1_VERIFY: return zkvm_secp256k1_verify(AT(0), AT(32), AT(96), out);
    case SECP256K1_ECRECOVER: *out_n = 64; return zkvm_secp256k1_ecrecover(AT(0), AT(32), p[96], out);
    case SECP256R1_VERIFY: return zkvm_secp256r1_verify(AT(0), AT(32), AT(96), out);
    case MODEXP: {
        /* Three lengths, then base, exponent and modulus. */
        size_t base = number(p), exp = number(p + 4);
        *out_n = number(p + 8);
        return zkvm_modexp(p + 12, base, p + 12 + base, exp, p + 12 + base + exp, *out_n, out);
    }
    case BN254_G1_ADD: *out_n = 64; return zkvm_bn254_g1_add(AT(0), AT(64), out);
    case BN254_G1_MUL: *out_n = 64; return zkvm_bn254_g1_mul(AT(0), AT(64), out);
    case BN254_PAIRING: return zkvm_bn254_pairing(PAIRS(192), out);
    case BLAKE2F: {
        /* Rounds, state, message, offset, f; the state is replaced. */
        uint32_t rounds = number(p);
        *out_n = 64;
        for (int i = 0; i < 64; i++) ((uint8_t *)out)[i] = p[4 + i];
        return zkvm_blake2f(rounds, out, AT(68), AT(196), p[212]);
    }
    case KZG_POINT_EVAL: return zkvm_kzg_point_eval(AT(0), AT(48), AT(80), AT(112), out);
    case BLS12_G1_ADD: *out_n = 96; return zkvm_bls12_g1_add(AT(0), AT(96), out);
    case BLS12_G1_MSM: *out_n = 96; return zkvm_bls12_g1_msm(PAIRS(128), out);
    case BLS12_G2_ADD: *out_n = 192; return zkvm_bls12_g2_add(AT(0), AT(192), out);
    case BLS12_G2_MSM: *out_n = 192; return zkvm_bls12_g2_msm(PAIRS(224), out);
    case BLS12_PAIRING: return zkvm_bls12_pairing(PAIRS(288), out);
    case BLS12_MAP_FP_TO_G1: *out_n = 96; return zkvm_bls12_map_fp_to_g1(AT(0), out);
    case BLS12_MAP_FP2_TO_G2: *out_n = 192; return zkvm_bls12_map_fp2_to_g2(AT(0), out);
    default: zkvm_exit(1);
    }
}

int main(void) {
    const uint8_t *input;
    size_t left;
    read_input(&input, &left);
    while (left >= 8) {
        uint8_t operation = input[0], from = input[1], to = input[2], in_place = input[3];
        size_t n = number(input + 4);
        input += 8, left -= 8;
        if (n > left || n > LARGEST || from > 7 || to > 7) return 1;
        uint8_t *p = operands + from, *out = in_place ? p : results + to;
        for (size_t i = 0; i < n; i++) p[i] = input[i];
        input += n, left -= n;
        size_t out_n;
        uint8_t status = (uint8_t)call(operation, p, n, out, &out_n);
        write_output(&status, 1);
        if (status == 0) write_output(out, out_n);
    }
    return (int)left;
}
