/** Keeps the app for visits without a network. Only of a built app: while it is developed its files change. */
export function workOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  addEventListener("load", () => {
    navigator.serviceWorker.register(new URL("service-worker.js", document.baseURI)).catch(() => undefined);
  });
}
