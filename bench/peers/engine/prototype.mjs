import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { eachBlock } from "../../lines.mjs";
import { openPrototype, WASM } from "../prototype-engine.mjs";

export const title = "laboratory prototype, to Arrow IPC";
export const formats = ["ndjson"];

const SOURCE = fileURLToPath(new URL("../../../../shared/prototype/as", import.meta.url));

/** Builds the prototype's v6 with this repository's compiler. */
export function missing() {
  const out = fileURLToPath(WASM);
  if (existsSync(out)) return undefined;
  if (!existsSync(SOURCE)) return "its source is not beside this repository";
  // The compiler resolves links, so the output is named from the folder's real place.
  const folder = realpathSync(SOURCE);
  mkdirSync(new URL(".", WASM), { recursive: true });
  const asc = fileURLToPath(new URL("../../../node_modules/assemblyscript/bin/asc.js", import.meta.url));
  const flags = "-O3 --noAssert --disableWarning 201 --runtime stub --converge --enable simd";
  const memory = "--initialMemory 32 --maximumMemory 65536";
  // Its own folder as working directory, or this repository's asconfig.json would join in.
  const args = [asc, "v6.ts", "-o", relative(folder, out), ...flags.split(" "), ...memory.split(" ")];
  execFileSync(process.execPath, args, { cwd: folder });
  return undefined;
}

const BLOCK = 512 * 1024;

export const open = ({ path }) => {
  return () => {
    const prototype = openPrototype();
    let records = 0;
    eachBlock(path, BLOCK, (block) => (records += prototype.push(block)));
    return { records };
  };
};
