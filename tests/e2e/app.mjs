// A node without a prover of its own, and the page in two tabs: they prove every shard, and the page verifies the run.
//
//   node app.mjs HEARTH APP-FOLDER PROGRAM INPUT LOG_CELLS [SCREENSHOT-FOLDER]
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const { chromium } = createRequire(import.meta.url)("playwright-core");
const [hearth, app, program, input, logCells, shots] = process.argv.slice(2);
const SECONDS = Number(process.env.HEARTH_E2E_SECONDS || 120);

/** A port that is free now. */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Asks until the answer is there. */
async function answer(url) {
  for (const start = Date.now(); Date.now() - start < 1000 * SECONDS; ) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return response;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no answer from ${url}`);
}

/** Waits until `condition`, evaluated in the page, holds. */
const until = (page, condition, argument) => page.waitForFunction(condition, argument, { timeout: 1000 * SECONDS });

/** Keeps a screenshot in light and dark. */
async function shoot(page, name) {
  if (shots === undefined) return;
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(shots, `${name}-${colorScheme}.png`) });
  }
}

async function drive(browser, origin, problems) {
  const started = Date.now();
  const tabs = [];
  for (let i = 0; i < 2; i++) {
    // A context of its own: another name, as of another person.
    const context = await browser.newContext({ viewport: { width: 1100, height: 620 } });
    const page = await context.newPage();
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(`${origin}/?test-sizes#contribute`);
    await page.getByRole("button", { name: "Start" }).click();
    tabs.push(page);
  }
  const [page] = tabs;
  await until(page, () => document.querySelector("[role=status]").textContent.includes("the proof"));
  await page.waitForTimeout(500);
  await shoot(page, "contribute");

  let status;
  do {
    await page.waitForTimeout(300);
    status = await (await answer(`${origin}/v1/status`)).json();
    if (Date.now() - started > 1000 * SECONDS) throw new Error(`not proved: ${JSON.stringify(status)}`);
  } while (!status.runs.every((run) => run.state === "done" || run.state === "failed"));
  const proved = Date.now() - started;

  await page.getByRole("link", { name: "Verify" }).click();
  await until(page, () => document.querySelector("table .good, table .bad"));
  const verdict = await page.locator("section[aria-label=Verify] tbody td").last().innerText();
  await shoot(page, "verify");
  await page.getByRole("link", { name: "Operate" }).click();
  await until(page, () => document.querySelectorAll("svg rect.done").length > 0);
  await shoot(page, "operate");

  // Without the consent of the address, shards for tests are refused.
  await page.goto(`${origin}/`);
  await until(page, () => document.querySelector("table .good, table .bad"));
  const strict = await page.locator("section[aria-label=Verify] tbody td").last().innerText();

  const tabsAtWork = status.workers.filter((worker) => worker.accepted > 0 && !worker.local);
  return {
    ok:
      verdict.includes("Execution proved") &&
      strict.includes("Refused") === Number(logCells) < 24 &&
      status.runs.every((run) => run.state === "done") &&
      tabsAtWork.length > 0 &&
      problems.length === 0,
    verdict,
    proved,
    shards: status.runs.map((run) => run.shards.length),
    workers: status.workers.map(({ name, accepted, late, rejected }) => ({ name, accepted, late, rejected })),
    problems,
  };
}

const data = await mkdtemp(path.join(tmpdir(), "hearth-app-"));
const port = await freePort();
const node = spawn(
  hearth,
  ["node", "--program", program, "--input", input, "--log-cells", logCells, "--local-prover", "off"].concat(
    ["--data-dir", data, "--app", app, "--listen", `127.0.0.1:${port}`],
  ),
  { stdio: ["ignore", "ignore", "inherit"] },
);
const problems = [];
node.on("error", (error) => problems.push(String(error)));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  chromiumSandbox: process.getuid() !== 0,
});
try {
  const origin = `http://127.0.0.1:${port}`;
  await answer(`${origin}/livez`);
  const result = await drive(browser, origin, problems);
  console.log(JSON.stringify({ page: "app", ...result }));
  process.exitCode = result.ok ? 0 : 1;
} finally {
  await browser.close();
  node.kill("SIGTERM");
  await new Promise((resolve) => (node.exitCode === null ? node.on("exit", resolve) : resolve()));
  await rm(data, { recursive: true, force: true });
}
