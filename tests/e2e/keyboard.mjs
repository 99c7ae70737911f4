// The page without a mouse and without eyes: every control is reached by the Tab key and has a name.
import { open } from "./tabs.mjs";

/** What is focused: its role or element, and its name. */
const focused = (page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const label = element.labels?.[0]?.textContent;
    const name = element.ariaLabel ?? label ?? element.textContent;
    return `${element.tagName.toLowerCase()} ${name.trim()}`;
  });

/** All controls of a page in the order of the Tab key. */
async function controls(page) {
  const found = [];
  await page.evaluate(() => document.activeElement.blur());
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    const one = await focused(page);
    if (one === null || one === found[0]) break;
    found.push(one);
  }
  return found;
}

/** Of a node whose shards nobody proves. */
export async function keyboard(browser, origin, problems) {
  const wanted = {
    verify: ["a Contribute", "input Address of a source", "button Add", "input Verify a proof"],
    contribute: ["button Start", "select Share of the time", "input Pause while", "input Only at certain hours", "button Save my data"],
    operate: ["button 12 s slots"],
  };
  const found = {};
  const missing = [];
  for (const [name, controlsOf] of Object.entries(wanted)) {
    const page = await open(browser, origin, problems, `/#${name}`);
    await page.waitForSelector(`section[aria-label=${name[0].toUpperCase()}${name.slice(1)}]:not([hidden])`);
    await page.waitForTimeout(1500);
    found[name] = await controls(page);
    for (const control of controlsOf) {
      if (!found[name].some((one) => one.startsWith(control))) missing.push(`${name}: ${control}`);
    }
    if (found[name].some((one) => one.split(" ").length < 2)) missing.push(`${name}: a name`);
    await page.context().close();
  }

  // From the first page to work and back, by keys alone.
  const page = await open(browser, origin, problems, "/?any-program");
  const reach = async (control) => {
    for (let i = 0; i < 60 && !(await focused(page))?.startsWith(control); i++) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
  };
  await reach("a Contribute");
  await reach("button Start");
  const says = (words) =>
    page.waitForFunction((words) => document.querySelector("section[aria-label=Contribute] [role=status]").textContent.includes(words), words);
  await says("Proving");
  await reach("button Pause");
  await says("Nothing runs");
  await page.context().close();
  return { ok: missing.length === 0, missing, controls: Object.values(found).map((list) => list.length) };
}
