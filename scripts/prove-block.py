#!/usr/bin/env python3
"""Proves a block of a folder of block files on this machine, verifies the proof, and says what that took.

    HEARTH_BLOCKS=FOLDER scripts/prove-block.py [BLOCK] [BACKEND]

BLOCK is a file of the folder without .json.zst, mainnet-24341035 unless given; BACKEND is stark unless given. The binary is
HEARTH, or target/native/release/hearth, which is built for this CPU if it is not there.
"""

import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

REPO = pathlib.Path(__file__).resolve().parent.parent


def binary():
    if path := os.environ.get("HEARTH"):
        return path
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPO / "target")).resolve() / "native"
    path = target / "release" / "hearth"
    if not path.exists():
        flags = os.environ.get("RUSTFLAGS", "") + " -Ctarget-cpu=native"
        environment = os.environ | {"RUSTFLAGS": flags, "CARGO_TARGET_DIR": str(target)}
        command = ["cargo", "+stable", "build", "-q", "--release", "-p", "hearth", "--locked"]
        subprocess.run(command, cwd=REPO, env=environment, check=True)
    return str(path)


def measured(command):
    """What a command says in its last line of JSON; its seconds, its CPU seconds, and the peak memory of all so far in GB."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    # Each shard reuses the large buffers of the one before.
    environment = os.environ | {"MIMALLOC_PURGE_DELAY": "-1"}
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode != 0:
        sys.exit(f"prove-block: code {run.returncode} from {' '.join(command)}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return json.loads(run.stdout.splitlines()[-1]), seconds, cpu, after.ru_maxrss * 1024 / 1e9


def main():
    folder = os.environ.get("HEARTH_BLOCKS") or sys.exit("prove-block: HEARTH_BLOCKS names no folder of block files")
    block, backend = (sys.argv[1:] + ["mainnet-24341035", "stark"][len(sys.argv) - 1 :])[:2]
    file = pathlib.Path(folder) / f"{block}.json.zst"
    if not file.is_file():
        sys.exit(f"prove-block: there is no {file}")
    hearth = binary()
    with tempfile.TemporaryDirectory() as place:
        proof = str(pathlib.Path(place) / "proof")
        command = [hearth, "block", "prove", str(file), "--backend", backend, "--json", "--out", proof]
        proved, seconds, cpu, memory = measured(command)
        cells, shards = proved["committed_cells"], proved["shards"]
        print(f"{block}: {proved['gas']:,} gas, {proved['steps']:,} steps, {shards} shards, {cells:,} cells, "
              f"{proved['proof_bytes']:,} bytes of proof, {proved['security_bits']} bits by {backend}")  # fmt: skip
        print(f"proved in {seconds / 60:.2f} minutes on {os.cpu_count()} cores: {cpu:.0f} CPU s, "
              f"{cells / seconds / 1e6:.2f} M cells per s, {cells / cpu / 1e6:.2f} M cells per CPU s, "
              f"peak memory {memory:.2f} GB")  # fmt: skip
        verified, seconds, cpu, _ = measured([hearth, "block", "verify", proof, "--backend", backend, "--json"])
    same = all(verified[key] == proved[key] for key in ("block_hash", "number", "fork", "output", "shards"))
    if not (verified["valid"] is True and same):
        sys.exit(f"prove-block: verified another block: {verified}")
    print(f"verified {verified['block_hash']} in {seconds:.1f} s, {cpu:.1f} CPU s")


if __name__ == "__main__":
    main()
