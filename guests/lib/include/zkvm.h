/* Interface of the machine to a guest in C. Link against libhearth_guest.a with link.ld. Cryptography is in
   zkvm_accelerators.h. */
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

/* Ends the program. Code 0 is success, everything else is failure. */
_Noreturn void zkvm_exit(int code);

/* The program starts in `int main(void)`; what it returns is the exit code. */

#endif
