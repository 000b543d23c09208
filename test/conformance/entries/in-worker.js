import "./copied-files.js";
import "./page.js";
globalThis.result.then(
  (result) => postMessage({ result }),
  (error) => postMessage({ error: String(error) }),
);
