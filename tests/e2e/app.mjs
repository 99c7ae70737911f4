// A node and tabs with its page, as `make run` has them, twice, and then nodes that want something else of a tab:
//
//   together   the node proves too; two tabs prove at least a fifth of the cells, and the page verifies the run
//   tabs       the node does not prove; tabs prove every shard, one of them is killed midway and replaced
//   stranger   a node with shards of another program than the validator, of which the tab proves none and says why
//   keyboard   the page without a mouse: keyboard.mjs
//   limits     a tab that may not work now: limits.mjs
//   sources    what the user's sources say of a block: sources.mjs
//   elsewhere  the page on a server of static files, which works for a node that is another server
//   hostile    nodes that are up to no good: hostile.mjs
//
// The runs of the first two are of a small guest, to which their tabs agree by their address.
//
//   node app.mjs HEARTH APP-FOLDER PROGRAM LOG_CELLS [SCENARIO...]
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { hostile, staticSite } from "./hostile.mjs";
import { keyboard } from "./keyboard.mjs";
import { limits } from "./limits.mjs";
import { sources } from "./sources.mjs";
import { launch, open, start } from "./tabs.mjs";

const [hearth, app, program, logCells, ...only] = process.argv.slice(2);
const SECONDS = Number(process.env.HEARTH_E2E_SECONDS || 240);
/** By size of the shards: what the Fibonacci guest reads for a dozen of them, and how long the node leaves them to tabs. */
const [N, SWARM_TIME] = { 20: [48_000, 20], 22: [240_000, 60], 24: [1_150_000, 240] }[logCells];
/** Part of the cells that tabs must prove beside the node. */
const SHARE = 0.2;

/** Addresses of the page: of a tab that proves shards of any program, and of one that accepts the small shards too. */
const ANY = "/?any-program#contribute";
const ANY_SIZE = "/?any-program&test-sizes#contribute";

/** Waits until `condition`, evaluated in the page, holds. */
const until = (page, condition, argument) => page.waitForFunction(condition, argument, { timeout: 1000 * SECONDS });

/** A node with one run, and its URL. `more` are options. */
async function nodeWith(folder, more) {
  const input = path.join(folder, "input");
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(N));
  await writeFile(input, bytes);
  const args = ["node", "--program", program, "--input", input, "--log-cells", logCells, "--app", app, "--json"];
  const node = spawn(hearth, [...args, "--data-dir", path.join(folder, "data"), ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: node.stdout });
  const { value } = await lines[Symbol.asyncIterator]().next();
  lines.on("line", () => {});
  return { node, origin: JSON.parse(value).url };
}

/** The node's status, once `wanted` holds. */
async function statusWhen(origin, wanted) {
  for (const from = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const status = await (await fetch(`${origin}/v1/status`)).json();
    if (wanted(status)) return status;
    if (Date.now() - from > 1000 * SECONDS) throw new Error(`waited in vain: ${JSON.stringify(status.workers)}`);
  }
}

const isOver = ({ runs }) => runs.length > 0 && runs.every(({ state }) => state === "done" || state === "failed");
const done = ({ runs }) => runs.flatMap((run) => run.shards).filter((shard) => shard.state === "done");

/** Part of the cells that others than the node proved. */
function swarmShare(status) {
  const local = new Set(status.workers.filter((worker) => worker.local).map((worker) => worker.name));
  const cells = (shards) => shards.reduce((sum, shard) => sum + shard.cells, 0);
  return cells(done(status).filter((shard) => !local.has(shard.worker))) / cells(done(status));
}

/** What both scenarios report of a run that is over. */
const outcome = (status) => ({
  proved: status.runs.every((run) => run.state === "done"),
  errors: status.runs.map((run) => run.error).filter(Boolean),
  shards: done(status).length,
  share: swarmShare(status),
  workers: status.workers.map(({ name, accepted, late, rejected, expired }) => ({ name, accepted, late, rejected, expired })),
});

async function together(browser, folder, problems) {
  const { node, origin } = await nodeWith(folder, ["--swarm-time", String(SWARM_TIME), "--await-workers", "2"]);
  try {
    const tabs = [];
    for (let i = 0; i < 2; i++) tabs.push(await open(browser, origin, problems, ANY_SIZE));
    for (const tab of tabs) await start(tab);
    const [page] = tabs;
    await until(page, () => document.querySelector("[role=status]").textContent.includes("the proof"));
    // The page follows the node's runs whichever part of it is shown.
    const shown = page.waitForFunction(() => document.querySelector("table .good, table .bad") && Date.now(), undefined, {
      timeout: 1000 * SECONDS,
      polling: 10,
    });
    const status = await statusWhen(origin, isOver);
    const result = outcome(status);
    const verdictMs = (await (await shown).jsonValue()) - (status.started_unix_ms + status.runs[0].done_ms);

    await page.getByRole("link", { name: "Verify" }).click();
    await until(page, () => document.querySelector("table .good, table .bad"));
    const verdict = await page.locator("section[aria-label=Verify] tbody td").last().innerText();
    await page.getByRole("link", { name: "Operate" }).click();
    await until(page, () => document.querySelectorAll("svg rect.done").length > 0);

    // Without the consent of the address, shards for tests are refused.
    await page.goto(`${origin}/`);
    await until(page, () => document.querySelector("table .good, table .bad"));
    const strict = await page.locator("section[aria-label=Verify] tbody td").last().innerText();

    // What was verified is there, and is verified again, when the node is gone.
    const later = await open(browser, origin, [], "/?test-sizes#verify");
    await until(later, () => document.querySelector("table .good") && navigator.serviceWorker.controller);
    await later.reload();
    await until(later, () => document.querySelector("table .good"));
    for (const tab of tabs) await tab.context().close();
    await stop(node);
    await later.reload();
    await until(later, () => document.querySelector("table .good, table .bad"));
    const offline = await later.locator("section[aria-label=Verify] tbody td").last().innerText();
    const ok =
      result.proved &&
      offline.includes("Execution proved") &&
      result.share >= SHARE &&
      verdict.includes("Execution proved") &&
      strict.includes("Refused") === Number(logCells) < 24;
    return { ok, verdict, verdictMs, ...result };
  } finally {
    await stop(node);
  }
}

async function tabsAlone(browser, folder, problems) {
  const { node, origin } = await nodeWith(folder, ["--local-prover", "off"]);
  try {
    const tabs = [];
    tabs.push(await open(browser, origin, problems, ANY));
    // A tab that is closed in the middle may complain of it.
    tabs.push(await open(browser, origin, [], ANY));
    for (const tab of tabs) await start(tab);
    // Killed while it proves, after something was proved: its shard goes to another tab.
    const busy = (status) => done(status).length > 0 && status.workers.every((worker) => worker.leases > 0);
    await statusWhen(origin, busy);
    await tabs[1].context().close();
    const killedAt = Date.now();
    await start(await open(browser, origin, problems, ANY));
    const status = await statusWhen(origin, isOver);
    const result = outcome(status);
    const ok = result.proved && result.share === 1 && status.workers.length === 3;
    return { ok, secondsAfterKill: (Date.now() - killedAt) / 1000, ...result };
  } finally {
    await end(browser, node);
  }
}

async function stranger(browser, folder, problems) {
  const { node, origin } = await nodeWith(folder, ["--local-prover", "off"]);
  try {
    const page = await open(browser, origin, problems);
    await start(page);
    await until(page, () => document.querySelector("[role=status]").textContent.includes("another program"));
    const says = await page.locator("[role=status]").innerText();
    return { ok: done(await statusWhen(origin, () => true)).length === 0, says };
  } finally {
    await end(browser, node);
  }
}

/** A scenario of another file, with a node that does not prove. */
const besideNode = (scenario) => async (browser, folder, problems) => {
  const { node, origin } = await nodeWith(folder, ["--local-prover", "off"]);
  try {
    return await scenario(browser, origin, problems);
  } finally {
    await end(browser, node);
  }
};

/** The page on a server of static files, and the node elsewhere. */
async function siteElsewhere(browser, origin, problems) {
  const site = await staticSite(app);
  const page = await open(browser, site.origin, problems, `/?node=${origin}&any-program#contribute`);
  try {
    await start(page);
    await until(page, () => document.querySelector("dt + dd").textContent === "1");
    await page.getByRole("link", { name: "Operate" }).click();
    await until(page, () => document.querySelectorAll("svg rect.done").length > 0);
    return { ok: done(await statusWhen(origin, () => true)).length > 0 };
  } finally {
    await page.context().close();
    site.end();
  }
}

/** Closes all tabs, which would complain of the node's absence, and ends the node. */
async function end(browser, node) {
  for (const context of browser.contexts()) await context.close();
  await stop(node);
}

async function stop(node) {
  const ended = new Promise((resolve) => (node.exitCode === null ? node.on("exit", resolve) : resolve()));
  node.kill("SIGTERM");
  await ended;
}

const SCENARIOS = {
  together,
  tabs: tabsAlone,
  stranger,
  keyboard: besideNode(keyboard),
  limits: besideNode(limits),
  sources: besideNode(sources),
  elsewhere: besideNode(siteElsewhere),
  hostile: (browser) => hostile(browser, app),
};
const browser = await launch();
try {
  for (const [name, scenario] of Object.entries(SCENARIOS).filter(([name]) => only.length === 0 || only.includes(name))) {
    const folder = await mkdtemp(path.join(tmpdir(), "hearth-app-"));
    const problems = [];
    const from = Date.now();
    const result = await scenario(browser, folder, problems).catch((error) => ({ ok: false, error: String(error) }));
    const ok = result.ok && problems.length === 0;
    console.log(JSON.stringify({ page: `app, ${name}`, ...result, ok, seconds: (Date.now() - from) / 1000, problems }));
    if (!ok) process.exitCode = 1;
    await rm(folder, { recursive: true, force: true });
  }
} finally {
  await browser.close();
}
