// A worker verifies proofs of runs, made natively, and refuses what is no proof of the run.
import { createVerifier } from "/built/verifier/index.js";
import { bytes, sizes } from "../common.js";

const verifier = createVerifier();
const allowTestParams = true;
const key = await bytes("program.elf");
const hex = (array) => Array.from(array, (byte) => byte.toString(16).padStart(2, "0")).join("");
const wrong = [];
const expect = (holds, what) => holds || wrong.push(what);
const timings = {};

for (const size of await sizes()) {
  const proof = await bytes(`${size}.proof`);
  const native = await (await fetch(`/fixtures/${size}.json`)).json();
  const first = await verifier.verifyRun(proof, key, { allowTestParams });
  expect(first.ok, `2^${size}: ${first.reason}`);
  if (!first.ok) continue;
  expect(hex(first.output) === native.output, `2^${size}: output`);
  expect(Number(first.exitCode) === native.exit_code && first.shards === native.shards, `2^${size}: exit code, shards`);
  expect(first.bits === native.security_bits && first.regime === native.regime, `2^${size}: security`);
  const times = [];
  for (let i = 0; i < 5; i++) times.push((await verifier.verifyRun(proof, key, { allowTestParams })).ms);
  const round = (ms) => Math.round(10 * ms) / 10;
  timings[size] = { shards: first.shards, bytes: proof.length, first: round(first.ms), best: round(Math.min(...times)) };

  // One byte changed, here and there; one more; one less; another program; no test classes.
  for (let i = 0; i < 16; i++) {
    const changed = proof.slice();
    changed[Math.floor((proof.length * (2 * i + 1)) / 32)] ^= 1 << (i % 8);
    const verdict = await verifier.verifyRun(changed, key, { allowTestParams });
    expect(!verdict.ok && verdict.reason, `2^${size}: change ${i} accepted`);
  }
  const longer = new Uint8Array(proof.length + 1);
  longer.set(proof);
  const other = key.slice();
  other[other.length - 1] ^= 1;
  for (const [what, verdict] of [
    ["longer", await verifier.verifyRun(longer, key, { allowTestParams })],
    ["shorter", await verifier.verifyRun(proof.slice(0, -1), key, { allowTestParams })],
    ["empty", await verifier.verifyRun(new Uint8Array(), key, { allowTestParams })],
    ["no key", await verifier.verifyRun(proof, new Uint8Array(), { allowTestParams })],
    ["wrong option", await verifier.verifyRun(proof, key, { allowTestParams: "yes" })],
  ]) {
    expect(!verdict.ok && verdict.reason, `2^${size}: ${what} accepted`);
  }
  const strict = await verifier.verifyRun(proof, key);
  expect(strict.ok === size >= 24, `2^${size}: test classes`);
}
verifier.close();
window.report({ ok: wrong.length === 0 && Object.keys(timings).length > 0, wrong, timings });
