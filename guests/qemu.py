#!/usr/bin/env python3
"""Runs the committed guests under qemu-riscv64 and compares them with vectors.json.

qemu-user runs Linux programs, so each guest is wrapped: the memory map of the machine becomes segments of the ELF
file, with the input in its place, and the `ecall`s of the guest become jumps to a few instructions that write the
output region to standard output and exit with the code in a0. Guests that call accelerators cannot run here.

    guests/qemu.py [GUEST...]
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ECALL = 0x00000073
STUB = 0x000F_0000
INPUT, OUTPUT = 1 << 30, 1 << 31
PAGE = 4096
ACCELERATED = {"keccak-call", "ecrecover", "sha256-call", "modular"}

# mv s1, a0; li a0, 1; li a1, 1; slli a1, a1, 31; ld a2, 0(a1); addi a1, a1, 8; li a7, 64; ecall;
# mv a0, s1; li a7, 93; ecall
STUB_CODE = [
    0x00050493, 0x00100513, 0x00100593, 0x01F59593, 0x0005B603, 0x00858593, 0x04000893, ECALL,
    0x00048513, 0x05D00893, ECALL,
]  # fmt: skip


def jump(offset):
    """jal x0, offset"""
    o = offset & 0x1FFFFF
    return 0x6F | (o & 0xFF000) | (o >> 11 & 1) << 20 | (o >> 1 & 0x3FF) << 21 | (o >> 20) << 31


def segments(elf):
    """(address, bytes, size in memory, flags) of each loaded segment; every `ecall` leads to the stub."""
    (offset,) = struct.unpack_from("<Q", elf, 32)
    (count,) = struct.unpack_from("<H", elf, 56)
    for i in range(count):
        kind, flags, at, address, _, size, memory, _ = struct.unpack_from("<IIQQQQQQ", elf, offset + 56 * i)
        if kind != 1:
            continue
        data = bytearray(elf[at : at + size])
        if flags & 1:
            for place in range(0, size - 3, 4):
                if struct.unpack_from("<I", data, place)[0] == ECALL:
                    struct.pack_into("<I", data, place, jump(STUB - address - place))
        yield address, bytes(data), memory, flags


def wrap(elf, data):
    """An ELF file for Linux: one page-aligned image of the program, then the regions of the machine."""
    (entry,) = struct.unpack_from("<Q", elf, 24)
    parts = list(segments(elf))
    end = max(address + memory for address, _, memory, _ in parts)
    image = bytearray(end - STUB)
    image[: 4 * len(STUB_CODE)] = struct.pack(f"<{len(STUB_CODE)}I", *STUB_CODE)
    for address, part, _, _ in parts:
        image[address - STUB : address - STUB + len(part)] = part
    regions = [
        (STUB, bytes(image), len(image) + (64 << 20)),  # the program, and heap after it
        (0x3FF0_0000, b"", 0xF_0000),  # stack
        (INPUT, struct.pack("<Q", len(data)) + data, len(data) + 8),
        (OUTPUT, b"", 1 << 16),
    ]
    head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 243, 1, entry, 64, 0, 0, 64, 56, len(regions), 64, 0, 0)
    body, at = b"", PAGE
    for address, content, memory in regions:
        head += struct.pack("<IIQQQQQQ", 1, 7, at, address, address, len(content), memory, PAGE)
        content += bytes(-len(content) % PAGE)
        body += content
        at += len(content)
    return head.ljust(PAGE, b"\0") + body


def main():
    wanted = set(sys.argv[1:])
    failures = 0
    vectors = [v for v in json.loads((HERE / "vectors.json").read_text()) if v["guest"] not in ACCELERATED]
    vectors = [v for v in vectors if not wanted or v["guest"] in wanted]
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder, "guest")
        for vector in vectors:
            elf = (HERE / "elf" / f"{vector['guest']}.elf").read_bytes()
            program.write_bytes(wrap(elf, bytes.fromhex(vector["input"])))
            program.chmod(0o755)
            run = subprocess.run(["qemu-riscv64", "-R", "0x100000000", program], capture_output=True, timeout=60)
            same_output = run.stdout.hex() == vector["output"] or vector["exit_code"] != 0
            if run.returncode != vector["exit_code"] or not same_output:
                failures += 1
                print(f"{vector['guest']} on {vector['input'][:40]}: code {run.returncode}, output {run.stdout.hex()[:200]}, "
                      f"expected {vector['exit_code']}, {vector['output'][:200]} {run.stderr.decode()}")  # fmt: skip
    print(f"qemu: {len(vectors) - failures} of {len(vectors)} vectors as expected")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
