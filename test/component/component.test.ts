import { readFileSync } from "node:fs";
import { print } from "@bytecodealliance/jco-transpile/wasm-tools";
import { beforeAll, expect, test } from "vitest";
import { readJsonRows } from "../../core/arrow/json-rows.ts";
import type { EngineConfig } from "../../core/binding/contract.ts";
import { openEngine } from "../../core/binding/engine.ts";
import { expectedOf, readVectors } from "../conformance/read-vectors.ts";
import { runVector } from "../conformance/run-vector.ts";
import { jcoEngines, type JcoEngines } from "./jco-engine.ts";
import { MatrixRow } from "./matrix-row.ts";

// The component is the shipped core with engine.wit around it: what jco makes of it gives what the binding gives, byte
// for byte, errors included.

const component = readFileSync("dist/runlet-engine.component.wasm");
const core = readFileSync("dist/core.wasm");
const vectors = readVectors();
const row = new MatrixRow("component-jco");

let jco: JcoEngines;
beforeAll(async () => {
  jco = await jcoEngines(component);
});

test("the component contains the shipped core, code section for code section", () => {
  const sections = codeOf(core);
  expect(sections.length).toBe(1);
  expect(component.includes(sections[0]!)).toBe(true);
});

test("its interface is that of the published engine.wit, all of it", () => {
  const wit = readFileSync("core/engine/engine.wit", "utf8").replaceAll(/\/\/.*$/gm, "");
  const camel = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const names = [...wit.matchAll(/^ +([a-z-]+): /gm)].map(([, name]) => camel(name!)).sort();
  expect(names).toContain("recordNumber");
  const transpiled = jco.declarations.matchAll(/^ +(?:static )?(\w+)(?=: |\(.*\): )/gm);
  expect([...transpiled].map(([, name]) => name).sort()).toEqual(names);
});

test("it imports nothing", async () => {
  expect(await print(component)).not.toMatch(/^ {2}\(import /m);
});

test.each(vectors)("$name", async (vector) => {
  const outcome = await runVector(vector, { open: jco.open, rows: readJsonRows });
  row.expect(vector.name, outcome, expectedOf(vector.name));
});

test("the README's matrix says so (node scripts/matrix.mjs writes it)", () => row.close());

test("pushes of 700 KB cross the component's boundary as they cross the binding's", async () => {
  const bytes = Buffer.from('{"id":1,"text":"a long enough text to fill a page"}\n'.repeat(30_000));
  const vector = {
    name: "large",
    config: { loadId: "1", seed: "2" },
    loads: [[{ table: "t", ordinal: 0, options: {}, split: 700_000, bytes: bytes.toString("base64") }]],
  };
  const bind = (config: EngineConfig) => openEngine(new WebAssembly.Module(core), config);
  const [direct, transpiled] = [
    await runVector(vector, { open: bind, rows: readJsonRows }),
    await runVector(vector, { open: jco.open, rows: readJsonRows }),
  ];
  expect(direct[0]!.tables["t"]!.rows).toBe(30_000);
  expect(transpiled).toEqual(direct);
});

/** The code section (id 10) of a core module, header included. */
function codeOf(module: Uint8Array): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 8; at < module.length;) {
    const id = module[at]!;
    let size = 0;
    let next = at + 1;
    for (let shift = 0; ; shift += 7) {
      const byte = module[next++]!;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    if (id === 10) found.push(Buffer.from(module.subarray(at, next + size)));
    at = next + size;
  }
  return found;
}
