// Figures of the packed wasm in headless Chromium, in CPU seconds of all its processes: other load does not count.
//
//   node chromium.mjs FIXTURES-FOLDER LOG_CELLS RUNS PACKAGES-FOLDER...
//
// Several folders are measured in turn, so that two builds are compared under the same conditions.
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { serve } from "./serve.mjs";

// require, as imports do not look at NODE_PATH, where the set-up's packages are.
const { chromium } = createRequire(import.meta.url)("playwright-core");
const [fixtures, size, runs, ...folders] = process.argv.slice(2);
const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux that Chromium runs on

/** CPU seconds of all processes that this one started, and that they started. */
async function cpuSeconds() {
  const processes = new Map();
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
    if (stat === null) continue; // ended meanwhile
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    processes.set(Number(pid), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
  }
  const ours = (pid) => pid === process.pid || (processes.has(pid) && ours(processes.get(pid).parent));
  let ticks = 0;
  for (const [pid, one] of processes) if (pid !== process.pid && ours(pid)) ticks += one.ticks;
  return ticks / TICKS_PER_SECOND;
}

/** CPU seconds of `work`, the engine's own compilation included, and its result. */
async function timed(work) {
  const before = await cpuSeconds();
  const result = await work();
  return [(await cpuSeconds()) - before, result];
}

const mounts = folders.map((folder, i) => [`/${i}/`, folder]);
const server = await serve([["/", new URL("pages", import.meta.url).pathname], ["/fixtures/", fixtures], ...mounts]);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  chromiumSandbox: process.getuid() !== 0, // Chromium's sandbox refuses to run as root
});
try {
  const pages = [];
  for (const [i] of folders.entries()) {
    const page = await browser.newPage();
    await page.goto(`http://localhost:${server.address().port}/common.js`);
    await page.evaluate(
      async ([i, size]) => {
        const { createProver } = await import(`/${i}/prover/client.js`);
        window.prover = createProver();
        const packed = await fetch(`/fixtures/${size}/00000.package`);
        window.shard = new Uint8Array(await packed.arrayBuffer());
      },
      [i, Number(size)],
    );
    pages.push(page);
  }
  for (let run = 1; run <= Number(runs); run++) {
    for (const [i, page] of pages.entries()) {
      const [seconds, made] = await timed(() =>
        page.evaluate(async (logCells) => {
          const { proof, ...made } = await window.prover.prove(window.shard, { logCells, anyProgram: true });
          window.proof = proof;
          return made;
        }, Number(size)),
      );
      const [verifying, verdict] = await timed(() =>
        page.evaluate(() =>
          window.prover.verify(window.proof, { package: window.shard, allowTestParams: true }),
        ),
      );
      if (!verdict.ok) throw new Error(verdict.reason);
      const speed = (made.cells / seconds / 1e6).toFixed(2);
      const replay = made.stages.replaying.toFixed(0);
      console.log(
        `${folders[i]}, 2^${size}, run ${run}: ${made.cells} cells in ${seconds.toFixed(2)} CPU s, ${speed} M cells/s; ` +
          `replay ${replay} ms by the clock; ${made.memoryBytes >> 20} MiB; verifying ${(1000 * verifying).toFixed(0)} CPU ms`,
      );
    }
  }
} finally {
  await browser.close();
  server.close();
}
