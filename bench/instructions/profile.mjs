// Where the engine's instructions go: by phase, source file and line, also of functions that were inlined.
import { SourceMap } from "node:module";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { PHASE_NAMES, phaseOf } from "./phases.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The engine with a source map. It is the compiler's output before `scripts/build-engine.mjs` optimises for size, which
 *  loses the map; the counts of the two differ by less than a hundredth. */
export async function engineWithSourceMap() {
  const built = {};
  const transform = ["--transform", `${root}scripts/canonical-exports.mjs`];
  const flags = ["--config", "asconfig.json", "--outFile", "core.wasm", "--sourceMap", "--debug"];
  const { error, stderr } = await asc.main(["core/engine/index.ts", ...flags, ...transform], {
    baseDir: root,
    writeFile: (name, contents) => {
      built[name] = contents;
    },
  });
  if (error) throw new Error(stderr.toString() || String(error));
  return { wasm: built["core.wasm"], map: new SourceMap(JSON.parse(built["core.wasm.map"])) };
}

/** Returns a function from what {@link instructionCounter} measured to instructions `{ phases, lines }`, the latter
 *  by `file:line`. */
export function profiler(map) {
  let places;
  return ({ executed, functions }) => {
    places ??= functions.map((f) => placesIn(f, map));
    const phases = Object.fromEntries(PHASE_NAMES.map((name) => [name, 0]));
    const lines = new Map();
    for (const [f, blocks] of places.entries())
      for (const [b, instructions] of blocks.entries()) {
        const times = executed[f][b];
        if (times === 0) continue;
        for (const { line, phase } of instructions) {
          lines.set(line, (lines.get(line) ?? 0) + times);
          phases[phase] += times;
        }
      }
    return { phases, lines };
  };
}

/** Line and phase of each instruction of a function, by block. */
function placesIn({ blocks, code }, map) {
  // An instruction without a place belongs to the one before it.
  let line = "?";
  const found = blocks.map(({ instructions }) =>
    instructions.map(({ at }) => (line = lineAt(map, at, code) ?? line)),
  );
  const first = found.flat().map(phaseOfLine).find(Boolean);
  let phase = first ?? "other";
  return found.map((lines) => lines.map((line) => ({ line, phase: (phase = phaseOfLine(line) ?? phase) })));
}

const phaseOfLine = (line) => phaseOf(line.slice(0, line.lastIndexOf(":")));

function lineAt(map, at, from) {
  const entry = map.findEntry(0, at);
  if (!entry.originalSource || entry.generatedColumn < from) return undefined;
  const file = entry.originalSource.replace(/^(\.\/)?core\/engine\//, "").replace(/^~lib\//, "lib/");
  return `${file}:${entry.originalLine + 1}`;
}
