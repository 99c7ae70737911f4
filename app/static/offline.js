// A service worker: the page works on what it has while its node, or the network, is away. The network always goes first, so that
// nobody is left with an old page.

/** Files of the page, as they were last served. */
const PAGE = "hearth-page";
/** Answers of the node, which the page keeps itself after it has checked their size (browser.js). */
const KEPT = "hearth-kept";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/v1/")) {
    const kept = url.pathname === "/v1/blocks" || url.pathname.startsWith("/v1/proof/") || url.pathname.startsWith("/v1/key/");
    if (kept) event.respondWith(fetch(request).catch(() => fallback(KEPT, request)));
  } else {
    event.respondWith(page(request));
  }
});

async function page(request) {
  // All addresses of the page are one document.
  const name = request.mode === "navigate" ? new URL("./", self.registration.scope).href : request.url;
  try {
    const response = await fetch(request);
    if (response.ok) await (await caches.open(PAGE)).put(name, response.clone());
    return response;
  } catch {
    return fallback(PAGE, name);
  }
}

async function fallback(name, request) {
  return (await (await caches.open(name)).match(request)) ?? Response.error();
}
