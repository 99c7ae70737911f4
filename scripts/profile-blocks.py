#!/usr/bin/env python3
"""Runs the guest on the block files of a folder and prints the tables of docs/blocks.md: what proofs would cost.

    HEARTH_BLOCKS=FOLDER scripts/profile-blocks.py [--reports FOLDER] [--validator ELF] [--speed CELLS] [NAME...]

A NAME is a part of a file's name and picks files. `--reports` keeps what `hearth block execute --profile --json` says of
each block, and runs no block again whose report by the same program is there. `--validator` is the guest, the committed
one unless given. `--speed` is in cells per CPU second. The binary is HEARTH, or target/native/release/hearth.

Invalid blocks and test blocks of little gas are left out.
"""

import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

REPO = pathlib.Path(__file__).resolve().parent.parent
COMMITTED = REPO / "guests/elf/stateless-validator.elf"
NETWORKS = ("mainnet-", "sepolia-", "hoodi-")
# A test block of less gas says what a block costs that does nothing.
LEAST_TEST_GAS = 500_000
SLOT_SECONDS, SLOT_GAS = 12, 60_000_000
# The exit code of hearth for a block that no input can express (docs/cli.md).
BAD_INPUT = 3
# Tables of one kind; those that are in no group are others.
GROUPS = {
    "keccak-f": ("keccak_round", "keccak_call"),
    "SHA-256": ("sha256_round", "sha256_call"),
    "points": ("secp256k1_add", "secp256k1_double"),
    "modular": ("modular_256", "modular_384"),
    "add, sub": ("add_sub",),
    "bits, shifts": ("bitwise", "and", "shift"),
    "mul, div": ("mul", "divrem"),
    "loads, stores": ("load", "load_double", "store", "store_double", "misaligned"),
    "branches": ("branch", "jump", "compare"),
    "decoding": ("decode",),
    "trees": ("poseidon2", "memory_leaf", "memory_node", "code_leaf", "code_node", "uncle"),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--reports", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--validator", type=pathlib.Path, default=COMMITTED, metavar="ELF")
    parser.add_argument("--speed", type=float, default=5.9e6, metavar="CELLS")
    return parser.parse_args()


def report(hearth, file, validator, reports):
    """What hearth says of a block; nothing of one that is invalid, or that no input can express."""
    program = hashlib.sha256(validator.read_bytes()).hexdigest()[:16]
    kept = reports / f"{file.name.removesuffix('.json.zst')}.{program}.json"
    if not kept.exists():
        command = [hearth, "block", "execute", str(file), "--validator", str(validator), "--profile", "--json"]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if run.returncode == BAD_INPUT:
            print(f"{file.name}: left out: {run.stderr.strip()}", file=sys.stderr)
            return None
        if run.returncode != 0:
            sys.exit(f"profile-blocks: code {run.returncode} from {' '.join(command)}: {run.stderr.strip()}")
        kept.write_text(run.stdout.splitlines()[-1])
    return json.loads(kept.read_text())


def steps_of(block, kind):
    return next((row["steps"] for row in block["profile"]["kinds"] if row["name"] == kind), 0)


def shares(block):
    profile = block["profile"]
    return {row["name"]: row["committed_cells"] / profile["committed_cells"] for row in profile["tables"]}


def short(number):
    return f"{number / 1e6:.2f} M" if number >= 100_000 else f"{number:,}"


def row(*cells):
    print("| " + " | ".join(str(cell) for cell in cells) + " |")


def head(*cells):
    row(*cells)
    print("|" + "---|" * len(cells))


def data_set(blocks):
    head("block", "gas", "transactions", "steps", "per gas", "area per gas", "shards", "cells", "per gas",
         "keccak-f", "SHA-256", "points", "modular")  # fmt: skip
    for block in sorted(blocks, key=lambda block: -block["cells_per_gas"]):
        gas, steps, profile = block["gas"], block["steps"], block["profile"]
        points = steps_of(block, "secp256k1_add") + steps_of(block, "secp256k1_double")
        modular = ", ".join(short(steps_of(block, kind)) for kind in ("modular_256", "modular_384"))
        row(block["name"], f"{gas / 1e6:.2f} M", block["transactions"], f"{steps / 1e6:.2f} M", f"{steps / gas:.1f}",
            f"{profile['area'] / gas:,.0f}", f"{profile['shards']:,}", f"{profile['committed_cells'] / 1e6:,.0f} M",
            f"{block['cells_per_gas']:,.0f}", short(steps_of(block, "keccak_f")), short(steps_of(block, "sha256")),
            short(points), modular)  # fmt: skip


def worst_cases(blocks, speed):
    head("block", "gas", "M steps per Mgas", "M area per Mgas", "M cells per Mgas", "CPU s per Mgas", "cores")
    for block in sorted(blocks, key=lambda block: -block["profile"]["area"] / block["gas"]):
        gas, area, seconds = block["gas"], block["profile"]["area"], block["cells_per_gas"] * 1e6 / speed
        row(block["name"], f"{gas / 1e6:.2f} M", f"{block['steps'] / gas:.1f}", f"{area / gas:,.0f}",
            f"{block['cells_per_gas']:,.0f}", f"{seconds:,.0f}",
            f"{seconds * SLOT_GAS / 1e6 / SLOT_SECONDS:,.0f}")  # fmt: skip


def by_table(blocks):
    head("block", *GROUPS, "others")
    for block in sorted(blocks, key=lambda block: -block["cells_per_gas"]):
        known = shares(block)
        parts = [sum(known.get(table, 0) for table in tables) for tables in GROUPS.values()]
        row(block["name"], *[f"{100 * part:.1f}" for part in [*parts, 1 - sum(parts)]])


def main():
    options = arguments()
    folder = os.environ.get("HEARTH_BLOCKS") or sys.exit("profile-blocks: HEARTH_BLOCKS names no folder of block files")
    files = sorted(pathlib.Path(folder).glob("*.json.zst"))
    files = [file for file in files if not options.names or any(name in file.name for name in options.names)]
    hearth = os.environ.get("HEARTH", str(REPO / "target/native/release/hearth"))
    with tempfile.TemporaryDirectory() as place:
        reports = options.reports or pathlib.Path(place)
        reports.mkdir(parents=True, exist_ok=True)
        blocks = []
        for number, file in enumerate(files, 1):
            print(f"{number} of {len(files)}: {file.name}", file=sys.stderr)
            block = report(hearth, file, options.validator, reports)
            if block and block["valid"] and block["gas"]:
                name = file.name.removesuffix(".json.zst")
                cells_per_gas = block["profile"]["committed_cells"] / block["gas"]
                blocks.append(block | {"name": name, "cells_per_gas": cells_per_gas})
    if not blocks:
        sys.exit("profile-blocks: no valid block among the files")
    real = [block for block in blocks if block["name"].startswith(NETWORKS)]
    tests = [block for block in blocks if not block["name"].startswith(NETWORKS) and block["gas"] >= LEAST_TEST_GAS]
    if real:
        print("Blocks of public networks, dearest per gas first:\n")
        data_set(real)
        print("\nShares of their cells, per cent:\n")
        by_table(real)
    if tests:
        print("\nTest blocks, worst area per gas first:\n")
        worst_cases(tests, options.speed)
        print("\nShares of their cells, per cent:\n")
        by_table(tests)


if __name__ == "__main__":
    main()
