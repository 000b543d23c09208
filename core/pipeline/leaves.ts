import { RunletError } from "../errors.ts";
import type { Bytes } from "./data.ts";
import { isBlob, isReadableStream, isResponse } from "./kinds.ts";
import { openerOf } from "./resumable.ts";

/** Data taken apart: one piece of bytes, JSON text, or some records as values. */
export type Piece =
  { kind: "bytes"; piece: Bytes } | { kind: "text"; text: string } | { kind: "records"; records: unknown[] };

/** Between pieces, a boundary: all that the data was asked for so far has been given. */
export type Leaf = Piece | { kind: "boundary" };

/** Records of a generator that go together. A fixed number: ids must not depend on timing. */
const TOGETHER = 512;

/** Flattens what a resource gave: promises and (async) iterables, nested as they like, in order. With `boundaries`,
 *  those of the outermost iterable are told. */
export async function* leaves(data: unknown, boundaries = false): AsyncGenerator<Leaf> {
  const given = await data;
  if (given === null || given === undefined) return;
  if (typeof given === "string") yield { kind: "text", text: given };
  else if (typeof given !== "object") yield { kind: "records", records: [given] };
  else if (isBytes(given)) yield { kind: "bytes", piece: given };
  else if (Array.isArray(given) && given.every(isRecord)) yield* slices(given);
  else if (isIterable(given)) yield* each(openerOf(given)?.(undefined).pieces?.() ?? given, boundaries);
  else yield { kind: "records", records: [given] };
}

async function* each(
  items: Iterable<unknown> | AsyncIterable<unknown>,
  boundaries: boolean,
): AsyncGenerator<Leaf> {
  let records: unknown[] = [];
  const flushed = () => {
    const full = records;
    records = [];
    return { kind: "records", records: full } as const;
  };
  for await (const item of items) {
    if (typeof item === "object" && item !== null && isRecord(item) && !Array.isArray(item)) {
      if (records.push(item) < TOGETHER) continue;
      yield flushed();
    } else {
      if (records.length) yield flushed();
      // The usual ones, without a generator for each.
      if (typeof item === "string") yield { kind: "text", text: item };
      else if (typeof item === "object" && item !== null && isBytes(item))
        yield { kind: "bytes", piece: item };
      else yield* leaves(item);
    }
    if (boundaries) yield { kind: "boundary" };
  }
  if (records.length) yield flushed();
}

function* slices(records: unknown[]): Generator<Leaf> {
  for (let at = 0; at < records.length; at += TOGETHER) {
    yield { kind: "records", records: records.slice(at, at + TOGETHER) };
  }
}

function isBytes(given: object): given is Bytes {
  return (
    given instanceof Uint8Array ||
    given instanceof ArrayBuffer ||
    isResponse(given) ||
    isReadableStream(given) ||
    isBlob(given)
  );
}

/** A value that is one record by itself: no bytes, no promise, nothing to iterate but an array. */
function isRecord(item: unknown): boolean {
  if (typeof item === "function")
    throw new RunletError("SOURCE_FAILED", "a function was given as data", { hint: "call it" });
  if (typeof item !== "object" || item === null) return true;
  if (Array.isArray(item)) return item.every(isRecord);
  return !isBytes(item) && !isIterable(item) && typeof (item as { then?: unknown }).then !== "function";
}

function isIterable(given: object): given is Iterable<unknown> | AsyncIterable<unknown> {
  return Symbol.asyncIterator in given || Symbol.iterator in given;
}
