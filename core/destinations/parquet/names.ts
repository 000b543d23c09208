import { hex } from "../../hex.ts";
import { LOADS_TABLE, STATE_TABLE, VERSION_TABLE } from "../../schema/system-tables.ts";

/** Bytes a name in a file system may have are 255; a load id, an ending and an escape need theirs. */
const LONGEST = 180;

/** Where things lie in a dataset's folder. What begins with `_dlt_`, and the tables' files, are dlt's
 *  (`dlt/destinations/impl/filesystem/filesystem.py`, layout `{table_name}/{load_id}.{file_id}.{ext}`). */
export const COMMITS = "_runlet_commits/";
export const OPEN = "_runlet_open/";
export const INIT = "init";
/** Version 2 of dlt's layout: what is compressed ends in `.gz`. */
export const INIT_TEXT = '{"initial_version":2,"current_version":2}';

/** A name as part of a path on every file system and in every bucket. Names that dlt makes stay as they are; of one that is
 *  too long, the beginning and a digest. */
export function pathPart(name: string): string {
  const escaped = name.replace(/^\.|[%/\\:*?"<>|\u0000-\u001f]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
  const encoder = new TextEncoder();
  const bytes = encoder.encode(escaped);
  if (bytes.byteLength <= LONGEST) return escaped;
  const digest = `~${fnv1a(bytes)}`;
  const characters = Array.from(escaped);
  let size = bytes.byteLength;
  while (size > LONGEST - digest.length) size -= encoder.encode(characters.pop()).byteLength;
  return characters.join("") + digest;
}

/** FNV-1a, 64 bits, as hexadecimal digits (http://www.isthe.com/chongo/tech/comp/fnv). */
function fnv1a(bytes: Uint8Array): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

/** A table's folder; its name may be one of those that mean something else here. */
function tableFolder(table: string): string {
  const name = pathPart(table);
  return /^(init|_runlet_(commits|open))$/i.test(name)
    ? `%${name.charCodeAt(0).toString(16).toUpperCase()}${name.slice(1)}`
    : name;
}

export function dataFile(table: string, loadId: string, fileId: string): string {
  return `${tableFolder(table)}/${pathPart(loadId)}.${fileId}.parquet`;
}

/** Whether a name is that of a load's data file. */
export function isOfLoad(name: string, loadId: string): boolean {
  const file = name.slice(name.lastIndexOf("/") + 1);
  const start = `${pathPart(loadId)}.`;
  return file.startsWith(start) && /^[0-9a-f]{10}\.parquet$/.test(file.slice(start.length));
}

export function commitFile(sequence: number): string {
  return `${COMMITS}${digits(sequence)}.json`;
}

export function checkpointFile(sequence: number): string {
  return `${COMMITS}${digits(sequence)}.checkpoint.json`;
}

/** The number of a commit or checkpoint, by its name. */
export function sequenceOf(name: string): { sequence: number; checkpoint: boolean } | undefined {
  const match = /(\d{12})(\.checkpoint)?\.json$/.exec(name);
  return match ? { sequence: Number(match[1]), checkpoint: match[2] !== undefined } : undefined;
}

function digits(sequence: number): string {
  return String(sequence).padStart(12, "0");
}

export function openFile(loadId: string): string {
  return `${OPEN}${pathPart(loadId)}.json`;
}

export function loadFile(schemaName: string, loadId: string): string {
  return `${LOADS_TABLE}/${pathPart(schemaName)}__${pathPart(loadId)}.jsonl`;
}

/** `insertedAt` in seconds is what dlt tells the newest by. */
export function versionFile(schemaName: string, insertedAt: string, hash: string): string {
  return `${VERSION_TABLE}/${pathPart(schemaName)}__${seconds(insertedAt)}__${hexOf(hash)}.jsonl`;
}

export function stateFile(pipeline: string, loadId: string, schemaHash: string): string {
  return `${STATE_TABLE}/${pathPart(pipeline)}__${pathPart(loadId)}__${hexOf(schemaHash)}.jsonl`;
}

/** The parts of a system file's name: `<name>__<load id>` or `<name>__<load id>__<hash>`, as dlt splits it. */
export function systemParts(name: string, parts: 2 | 3): string[] | undefined {
  const match = /([^/]*)\.jsonl$/.exec(name);
  const found: string[] = [];
  let rest = match?.[1] ?? "";
  while (found.length < parts - 1) {
    const at = rest.lastIndexOf("__");
    if (at < 0) return undefined;
    found.unshift(rest.slice(at + 2));
    rest = rest.slice(0, at);
  }
  return [rest, ...found];
}

/** Seconds since the Unix epoch with six digits after the point. */
function seconds(iso: string): string {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? "";
  return `${Math.floor(Date.parse(iso) / 1000)}.${fraction.padEnd(6, "0").slice(0, 6)}`;
}

/** A hash in base64 as dlt writes it into names; any other text as hexadecimal bytes. */
function hexOf(hash: string): string {
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(atob(hash), (character) => character.charCodeAt(0));
  } catch {
    bytes = new TextEncoder().encode(hash);
  }
  return hex(bytes);
}
