// What the page says of a block whose execution is proved, by what the user's sources say of it. The proof's verdict is a stand-in's,
// as a real block takes minutes to prove; everything else is the page's own.
import { createServer } from "node:http";

const HASH = `0x${"ab".repeat(32)}`;
const VERDICT = { ok: true, ms: 1, hash: HASH, number: 7, chainId: 1, network: "mainnet", fork: "Cancun", shards: 1, bits: 128, regime: "-" };
const VERIFIER = `export const createVerifier = () => ({ verifyBlock: async () => (${JSON.stringify(VERDICT)}) });`;

/** What a source answers by method, and what is shown then. */
const SOURCES = [
  [{ eth_chainId: "0x1", eth_getBlockByNumber: { hash: HASH } }, "has this block"],
  [{ eth_chainId: "0x1", eth_getBlockByNumber: { hash: `0x${"cd".repeat(32)}` } }, "has another block of this height"],
  [{ eth_chainId: "0x1", eth_getBlockByNumber: null }, "does not know a block of this height"],
  [{ eth_chainId: "0x2" }, "follows another chain: 2"],
  [{ eth_chainId: "<img src=x>" }, "gave no answer: it gives no chain id"],
  [{}, "gave no answer: no such method"],
];

/** Starts a source; its server. */
async function source(answers) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    response.setHeader("access-control-allow-origin", "*").setHeader("access-control-allow-headers", "content-type");
    if (request.method === "OPTIONS") return response.end();
    const { method, params } = JSON.parse(body);
    const known = method in answers && (method !== "eth_getBlockByNumber" || params[0] === "0x7");
    response.end(JSON.stringify(known ? { id: 1, result: answers[method] } : { id: 1, error: { code: -32601, message: "no such method" } }));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Of any node. */
export async function sources(browser, origin, problems) {
  // A service worker would fetch the verifier past the route.
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(String(error)));
  await page.route("**/verifier/index.js", (route) => route.fulfill({ contentType: "text/javascript", body: VERIFIER }));
  await page.goto(`${origin}/#verify`);
  const servers = [];
  const wrong = [];
  try {
    await page.locator("#files").setInputFiles({ name: "proof", mimeType: "application/octet-stream", buffer: Buffer.from("HEARTHB1") });
    const shown = (words) => page.waitForFunction((words) => document.querySelector(".verdict").textContent.includes(words), words, { timeout: 20_000 });
    await shown("not checked against consensus");
    const field = page.getByLabel("Address of a source");
    for (const [answers, words] of SOURCES) {
      const server = await source(answers);
      servers.push(server);
      const url = `http://127.0.0.1:${server.address().port}`;
      await field.fill(url);
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await page.locator(".verdict li", { hasText: url }).waitFor({ timeout: 20_000 });
      const says = await page.locator(".verdict li", { hasText: url }).innerText();
      if (!says.includes(words)) wrong.push(`${words}: ${says}`);
    }
    // An address that a page must not ask, and one that is there already.
    await field.fill("http://example.org");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText("A source begins with").waitFor();
    const [first] = await page.getByRole("button", { name: /^Remove/ }).all();
    await first.click();
    await page.waitForFunction((count) => document.querySelectorAll(".verdict li").length === count, SOURCES.length - 1);
    if ((await page.locator("img").count()) > 0) wrong.push("markup of a source");
  } finally {
    for (const server of servers) server.close();
    await context.close();
  }
  return { ok: wrong.length === 0, wrong };
}
