// Opens each page of pages/ in headless Chromium and collects what it reports.
//
//   node run.mjs [--mount /URL=FOLDER]... [--save FOLDER] [PAGE...]
//
// A page is a folder with an index.html. It calls `report(result)` once, with `result.ok` true or false and whatever
// else is to be seen; one line of JSON per page goes to standard output. No report in time, an error in the page or
// `ok` false fail the run. --mount serves another folder, such as the packed wasm, below a URL. With --save, what a page
// PUTs to /saved/NAME is kept in a folder, for a check outside the browser.
import { mkdir, readdir, mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "./serve.mjs";

// require, as imports do not look at NODE_PATH, where the set-up's packages are.
const { chromium } = createRequire(import.meta.url)("playwright-core");

const HERE = path.dirname(fileURLToPath(import.meta.url));
const SECONDS = Number(process.env.HEARTH_E2E_SECONDS || 120);
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Names of the folders in a folder. */
async function folders(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Opens one page and waits for its report. */
async function visit(browser, origin, name) {
  const page = await browser.newPage();
  const started = Date.now();
  let timer;
  try {
    return await new Promise((resolve, reject) => {
      const fail = (reason) => resolve({ page: name, ok: false, error: reason });
      timer = setTimeout(() => fail(`no report within ${SECONDS} s`), 1000 * SECONDS);
      page.on("pageerror", (error) => fail(String(error.stack ?? error)));
      page.on("crash", () => fail("the page crashed"));
      page.on("console", (message) => console.error(`${name}: ${message.text()}`));
      page
        .exposeFunction("report", (result) =>
          resolve({ page: name, ...result, ok: result.ok === true, milliseconds: Date.now() - started }),
        )
        .then(() => page.goto(`${origin}/${name}/`))
        .catch(reject);
    });
  } finally {
    clearTimeout(timer);
    await page.close();
  }
}

async function main() {
  const mounts = [["/", path.join(HERE, "pages")]];
  const names = [];
  let save = null;
  const args = process.argv.slice(2);
  while (args.length > 0) {
    const arg = args.shift();
    if (arg === "--mount") {
      const [url, folder] = args.shift().split("=");
      mounts.unshift([url.endsWith("/") ? url : url + "/", path.resolve(folder)]);
    } else if (arg === "--save") {
      save = path.resolve(args.shift());
      await mkdir(save, { recursive: true });
    } else {
      names.push(arg);
    }
  }
  const pages = names.length > 0 ? names : (await folders(path.join(HERE, "pages"))).sort();

  const server = await serve(mounts, save);
  const profile = await mkdtemp(path.join(tmpdir(), "hearth-e2e-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    chromiumSandbox: process.getuid() !== 0, // Chromium's sandbox refuses to run as root
    args: [
      "--enable-unsafe-webgpu", // software adapters too
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  let failed = 0;
  try {
    for (const name of pages) {
      const result = await visit(browser, `http://localhost:${server.address().port}`, name);
      console.log(JSON.stringify(result));
      failed += result.ok ? 0 : 1;
    }
  } finally {
    await browser.close();
    server.close();
    await rm(profile, { recursive: true, force: true });
  }
  console.log(`e2e: ${pages.length - failed} of ${pages.length} pages passed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main();
