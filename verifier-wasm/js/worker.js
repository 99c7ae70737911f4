// A module worker that verifies. It loads the wasm once, at the first message or before.
//
//   in   { id, kind: "block", proof, options? } | { id, kind: "run", proof, key, options? } | { id, kind: "shard", proof, package?, options? }
//   out  { id, verdict }
//
// A verifier that traps (out of memory, for example) gives a verdict too, and then a fresh instance takes its place.
import init, { verify_block, verify_run, verify_shard } from "./verifier.js";

const source = new URL("./verifier_bg.wasm", import.meta.url);
let ready = init({ module_or_path: source });

/** The verdict of one request. */
async function verdict({ kind, proof, key, package: shardPackage, options }) {
  const start = performance.now();
  try {
    await ready;
    if (kind === "block") return verify_block(proof, options);
    if (kind === "run") return verify_run(proof, key, options);
    if (kind === "shard") return verify_shard(proof, shardPackage, options);
    throw new TypeError(`no kind ${kind}`);
  } catch (error) {
    return { ok: false, reason: `the verifier stopped: ${error}`, ms: performance.now() - start, stopped: true };
  }
}

// One at a time: messages wait in line while one is verified.
self.onmessage = async (event) => {
  const answer = await verdict(event.data);
  const { stopped, ...said } = answer;
  postMessage({ id: event.data.id, verdict: said, stopped: stopped === true });
};
