// The prover behind a worker, as a page uses it.

/** A prover. `source` is the worker's URL, if it is not beside this file. */
export function createProver({ source = new URL("./worker.js", import.meta.url) } = {}) {
  let worker = null;
  let current = null; // { id, resolve, reject, hear }
  let next = 0;

  function start() {
    worker = new Worker(source, { type: "module" });
    worker.onmessage = ({ data }) => {
      if (current === null || data.id !== current.id) return;
      if (data.stage !== undefined) return current.hear?.(data.stage);
      const { resolve, reject } = current;
      current = null;
      if (data.trapped) end();
      if (data.error !== undefined) reject(Object.assign(new Error(data.error), { name: data.name ?? "Error" }));
      else resolve(data.result);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end(event.message || "the worker cannot be loaded");
    };
  }

  /** Ends the worker; the next request starts another one. */
  function end(reason) {
    worker?.terminate();
    worker = null;
    current?.reject(new Error(reason));
    current = null;
  }

  function ask(request, hear) {
    if (current !== null) return Promise.reject(new Error("busy"));
    return new Promise((resolve, reject) => {
      current = { id: next++, resolve, reject, hear };
      if (worker === null) start();
      worker.postMessage({ ...request, id: current.id });
    });
  }

  return {
    /** Proves a package: { proof, steps, cells, ms, stages, memoryBytes }. `hear` is told of each stage. */
    prove: (bytes, { logCells, anyProgram, hear } = {}) => ask({ kind: "prove", package: bytes, logCells, anyProgram }, hear),
    /** Says what a package asks for. */
    inspect: (bytes) => ask({ kind: "inspect", package: bytes }),
    /** Verifies a shard proof; with its package, also that it proves this shard. */
    verify: (proof, { package: bytes, ...options } = {}) => ask({ kind: "verify", proof, package: bytes, options }),
    /** Stops what is being done. */
    cancel: () => end("cancelled"),
  };
}
