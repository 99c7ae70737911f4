// The verifier behind a worker: the page never waits.

/** A verifier. `source` is the worker's URL, if it is not beside this file. */
export function createVerifier({ source = new URL("./worker.js", import.meta.url) } = {}) {
  const waiting = new Map();
  let worker = null;
  let next = 0;

  function start() {
    worker = new Worker(source, { type: "module" });
    worker.onmessage = ({ data: { id, verdict, stopped } }) => {
      const waits = waiting.get(id);
      waiting.delete(id);
      // What trapped once is in an unknown state.
      if (stopped) restart();
      waits?.resolve(verdict);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      restart(event.message || "the worker cannot be loaded");
    };
  }

  /** A fresh worker; what waits is asked again, or refused with `reason`. */
  function restart(reason) {
    worker?.terminate();
    worker = null;
    if (reason !== undefined) {
      for (const { resolve } of waiting.values()) resolve({ ok: false, reason, ms: 0 });
      waiting.clear();
      return;
    }
    if (waiting.size > 0) {
      start();
      for (const [id, { request }] of waiting) worker.postMessage({ ...request, id });
    }
  }

  function ask(request, { signal } = {}) {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { request, resolve });
      if (worker === null) start();
      worker.postMessage({ ...request, id });
      signal?.addEventListener(
        "abort",
        () => {
          if (!waiting.delete(id)) return;
          restart();
          reject(signal.reason);
        },
        { once: true },
      );
    });
  }

  return {
    /** Verifies the proof of a block. */
    verifyBlock: (proof, { signal, ...options } = {}) => ask({ kind: "block", proof, options }, { signal }),
    /** Verifies the proof of a run; `key` is a key file or an ELF file. */
    verifyRun: (proof, key, { signal, ...options } = {}) => ask({ kind: "run", proof, key, options }, { signal }),
    /** Verifies the proof of a shard. */
    verifyShard: (proof, { signal, package: shardPackage, ...options } = {}) =>
      ask({ kind: "shard", proof, package: shardPackage, options }, { signal }),
    /** Ends the worker. Whatever waits is refused. */
    close: () => restart("closed"),
  };
}
