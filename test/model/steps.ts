import fc from "fast-check";
import { type Failpoint, FAILPOINTS } from "../../core/packages/failpoints.ts";
import type { ColumnMode } from "./contract-model.ts";
import type { Reading } from "./cursor-model.ts";
import type { Item, Strategy, Way } from "./dataset-model.ts";

/** One thing that happens to a pipeline. */
export type Step =
  | {
      kind: "run";
      /** How it writes from now on; undefined: as before. */
      way: Way | undefined;
      /** How it reads from now on; undefined: as before, at first without a cursor. */
      reading: Reading | undefined;
      items: Item[];
      /** No key comes twice, and the pipeline is told so. */
      deduplicated: boolean;
      refresh: boolean;
      /** Of columns; undefined: they evolve. */
      contract: ColumnMode | undefined;
      /** Failpoint at which the power goes off, at its n-th time. */
      crash: [Failpoint, number] | undefined;
      /** Page after which the source breaks. */
      breaks: number | undefined;
    }
  /** What was in the folder of load packages is gone. */
  | { kind: "new machine" }
  | { kind: "clock"; seconds: number };

/** Absent in one of two cases. */
const maybe = <T>(each: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof(fc.constant(undefined), each);

const number = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });

/** Few keys, so that they meet; now and then one that is missing. */
const item: fc.Arbitrary<Item> = fc.record({
  k: fc.oneof({ weight: 60, arbitrary: number(4) }, { weight: 1, arbitrary: fc.constant(null) }),
  g: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom("a", "b") },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  day: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom("mon", "tue", "wed") },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  at: fc.oneof({ weight: 4, arbitrary: number(3) }, { weight: 1, arbitrary: fc.constant(null) }),
  seq: fc.oneof({ weight: 40, arbitrary: number(6) }, { weight: 1, arbitrary: fc.constant(undefined) }),
  gone: fc.constantFrom(undefined, undefined, undefined, null, false, true),
  goneAt: fc.constantFrom(undefined, undefined, undefined, null, "2024-05-01T10:00:00Z"),
  x0: maybe(
    fc.oneof(
      number(2),
      number(2).map((n) => n + 0.5),
      fc.constant("text"),
    ),
  ),
  x1: maybe(number(2)),
  tags: fc.array(fc.record({ t: number(3), marks: fc.array(number(2), { maxLength: 2 }) }), { maxLength: 2 }),
});

const keys = fc.constantFrom(["k"], ["k"], ["k", "g"], ["g", "k"]);

const marks = {
  hardDelete: fc.constantFrom<Way["hardDelete"]>(undefined, "gone", "goneAt"),
  dedupSort: maybe(
    fc.record({ column: fc.constant("at"), order: fc.constantFrom("asc" as const, "desc" as const) }),
  ),
};
const none = fc.constant<string[]>([]);
const merge = (strategy: Strategy, rest: object): fc.Arbitrary<Way> =>
  fc
    .record({
      write: fc.constant("merge"),
      strategy: fc.constant(strategy),
      primaryKey: none,
      mergeKey: none,
      ...rest,
    })
    .map((way) => way as Way);

export const way: fc.Arbitrary<Way> = fc.oneof(
  fc.record({
    write: fc.constantFrom("append" as const, "append" as const, "replace" as const),
    primaryKey: fc.constantFrom<string[]>([], [], ["k"]),
    mergeKey: none,
  }),
  merge("delete-insert", { primaryKey: keys, ...marks }),
  merge("delete-insert", { primaryKey: keys, mergeKey: fc.constantFrom(["day"], ["day", "g"]), ...marks }),
  merge("delete-insert", { mergeKey: fc.constant(["day"]), hardDelete: marks.hardDelete }),
  merge("upsert", { primaryKey: keys, ...marks }),
  merge("upsert", { primaryKey: keys, ...marks }),
  merge("insert-only", { primaryKey: keys, ...marks }),
  merge("scd2", { active: fc.constantFrom(false, false, true) }),
  merge("scd2", { mergeKey: fc.constantFrom(["k"], ["day"]) }),
);

const reading: fc.Arbitrary<Reading> = fc
  .record({
    initial: maybe(number(3)),
    end: fc.constantFrom(undefined, undefined, undefined, 4),
    lag: fc.constantFrom(undefined, undefined, 1, 2),
    rowOrder: fc.constantFrom<Reading["rowOrder"]>(undefined, undefined, "asc", "desc"),
    onMissing: fc.constantFrom<Reading["onMissing"]>(undefined, "raise", "include", "include", "exclude"),
    rangeStart: fc.constantFrom<Reading["rangeStart"]>(undefined, undefined, "open"),
    rangeEnd: fc.constantFrom<Reading["rangeEnd"]>(undefined, "closed"),
    order: fc.constantFrom<Reading["order"]>(undefined, undefined, "min"),
  })
  .map(
    ({ end, ...rest }) =>
      (end !== undefined && rest.initial !== undefined ? { end, ...rest } : rest) as Reading,
  )
  .map(({ initial, end, rowOrder, ...rest }): object =>
    rest.order === "min"
      ? {
          ...rest,
          initial: initial === undefined ? undefined : 6 - initial,
          end: end === undefined ? end : 2,
        }
      : { ...rest, initial, end, rowOrder },
  )
  .map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)));

/** Those that leave a package to be loaded come more often than the many before them. `destination.commit.during` is about
 *  the moment between a database's commit and its answer, where only the destination itself knows. */
const point: fc.Arbitrary<Failpoint> = fc.oneof(
  fc.constantFrom(...FAILPOINTS.filter((each) => each !== "destination.commit.during")),
  fc.constantFrom<Failpoint>("package.seal.after", "destination.commit.before", "recover.commit.before"),
);

const run = fc.record({
  kind: fc.constant("run" as const),
  way: maybe(way),
  reading: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: reading }),
  items: fc.array(item, { maxLength: 6 }),
  deduplicated: fc.boolean(),
  crash: maybe(fc.tuple(point, fc.constantFrom(1, 1, 1, 2, 3))),
  breaks: number(24).map((page) => (page < 2 ? page : undefined)),
  contract: fc.constantFrom(
    ...([undefined, undefined, undefined, "freeze", "discard_row", "discard_value"] as const),
  ),
  refresh: number(14).map((n) => n === 0),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: run },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "new machine" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      seconds: fc.integer({ min: -90_000, max: 90_000 }),
    }),
  },
);

export interface Sequence {
  first: Way;
  steps: Step[];
}

export const sequence: fc.Arbitrary<Sequence> = fc.record({
  first: way,
  steps: fc.array(step, { minLength: 2, maxLength: 8 }),
});
