// The user's limits: a tab takes nothing while one is reached, says which, and goes on when it has passed.
import { open, start } from "./tabs.mjs";

/** A shard of full size takes its time. */
const SECONDS = Number(process.env.HEARTH_E2E_SECONDS || 240);

const ADDRESS = "/?any-program#contribute";

const says = (page, words) =>
  page.waitForFunction(
    (words) => document.querySelector("section[aria-label=Contribute] [role=status]").textContent.includes(words),
    words,
    { timeout: 1000 * SECONDS },
  );

/** Leases that the node has given out. */
async function leases(origin) {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(/^hearth_lease_issued_total (\d+)/m.exec(text)[1]);
}

/** Of a node whose shards nobody else proves. */
export async function limits(browser, origin, problems) {
  // A machine that runs on its battery, and is plugged in later.
  const context = await browser.newContext();
  const tab = await context.newPage();
  tab.on("pageerror", (error) => problems.push(String(error)));
  await tab.addInitScript(() => {
    globalThis.battery = { charging: false };
    navigator.getBattery = async () => globalThis.battery;
  });
  await tab.goto(origin + ADDRESS);
  await start(tab);
  await says(tab, "battery");
  const onBattery = await leases(origin);

  // Another tab of this profile waits for its turn, though its own limits are reached by none.
  const second = await context.newPage();
  await second.goto(origin + ADDRESS);
  await start(second);
  await says(second, "Another tab");

  await tab.evaluate(() => (globalThis.battery.charging = true));
  await says(tab, "Proving");
  await tab.close();
  await says(second, "Proving");

  // It finishes its shard, and keeps over a reload what it did.
  await second.getByRole("button", { name: "Finish" }).click();
  await says(second, "Nothing runs");
  const accepted = () => second.locator("dt:has-text('Shards accepted') + dd").innerText();
  const before = await accepted();
  await second.reload();
  const kept = await accepted();
  await second.getByRole("button", { name: "Delete my data" }).click();
  const deleted = await accepted();

  // Outside of the hours that the user chose.
  const hour = new Date().getHours();
  await second.getByLabel("Only at certain hours").check();
  await second.getByLabel("First hour").selectOption(String((hour + 2) % 24));
  await second.getByLabel("Last hour").selectOption(String((hour + 4) % 24));
  const outside = await leases(origin);
  await start(second);
  await says(second, "outside of your hours");
  const ok = onBattery === 0 && Number(before) > 0 && kept === before && deleted === "0" && outside === (await leases(origin));
  await context.close();
  return { ok, onBattery, before, kept, deleted };
}
