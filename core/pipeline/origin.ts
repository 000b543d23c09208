import type { Format, Path } from "../binding/contract.ts";

/** What is known of bytes beside the bytes: where they came from, and who waits for values inside them.
 *  Kept beside the piece, so that what a function yields stays an ordinary `Response`, stream or array. */
export interface Origin {
  /** For messages: `api.github.com page 3`, `data/events.ndjson`. Without secrets. */
  readonly label: string;
  readonly url?: string;
  readonly contentType?: string;
  readonly format?: Format;
  readonly records?: Path;
  /** The whole body, when it has been read already. */
  readonly bytes?: Uint8Array;
  /** Values of the document that {@link Origin.told} wants. */
  readonly capture?: readonly Path[];
  /** Called after the piece has been normalised: the values as JSON text, null where missing. */
  told?(values: readonly (string | null)[], records: number): void;
}

const origins = new WeakMap<object, Origin>();

export function mark<T extends object>(piece: T, origin: Origin): T {
  origins.set(piece, origin);
  return piece;
}

export function originOf(piece: object): Origin | undefined {
  return origins.get(piece);
}
