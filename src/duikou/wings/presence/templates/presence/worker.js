// Serves the phone's page when there is no link, or none that answers in time. The page itself puts
// what it needs into the store (today.js); nothing is kept here that it did not put there.
const STORE = "duikou-presence";
const PATIENCE = 4000; // milliseconds that a weak link gets for a page that is in the store

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function kept(request) {
  const store = await caches.open(STORE);
  return store.match(request, { ignoreVary: true });
}

async function fresh(request) {
  const answer = await fetch(request);
  if (answer.redirected && !new URL(answer.url).pathname.startsWith(new URL(self.registration.scope).pathname)) {
    await caches.delete(STORE); // signed out: what was kept belongs to nobody here any more
  }
  return answer;
}

async function page(request) {
  const stored = (await kept(request)) || (await kept(self.registration.scope));
  if (!stored) return fetch(request);
  const late = new Promise((give) => setTimeout(() => give(stored), PATIENCE));
  return Promise.race([fresh(request).catch(() => stored), late]);
}

async function file(request) {
  return (await kept(request)) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (["script", "style", "image", "font"].includes(request.destination)) event.respondWith(file(request));
});
