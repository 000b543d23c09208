import { readFileSync } from "node:fs";
import { bodies } from "../../bodies.mjs";
import { loadEngine } from "../../engine.mjs";

export const title = "engine: an input for each body";
export const warm = true;

const ignore = () => {};

export async function open({ path, pageBytes }) {
  const openEngine = await loadEngine();
  const pages = bodies(readFileSync(path), pageBytes);
  return () => {
    const engine = openEngine();
    let records = 0;
    for (const [i, page] of pages.entries()) {
      const input = engine.input("t", i, { format: "json" });
      engine.push(input, page);
      records += engine.end(input).records;
      while (engine.takeInto(ignore)) continue;
    }
    while (engine.takeInto(ignore, true)) continue;
    engine.close();
    return { records, pages: pages.length };
  };
}
