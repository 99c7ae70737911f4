// What the browser tells of the machine, what tabs of one profile agree on, and what is kept for times without a network.

/** Whether the machine runs on its battery; undefined where the browser does not say. */
export const onBattery = async () => {
  const battery = await navigator.getBattery?.();
  return battery === undefined ? undefined : !battery.charging;
};

/**
 * Takes the right to prove, of which there is one in a profile. Gives back a function that returns it, or undefined while
 * another tab has it. Without locks, as on a page over plain HTTP from another machine, every tab may.
 */
export const claimProving = () =>
  new Promise((resolve, reject) => {
    if (navigator.locks === undefined) return resolve(() => {});
    navigator.locks
      .request("hearth-proving", { ifAvailable: true }, (lock) =>
        lock === null ? resolve(undefined) : new Promise((release) => resolve(release)),
      )
      .catch(reject);
  });

/** Answers of the node that offline.js gives when the node does not. */
const KEPT = "hearth-kept";
/** Most of them: the list of blocks, and keys and proofs. */
const MOST = 33;

/** Keeps an answer, in the place of the oldest if there are many. Without a cache there is nothing to come back to. */
export const keep = async (path, bytes) => {
  if (globalThis.caches === undefined) return;
  const cache = await caches.open(KEPT);
  // Anew, so that the list of blocks does not grow old.
  await cache.delete(path);
  await cache.put(path, new Response(bytes));
  const kept = await cache.keys();
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST))) await cache.delete(old);
};

/** Forgets all of them. */
export const forget = async () => {
  await globalThis.caches?.delete(KEPT);
};

/** Gives a text to the user as a file. */
export const download = (name, text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
};
