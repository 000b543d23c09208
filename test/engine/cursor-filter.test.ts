// A cursor in the engine leaves what the same records would, had those that it leaves out never been there: down to the bytes.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type {
  CursorConfig,
  EngineConfig,
  EngineSchema,
  InputOptions,
  TableHints,
} from "../../core/binding/contract.ts";
import { chunkSizes, recordTexts } from "./arbitraries.ts";
import { bytes, open } from "./engine.ts";
import { split } from "./split.ts";

const RUNS = process.env.RUNLET_FULL ? 4000 : 400;

/** Values in their order; those of one rank are equal. */
const VALUES: readonly (readonly [text: string, rank: number])[] = [
  ["-100000000000000000000000", -2],
  ["-1.5", -1],
  ["4", 0],
  ["5", 1],
  ["5.0", 1],
  ["5.5", 2],
  ["9007199254740993", 3],
  ["9223372036854775808", 4],
  ["100000000000000000000000", 5],
];
const START = 1;
/** Not a value. */
const NULL = "null";

/** A member of the record: a value, null, or an object where the path goes through one. */
interface Member {
  key: string;
  value: string;
  rank: number | undefined;
}

const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 1, arbitrary: fc.constant([NULL, undefined] as const) },
);

const spelled = (plain: string, escaped: string) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(plain) }, { weight: 1, arbitrary: fc.constant(escaped) });

const flat = fc
  .tuple(spelled("u", "\\u0075"), value)
  .map(([key, [text, rank]]): Member => ({ key, value: text, rank }));

const decoys = [``, `"v":"\\"u\\":9,",`, `"v":{"u":3},`, `"v":[{"u":"5"}],`];

const nested = fc
  .tuple(spelled("o", "\\u006f"), fc.constantFrom(...decoys), fc.array(flat, { maxLength: 2 }), fc.boolean())
  .map(([key, decoy, members, isScalar]): Member => {
    const inner = members.map((m) => `"${m.key}":${m.value}`).join(",");
    if (isScalar && members.length === 0) return { key, value: "7", rank: undefined };
    return { key, value: `{${decoy}"w":1${inner && `,${inner}`}}`, rank: members.at(-1)?.rank };
  });

/** Mostly one such member, sometimes none or two: the last one counts. */
function recordsWith(member: fc.Arbitrary<Member>) {
  const members = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(member) },
    { weight: 1, arbitrary: fc.array(member, { maxLength: 2 }) },
  );
  const around = fc.tuple(
    fc.nat(),
    members,
    fc.nat({ max: 2 }),
    fc.constantFrom("", " "),
    fc.constantFrom(...decoys),
  );
  return fc
    .tuple(recordTexts({ collisions: true }), fc.array(around, { minLength: 1, maxLength: 24 }))
    .map(([pool, drawn]) =>
      drawn.map(([i, own, before, space, decoy]) => {
        const rest = pool[i % pool.length]!.trim().slice(1, -1).trim();
        const text = (m: Member) => `"${m.key}"${space}:${space}${m.value}`;
        const parts = [
          ...own.slice(0, before).map(text),
          `${decoy}"z":1`,
          ...(rest ? [rest] : []),
          ...own.slice(before).map(text),
        ];
        return { text: `{${parts.join(`,${space}`)}}`, rank: own.at(-1)?.rank };
      }),
    );
}

/** Everything the engine makes of the chunks, down to the bytes, and how many records it has taken. */
function run(chunks: Uint8Array[], options: InputOptions, config: Partial<EngineConfig>) {
  const engine = open(config);
  try {
    const made: unknown[] = [];
    const hash = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");
    const take = (drain: boolean) => {
      for (let b = engine.take(drain); b; b = engine.take(drain))
        made.push([
          b.table,
          b.schemaVersion,
          b.rows,
          hash(b.message),
          hash(engine.tableSchema(b.table, b.schemaVersion)),
        ]);
    };
    const input = engine.input("t", 0, options);
    for (const chunk of chunks) {
      engine.push(input, chunk);
      take(false);
    }
    const { records } = engine.end(input);
    take(true);
    const { cursors: _, ...schema } = engine.schema() as EngineSchema & { cursors?: unknown };
    return { records, all: { made, schema } };
  } finally {
    engine.close();
  }
}

const cursorAt = (path: string[]): CursorConfig => ({ path, start: "5", deduplicate: false });

test.each<[string, string[], TableHints | undefined]>([
  ["a member", ["u"], undefined],
  ["a member in an object", ["o", "u"], undefined],
  [
    "a member that a hint drops",
    ["u"],
    {
      columns: [
        { path: ["u"], drop: true },
        { path: ["z"], mask: "null", type: "text" },
      ],
    },
  ],
  [
    "a masked member",
    ["u"],
    {
      columns: [
        { path: ["u"], mask: "redact" },
        { path: ["b"], type: "text" },
      ],
    },
  ],
  ["a member of a JSON column", ["o", "u"], { columns: [{ path: ["o"], type: "json" }], maxTableNesting: 1 }],
  ["ids of records", ["u"], { rowId: "row" }],
])("what is left out leaves nothing: %s", (_, path, hints) => {
  let taken = 0;
  let left = 0;
  fc.assert(
    fc.property(
      recordsWith(path.length === 1 ? flat : nested),
      chunkSizes,
      fc.constantFrom("include", "exclude"),
      fc.constantFrom(1, 300, 1 << 20),
      (records, sizes, onMissing, batchBytes) => {
        const isIn = (rank: number | undefined) =>
          rank === undefined ? onMissing === "include" : rank >= START;
        // Blanks keep the others where they are: ids are made of places.
        const blank = (text: string) => " ".repeat(bytes(text).length);
        const filtered = records.map(({ text, rank }) => (isIn(rank) ? text : blank(text)));
        const config: Partial<EngineConfig> = { batchBytes, ...(hints && { hints: { t: hints } }) };
        const cursors = { c: { ...cursorAt(path), onMissing } as CursorConfig };
        const texts = records.map(({ text }) => text);
        const check = (plain: string, text: string, format: "ndjson" | "json") => {
          const expected = run([bytes(plain)], { format: "ndjson" }, config).all;
          const found = run(split(bytes(text), sizes), { format, cursor: "c" }, { ...config, cursors });
          expect(found.all).toEqual(expected);
          expect(found.records).toBe(records.filter(({ rank }) => isIn(rank)).length);
        };
        check(`${filtered.join("\n")}\n`, `${texts.join("\n")}\n`, "ndjson");
        check(` ${filtered.join(" \n")} `, `[${texts.join(",\n")}]`, "json");
        for (const { rank } of records)
          if (isIn(rank)) taken++;
          else left++;
      },
    ),
    { numRuns: Math.ceil(RUNS / 4), seed: 11 },
  );
  expect(taken).toBeGreaterThan(100);
  expect(left).toBeGreaterThan(100);
});
