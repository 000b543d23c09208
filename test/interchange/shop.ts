import { type Pipeline, pipeline, resource, secret, source } from "../../core/index.ts";

/** A pipeline with a table for each way to write, all types, nested tables, a variant, masks (of which one takes the secret PEPPER) and a null column. `day` is
 *  which of its runs it is; each merges into rows of the one before. */
export function shop(day: 1 | 2, dataset = "data"): Pipeline {
  const records = DAYS[day];
  return pipeline(
    "shop",
    source("shop", {}, [
      resource("orders", { columns: TYPES }, () => records.orders),
      resource("plan", { write: "replace" }, () => records.plan),
      resource("users", { write: "merge", primaryKey: "id" }, () => records.users),
      resource("days", { write: "merge", mergeKey: "day" }, () => records.days),
      resource(
        "stock",
        { write: "merge", strategy: "upsert", primaryKey: ["sku", "place.id"], hardDelete: "gone" },
        () => records.stock,
      ),
      resource(
        "first",
        { write: "merge", strategy: "insert-only", primaryKey: "id", dedupSort: "at" },
        () => records.first,
      ),
      resource("prices", { write: "merge", strategy: "scd2" }, ({ state }) => {
        state["runs"] = Number(state["runs"] ?? 0) + 1;
        state["big"] = 9007199254740993n as never;
        state["nothing"] = null;
        return records.prices;
      }),
    ]),
    { dataset },
  );
}

const TYPES = {
  price: { type: "decimal", precision: 12, scale: 2 },
  raw: "json",
  day: "date",
  photo: "binary",
  at: "timestamp",
  clock: "time",
  email: { mask: "hmac", key: secret("PEPPER") },
  phone: { mask: "redact" },
} as const;

const DAYS = {
  1: {
    orders: [
      {
        id: 1,
        price: "12.50",
        raw: { a: 1, b: [1, 2.5] },
        day: "2024-01-02",
        photo: "aGVsbG8=",
        at: "2024-03-04T05:06:07.123456Z",
        clock: "10:11:12",
        email: "ada@example.com",
        phone: "123",
        none: null,
        mixed: 1,
        big: 9007199254740993n,
        ratio: 0.1,
        done: true,
        seen: "2024-05-06T07:08:09+02:00",
        ship: { to: { zip: "é" } },
        tags: ["a", null],
        lines: [{ sku: "p", parts: [{ n: 1 }, { n: 2 }] }],
      },
      { id: 2, mixed: "text", tags: ["b"] },
    ],
    plan: [{ id: 1, steps: [1, 2] }, { id: 2 }],
    users: [
      { id: 1, name: "Ada", emails: ["x", "y"] },
      { id: 2, name: "Bob", emails: ["z"] },
    ],
    days: [
      { day: "mon", n: 1 },
      { day: "mon", n: 2 },
      { day: "tue", n: 3 },
    ],
    stock: [
      { sku: "a", place: { id: 1 }, n: 5, gone: false, lots: [1, 2] },
      { sku: "b", place: { id: 1 }, n: 6, gone: false },
    ],
    first: [
      { id: 1, at: 2, v: "second" },
      { id: 1, at: 1, v: "first" },
    ],
    prices: [
      { sku: "a", price: 1.5, zones: [{ z: "n" }] },
      { sku: "b", price: 2.5 },
    ],
  },
  2: {
    orders: [{ id: 4, price: "0.10", day: "2024-01-04", tags: ["d"], lines: [{ sku: "r", parts: [] }] }],
    plan: [{ id: 4 }],
    users: [
      { id: 2, name: "Bertha", emails: ["b"] },
      { id: 4, name: "Dot" },
    ],
    days: [{ day: "tue", n: 8 }],
    stock: [
      { sku: "a", place: { id: 1 }, n: 7, gone: false, lots: [3] },
      { sku: "c", place: { id: 1 }, gone: true },
    ],
    first: [
      { id: 1, at: 0, v: "late" },
      { id: 4, at: 1, v: "fourth" },
    ],
    prices: [
      { sku: "a", price: 1.5, zones: [{ z: "n" }] },
      { sku: "c", price: 9.5 },
    ],
  },
};
