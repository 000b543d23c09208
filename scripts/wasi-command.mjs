// The engine inside a WASI command: what a host gives to the core is given here by wasi/.
import binaryen from "binaryen";
import { Transform } from "assemblyscript/transform";
import { KEEP, outOfLine } from "./canonical-exports.mjs";

const NEW_HANDLE = "core/engine/index/newHandle";
const OUT_OF_MEMORY = "core/engine/memory/arena/outOfMemory";

export default class WasiCommand extends Transform {
  afterCompile(module) {
    // A handle is the representation itself, as in core/binding/engine.ts: the command imports nothing but WASI.
    module.removeFunction(NEW_HANDLE);
    module.addFunction(NEW_HANDLE, binaryen.i32, binaryen.i32, [], module.local.get(0, binaryen.i32));
    // The core traps when memory is used up; a command says so and exits.
    module.removeFunction(OUT_OF_MEMORY);
    module.addFunction(
      OUT_OF_MEMORY,
      binaryen.none,
      binaryen.none,
      [],
      module.call("wasi/failure/memoryUsedUp", [], binaryen.none),
    );
    module.removeExport("memoryUsedUp");
    for (const name of outOfLine) {
      const internal = `core/engine/${name}`;
      if (module.getFunction(internal)) module.addFunctionExport(internal, KEEP + name);
    }
  }
}
