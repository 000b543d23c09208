import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bytes, normalise } from "./engine.ts";
import { parity } from "./parity.ts";
import { split } from "./split.ts";

const naughty = JSON.parse(readFileSync("test/data/blns/blns.json", "utf8")) as string[];

test("naughty strings come out as they went in", () => {
  expect(naughty.length).toBeGreaterThan(500);
  // A first plain text keeps the column from becoming a timestamp.
  const text = bytes(["text", ...naughty].map((s) => `${JSON.stringify({ s })}\n`).join(""));
  for (const sizes of [[text.length], [1, 2, 3, 5, 7]]) {
    const rows = normalise([{ chunks: split(text, sizes) }]).tables.get("t")!.rows;
    expect(rows.slice(1).map((row) => row.get("s"))).toEqual(naughty);
  }
});

test("naughty strings make the same columns, as keys, as in the reference", () => {
  // Keys that fall on one name are another test's matter: one key per record.
  const text = bytes(naughty.map((s) => `${JSON.stringify({ [s]: 1 })}\n`).join(""));
  const compared = parity(text, { format: "ndjson" });
  expect(compared.differences).toEqual([]);
  expect(compared.columns).toBeGreaterThan(200);
});

test("every code point survives, plain and escaped", () => {
  const texts: string[] = [];
  for (let start = 0; start < 0x110000; start += 256) {
    const points = Array.from({ length: 256 }, (_, i) => start + i).filter((p) => p < 0xd800 || p > 0xdfff);
    if (points.length > 0) texts.push(String.fromCodePoint(...points));
  }
  const ascii = (s: string) =>
    JSON.stringify(s).replace(
      /[\u007f-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  const lines = texts.flatMap((s) => [`{"s":${JSON.stringify(s)}}`, `{"s":${ascii(s)}}`]);
  const rows = normalise([{ chunks: [bytes(lines.join("\n"))] }]).tables.get("t")!.rows;
  expect(rows.length).toBe(lines.length);
  expect(rows.filter((row, i) => row.get("s") !== texts[i >> 1])).toEqual([]);
});

test("strings of every length around the engine's steps survive", () => {
  const strings = Array.from({ length: 700 }, (_, n) => 'ab"é🚀z'.repeat(120).slice(n % 6, n) + "e");
  const rows = normalise([
    { chunks: [bytes(strings.map((s) => `${JSON.stringify({ s })}\n`).join(""))] },
  ]).tables.get("t")!.rows;
  expect(rows.map((row) => row.get("s"))).toEqual(strings.map((s) => s.replace(/\p{Surrogate}/gu, "\ufffd")));
});

test.each(["json", "ndjson"] as const)("long escaped strings survive small chunks: %s", (format) => {
  let cases = 0;
  for (const unit of ['é🚀\\"x', "abcdefgh\\\\", "\\u00e9"]) {
    for (const length of [10, 43, 85, 99, 333]) {
      for (const size of [17, 64, 1000]) {
        const texts = [20, length, 3].map((n) => unit.repeat(n));
        const records = texts.map((text) => `{"a":"${text}","b":"${unit}"}`);
        const data = bytes(format === "json" ? `[${records.join(",")}]` : records.join("\n"));
        const rows = normalise([{ options: { format }, chunks: split(data, [size]) }]).tables.get("t")!.rows;
        expect(rows.map((row) => row.get("a"))).toEqual(texts.map((text) => JSON.parse(`"${text}"`)));
        cases++;
      }
    }
  }
  expect(cases).toBe(45);
});
