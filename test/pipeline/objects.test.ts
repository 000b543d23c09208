import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { memory, pipeline, resource } from "../../core/index.ts";
import { RecordLines } from "../../core/pipeline/objects/record-lines.ts";
import { stringifyRecord } from "../../core/pipeline/stringify.ts";
import { installTestHost } from "./host.ts";

const FULL = process.env["RUNLET_FULL"] === "1";
const runs = (n: number) => ({ seed: 7, numRuns: FULL ? n * 50 : n });

/** The lines of the records, all written by one writer, so that each meets the shapes of those before. */
function written(records: readonly unknown[]): string {
  let lines = "";
  for (const chunk of new RecordLines().of(records, "t", 0)) lines += Buffer.from(chunk).toString();
  return lines;
}

/** What `JSON.stringify` makes of a value, with a word for what it does not know. */
function reference(value: unknown): string {
  const integers: string[] = [];
  const text = JSON.stringify(value, function (this: Record<string, unknown>, key, given: unknown) {
    const own = this[key];
    const keeps = ArrayBuffer.isView(own) || own instanceof Map || own instanceof Set;
    const taken = keeps ? own : given;
    if (typeof taken === "bigint" || taken instanceof BigInt)
      return `\0${integers.push(taken.toString()) - 1}\0`;
    if (ArrayBuffer.isView(taken))
      return Buffer.from(taken.buffer, taken.byteOffset, taken.byteLength).toString("base64");
    if (taken instanceof Set) return [...taken];
    return taken instanceof Map
      ? Object.fromEntries([...taken].map(([name, each]) => [String(name), each]))
      : taken;
  });
  return text === undefined
    ? "null"
    : text.replaceAll(/"\\u0000(\d+)\\u0000"/g, (_, at) => integers[Number(at)]!);
}

const key = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "id",
    "name",
    "__proto__",
    "constructor",
    "7",
    "",
    "größe",
    "a key of many letters: 32",
  ),
  fc.string({ unit: "binary" }),
);
const units = (max: number) =>
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: max })
    .map((codes) => codes.map((code) => String.fromCharCode(code)).join(""));
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 60 }),
  units(60),
  fc.string({ unit: fc.constantFrom("a", "b", '"', "\\", "\n", "\u001f", "é", "\u007f"), maxLength: 60 }),
);
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, min: -1e7, max: 1e7 }),
  fc
    .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, scale]) => digits / 10 ** scale),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    1e21,
    1e-7,
    5e-324,
    1e15,
    999999999999999.9,
    2 ** 53,
  ),
);
const scalar = fc.oneof(text, number, fc.boolean(), fc.constantFrom(null, undefined, Symbol("s")));
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(key, tie("value"), { maxKeys: 6 }),
  ),
})).value;

class Point {
  readonly x: number;
  readonly #secret = 1;
  constructor(x: unknown) {
    this.x = x as number;
  }
  get double() {
    return this.#secret;
  }
}
const inherited = Object.create({ from: "above" }) as object;
/** What objects there are beside plain ones, around a value. */
const WRAPPED: Record<string, (inner: any) => unknown> = {
  date: () => new Date(Date.UTC(2024, 1, 29, 1, 2, 3, 4)),
  "date that is none": () => new Date(Number.NaN),
  class: (inner) => new Point(inner),
  "null prototype": (inner) => Object.assign(Object.create(null) as object, { inner }),
  "inherited fields": (inner) => Object.assign(Object.create(inherited) as object, { inner }),
  getter: (inner) => ({
    get field(): unknown {
      return inner;
    },
  }),
  "hidden field": (inner) => Object.defineProperty({ seen: 1 }, "unseen", { value: inner }),
  "symbol key": (inner) => ({ [Symbol("k")]: inner, a: 1 }),
  toJSON: (inner) => ({ toJSON: (name: string) => [name, inner] as unknown }),
  "toJSON of a class": (inner) =>
    new (class {
      toJSON() {
        return inner as unknown;
      }
    })(),
  "hidden toJSON": (inner) => Object.defineProperty({ a: 1 }, "toJSON", { value: () => inner as unknown }),
  "toJSON that gives itself": (inner) => {
    const self = { inner, toJSON: () => self as unknown };
    return self;
  },
  "toJSON that gives a date": () => ({ toJSON: () => new Date(0) }),
  "toJSON of a list": (inner) => Object.assign([1], { toJSON: () => inner as unknown }),
  "function with toJSON": (inner) => Object.assign(() => 1, { toJSON: () => inner as unknown }),
  function: () => () => 1,
  bigint: () => 2n ** 70n,
  "small bigint": () => -5n,
  "boxed bigint": () => Object(1n) as unknown,
  "boxed number": () => new Number(1.5),
  "boxed string": () => new String('a"b'),
  "boxed boolean": () => new Boolean(false),
  "no box": () => Object.create(Number.prototype) as unknown,
  "a box with a say": () =>
    new (class extends Number {
      override valueOf() {
        return 7;
      }
    })(1),
  symbol: () => Object(Symbol("s")) as unknown,
  regexp: () => /x/,
  error: (inner) => Object.assign(new Error("x"), { inner }),
  bytes: () => new Uint8Array([1, 2, 255, 0]).subarray(1),
  buffer: () => Buffer.from("any carnal pleas"),
  floats: () => new Float32Array([1.5]),
  view: () => new DataView(new ArrayBuffer(5), 1, 2),
  "no bytes": () => new Uint8Array(0),
  "whole buffer": () => new ArrayBuffer(2),
  map: (inner) =>
    new Map<unknown, unknown>([
      ["k", inner],
      [Symbol.iterator.description, undefined],
      [null, 1],
    ]),
  "map with toJSON": (inner) => Object.assign(new Map([["k", inner]]), { toJSON: () => 1 }),
  "map of a class": () =>
    new (class extends Map<string, number> {
      count = 3;
    })([["k", 1]]),
  set: (inner) => new Set([inner, undefined, 1n]),
  "weak map": () => new WeakMap(),
  sparse: (inner) => {
    const list: unknown[] = [1, , 3];
    list[5] = inner;
    return list;
  },
  "list of a class": (inner) => class extends Array<unknown> {}.from([inner, 2]),
  "list with fields": (inner) => Object.assign([1], { inner }),
  frozen: (inner) => Object.freeze({ inner }),
  proxy: (inner) => new Proxy({ inner, other: 1 }, {}),
  "proxied list": (inner) => new Proxy([inner, 2], {}),
  "proxy that makes fields": () =>
    new Proxy(
      {},
      {
        ownKeys: () => ["made", "hidden"],
        getOwnPropertyDescriptor: (_, name) => ({
          enumerable: name === "made",
          configurable: true,
          value: 1,
        }),
        get: (_, name) => (name === "toJSON" ? undefined : `got ${String(name)}`),
      },
    ),
  "the same twice": (inner) => {
    const shared = { inner };
    return [shared, shared, { shared }];
  },
};
const wrapped = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4 }),
    fc
      .tuple(fc.constantFrom(...Object.keys(WRAPPED)), tie("value"))
      .map(([kind, inner]) => WRAPPED[kind]!(inner)),
  ),
})).value;

describe("records become the lines that JSON.stringify writes", () => {
  test("plain data", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(key, plain), { maxLength: 6 }), (records) => {
        expect(written(records)).toBe(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
      }),
      runs(2000),
    );
  });

  test("numbers, to the last digit", () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 20 }), (values) => {
        const records = values.map((value) => ({ value, list: [value] }));
        expect(written(records)).toBe(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
      }),
      runs(3000),
    );
  });

  test("texts of all lengths", () => {
    const fillers = ["a", "é", "東", "😀", '"', "\u0000", "\ud800", "\udc00"];
    for (const length of [0, 1, 19, 20, 21, 22, 23, 24, 4999, 5000, 5001, 9999, 10_001, 70_000]) {
      for (const filler of fillers) {
        for (const end of ["", "\\", "😀", "\ud83d", "x"]) {
          const record = { value: filler.repeat(length) + end };
          expect(stringifyRecord(record) === JSON.stringify(record), `${length} × ${filler}, ${end}`).toBe(
            true,
          );
        }
      }
    }
  });

  test.each(Object.keys(WRAPPED))("objects of other kinds: %s", (kind) => {
    const inner = { a: 1, b: "text" };
    const record = { first: WRAPPED[kind]!(inner), list: [WRAPPED[kind]!(inner)], last: 1 };
    expect(stringifyRecord(record)).toBe(reference(record));
  });

  test("mixed as they like", () => {
    fc.assert(
      fc.property(fc.array(wrapped, { maxLength: 5 }), (values) => {
        const records = values.map((value) => ({ value }));
        expect(written(records)).toBe(records.map((record) => `${reference(record)}\n`).join(""));
      }),
      runs(2000),
    );
  });

  test("integers of a patched bigint stay integers", () => {
    const prototype = BigInt.prototype as { toJSON?: () => string };
    prototype.toJSON = function (this: bigint) {
      return `${this}n`;
    };
    try {
      expect(written([{ a: 1n }])).toBe('{"a":1}\n');
    } finally {
      delete prototype.toJSON;
    }
  });

  test("fields that somebody gave all objects are no fields of a record", () => {
    const prototype = Object.prototype as { everywhere?: number };
    prototype.everywhere = 1;
    try {
      expect(written([{ a: 1 }, new Point(2)])).toBe('{"a":1}\n{"x":2}\n');
    } finally {
      delete prototype.everywhere;
    }
  });

  test("records of many shapes, more than are remembered", () => {
    const records = Array.from({ length: 500 }, (_, i) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, k) => [`key ${i * 60 + k}`, { [`k${i}`]: k }])),
    );
    expect(written(records)).toBe(records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  });

  test("records larger than a chunk, and many small ones", () => {
    const large = [{ a: "x".repeat(300_000) }, { a: "é".repeat(400_000) }, { b: [..."abc"] }];
    const small = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `name ${id}`, big: BigInt(id) }));
    for (const records of [large, small]) {
      expect(written(records) === records.map((record) => `${reference(record)}\n`).join("")).toBe(true);
    }
  });

  test("deep ones", () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 1000; depth++) deep = depth % 2 ? [deep] : { deep };
    expect(stringifyRecord({ deep })).toBe(JSON.stringify({ deep }));
  });
});

describe("what cannot be written is told with its number", () => {
  const cycle: Record<string, unknown> = { id: 3 };
  cycle["self"] = { list: [cycle] };
  const endless = { toJSON: () => ({ endless }) };
  const faults: Record<string, [record: unknown, message: string]> = {
    "a cycle": [cycle, "refers to itself"],
    "a getter that throws": [
      {
        get broken(): never {
          throw new Error("no field today");
        },
      },
      "no field today",
    ],
    "toJSON that throws": [
      {
        toJSON: () => {
          throw new Error("no JSON");
        },
      },
      "no JSON",
    ],
    "toJSON without end": [endless, "stack"],
  };
  test.each(Object.keys(faults))("%s", async (name) => {
    installTestHost();
    const [record, message] = faults[name]!;
    const records = async function* () {
      for (let id = 1; id <= 700; id++) yield { id };
      yield record as object;
    };
    const store = memory();
    await expect(pipeline("p", resource("t", {}, records)).run({ to: store })).rejects.toMatchObject({
      code: "SOURCE_FAILED",
      message: expect.stringMatching(new RegExp(`record 701 .*${message}`)),
      where: { resource: "t", record: 701 },
    });
    expect(store.tables()["t"]).toBeUndefined();
  });
});
