import init from "./app.js";

// Without one, as over plain HTTP from another machine, the page needs its node at every start.
navigator.serviceWorker?.register("./offline.js").catch((error) => console.info(`no work without a network: ${error.message}`));
await init();
