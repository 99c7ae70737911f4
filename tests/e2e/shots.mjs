// Screenshots of the three pages of a node, in light and dark. A tab works for it while it is watched.
//
//   node shots.mjs URL FOLDER [PAGE...]      pages: the names of PAGES; all unless named
//
//   HEARTH_SOURCE=URL     a source of the chain for the page Verify
import path from "node:path";
import { launch, open, start } from "./tabs.mjs";

const [url, folder, ...names] = process.argv.slice(2);
const source = process.env.HEARTH_SOURCE;

/** Of the window: what a page in a book shows without being made smaller. */
const SIZE = { width: 940, height: 620 };

const says = (page, words) =>
  page.waitForFunction((words) => document.querySelector("section[aria-label=Contribute] [role=status]").textContent.includes(words), words);
const startAndSay = async (page, words) => {
  await start(page);
  await says(page, words);
};

/** By the picture's name: where it is taken, and what is to be seen before. */
const PAGES = {
  verify: {
    address: "/#verify",
    ready: async (page) => {
      if (source !== undefined) {
        await page.getByLabel("Address of a source").fill(source);
        await page.getByRole("button", { name: "Add" }).click();
      }
      await page.waitForFunction(() => document.querySelector("table .good, table .bad") && !document.querySelector("table .busy"));
      if (source !== undefined) await page.waitForSelector("table .sources li");
    },
  },
  contribute: { address: "/#contribute", ready: (page) => startAndSay(page, "computing") },
  "contribute-paused": { address: "/#contribute", ready: (page) => says(page, "Paused") },
  "contribute-limited": {
    address: "/#contribute",
    ready: async (page) => {
      // A window that is over: from the hour before the last one to the last one.
      const hour = new Date().getHours();
      await page.getByLabel("Only at certain hours").check();
      await page.getByLabel("First hour").selectOption(String((hour + 22) % 24));
      await page.getByLabel("Last hour").selectOption(String((hour + 23) % 24));
      await startAndSay(page, "outside of your hours");
    },
  },
  "contribute-elsewhere": {
    address: "/#contribute",
    ready: async (page) => {
      const other = await page.context().newPage();
      await other.goto(page.url());
      await start(other);
      await page.bringToFront();
      await startAndSay(page, "Another tab");
    },
  },
  operate: {
    address: "/#operate",
    ready: async (page) => {
      await page.waitForSelector("svg rect.done");
      await page.getByRole("button", { name: "12 s slots" }).click();
      await page.waitForFunction(() => !document.querySelector(".capacity figcaption").textContent.includes("Simulating"));
    },
  },
};

const browser = await launch();
try {
  for (const name of names.length > 0 ? names : Object.keys(PAGES)) {
    const problems = [];
    const page = await open(browser, url, problems, PAGES[name].address);
    page.setDefaultTimeout(240_000);
    await page.setViewportSize(SIZE);
    await PAGES[name].ready(page);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}.png`), fullPage: true });
    }
    if (problems.length > 0) throw new Error(`${name}: ${problems.join("; ")}`);
    await page.context().close();
  }
} finally {
  await browser.close();
}
