// Makes each access of a WebAssembly module to its memory go through a function of the module's own.
// Format: WebAssembly core specification 2.0, chapter 5 (binary format).
import { functionsOf, KINDS, Reader, sections } from "../../../bench/instructions/code.mjs";
import { extended, global, importedGlobals, leb } from "../../../bench/instructions/counted.mjs";

const CUSTOM_SECTION = 0;
const IMPORT_SECTION = 2;
const GLOBAL_SECTION = 6;
const EXPORT_SECTION = 7;
const CODE_SECTION = 10;
/** Of the custom section of names. */
const FUNCTION_NAMES = 1;
const TYPES = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const MOVED = new Set(["load", "store", "vector", "bulk"].map((kind) => KINDS.indexOf(kind)));

/** Bytes of i32.load (0x28) to i64.store32 (0x3e). */
const BYTES = [4, 8, 4, 8, 1, 1, 2, 2, 1, 1, 2, 2, 4, 4, 4, 8, 4, 8, 1, 2, 1, 2, 4];
/** What i32.store (0x36) to i64.store32 take. */
const STORED = ["i32", "i64", "f32", "f64", "i32", "i32", "i64", "i64", "i64"];
/** Bytes of v128.load (0) to v128.store (11), and of v128.load8_lane (84) to v128.load64_zero (93). */
const VECTOR_BYTES = [16, 8, 8, 8, 8, 8, 8, 1, 2, 4, 8, 16];
const LANE_BYTES = [1, 2, 4, 8, 1, 2, 4, 8, 4, 8];

/** The module with checks. It exports `checked(address, offset, bytes)`, which returns the address, `checkedCopy` and
 *  `checkedFill`, which take the place of memory.copy and memory.fill. Functions stay as they are whose name, in the custom
 *  section of names, begins with `trusted`. */
export function checkedModule(bytes, trusted) {
  const all = sections(bytes);
  const find = (id) => all.find((section) => section.id === id);
  const exported = exportsOf(bytes, find(EXPORT_SECTION));
  const imported = importedFunctions(bytes, find(IMPORT_SECTION));
  const functions = functionsOf(bytes, find(CODE_SECTION));
  const left = namedFunctions(bytes, all, trusted);
  const types = Object.keys(TYPES);
  // What is on the stack above an address waits in a global.
  const first = new Reader(bytes, find(GLOBAL_SECTION).begin).number() + importedGlobals(bytes, all);
  const call = (name) => Buffer.concat([Uint8Array.of(0x10), leb(indexOf(exported, name))]);

  const checkedBody = ({ locals, end, blocks }) => {
    const parts = [];
    let from = locals;
    for (const { at, kind } of blocks.flatMap(({ instructions }) => instructions)) {
      if (!MOVED.has(kind)) continue;
      const access = accessAt(bytes, at);
      if (!access) continue;
      parts.push(bytes.subarray(from, at));
      from = at;
      if (access.instead) {
        parts.push(call(access.instead));
        from = access.end;
        continue;
      }
      const above = access.above && first + types.indexOf(access.above);
      if (above !== undefined) parts.push(Uint8Array.of(0x24), leb(above));
      parts.push(constant(access.offset), constant(access.bytes), call("checked"));
      if (above !== undefined) parts.push(Uint8Array.of(0x23), leb(above));
    }
    parts.push(bytes.subarray(from, end));
    return Buffer.concat(parts);
  };
  const code = () => {
    const bodies = functions.map((each, i) => {
      const body = left.has(imported + i) ? bytes.subarray(each.locals, each.end) : checkedBody(each);
      return Buffer.concat([leb(body.length), body]);
    });
    return Buffer.concat([leb(bodies.length), ...bodies]);
  };
  const out = [bytes.subarray(0, 8)];
  for (const { id, begin, end } of all) {
    const contents =
      id === CODE_SECTION
        ? code()
        : id === GLOBAL_SECTION
          ? extended(
              bytes,
              begin,
              end,
              types.map((type) => global(TYPES[type])),
            )
          : bytes.subarray(begin, end);
    out.push(Uint8Array.of(id), leb(contents.length), contents);
  }
  return Buffer.concat(out);
}

/** What the instruction at a place does to memory: `offset` and `bytes` from the address on the stack, `above` the type of
 *  what lies above that, `instead` the function that does the same, `end` the next instruction; undefined: nothing. */
function accessAt(bytes, at) {
  const reader = new Reader(bytes, at);
  const opcode = reader.byte();
  const offset = () => {
    reader.number();
    return reader.number();
  };
  if (opcode === 0xfc) {
    const which = reader.number();
    if (which === 10) return { instead: "checkedCopy", end: reader.at + 2 };
    if (which === 11) return { instead: "checkedFill", end: reader.at + 1 };
    throw new Error(`unknown instruction 0xfc ${which} at ${at}`);
  }
  if (opcode === 0xfd) {
    const which = reader.number();
    if (which <= 11)
      return { offset: offset(), bytes: VECTOR_BYTES[which], above: which === 11 ? "v128" : undefined };
    if (which < 84 || which > 93) return undefined;
    return {
      offset: offset(),
      bytes: LANE_BYTES[which - 84],
      above: which < 92 ? "v128" : undefined,
    };
  }
  return { offset: offset(), bytes: BYTES[opcode - 0x28], above: STORED[opcode - 0x36] };
}

/** i32.const: a signed LEB128 number. */
function constant(value) {
  const out = [0x41];
  for (let rest = value | 0; ; rest >>= 7) {
    const last = rest >> 6 === 0 || rest >> 6 === -1;
    out.push((rest & 0x7f) | (last ? 0 : 0x80));
    if (last) return Uint8Array.from(out);
  }
}

function exportsOf(bytes, { begin }) {
  const reader = new Reader(bytes, begin);
  const found = new Map();
  for (let left = reader.number(); left > 0; left--) {
    const name = reader.name();
    const kind = reader.byte();
    const index = reader.number();
    if (kind === 0) found.set(name, index);
  }
  return found;
}

function indexOf(exported, name) {
  if (!exported.has(name)) throw new Error(`no function is exported as ${name}`);
  return exported.get(name);
}

/** Indices of the functions whose name begins so. */
function namedFunctions(bytes, all, beginning) {
  for (const { id, begin, end } of all) {
    const reader = new Reader(bytes, begin);
    if (id !== CUSTOM_SECTION || reader.name() !== "name") continue;
    while (reader.at < end) {
      const what = reader.byte();
      const next = reader.number() + reader.at;
      if (what !== FUNCTION_NAMES) {
        reader.at = next;
        continue;
      }
      const names = Array.from({ length: reader.number() }, () => [reader.number(), reader.name()]);
      return new Set(names.filter(([, name]) => name.startsWith(beginning)).map(([index]) => index));
    }
  }
  throw new Error("the module does not name its functions");
}

function importedFunctions(bytes, section) {
  if (!section) return 0;
  const reader = new Reader(bytes, section.begin);
  let functions = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    reader.number();
    if (kind === 0) functions++;
    else if (kind === 3) reader.byte();
    else throw new Error("only functions and globals may be imported");
  }
  return functions;
}
