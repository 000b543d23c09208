// Makes a WebAssembly module count what it executes: each basic block adds one to a global of its own. What comes out is
// exact and the same on every machine and runtime, as Wasmtime's fuel is (and the sum is equal to it), but it says where.
import { functionsOf, Reader, sections } from "./code.mjs";

const GLOBAL_SECTION = 6;
const EXPORT_SECTION = 7;
const CODE_SECTION = 10;
const I32 = 0x7f;
const I64 = 0x7e;

/** The module with counters: `{ bytes, functions, read }`. `functions` are those of the code section ({@link functionsOf});
 *  `read(exports)` returns how often each block ran, by function and block, and how many bytes memory.copy and
 *  memory.fill moved. */
export function countedModule(bytes) {
  const all = sections(bytes);
  const functions = functionsOf(
    bytes,
    all.find(({ id }) => id === CODE_SECTION),
  );
  const blocks = functions.flatMap((f) => f.blocks);
  const first =
    new Reader(bytes, all.find(({ id }) => id === GLOBAL_SECTION).begin).number() +
    importedGlobals(bytes, all);
  const moved = first + blocks.length;
  const scratch = moved + 1;
  const counters = Array.from(blocks, (_, i) => [`executed:${i}`, first + i]);
  const sectionBytes = ({ id, begin, end }) => {
    if (id === GLOBAL_SECTION) {
      const added = [...blocks.map(() => global(I64)), global(I64), global(I32)];
      return extended(bytes, begin, end, added);
    }
    if (id === EXPORT_SECTION)
      return extended(
        bytes,
        begin,
        end,
        [...counters, ["moved", moved]].map(([name, index]) => exported(name, index)),
      );
    if (id === CODE_SECTION) return countingCode(bytes, functions, first, moved, scratch);
    return bytes.subarray(begin, end);
  };
  const out = [bytes.subarray(0, 8)];
  for (const section of all) {
    const contents = sectionBytes(section);
    out.push(Uint8Array.of(section.id), leb(contents.length), contents);
  }
  const read = (exports) => {
    let i = 0;
    const executed = functions.map((f) => f.blocks.map(() => Number(exports[`executed:${i++}`].value)));
    return { executed, moved: Number(exports.moved.value) };
  };
  return { bytes: Buffer.concat(out), functions, read };
}

/** How many globals the module imports. */
export function importedGlobals(bytes, all) {
  const section = all.find(({ id }) => id === 2);
  if (!section) return 0;
  const reader = new Reader(bytes, section.begin);
  let globals = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind !== 0 && kind !== 3) throw new Error("only functions and globals may be imported");
    if (kind === 3) globals++;
    reader.skipNumber();
    if (kind === 3) reader.byte();
  }
  return globals;
}

/** What a constant zero is, by type. */
const ZEROS = {
  [I32]: [0x41, 0],
  [I64]: [0x42, 0],
  0x7d: [0x43, ...Array(4).fill(0)],
  0x7c: [0x44, ...Array(8).fill(0)],
  0x7b: [0xfd, 0x0c, ...Array(16).fill(0)],
};

/** A mutable global that begins at zero. */
export const global = (type) => Uint8Array.of(type, 1, ...ZEROS[type], 0x0b);

const exported = (name, index) =>
  Buffer.concat([leb(name.length), Buffer.from(name), Uint8Array.of(3), leb(index)]);

/** A section's vector with more elements behind it. */
export function extended(bytes, begin, end, added) {
  const reader = new Reader(bytes, begin);
  const count = reader.number();
  return Buffer.concat([leb(count + added.length), bytes.subarray(reader.at, end), ...added]);
}

function countingCode(bytes, functions, first, moved, scratch) {
  let counter = first;
  const bodies = functions.map(({ locals, code, end, blocks }) => {
    const parts = [bytes.subarray(locals, code)];
    for (const [i, block] of blocks.entries()) {
      const to = blocks[i + 1]?.begin ?? end;
      // A function's first block also counts its calls.
      if (block.instructions.length > 0 || i === 0) parts.push(plus(counter, Uint8Array.of(0x42, 1)));
      counter++;
      let at = block.begin;
      for (const copy of block.copies) {
        // The length is on top of the stack: it goes through a global, and is added to what was moved.
        const length = [Uint8Array.of(0x24), leb(scratch)];
        const added = plus(moved, Buffer.concat([Uint8Array.of(0x23), leb(scratch), Uint8Array.of(0xad)]));
        parts.push(bytes.subarray(at, copy), ...length, added, Uint8Array.of(0x23), leb(scratch));
        at = copy;
      }
      parts.push(bytes.subarray(at, to));
    }
    const body = Buffer.concat(parts);
    return Buffer.concat([leb(body.length), body]);
  });
  return Buffer.concat([leb(bodies.length), ...bodies]);
}

/** Adds what `value` (code) leaves on the stack to an i64 global. */
const plus = (index, value) =>
  Buffer.concat([Uint8Array.of(0x23), leb(index), value, Uint8Array.of(0x7c, 0x24), leb(index)]);

/** An unsigned LEB128 number. */
export function leb(value) {
  const out = [];
  do {
    const rest = value >>> 7;
    out.push((value & 0x7f) | (rest ? 0x80 : 0));
    value = rest;
  } while (value);
  return Uint8Array.from(out);
}
