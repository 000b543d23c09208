import { RunletError } from "../../errors.ts";
import { writeLetters } from "./numbers.ts";
import { Place } from "./shape.ts";
import { SLACK, Text, TooLong } from "./text.ts";
import { Walk } from "./walk.ts";

/** Bytes to begin with, and from which on lines are handed on: they are still in the cache when the engine reads them. */
const FIRST_BYTES = 16 * 1024;
const ENOUGH = 256 * 1024;
/** As long as a string could be in V8. */
const MOST_BYTES = 2 ** 29;

/** Writes records as lines of JSON, in UTF-8. */
export class RecordLines {
  private readonly text = new Text(FIRST_BYTES, MOST_BYTES);
  private readonly walk = new Walk(this.text);
  private readonly places = new Map<string, Place>();

  /** Chunks of whole lines; each is overwritten when the next one is asked for. A record that is no object becomes
   *  `{value: …}`, as in dlt: a list would else be read as many records. `kind`: records of one kind are expected to look
   *  alike. `before`: records that came before these, for messages.
   *  @throws RunletError SOURCE_FAILED, LIMIT_RECORD with the number of the record */
  *of(records: readonly unknown[], kind: string, before: number): Generator<Uint8Array> {
    const { text, walk } = this;
    let place = this.places.get(kind);
    if (!place) this.places.set(kind, (place = new Place(kind, { places: 0 })));
    walk.begin();
    let p = 0;
    for (const [at, record] of records.entries()) {
      try {
        if (typeof record === "object" && record !== null && !Array.isArray(record)) {
          p = walk.whole(record, place, p);
          if (p + SLACK > text.size) text.grow(p, SLACK);
        } else {
          if (p + SLACK > text.size) text.grow(p, SLACK);
          p = walk.whole(record, place, writeLetters(text, '{"value":', p));
          if (p + SLACK > text.size) text.grow(p, SLACK);
          text.bytes[p++] = 125;
        }
      } catch (cause) {
        throw unwritten(cause, before + at + 1);
      }
      text.bytes[p++] = 10;
      if (p < ENOUGH) continue;
      yield text.bytes.subarray(0, p);
      walk.begin();
      p = 0;
    }
    if (p > 0) yield text.bytes.subarray(0, p);
    walk.begin();
  }
}

function unwritten(cause: unknown, record: number): RunletError {
  const where = { record };
  if (cause instanceof RunletError) return cause;
  if (cause instanceof TooLong)
    return new RunletError("LIMIT_RECORD", `record ${record} is longer than ${MOST_BYTES} bytes of JSON`, {
      where,
      hint: "leave out what is not wanted of it with map",
      cause,
    });
  const message = cause instanceof Error ? cause.message : String(cause);
  return new RunletError("SOURCE_FAILED", `record ${record} cannot be read: ${message}`, {
    where,
    hint: "a record is what JSON can say, and bigint, bytes, Map, Set, Date; give it toJSON(), or change it with map",
    cause,
  });
}
