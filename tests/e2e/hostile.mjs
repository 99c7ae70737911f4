// Nodes that are up to no good against a tab: it stays within its limits, and says why it does not go on.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { open, start } from "./tabs.mjs";

/** What a name of the node may hold. */
const MARKUP = "<img src=x onerror=alert(1)>";
/** What a package may have (`MAX_PACKAGE_BYTES`), and how much more may be on its way when the tab stops reading. */
const [MOST, ON_ITS_WAY] = [16 << 20, 32 << 20];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

const lease = (more) => ({
  lease: "0".repeat(32),
  run: "run",
  name: MARKUP,
  shard: 0,
  package_url: `/v1/package/${"0".repeat(64)}`,
  log_cells: 20,
  deadline_ms: 1000,
  ...more,
});

/** A frame of a WebSocket with a text of the server, which masks nothing. */
function frame(text) {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, body]);
}

/** Each with its lease, or what it says on the channel, and what the tab says then. */
const NODES = {
  largeShard: { lease: lease({ log_cells: 26 }), says: "more than this tab takes" },
  foreignAddress: { lease: lease({ package_url: "https://elsewhere.example/package" }), says: "foreign address" },
  endlessPackage: { lease: lease({}), package: "endless", says: "has more than" },
  noPackage: { lease: lease({}), package: "nonsense", says: "bad package" },
  manyLeases: {
    channel: (socket) => {
      socket.write(frame(JSON.stringify({ kind: "welcome", protocol: 2, version: "0" })));
      for (let i = 0; i < 1000; i++) socket.write(frame(JSON.stringify({ kind: "lease", ...lease({ shard: i }) })));
    },
    package: "nonsense",
    says: "bad package",
  },
};

/** Starts such a node; its origin, what it was asked, and its end. */
async function serve(app, node) {
  const asked = { leases: 0, packages: 0, bytes: 0 };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://node");
    if (pathname === "/v1/lease") {
      asked.leases += 1;
      if (node.lease) response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(node.lease));
      else response.writeHead(204).end();
    } else if (pathname.startsWith("/v1/package/")) {
      asked.packages += 1;
      if (node.package === "nonsense") return response.end(Buffer.alloc(1000, 7));
      const chunk = Buffer.alloc(1 << 20, 7);
      const more = () => {
        do asked.bytes += chunk.length;
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more).on("error", () => {});
      more();
    } else if (pathname.startsWith("/v1/")) {
      response.writeHead(200, { "content-type": "application/json" }).end("[]");
    } else {
      const file = path.join(app, pathname === "/" ? "index.html" : path.normalize(pathname));
      const bytes = await readFile(file).catch(() => null);
      if (bytes === null) response.writeHead(404).end();
      else response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" }).end(bytes);
    }
  });
  server.on("upgrade", (request, socket) => {
    socket.on("error", () => {});
    if (!node.channel) return socket.destroy();
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    socket.write(
      `HTTP/1.1 101 -\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept.digest("base64")}\r\n\r\n`,
    );
    node.channel(socket);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const end = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, asked, end };
}

/** The page alone, without a node: its origin and its end. */
export const staticSite = (app) => serve(app, {});

/** Has a tab work for each of them. */
export async function hostile(browser, app) {
  const outcomes = {};
  let ok = true;
  for (const [name, node] of Object.entries(NODES)) {
    const { origin, asked, end } = await serve(app, node);
    const page = await open(browser, origin, [], "/?any-program#contribute");
    try {
      await start(page);
      await page.waitForFunction((says) => document.querySelector("[role=status]").textContent.includes(says), node.says, {
        timeout: 60_000,
      });
      const says = await page.locator("section[aria-label=Contribute] [role=status]").innerText();
      const images = await page.locator("img").count();
      // One round, or two if it was tried again already: never one for each thing that the node would like.
      const bounded = asked.leases <= 2 && asked.packages <= 2 && asked.bytes <= asked.packages * (MOST + ON_ITS_WAY);
      outcomes[name] = { says, ...asked };
      ok &&= bounded && images === 0;
    } finally {
      await page.context().close();
      end();
    }
  }
  return { ok, ...outcomes };
}
