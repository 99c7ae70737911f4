// Whether this browser has what Hearth's pages use: workers that are modules, wasm with SIMD, shared memory, WebGPU.
// Only the first three are needed to verify and to prove; WebGPU is reported.

/** Asks a module worker for its answer. */
function askWorker() {
  return new Promise((resolve, reject) => {
    const worker = new Worker("worker.js", { type: "module" });
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
}

const { simd, sum } = await askWorker();
const isolated = crossOriginIsolated && typeof SharedArrayBuffer === "function";
const adapter = (await navigator.gpu?.requestAdapter()) ?? null;

window.report({
  ok: simd && sum === 10 && isolated,
  simd,
  isolated,
  webgpu: adapter === null ? null : { subgroups: adapter.features.has("subgroups"), fallback: adapter.info.isFallbackAdapter },
});
