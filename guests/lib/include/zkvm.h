/* Interface of the machine to a guest in C. Link against libhearth_guest.a with link.ld. */
#ifndef ZKVM_H
#define ZKVM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole input, in place: sets *buf to its first byte and *n to its length. May be called again. */
void read_input(const uint8_t **buf, size_t *n);

/* Appends n bytes to the public output. More than 65,528 bytes in all end the program with code 101. */
void write_output(const uint8_t *p, size_t n);

/* Keccak-f[1600] on 25 words of 8 bytes, aligned; word x + 5 y is lane (x, y). Computed by the machine. */
void zkvm_keccak_f(uint64_t state[25]);

/* Keccak-256 of n bytes, as Ethereum uses it. */
void zkvm_keccak256(const uint8_t *message, size_t n, uint8_t hash[32]);

/* SHA-256 of n bytes, by the machine's compression function. */
void zkvm_sha256(const uint8_t *message, size_t n, uint8_t hash[32]);

/* ECDSA on secp256k1: signature is r then s, key is x then y, most significant byte first. 0 is success, -1 that there is no key;
   verification always succeeds and says in *verified what it found. */
int32_t zkvm_secp256k1_ecrecover(const uint8_t hash[32], const uint8_t signature[64], uint8_t id, uint8_t key[64]);
int32_t zkvm_secp256k1_verify(const uint8_t hash[32], const uint8_t signature[64], const uint8_t key[64], bool *verified);

/* base^exponent modulo modulus, all most significant byte first, into result, which has the length of the modulus; modulo 0 it
   is 0. 0 is success, -1 that the modulus has more than 384 bits. Computed by the machine. */
int32_t zkvm_modexp(const uint8_t *base, size_t base_n, const uint8_t *exponent, size_t exponent_n, const uint8_t *modulus,
                    size_t modulus_n, uint8_t *result);

/* Ends the program. Code 0 is success, everything else is failure. */
_Noreturn void zkvm_exit(int code);

/* The program starts in `int main(void)`; what it returns is the exit code. */

#endif
