// A worker proves packages that were cut natively; its proofs are kept for the native verifier.
import { createProver } from "/built/prover/client.js";
import { bytes, sizes } from "../common.js";

const prover = createProver();
const allowTestParams = true;
// The packages are of another guest than the validator.
const anyProgram = true;
const wrong = [];
const expect = (holds, what) => holds || wrong.push(what);
const figures = {};

/** Whether a promise is rejected with an error whose message has `part`. */
const fails = (promise, part) => promise.then(() => false, (error) => error.message.includes(part));

for (const size of await sizes()) {
  const shard = await bytes(`${size}/00000.package`);
  const about = await prover.inspect(shard);
  const stages = [];
  const made = await prover.prove(shard, { logCells: size, anyProgram, hear: (stage) => stages.push(stage) });
  expect(made.steps === about.steps, `2^${size}: steps`);
  expect(stages.join() === "loading,replaying,tracing,proving", `2^${size}: stages ${stages}`);
  const verdict = await prover.verify(made.proof, { package: shard, allowTestParams });
  expect(verdict.ok, `2^${size}: ${verdict.reason}`);
  const saved = await fetch(`/saved/${size}.shard`, { method: "PUT", body: made.proof });
  expect(saved.ok, `2^${size}: not saved`);
  figures[size] = {
    steps: made.steps,
    cells: made.cells,
    ms: Math.round(made.ms),
    stages: Object.fromEntries(Object.entries(made.stages).map(([stage, ms]) => [stage, Math.round(ms)])),
    cellsPerSecond: Math.round((1000 * made.cells) / made.ms),
    memoryMiB: made.memoryBytes / 2 ** 20,
    proofBytes: made.proof.length,
  };

  const changed = made.proof.slice();
  changed[changed.length >> 1] ^= 1;
  expect(!(await prover.verify(changed, { package: shard, allowTestParams })).ok, `2^${size}: a changed proof accepted`);
}

const [size] = await sizes();
const shard = await bytes(`${size}/00000.package`);
const leaf = shard.slice();
leaf[leaf.length >> 1] ^= 1;
expect(await fails(prover.prove(leaf, { logCells: size, anyProgram }), "package"), "a changed package was proved");
expect(await fails(prover.prove(shard.slice(1), { logCells: size }), "bad package"), "a cut package was proved");
expect(await fails(prover.prove(shard, { logCells: size }), "another program"), "a shard of another program was proved");
expect(await fails(prover.prove(shard, { logCells: 23 }), "size class"), "there is no class 2^23");
const cancelled = fails(prover.prove(shard, { logCells: size, anyProgram, hear: (stage) => stage === "proving" && prover.cancel() }), "cancelled");
expect(await cancelled, "not cancelled");
expect((await prover.prove(shard, { logCells: size, anyProgram })).steps > 0, "no proof after a cancelled one");
window.report({ ok: wrong.length === 0 && Object.keys(figures).length > 0, wrong, figures });
