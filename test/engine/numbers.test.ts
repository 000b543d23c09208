import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bytes, normalise } from "./engine.ts";
import { split } from "./split.ts";

// Expected bits and text of doubles; texts that read as integers get an exponent so that they are doubles here.
const vectors = readFileSync("test/data/numbers-sample/doubles.txt", "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(" ") as [string, string])
  .map(([bits, text]) => ({ bits, text: /[.eE]/.test(text) ? text : `${text}e0` }));

function hexOfDouble(text: string): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Number(text));
  return view.getBigUint64(0).toString(16).padStart(16, "0").toUpperCase();
}

test.each([["whole"], ["in pieces"]])("numbers come out bit by bit as the vectors say, fed %s", (how) => {
  expect(vectors.length).toBeGreaterThan(3000);
  const text = bytes(vectors.map(({ text }) => `{"v":${text}}\n`).join(""));
  const out = normalise([{ chunks: how === "whole" ? [text] : split(text, [7, 1, 13, 64]) }]);
  const rows = out.tables.get("t")!.rows;
  expect(rows.length).toBe(vectors.length);
  const wrong = vectors.filter(({ bits }, i) => {
    const cell = rows[i]!.get("v");
    const infinite = (BigInt(`0x${bits}`) & 0x7ff0000000000000n) === 0x7ff0000000000000n;
    return infinite ? cell !== undefined : cell === undefined || hexOfDouble(cell) !== bits;
  });
  expect(wrong).toEqual([]);
});
