// What the command asks of the system: seven functions of wasi_snapshot_preview1 (WebAssembly/WASI, phases/snapshot).
import { allocBlock } from "../core/engine/memory/arena";
import { Buffer, newBuffer, putBytes, putByte, putText } from "../core/engine/memory/buffer";


@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, bytes: usize): u32;


@external("wasi_snapshot_preview1", "args_get")
declare function args_get(pointers: usize, text: usize): u32;


@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: u32, vectors: usize, count: u32, done: usize): u32;


@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: u32, vectors: usize, count: u32, done: usize): u32;


@external("wasi_snapshot_preview1", "clock_time_get")
declare function clock_time_get(clock: u32, precision: u64, time: usize): u32;


@external("wasi_snapshot_preview1", "random_get")
declare function random_get(at: usize, n: usize): u32;


@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: u32): void;

const AGAIN: u32 = 6;
const INTERRUPTED: u32 = 27;
const PIPE: u32 = 64;

const STDIN: u32 = 0;
const STDOUT: u32 = 1;
const STDERR: u32 = 2;

const vector: usize = memory.data(8, 8);
const cell: usize = memory.data(8, 8);

/** Bytes of text gathered before they are written. */
const GATHERED: usize = 262144;

/** What goes to stdout; see {@link flushOutput}. */
export const out: Buffer = newBuffer();
/** What goes to stderr, where it is written at the end. */
export const err: Buffer = newBuffer();
/** Whether anything has been written to stdout. */
export let outputBegun: bool = false;

/** Ends the command; what is gathered for stdout is not written. */
export function exit(code: u32): void {
  if (err.len) write(STDERR, err.ptr, err.len);
  err.len = 0;
  proc_exit(code);
}

/** Count of arguments, the command's name included. */
export let argumentCount: u32 = 0;
let pointers: usize = 0;

export function readArgumentList(): void {
  if (args_sizes_get(cell, cell + 4)) return;
  argumentCount = load<u32>(cell);
  pointers = allocBlock(<usize>argumentCount * 4 + 4);
  const text = allocBlock(<usize>load<u32>(cell, 4) + 128);
  args_get(pointers, text);
}

/** The argument: NUL behind it. */
export function argumentAt(i: u32): usize {
  return load<u32>(pointers + ((<usize>i) << 2));
}

/** Reads at most n bytes of stdin to p; 0 at its end. */
export function readInput(p: usize, n: usize): usize {
  while (true) {
    store<u32>(vector, <u32>p);
    store<u32>(vector, <u32>n, 4);
    const failed = fd_read(STDIN, vector, 1, cell);
    if (failed == AGAIN || failed == INTERRUPTED) continue;
    if (failed) {
      putUtf8(err, "✖ SOURCE_FAILED  stdin cannot be read\n  exit 4\n");
      exit(4);
    }
    return load<u32>(cell);
  }
}

/** Writes all of it, however little the system takes at once. */
function write(fd: u32, p: usize, n: usize): void {
  while (n) {
    store<u32>(vector, <u32>p);
    store<u32>(vector, <u32>n, 4);
    const failed = fd_write(fd, vector, 1, cell);
    if (failed == AGAIN || failed == INTERRUPTED) continue;
    // A reader that has seen enough (`| head`) is no error.
    if (failed == PIPE) proc_exit(0);
    if (failed) {
      if (fd == STDERR) proc_exit(6);
      err.len = 0;
      putUtf8(err, "✖ STORAGE_FAILED  stdout cannot be written\n  the output is incomplete · exit 6\n");
      exit(6);
    }
    const done = <usize>load<u32>(cell);
    p += done;
    n -= done;
  }
}

/** Writes bytes to stdout, behind what is gathered. */
export function writeOutput(p: usize, n: usize): void {
  flushOutput();
  outputBegun = true;
  write(STDOUT, p, n);
}

/** Writes what is gathered in {@link out}. */
export function flushOutput(): void {
  if (!out.len) return;
  outputBegun = true;
  write(STDOUT, out.ptr, out.len);
  out.len = 0;
}

/** Writes what is gathered once it is enough for a call. */
export function flushFull(): void {
  if (out.len >= GATHERED) flushOutput();
}

/** Nanoseconds since 1970. */
export function now(): u64 {
  return clock_time_get(0, 1000, cell) ? 0 : load<u64>(cell);
}

export function random(): u64 {
  return random_get(cell, 8) ? now() : load<u64>(cell);
}

/** Appends a NUL-terminated text. */
export function putZeroEnded(b: Buffer, p: usize): void {
  putBytes(b, p, lengthOf(p));
}

export function lengthOf(p: usize): usize {
  let n: usize = 0;
  while (load<u8>(p + n)) n++;
  return n;
}

export function putLine(b: Buffer, text: string): void {
  putUtf8(b, text);
  putByte(b, 10);
}

/** Appends a literal that has more than ASCII in it. */
export function putUtf8(b: Buffer, text: string): void {
  for (let i = 0; i < text.length; i++) {
    const c = <u32>text.charCodeAt(i);
    if (c < 0x80) putByte(b, c);
    else if (c < 0x800) {
      putByte(b, 0xc0 | (c >>> 6));
      putByte(b, 0x80 | (c & 63));
    } else {
      putByte(b, 0xe0 | (c >>> 12));
      putByte(b, 0x80 | ((c >>> 6) & 63));
      putByte(b, 0x80 | (c & 63));
    }
  }
}
