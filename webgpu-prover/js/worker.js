// A module worker that proves shards.
//
//   in   { id, kind: "prove", package, logCells?, anyProgram? }   the package's bytes as a Uint8Array; of another program than
//                                                    the validator of Ethereum blocks only with anyProgram
//        { id, kind: "inspect", package }
//        { id, kind: "verify", proof, package?, options? }
//        { kind: "cancel", id }                       takes a request out of the line
//   out  { id, stage }                                while it proves: "loading", "replaying", "tracing", "proving"
//        { id, result } | { id, error, name? }        name: "Unsupported" if this browser cannot prove, "WrongProof" if this
//                                                     device computes wrongly
//
// A proof is computed without a break, so a request that is being worked on is cancelled by ending the worker
// (client.js does). Requests are answered one after another.
import init, { Prover } from "./prover.js";
import initVerifier, { verify_shard } from "../verifier/verifier.js";

const provers = new Map();
const cancelled = new Set();
let memory = null;
let line = Promise.resolve();

// The module of one function that splats and counts bits: valid where WebAssembly has vectors.
const VECTORS = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];

async function load() {
  if (!WebAssembly.validate(new Uint8Array(VECTORS))) {
    const reason = "this browser's WebAssembly has no vectors (those of Chrome 91, Firefox 89, Safari 16.4 and later have)";
    throw Object.assign(new Error(reason), { name: "Unsupported" });
  }
  memory ??= (await init({ module_or_path: new URL("./prover_bg.wasm", import.meta.url) })).memory;
}

/** The prover of a size class; its keys are made once. */
function proverOf(logCells) {
  if (!provers.has(logCells)) provers.set(logCells, new Prover(logCells));
  return provers.get(logCells);
}

async function prove({ id, package: bytes, logCells, anyProgram }) {
  postMessage({ id, stage: "loading" });
  await load();
  const prover = proverOf(logCells);
  const stages = {};
  let [stage, since] = [null, performance.now()];
  const start = since;
  const enter = (next) => {
    const now = performance.now();
    if (stage !== null) stages[stage] = now - since;
    [stage, since] = [next, now];
    if (next !== null) postMessage({ id, stage: next });
  };
  const proof = await prover.prove(bytes, (next, step) => { if (step === undefined) enter(next); }, anyProgram);
  enter(null);
  return {
    proof,
    steps: prover.steps,
    cells: prover.cells,
    ms: performance.now() - start,
    stages,
    memoryBytes: memory.buffer.byteLength,
  };
}

const kinds = {
  prove,
  inspect: async ({ package: bytes }) => {
    await load();
    return Prover.inspect(bytes);
  },
  verify: async ({ proof, package: bytes, options }) => {
    await initVerifier({ module_or_path: new URL("../verifier/verifier_bg.wasm", import.meta.url) });
    return verify_shard(proof, bytes, options);
  },
};

async function answer(request) {
  const { id, kind } = request;
  if (cancelled.delete(id)) return postMessage({ id, error: "cancelled" });
  try {
    if (!Object.hasOwn(kinds, kind)) throw new TypeError(`no kind ${kind}`);
    const result = await kinds[kind](request);
    postMessage({ id, result }, kind === "prove" ? [result.proof.buffer] : []);
  } catch (error) {
    const trapped = error instanceof WebAssembly.RuntimeError;
    postMessage({ id, error: String(error?.message ?? error), name: error?.name, trapped });
  }
}

self.onmessage = ({ data }) => {
  if (data.kind === "cancel") cancelled.add(data.id);
  else line = line.then(() => answer(data));
};
