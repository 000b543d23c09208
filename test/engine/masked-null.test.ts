import { expect, test } from "vitest";
import { bytes, normalise } from "./engine.ts";

// A column that shows nothing of its values has its place where its first value came, however the text is cut.

const RECORDS = ['{"z":1,"a":"x"}', '{"z":1,"b":{"c":[1,2]},"a":"yy"}', '{"z":null,"q":3}'];
const hints = { t: { columns: [{ path: ["z"], mask: "null" as const }] } };

const run = (chunks: Uint8Array[], format: "json" | "ndjson", more: object = {}) =>
  normalise([{ chunks, options: { format } }], { hints, ...more }).schema.tables;

test.each(["json", "ndjson"] as const)("%s", (format) => {
  const text = bytes(format === "json" ? `[${RECORDS.join(",")}]` : `${RECORDS.join("\n")}\n`);
  const whole = run([text], format);
  expect(Object.keys(whole["t"]!.columns).slice(0, 3)).toEqual(["z", "a", "q"]);
  for (let at = 1; at < text.length; at++)
    expect(JSON.stringify(run([text.slice(0, at), text.slice(at)], format)), `cut at ${at}`).toBe(
      JSON.stringify(whole),
    );
});

test("it goes with the record that brought it, and stays with one that stays", () => {
  const columns = (lines: string[]) =>
    Object.keys(run([bytes(lines.join("\n"))], "ndjson", { onBadRecord: "quarantine" })["t"]!.columns).filter(
      (name) => !name.startsWith("_dlt"),
    );
  expect(columns(['{"z":1,"a":tru}', '{"a":1}'])).toEqual(["a"]);
  expect(columns(['{"z":1,"a":tru}', '{"a":1}', '{"z":1}'])).toEqual(["a", "z"]);
  expect(columns(['{"z":1}', '{"b":tru}', '{"a":1}', '{"z":2}'])).toEqual(["z", "a"]);
});

test("of a row that a contract takes out of a list", () => {
  const tables = normalise([{ chunks: [bytes('{"l":[{"x":1}]}')] }]).schema.tables;
  const load = (list: string) =>
    Object.keys(
      normalise([{ chunks: [bytes(`{"m":[${list}]}`)] }], {
        tables,
        hints: {
          t: {
            columns: [{ path: ["m", "z"], mask: "null" }],
            contract: { data_type: "discard_row" },
          },
        },
      }).schema.tables["t__m"]!.columns,
    ).filter((name) => !name.startsWith("_dlt"));
  expect(load('{"v":1},{"z":1,"v":"t"},{"v":2}')).toEqual(["v"]);
  expect(load('{"v":1},{"z":1},{"v":"t"},{"v":2}')).toEqual(["v", "z"]);
});
