globalThis.result = new Promise((resolve, reject) => {
  const worker = new Worker("/bundled/in-worker.js", { type: "module" });
  worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.result));
  worker.onerror = (event) => reject(new Error(event.message));
});
