import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { canonicalJson, cell, digest, plainDecimal, rowText } from "./canonical.ts";

const data = new URL("../data/", import.meta.url);

test("a column's digest is the one the oracle froze", () => {
  const frozen = JSON.parse(readFileSync(new URL("oracle/files/pokeapi.json", data), "utf8"))[
    "pokeapi--berry"
  ].berry;
  const berries = readFileSync(new URL("inputs/pokeapi/berry.ndjson", data), "utf8")
    .trim()
    .split("\n")
    .map(
      (line) => JSON.parse(line) as { id: number; name: string; natural_gift_type: { name: string } | null },
    );
  expect(berries).toHaveLength(frozen.rows);
  expect(digest(berries.map((b) => cell(BigInt(b.id), "bigint")))).toBe(frozen.columns.id.digest);
  expect(digest(berries.map((b) => cell(b.name, "text")))).toBe(frozen.columns.name.digest);
  expect(digest(berries.map((b) => cell(b.natural_gift_type?.name, "text")))).toBe(
    frozen.columns.natural_gift_type__name.digest,
  );
});

test("a table's digest is the one the oracle froze", () => {
  const frozen = JSON.parse(readFileSync(new URL("oracle/files/dlt.json", data), "utf8"));
  const users = JSON.parse(
    readFileSync(new URL("inputs/dlt/event_user.event_user.user_load.json", data), "utf8"),
  ) as { event: string; timestamp: number }[];
  const table = frozen["dlt--event_user.event_user.user_load"].event_user;
  const rows = users.map((u) =>
    rowText([
      ["timestamp", cell(u.timestamp, "double")],
      ["event", cell(u.event, "text")],
    ]),
  );
  expect(digest(rows)).toBe(table.digest);
});

test.each([
  ["1.500000000", "1.5"],
  ["-0.000", "0"],
  ["100", "100"],
  ["1E+3", "1000"],
  ["1.25e-3", "0.00125"],
  [".5", "0.5"],
])("decimal %s is %s", (text, plain) => expect(plainDecimal(text)).toBe(plain));

test("JSON is compact, integers are digits, other numbers the bits of their double", () => {
  expect(canonicalJson('{"b" : [1, 1.0, -2e0],\n "a":"x \\u0041 \\" 1.5", "c":18446744073709551616}')).toBe(
    '{"b":[1,d3ff0000000000000,dc000000000000000],"a":"x A \\" 1.5","c":d43f0000000000000}',
  );
});
