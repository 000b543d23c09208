// A page that has everything done in a worker of its own, and that worker: one file, which tells them apart.
type Call = { name: string; args: unknown[] };

if (typeof document === "undefined") {
  addEventListener("message", ({ data: { name, args } }: MessageEvent<Call>) => {
    void (import("./storage.ts") as Promise<Record<string, (...args: unknown[]) => Promise<unknown>>>)
      .then((module) => module[name]!(...args))
      .then(
        (value) => postMessage({ value }),
        (error: Error & { code?: string }) => postMessage({ error: `${error.code} ${error.stack}` }),
      );
  });
}

export function inWorker(name: string, ...args: unknown[]): Promise<unknown> {
  // Import maps are the page's only: a worker without a bundler imports what is bundled.
  const worker = new Worker("/bundled/worker.js", { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ value?: unknown; error?: string }>) => {
      worker.terminate();
      if (data.error === undefined) resolve(data.value);
      else reject(new Error(data.error));
    };
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ name, args } satisfies Call);
  });
}
