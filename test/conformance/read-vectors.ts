import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { InputFile, Vector, VectorFile, VectorInput, VectorOutcome } from "./vector.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What a vector's load has where it says nothing. */
const DEFAULTS = { loadId: "1732273200.1", seed: "11400714819323198485" };

/** Where the expected outcome of a vector is frozen. */
export const frozenVector = (name: string): string => here(`frozen/vectors/${name}.json`);

/** All vectors, sorted by name. */
export function readVectors(): Vector[] {
  const names = readdirSync(here("vectors"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .map((path) => path.replaceAll("\\", "/").slice(0, -".json".length));
  return names.sort().map(readVector);
}

/** The outcome that every runtime must give. */
export function expectedOf(name: string): VectorOutcome {
  const path = frozenVector(name);
  if (!existsSync(path)) throw new Error(`vector ${name} is not frozen: npx vitest run test/conformance -u`);
  return JSON.parse(readFileSync(path, "utf8")) as VectorOutcome;
}

function readVector(name: string): Vector {
  const file = JSON.parse(readFileSync(here(`vectors/${name}.json`), "utf8")) as VectorFile;
  const loads = file.loads ?? [file.inputs ?? []];
  return {
    name,
    config: { ...DEFAULTS, ...file.config },
    loads: loads.map((inputs) => inputs.map(readInput)),
  };
}

function readInput({ text, base64, file, lines, ...plan }: InputFile, position: number): VectorInput {
  const bytes = part(bytesOf({ text, base64, file }), lines);
  return { table: "t", ordinal: position, options: {}, ...plan, bytes: bytes.toString("base64") };
}

function bytesOf({ text, base64, file }: Pick<InputFile, "text" | "base64" | "file">): Buffer {
  if (text !== undefined) return Buffer.from(text);
  if (base64 !== undefined) return Buffer.from(base64, "base64");
  const bytes = readFileSync(here(`../data/${file}`));
  return file!.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

function part(bytes: Buffer, lines: [number, number] | undefined): Buffer {
  if (!lines) return bytes;
  const text = bytes.toString("utf8").split("\n");
  return Buffer.from(`${text.slice(...lines).join("\n")}\n`);
}
