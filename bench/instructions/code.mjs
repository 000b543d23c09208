// Reads the code section of a WebAssembly module: functions, their basic blocks, and what kind each instruction is.
// Format: WebAssembly core specification 2.0, chapter 5 (binary format).

/** Kinds of instructions that are counted apart. */
export const KINDS = ["load", "store", "vector", "call", "branch", "bulk", "other"];
const [LOAD, STORE, VECTOR, CALL, BRANCH, BULK, OTHER] = KINDS.keys();
/** Takes no time of its own: structure, and what a compiler drops. Wasmtime's fuel leaves out the same. */
const FREE = new Set([0x00, 0x01, 0x02, 0x03, 0x05, 0x0b, 0x0f, 0x1a]);
/** A basic block ends behind these: loop, if, else, end, br, br_if, br_table, return, unreachable. */
const ENDS = new Set([0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x00]);
const BRANCHES = new Set([0x04, 0x0c, 0x0d, 0x0e]);

/** A place in the bytes, moving on as it is read. */
export class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  /** An unsigned LEB128 number of up to 32 bits. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
  /** Passes over a LEB128 number of any size. */
  skipNumber() {
    while (this.byte() >= 0x80) continue;
  }
  name() {
    const length = this.number();
    const text = new TextDecoder().decode(this.bytes.subarray(this.at, this.at + length));
    this.at += length;
    return text;
  }
}

/** The module's sections in order: id, where the contents begin and end. */
export function sections(bytes) {
  const reader = new Reader(bytes, 8);
  const found = [];
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.number();
    found.push({ id, begin: reader.at, end: reader.at + size });
    reader.at += size;
  }
  return found;
}

/** The functions of a code section. Each has the place of its locals, of its code and its basic blocks
 *  `{ begin, instructions: [{ at, kind }], copies: [at of memory.copy and memory.fill] }`; places are offsets in the file. */
export function functionsOf(bytes, { begin }) {
  const reader = new Reader(bytes, begin);
  return Array.from({ length: reader.number() }, () => {
    const size = reader.number();
    const locals = reader.at;
    const end = locals + size;
    for (let groups = reader.number(); groups > 0; groups--) {
      reader.skipNumber();
      reader.byte();
    }
    const code = reader.at;
    return { locals, code, end, blocks: blocksOf(reader, end) };
  });
}

function blocksOf(reader, end) {
  const blocks = [];
  let block = { begin: reader.at, instructions: [], copies: [] };
  while (reader.at < end) {
    const at = reader.at;
    const opcode = reader.byte();
    const kind = passInstruction(reader, opcode);
    if (!FREE.has(opcode)) block.instructions.push({ at, kind });
    if (kind === BULK) block.copies.push(at);
    if (!ENDS.has(opcode)) continue;
    blocks.push(block);
    block = { begin: reader.at, instructions: [], copies: [] };
  }
  return blocks;
}

/** Passes over an instruction's operands; returns its kind. */
function passInstruction(reader, opcode) {
  if (opcode === 0xfd) return passVector(reader);
  if (opcode === 0xfc) return passNumbered(reader);
  if (opcode >= 0x28 && opcode <= 0x3e) {
    reader.skipNumber();
    reader.skipNumber();
    return opcode < 0x36 ? LOAD : STORE;
  }
  if (opcode === 0x0e) for (let targets = reader.number() + 1; targets > 0; targets--) reader.skipNumber();
  else if (opcode === 0x11) {
    reader.skipNumber();
    reader.skipNumber();
  } else if (opcode === 0x1c) for (let types = reader.number(); types > 0; types--) reader.byte();
  else if (opcode === 0x43) reader.at += 4;
  else if (opcode === 0x44) reader.at += 8;
  else if (ONE_NUMBER.has(opcode)) reader.skipNumber();
  else if (opcode > 0xd2 || (opcode > 0xc4 && opcode < 0xd0))
    throw new Error(`unknown instruction 0x${opcode.toString(16)} at ${reader.at - 1}`);
  if (opcode === 0x10 || opcode === 0x11) return CALL;
  return BRANCHES.has(opcode) ? BRANCH : OTHER;
}

/** Block types, labels, indices, integer constants, memories. */
const ONE_NUMBER = new Set([
  ...[0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26],
  ...[0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2],
]);

function passNumbered(reader) {
  const which = reader.number();
  if (which < 8) return OTHER;
  reader.skipNumber();
  if ([8, 10, 12, 14].includes(which)) reader.skipNumber();
  return which === 10 || which === 11 ? BULK : OTHER;
}

function passVector(reader) {
  const which = reader.number();
  const isMemory = which <= 11 || (which >= 84 && which <= 93);
  if (isMemory) {
    reader.skipNumber();
    reader.skipNumber();
    if (which >= 84 && which <= 91) reader.byte();
  } else if (which === 12 || which === 13) reader.at += 16;
  else if (which >= 21 && which <= 34) reader.byte();
  return VECTOR;
}
