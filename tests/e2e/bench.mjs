// Figures of the packed wasm in Node, in CPU seconds: other load on the machine does not count.
//
//   node bench.mjs PACKAGES-FOLDER FIXTURES-FOLDER LOG_CELLS
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [packages, fixtures, size] = process.argv.slice(2);

/** Loads a package's wasm; returns its module and its memory. */
async function load(name) {
  const module = await import(pathToFileURL(path.resolve(packages, name, `${name}.js`)));
  const { memory } = await module.default({ module_or_path: await readFile(path.join(packages, name, `${name}_bg.wasm`)) });
  return [module, memory];
}

/** CPU seconds of `work`, the engine's own compilation included, and its result. */
async function timed(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1e6, result];
}

const [{ Prover }, proverMemory] = await load("prover");
const prover = new Prover(Number(size));
const shard = await readFile(path.join(fixtures, size, "00000.package"));
for (const run of ["first", "second"]) {
  const [seconds] = await timed(() => prover.prove(shard, () => true, true));
  const speed = (prover.cells / seconds / 1e6).toFixed(2);
  console.log(`prove 2^${size} ${run}: ${prover.cells} cells, ${seconds.toFixed(2)} CPU s, ${speed} M cells/s, ${proverMemory.buffer.byteLength >> 20} MiB`);
}

const [{ verify_run }, verifierMemory] = await load("verifier");
const [proof, key] = await Promise.all([`${size}.proof`, "program.elf"].map((name) => readFile(path.join(fixtures, name))));
const times = [];
let shards;
for (let i = 0; i < 8; i++) {
  const [seconds, verdict] = await timed(() => verify_run(proof, key, { allowTestParams: true }));
  if (!verdict.ok) throw new Error(verdict.reason);
  shards = verdict.shards;
  times.push((1000 * seconds) / shards);
}
const warm = times.slice(4).sort((a, b) => a - b)[1];
console.log(`verify 2^${size}: ${shards} shards; CPU ms per shard: first ${times[0].toFixed(0)}, warm ${warm.toFixed(0)}; ${verifierMemory.buffer.byteLength >> 20} MiB`);
