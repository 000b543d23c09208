import { readFileSync } from "node:fs";
import { bodies } from "../../bodies.mjs";
import { newPlace } from "../place.mjs";

export const title = "pipeline: bytes that a resource yields, null destination";
export const warm = true;

/** `wrap` makes what the resource yields of a body. */
export async function open({ path, pageBytes }, wrap = (body) => body) {
  const { nullDestination, pipeline, resource } = await import("../../../dist/node/index.js");
  const pages = bodies(readFileSync(path), pageBytes);
  newPlace();
  const from = resource("t", { write: "replace" }, async function* () {
    for (const page of pages) yield wrap(page);
  });
  return async () => {
    const info = await pipeline("bench", from).run({ to: nullDestination() });
    return { records: info.tables.t.rows, pages: pages.length };
  };
}
