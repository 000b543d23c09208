import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { loadEngine } from "../../engine.mjs";

export const title = "runlet engine, bytes to Arrow IPC";

export const missing = () =>
  existsSync(new URL("../../../dist/core.wasm", import.meta.url))
    ? undefined
    : "dist/core.wasm is missing: npm run build";

const CHUNK = 512 * 1024;
/** The batches are written; where they would go is not measured here. */
const ignore = () => {};

export async function open({ path, format }) {
  const openEngine = await loadEngine();
  const chunk = new Uint8Array(CHUNK);
  return () => {
    const engine = openEngine();
    const input = engine.input("t", 0, { format });
    const file = openSync(path);
    for (let read; (read = readSync(file, chunk, 0, CHUNK, null)) > 0;) {
      engine.push(input, chunk.subarray(0, read));
      while (engine.takeInto(ignore)) continue;
    }
    closeSync(file);
    const { records } = engine.end(input);
    while (engine.takeInto(ignore, true)) continue;
    engine.schema();
    engine.close();
    return { records };
  };
}
