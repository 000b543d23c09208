import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** The part of the emscripten module that a file runtime touches. */
export interface WasmModule {
  HEAPU8: Uint8Array;
  HEAPF64: Float64Array;
  _malloc(bytes: number): number;
  stackSave(): number;
  stackAlloc(bytes: number): number;
  stackRestore(pointer: number): void;
  ccall(name: string, returns: string | null, types: string[], values: unknown[]): unknown;
}

type Callback = (module: WasmModule, ...values: number[]) => unknown;
/** The functions duckdb-wasm calls for files, by name. The first parameter is the calling engine's module. */
export type FileRuntime = Record<string, Callback | Map<number, unknown>>;

const NODE_FILES = 1;
/** DuckDB's FileOpenFlags. */
const READ = 1;
const WRITE = 2;
const CREATE = 8;
const CREATE_NEW = 16;
const NULL_IF_NOT_EXISTS = 128;
const EXCLUSIVE_CREATE = 512;
const NULL_IF_EXISTS = 1024;

/** The first three blocks of a database file are its headers (storage.hpp, `Storage::FILE_HEADER_SIZE`). */
const HEADERS_END = 3 * 4096;

interface OpenFiles {
  descriptors: Map<number, number>;
  failure: Error | undefined;
  /** The attached database's file, and the descriptors that are open on it. */
  database: string | undefined;
  databaseDescriptors: Set<number>;
}

const engines = new WeakMap<WasmModule, OpenFiles>();

function filesOf(module: WasmModule): OpenFiles {
  let files = engines.get(module);
  if (!files) engines.set(module, (files = newFiles()));
  return files;
}

function newFiles(): OpenFiles {
  return { descriptors: new Map(), failure: undefined, database: undefined, databaseDescriptors: new Set() };
}

/** Names the file whose checkpoints are to be durable. */
export function setDatabase(module: WasmModule, path: string | undefined): void {
  filesOf(module).database = path;
}

/** The file system's error behind an engine's last failure, once. */
export function takeFailure(module: WasmModule): Error | undefined {
  const files = filesOf(module);
  const { failure } = files;
  files.failure = undefined;
  return failure;
}

/** Closes what an engine left open. */
export function closeFiles(module: WasmModule): void {
  const { descriptors, databaseDescriptors } = filesOf(module);
  for (const descriptor of descriptors.values()) closeSync(descriptor);
  descriptors.clear();
  databaseDescriptors.clear();
}

function readText(module: WasmModule, pointer: number, length: number): string {
  return new TextDecoder().decode(module.HEAPU8.subarray(pointer, pointer + length));
}

/** Path of a file the engine knows by number: packed response of three doubles (status, pointer, length). */
function pathOf(module: WasmModule, fileId: number): string {
  const stack = module.stackSave();
  const response = module.stackAlloc(3 * 8);
  module.ccall(
    "duckdb_web_fs_get_file_info_by_id",
    null,
    ["number", "number", "number"],
    [response, fileId, 0],
  );
  const [status, pointer, length] = module.HEAPF64.slice(response >> 3, (response >> 3) + 3) as unknown as [
    number,
    number,
    number,
  ];
  const text = readText(module, pointer, length);
  module.stackRestore(stack);
  module.ccall("duckdb_web_clear_response", null, [], []);
  if (status !== 0) throw new Error(text);
  const { fileName, dataUrl } = JSON.parse(text) as { fileName: string; dataUrl: string | null };
  return dataUrl ?? fileName;
}

function descriptorOf(module: WasmModule, fileId: number): number {
  const descriptor = filesOf(module).descriptors.get(fileId);
  if (descriptor === undefined) throw new Error(`file ${fileId} is not open`);
  return descriptor;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function openFlags(flags: number): number {
  let mode = (flags & WRITE) === 0 ? constants.O_RDONLY : constants.O_RDWR;
  if (flags & WRITE && !(flags & READ)) mode = constants.O_RDWR;
  if (flags & (CREATE | CREATE_NEW)) mode |= constants.O_CREAT;
  if (flags & CREATE_NEW) mode |= constants.O_TRUNC;
  if (flags & EXCLUSIVE_CREATE) mode |= constants.O_CREAT | constants.O_EXCL;
  return mode;
}

/** Runs a callback; what it throws becomes the engine's exception, and is kept for the caller. */
function guarded(callback: Callback): Callback {
  return (module, ...values) => {
    try {
      return callback(module, ...values);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      filesOf(module).failure = failure;
      module.ccall("duckdb_web_fail_with", null, ["string"], [failure.message]);
      return 0;
    }
  };
}

function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(dirname(path), constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function openFile(module: WasmModule, fileId: number, flags: number): number {
  const path = pathOf(module, fileId);
  const created = (flags & (CREATE | CREATE_NEW | EXCLUSIVE_CREATE)) !== 0 && !existsSync(path);
  let descriptor: number;
  try {
    descriptor = openSync(path, openFlags(flags), 0o666);
  } catch (error) {
    if (flags & NULL_IF_NOT_EXISTS && isMissing(error)) return 0;
    if (flags & NULL_IF_EXISTS && (error as NodeJS.ErrnoException).code === "EEXIST") return 0;
    throw error;
  }
  if (created) syncFolder(path);
  const files = filesOf(module);
  files.descriptors.set(fileId, descriptor);
  if (path === files.database) files.databaseDescriptors.add(descriptor);
  const result = module._malloc(2 * 8);
  module.HEAPF64[result >> 3] = fstatSync(descriptor).size;
  module.HEAPF64[(result >> 3) + 1] = 0;
  return result;
}

function readFile(module: WasmModule, fileId: number, into: number, bytes: number, position: number): number {
  const descriptor = descriptorOf(module, fileId);
  let done = 0;
  while (done < bytes) {
    const read = readSync(descriptor, module.HEAPU8, into + done, bytes - done, position + done);
    if (read === 0) break;
    done += read;
  }
  return done;
}

function writeFile(
  module: WasmModule,
  fileId: number,
  from: number,
  bytes: number,
  position: number,
): number {
  const descriptor = descriptorOf(module, fileId);
  const { database, databaseDescriptors } = filesOf(module);
  const isHeader = position < HEADERS_END && databaseDescriptors.has(descriptor);
  // DuckDB asks for a sync before and after a header, but this build of it does not pass that on.
  if (isHeader) fsyncSync(descriptor);
  let done = 0;
  while (done < bytes) {
    done += writeSync(descriptor, module.HEAPU8, from + done, bytes - done, position + done);
  }
  if (isHeader) {
    fsyncSync(descriptor);
    // The header makes the checkpoint the database. DuckDB would now remove the write-ahead log; this build leaves it.
    rmSync(`${database}.wal`, { force: true });
  }
  return done;
}

function closeFile(module: WasmModule, fileId: number): number {
  const { descriptors, databaseDescriptors } = filesOf(module);
  const descriptor = descriptors.get(fileId);
  descriptors.delete(fileId);
  if (descriptor === undefined) return 0;
  databaseDescriptors.delete(descriptor);
  closeSync(descriptor);
  return 0;
}

function moveFile(module: WasmModule, from: number, fromBytes: number, to: number, toBytes: number): boolean {
  const target = readText(module, to, toBytes);
  renameSync(readText(module, from, fromBytes), target);
  syncFolder(target);
  return true;
}

const pathCallback =
  <T>(use: (path: string) => T): Callback =>
  (module, pointer = 0, length = 0) =>
    use(readText(module, pointer, length));

/** Files for duckdb-wasm on Node: positioned reads and writes on one descriptor per file, truncation and fsync that
 *  are done when they return. (duckdb-wasm's own Node runtime overwrites headers, re-creates databases and never
 *  syncs.) One object serves every engine of the process. */
export const FILE_RUNTIME: FileRuntime = {
  _udfFunctions: new Map(),
  testPlatformFeature: (_module, feature) => feature === 1,
  getDefaultDataProtocol: () => NODE_FILES,
  openFile: guarded(openFile as Callback),
  readFile: guarded(readFile as Callback),
  writeFile: guarded(writeFile as Callback),
  closeFile: guarded(closeFile as Callback),
  moveFile: guarded(moveFile as Callback),
  syncFile: guarded((module, fileId = 0) => fsyncSync(descriptorOf(module, fileId))),
  truncateFile: guarded((module, fileId = 0, size = 0) => ftruncateSync(descriptorOf(module, fileId), size)),
  getLastFileModificationTime: guarded(
    (module, fileId = 0) => fstatSync(descriptorOf(module, fileId)).mtimeMs / 1000,
  ),
  checkFile: guarded(pathCallback((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)),
  checkDirectory: guarded(
    pathCallback((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false),
  ),
  createDirectory: guarded(pathCallback((path) => mkdirSync(path))),
  removeDirectory: guarded(pathCallback((path) => rmdirSync(path))),
  removeFile: guarded(pathCallback((path) => rmSync(path))),
  glob: guarded((module, pointer = 0, length = 0) => {
    const path = readText(module, pointer, length);
    if (existsSync(path)) module.ccall("duckdb_web_fs_glob_add_path", null, ["string"], [path]);
  }),
  listDirectoryEntries: () => false,
  dropFile: () => undefined,
  progressUpdate: () => undefined,
  callScalarUDF: () => undefined,
};
