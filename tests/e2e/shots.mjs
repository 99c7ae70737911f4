// Screenshots of the three pages of a node, in light and dark. A tab works for it while it is watched.
//
//   node shots.mjs URL FOLDER [PAGE...]      pages: verify, contribute, operate; all unless named
import path from "node:path";
import { launch, open, start } from "./tabs.mjs";

const [url, folder, ...names] = process.argv.slice(2);

/** What is to be seen on a page before it is taken. */
const READY = {
  verify: (page) => page.waitForSelector("table .good, table .bad"),
  contribute: async (page) => {
    await start(page);
    await page.waitForFunction(() => document.querySelector("[role=status]").textContent.includes("Proving"));
  },
  operate: async (page) => {
    await page.waitForSelector("svg rect.done");
    await page.getByRole("button", { name: "12 s slots" }).click();
    await page.waitForFunction(() => !document.querySelector(".capacity figcaption").textContent.includes("Simulating"));
  },
};

const browser = await launch();
try {
  for (const name of names.length > 0 ? names : Object.keys(READY)) {
    const problems = [];
    const page = await open(browser, url, problems, `/#${name}`);
    page.setDefaultTimeout(240_000);
    await READY[name](page);
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
