import type { Scaled } from "./numbers.ts";

/** Places that are remembered: as many keys as a table may have columns, and more. Data whose keys are values (ids, dates)
 *  would else fill the memory. */
const MOST_PLACES = 20_000;

const encoder = new TextEncoder();

/** A key of the objects at one place of the data. */
export class Place implements Scaled {
  readonly key: string;
  /** `,"key":` as little-endian words, the last one filled up. */
  readonly token: Int32Array;
  readonly tokenBytes: number;
  scale = 3;
  private inner: Shape | undefined;
  private readonly known: { places: number };

  constructor(key: string, known: { places: number }) {
    const token = encoder.encode(`,${JSON.stringify(key)}:`);
    const padded = new DataView(new ArrayBuffer((token.length + 3) & ~3));
    for (const [at, byte] of token.entries()) padded.setUint8(at, byte);
    this.key = key;
    this.token = Int32Array.from({ length: padded.byteLength / 4 }, (_, at) => padded.getInt32(at * 4, true));
    this.tokenBytes = token.length;
    this.known = known;
  }

  /** The shape of the objects here, in lists of them, too. */
  get shape(): Shape {
    return (this.inner ??= new Shape(this.known));
  }
}

/** What is known of the keys of the objects at one place of the data: objects of one resource have the same keys in the
 *  same order most of the time. */
export class Shape {
  /** The place that a position had last. */
  readonly order: Place[] = [];
  private readonly places = new Map<string, Place>();
  private readonly known: { places: number };

  constructor(known = { places: 0 }) {
    this.known = known;
  }

  /** The place of a key that is not the one expected at `position`. */
  find(key: string, position: number): Place {
    let place = this.places.get(key);
    if (!place) {
      place = new Place(key, this.known);
      if (this.known.places >= MOST_PLACES) return place;
      this.known.places++;
      this.places.set(key, place);
    }
    // No holes, so that the list stays a quick one.
    if (position <= this.order.length) this.order[position] = place;
    return place;
  }
}
