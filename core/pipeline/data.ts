/** Bytes of JSON, NDJSON or CSV, gzip recognised: to the engine untouched. */
export type Bytes = Response | ReadableStream<Uint8Array> | Uint8Array | ArrayBuffer | Blob;

/** Bytes, JSON text, or an object or array of records. */
export type Piece = Bytes | string | object;

/** What a resource may be made of: a piece, or (async) iterables and promises of pieces, nested as they like.
 *  A string that is yielded or returned is JSON text; a string inside an array is a record `{value: …}`. */
export type Data =
  | Piece
  | null
  | undefined
  | Iterable<Piece>
  | AsyncIterable<Piece>
  | Promise<Piece | Iterable<Piece> | AsyncIterable<Piece> | null | undefined>;
