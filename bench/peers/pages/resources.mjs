import { readFileSync } from "node:fs";
import { bodies } from "../../bodies.mjs";
import { newPlace } from "../place.mjs";

export const title = "pipeline: a resource and a table for each body, null destination";
export const warm = true;

export async function open({ path, pageBytes }) {
  const { nullDestination, pipeline, resource, source } = await import("../../../dist/node/index.js");
  const pages = bodies(readFileSync(path), pageBytes);
  newPlace();
  const all = pages.map((page, i) => resource(`t${i}`, { write: "replace" }, () => page));
  return async () => {
    const info = await pipeline("bench", source("many", {}, all)).run({ to: nullDestination() });
    const records = pages.reduce((sum, _, i) => sum + (info.tables[`t${i}`]?.rows ?? 0), 0);
    return { records, pages: pages.length };
  };
}
