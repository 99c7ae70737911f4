#!/usr/bin/env python3
"""What the guests must answer, computed without them: writes vectors.json beside this file.

Nothing here shares code with the guests: SHA-256 is Python's, Keccak-256 is written from its definition on lanes of
integers, points of secp256k1 from the affine formulas, modular arithmetic by its integers, the other programs are restated. Each vector has the guest's name, the input and the output in hex, and the
exit code; the output of a failing run is what it wrote before. With --check, the file is compared instead.
"""

import hashlib
import json
import pathlib
import sys

MASK = (1 << 64) - 1


def word(value):
    return value.to_bytes(8, "little")


def keccak256(message):
    def turn(lane, n):
        n %= 64
        return ((lane << n) | (lane >> (64 - n))) & MASK

    rate = 136
    padded = bytearray(message) + bytes(rate - len(message) % rate)
    padded[len(message)] ^= 0x01
    padded[-1] ^= 0x80
    lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            lanes[i % 5][i // 5] ^= int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
        register = 1
        for _ in range(24):
            columns = [lanes[x][0] ^ lanes[x][1] ^ lanes[x][2] ^ lanes[x][3] ^ lanes[x][4] for x in range(5)]
            for x in range(5):
                for y in range(5):
                    lanes[x][y] ^= columns[(x - 1) % 5] ^ turn(columns[(x + 1) % 5], 1)
            x, y, current = 1, 0, lanes[1][0]
            for t in range(24):
                x, y = y, (2 * x + 3 * y) % 5
                current, lanes[x][y] = lanes[x][y], turn(current, (t + 1) * (t + 2) // 2)
            lanes = [[lanes[x][y] ^ (~lanes[(x + 1) % 5][y] & lanes[(x + 2) % 5][y]) for y in range(5)] for x in range(5)]
            for j in range(7):
                register = (register << 1) ^ ((register >> 7) * 0x171)
                if register & 2:
                    lanes[0][0] ^= 1 << ((1 << j) - 1)
    return b"".join(word(lanes[i % 5][i // 5]) for i in range(4))


def splitmix64(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield z ^ (z >> 31)


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, (a + b) & MASK
    return word(a)


def sort(n, seed):
    numbers = splitmix64(seed)
    values = sorted(next(numbers) for _ in range(n))
    total = sum((i + 1) * v for i, v in enumerate(values)) & MASK
    return b"".join(map(word, [values[0], values[n // 2], values[-1], total]))


def fold(total, value):
    return ((total ^ value) * 0x100000001B3) & MASK


def heap(rounds, seed):
    strings = [b""] * 16
    count, total, mixed, largest = 0, 0, 0, 0
    numbers = splitmix64(seed)
    for _ in range(rounds):
        x = next(numbers)
        which, other, length = x & 15, x >> 4 & 15, x >> 8 & 255
        match x >> 16 & 7:
            case 0 | 1:
                strings[which] = bytes(length)
            case 2 | 3:
                strings[which] += bytes((x >> 24 ^ i) & 255 for i in range(length))
            case 4:
                strings[which] = strings[which][:length]
            case 5:
                strings[which] = strings[other]
            case 6:
                strings[which] = strings[other] + strings[which][:length]
            case _:
                strings[which] = bytes([x >> 32 & 255]) * len(strings[which])
        if len(strings[which]) > 2000:
            strings[which] = strings[which][:length]
        count += 1
        total -= length
        mixed = ((mixed ^ (x >> 32)) | length) & ~(1 << (x >> 59)) & 0xFFFFFFFF
        largest = max(largest, x)
    result = 0
    for string in strings:
        result = fold(result, len(string))
        for byte in string:
            result = fold(result, byte)
    return word(result) + word((count & 0xFF) + (total & 0xFFFF) + mixed + (largest >> 8))


def memory(rounds, seed):
    size = 4096
    buffer = bytearray((i * 31 + 7) & 255 for i in range(size))
    numbers = splitmix64(seed)
    total = 0
    for _ in range(rounds):
        x, y = next(numbers), next(numbers)

        def place(value, at):
            return ((value >> at) & 4095) % (size - 256)

        start, to, length = place(x, 0), place(x, 12), (x >> 24) & 255
        buffer[to : to + length] = bytes(buffer[start : start + length])
        start, length = place(x, 32), (x >> 44) & 63
        buffer[start : start + length] = bytes([x >> 56]) * length
        a, b, equal = place(y, 0), place(y, 12), ((y >> 48) & 63) % 41
        buffer[b : b + equal] = bytes(buffer[a : a + equal])
        a, b = buffer[a : a + 40], buffer[b : b + 40]
        total = fold(total, (a > b) - (a < b) + 1)
        start = place(y, 24)
        for width, signed in [(1, True), (1, False), (2, True), (2, False), (4, True), (4, False), (8, True)]:
            total = fold(total, int.from_bytes(buffer[start : start + width], "little", signed=signed) & MASK)
        start = place(y, 36)
        for width, offset in [(1, 0), (2, 2), (4, 5), (8, 10)]:
            buffer[start + offset : start + offset + width] = word(y)[:width]
    end = 0
    for byte in buffer:
        end = fold(end, byte)
    return word(total) + word(end)


def iterate(hash_function, n, message):
    for _ in range(n + 1):
        message = hash_function(message)
    return message


def sha256(message):
    return hashlib.sha256(message).digest()


PRIME = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
GENERATOR = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
LAMBDA = 0x5363AD4CC05C30E0A5261C028812645A122E22EA20816678DF02967C1B23BD72


def add_points(p, q):
    if p is None or q is None:
        return p or q
    if p[0] != q[0]:
        slope = (q[1] - p[1]) * pow(q[0] - p[0], -1, PRIME)
    elif p == q:
        slope = 3 * p[0] ** 2 * pow(2 * p[1], -1, PRIME)
    else:
        return None
    x = (slope * slope - p[0] - q[0]) % PRIME
    return x, (slope * (p[0] - x) - p[1]) % PRIME


def multiply_point(scalar, p):
    total = None
    for bit in bin(scalar % ORDER)[2:]:
        total = add_points(total, total)
        if bit == "1":
            total = add_points(total, p)
    return total


def recover(z, r, s, v):
    x = r + ORDER * (v >> 1)
    if not (0 < r < ORDER and 0 < s < ORDER and v < 4 and x < PRIME):
        return bytes(64)
    square = (x**3 + 7) % PRIME
    y = pow(square, (PRIME + 1) // 4, PRIME)
    if y * y % PRIME != square:
        return bytes(64)
    if y % 2 != v % 2:
        y = PRIME - y
    inverse = pow(r, -1, ORDER)
    key = add_points(multiply_point(-z * inverse, GENERATOR), multiply_point(s * inverse, (x, y)))
    return key[0].to_bytes(32, "big") + key[1].to_bytes(32, "big") if key else bytes(64)


def signatures():
    """Hash, r, s, recovery id: random ones, points that meet the tables' multiples, and what has no key."""
    for i in range(6):
        z, secret, nonce = (int.from_bytes(hashlib.sha256(b"%d %d" % (i, j)).digest(), "big") for j in range(3))
        x, y = multiply_point(nonce, GENERATOR)
        yield z, x % ORDER, pow(nonce, -1, ORDER) * (z + x * secret) % ORDER, y % 2
    for nonce in [1, 2, 3, 7, LAMBDA, 2 * LAMBDA, ORDER - 1, ORDER - LAMBDA, LAMBDA + 1, pow(2, -1, ORDER), 2**128]:
        x, y = multiply_point(nonce, GENERATOR)
        for z, s in [(0, 1), (1, 1), (5, 5 * pow(nonce, -1, ORDER) % ORDER), (ORDER - 1, nonce % ORDER), (2**256 - 1, ORDER - 1)]:
            yield z, x % ORDER, s, y % 2
            yield z, x % ORDER, s, 1 - y % 2
    for r in [1, 2, 3, 4, 5, 8, PRIME - ORDER - 1, PRIME - ORDER, ORDER - 1]:
        for v in range(5):
            yield 77, r, 99, v
    for r, s in [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (2**256 - 1, 2**256 - 1)]:
        yield 77, r, s, 0


def ecrecover():
    rows = list(signatures())
    records = [b"".join(n.to_bytes(32, "big") for n in (z, r, s)) + bytes([v]) for z, r, s, v in rows]
    keys = [recover(*row) for row in rows]
    yield records[0], keys[0]
    yield b"".join(records[:6]), b"".join(keys[:6])
    yield b"".join(records) + b"!", b"".join(keys)


def modular():
    """Records of products and of powers with what they give."""
    random = splitmix64(5)
    number = lambda bits: sum(next(random) << (64 * i) for i in range(bits // 64))
    products = []
    for bits in (256, 384):
        greatest = (1 << bits) - 1
        primes = {256: 2**256 - 2**32 - 977, 384: 2**384 - 2**128 - 2**96 + 2**32 - 1}
        moduli = [0, 1, 2, 3, 1 << (bits - 1), greatest, primes[bits], (1 << 64) - 1, number(bits), number(bits - 64)]
        for m in moduli:
            below = (m or 1 << bits) - 1
            for a, b, c in [(0, 0, 0), (below, greatest, greatest), (greatest, below, 0), (number(bits) % (below + 1), number(bits), number(bits))]:
                result = (a * b + c) % (below + 1)
                numbers = b"".join(n.to_bytes(bits // 8, "little") for n in (a, b, c, m))
                products.append((bytes([bits // 64]) + numbers, result.to_bytes(bits // 8, "little")))
    powers = []
    lengths = [(0, 0, 0), (1, 1, 1), (32, 32, 32), (32, 3, 32), (5, 7, 31), (48, 48, 48), (100, 20, 33), (25, 1, 48), (0, 5, 20), (9, 0, 9)]
    for base_length, exponent_length, modulus_length in lengths:
        for kind in range(3):
            numbers = [bytes(next(random) & 0xFF for _ in range(n)) for n in (base_length, exponent_length, modulus_length)]
            if kind == 1:
                numbers = [bytes(len(n) // 2) + n[len(n) // 2 :] for n in numbers]
            if kind == 2:
                numbers[2] = (1).to_bytes(modulus_length, "big") if modulus_length % 2 else bytes(modulus_length)
            base, exponent, modulus = (int.from_bytes(n, "big") for n in numbers)
            result = pow(base, exponent, modulus) if modulus else 0
            head = b"".join(len(n).to_bytes(2, "little") for n in numbers)
            powers.append((b"\0" + head + b"".join(numbers), result.to_bytes(modulus_length, "big")))
    for records in (products[:3], products, powers):
        yield b"".join(record for record, _ in records), b"".join(result for _, result in records)


def vectors():
    names = [b"", b"Hearth", bytes(range(256)) * 5]
    for name in names:
        yield "hello", name, b"Hello, " + (name or b"world") + b"!\n", 0
        yield "hello-c", name, b"Hello from C, " + (name or b"world") + b"!\n", 0
    yield "hello", bytes(65528), b"Hello, ", 101  # more than the output region holds
    for n in [0, 1, 10, 93, 94, 5000, 250000]:
        yield "fibonacci", word(n), fibonacci(n), 0
    yield "fibonacci", b"short", b"", 101
    for n, seed in [(1, 0), (2, 1), (20, 2), (1000, 3), (20000, 4)]:
        yield "sort", word(n) + word(seed), sort(n, seed), 0
    for rounds, seed in [(0, 0), (1, 1), (10, 2), (1000, 3), (5000, 4)]:
        yield "memory", word(rounds) + word(seed), memory(rounds, seed), 0
    for rounds, seed in [(0, 0), (1, 1), (10, 2), (1000, 3), (5000, 4)]:
        yield "heap", word(rounds) + word(seed), heap(rounds, seed), 0
    text = b"The quick brown fox jumps over the lazy dog. " * 20
    for n, length in [(0, 0), (0, 3), (0, 135), (0, 136), (0, 137), (0, 55), (0, 56), (0, 63), (0, 64), (1, 500), (40, 32)]:
        message = text[:length]
        yield "keccak", word(n) + message, iterate(keccak256, n, message), 0
        yield "keccak-call", word(n) + message, iterate(keccak256, n, message), 0
        yield "sha256", word(n) + message, iterate(sha256, n, message), 0
        yield "sha256-call", word(n) + message, iterate(sha256, n, message), 0
    for records, keys in ecrecover():
        yield "ecrecover", records, keys, 0
    for records, results in modular():
        yield "modular", records, results, 0
    yield "panic", b"", b"before the panic", 101


def main():
    # Known answers, so that a mistake made twice is found too.
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    rows = [
        {"guest": guest, "input": data.hex(), "output": output.hex(), "exit_code": code}
        for guest, data, output, code in vectors()
    ]
    text = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"
    path = pathlib.Path(__file__).with_name("vectors.json")
    if sys.argv[1:] != ["--check"]:
        path.write_text(text)
    elif path.read_text() != text:
        sys.exit(f"{path.name} is not what {pathlib.Path(__file__).name} writes")


if __name__ == "__main__":
    main()
