// Tabs that contribute: opens the page of a node in headless Chromium, presses Start in each tab and stays until SIGTERM.
//
//   node tabs.mjs URL [COUNT]
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// require, as imports do not look at NODE_PATH, where the set-up's packages are.
const { chromium } = createRequire(import.meta.url)("playwright-core");

/** A headless Chromium. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    chromiumSandbox: process.getuid() !== 0, // Chromium's sandbox refuses to run as root
  });

/** A tab with the page of `origin`, in a context of its own: another name, as of another person. Problems are pushed. */
export async function open(browser, origin, problems, address = "/#contribute") {
  const context = await browser.newContext({ viewport: { width: 1100, height: 620 } });
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("crash", () => problems.push("a tab crashed"));
  page.on("console", (message) => {
    const { url } = message.location();
    // A proof that comes too late is answered with 410, which Chromium calls an error: on a busy machine that happens.
    const isTooLate = message.text().includes("410 (Gone)") && url.includes("/v1/proof/");
    if (message.type() === "error" && !isTooLate) problems.push(`${message.text()} ${url}`);
  });
  await page.goto(origin + address);
  return page;
}

/** Lets the tab work. */
export const start = (page) => page.getByRole("button", { name: "Start" }).click();

async function main([url, count = "2"]) {
  const browser = await launch();
  const end = async () => {
    await browser.close();
    process.exit(0);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  const problems = { push: (problem) => console.error(`tab: ${problem}`) };
  for (let i = 0; i < Number(count); i++) await start(await open(browser, url, problems));
  console.log(`${count} tabs at work`);
  browser.on("disconnected", () => process.exit(1));
  setInterval(() => {}, 1 << 30);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await main(process.argv.slice(2));
