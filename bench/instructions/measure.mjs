// Runs loads on an engine that counts its instructions.
import { loadWatchedEngine } from "../engine.mjs";
import { countedModule } from "./counted.mjs";
import { KINDS } from "./code.mjs";

/** Returns a function that runs a case ({@link CASES}) and says what was executed:
 *  `{ inputBytes, outputBytes, instructions, moved, executed, functions }`. */
export async function instructionCounter(wasm) {
  const { bytes, functions, read } = countedModule(wasm);
  const module = new WebAssembly.Module(bytes);
  const open = await loadWatchedEngine();
  return ({ config, options, bytes: input }) => {
    const data = input();
    const { engine, exports } = open(module, config);
    let outputBytes = 0;
    const take = ({ message }) => (outputBytes += message.length);
    const id = engine.input("t", 0, options);
    // What counts is one run: opening is part of it, as it is of a load.
    const CHUNK = 512 * 1024;
    for (let at = 0; at < data.length; at += CHUNK) {
      engine.push(id, data.subarray(at, at + CHUNK));
      while (engine.takeInto(take)) continue;
    }
    engine.end(id);
    while (engine.takeInto(take, true)) continue;
    engine.schema();
    engine.close();
    const { executed, moved } = read(exports);
    const kinds = Object.fromEntries(KINDS.map((kind) => [kind, 0]));
    let instructions = 0;
    for (const [f, { blocks }] of functions.entries())
      for (const [b, block] of blocks.entries()) {
        const times = executed[f][b];
        if (times === 0) continue;
        instructions += times * block.instructions.length;
        for (const { kind } of block.instructions) kinds[KINDS[kind]] += times;
      }
    return { inputBytes: data.length, outputBytes, instructions, moved, kinds, executed, functions };
  };
}
