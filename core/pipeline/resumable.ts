import type { Json } from "../json.ts";

/** Where data that is read in pieces stands. */
export interface Place {
  /** What the data needs to go on from here; stored with the pipeline's state, so without secrets. */
  readonly at: Json;
  /** For people: `page 51`, `data/2024-05.ndjson`. */
  readonly label: string;
}

/** One reading of the data. */
export interface Opening<T = unknown> extends AsyncIterable<T> {
  /** The pieces as a run reads them, should that be less work than what iterating gives to functions. */
  pieces?(): AsyncIterable<unknown>;
  /** Where it stands once the last piece it gave has been read. Undefined at the end, and where that cannot be
   *  remembered: reading then goes on. */
  place(): Promise<Place | undefined>;
  /** Why reading began at the start although a place was given. */
  startedOver?(): string | undefined;
}

/** Reads from the start, or from a place an earlier reading gave. */
export type Open<T = unknown> = (at: Json | undefined) => Opening<T>;

const openings = new WeakMap<object, Open>();

/** Data that a later run can take up after any of its pieces; iterated as it is, it is read from the start. */
export function resumable<T>(open: Open<T>): AsyncIterable<T> {
  const data: AsyncIterable<T> = { [Symbol.asyncIterator]: () => open(undefined)[Symbol.asyncIterator]() };
  openings.set(data, open);
  return data;
}

/** How to open what a resource gave; undefined for data without places. */
export function openerOf(data: unknown): Open | undefined {
  return typeof data === "object" && data !== null ? openings.get(data) : undefined;
}

/** The data with each piece changed; it can be taken up where `data` can. */
export function eachPiece<T>(data: AsyncIterable<T>, change: (piece: T) => T | undefined): AsyncIterable<T> {
  const open = openerOf(data) as Open<T> | undefined;
  async function* changed(pieces: AsyncIterable<T>) {
    for await (const piece of pieces) {
      const other = change(piece);
      if (other === undefined) return;
      yield other;
    }
  }
  if (!open) return changed(data);
  return resumable((at) => {
    const opening = open(at);
    return {
      [Symbol.asyncIterator]: () => changed(opening),
      place: () => opening.place(),
      startedOver: () => opening.startedOver?.(),
    };
  });
}
