// A web server on a free port, for pages under test.
import { createServer } from "node:http";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/**
 * Serves folders, given as [URL prefix, folder]; the longest prefix counts. Pages are isolated, so that they may use
 * threads. What a page PUTs to /saved/NAME is kept in the folder `save`, if there is one.
 */
export async function serve(mounts, save = null) {
  mounts = [...mounts].sort(([a], [b]) => b.length - a.length);
  const server = createServer(async (request, response) => {
    const url = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (request.method === "PUT" && save !== null && /^\/saved\/[\w.-]+$/.test(url)) {
      const parts = [];
      for await (const part of request) parts.push(part);
      await writeFile(path.join(save, path.basename(url)), Buffer.concat(parts));
      response.writeHead(204).end();
      return;
    }
    const [prefix, folder] = mounts.find(([prefix]) => url.startsWith(prefix));
    const file = path.join(folder, path.normalize("/" + url.slice(prefix.length)));
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    response.setHeader("Cache-Control", "no-store");
    try {
      const body = await readFile(file.endsWith("/") ? file + "index.html" : file);
      const type = TYPES[path.extname(file) || ".html"] ?? "application/octet-stream";
      response.writeHead(200, { "Content-Type": type }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
