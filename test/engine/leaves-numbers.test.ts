/** Reading and writing numbers, against published vectors, Python's repr and the JavaScript engine's arithmetic. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  call,
  compare,
  doubleOf,
  frozen,
  global,
  out,
  put,
  read,
  readHex,
  text,
  view,
} from "./leaves-wasm.ts";
import type { Comparison } from "./leaves-wasm.ts";

describe("reading numbers", () => {
  const KIND = { int64: 0, big: 1, double: 2 };
  const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/;

  /** The f64 of a JSON number, or a word that says what went wrong. */
  function parse(literal: string): number | string {
    const n = put(literal, 0);
    const end = call.parseNumber!(text, text + n);
    if (end !== text + n) return `stopped at ${end - text}`;
    const integer = /^-?\d+$/.test(literal);
    if (!!global("numIsInteger") !== integer) return "integer?";
    if (global("numKind") === KIND.int64) return Number(global("numInt"));
    return global("numDouble") as number;
  }
  const float = (literal: string): number | string =>
    call.textToDouble!(text, put(literal)) ? (global("convDouble") as number) : "refused";

  function vectors(file: URL): [string, number][] {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(" "))
      .map(([, , hex, literal]) => [literal!, doubleOf(hex!)]);
  }
  function* vectorCases(list: [string, number][]): Generator<Comparison> {
    for (const [literal, expected] of list) {
      if (/inf|nan/i.test(literal) || !/^[-+]?[\d.]+([eE][-+]?\d+)?$/.test(literal)) continue;
      yield [literal, float(literal), expected];
      if (!JSON_NUMBER.test(literal)) continue;
      const integer = /^-?\d+$/.test(literal);
      yield [literal, parse(literal), integer && expected === 0 ? 0 : expected];
    }
  }

  it("rounds a sample of the published vectors correctly", () => {
    const list = vectors(new URL("../data/numbers/parse-number-fxx.txt", import.meta.url));
    compare(vectorCases(list), 3000);
  });

  const published = new URL("../../../shared/data/oracles/numbers/", import.meta.url);
  it.skipIf(!existsSync(published))("rounds all published vectors correctly, where they are at hand", () => {
    const files = ["freetype-2-7.txt", "lemire-fast-float.txt", "more-test-cases.txt"];
    const list = files.flatMap((file) => vectors(new URL(file, published)));
    compare(vectorCases(list), 7000);
  });

  it("rounds the halfway cases, subnormals and long literals that trap parsers", () => {
    const literals = [
      "2.4703282292062327208e-324",
      "2.4703282292062327209e-324",
      "2.2250738585072011e-308",
      "2.2250738585072012e-308",
      "1.7976931348623158e308",
      "1.7976931348623159e308",
      "9007199254740993.0",
      "9007199254740992.99999999999999999999999999",
      `9007199254740993.${"0".repeat(900)}1`,
      `9007199254740993.${"0".repeat(900)}`,
      `${"1".repeat(400)}.0`,
      `0.${"0".repeat(400)}1e401`,
      `1${"0".repeat(5000)}e-5000`,
      "0e999999999999999999",
      "-0.0",
      "1e-999999999999999999",
      "1e99999999999999999999999",
      "5e-324",
      "3e-324",
      "2e-324",
      "0.500000000000000166533453693773481063544750213623046875",
      "1.00000000000000011102230246251565404236316680908203125",
      "1.00000000000000011102230246251565404236316680908203124",
      "1.00000000000000011102230246251565404236316680908203126",
      "8.98846567431158e307",
      "6929495644600919.5e0",
      "3.2378839133029012895883524125015321748630094e-319",
      "7.8459735791271921e65",
      "100000000000000016777215",
      "100000000000000016777216",
      "123456789012345678901234567890",
      "18446744073709551616",
    ];
    // Every midpoint between neighbours near a power of two, exact, and a hair to either side.
    for (let e = -1074; e < 970; e += 37) {
      const low = 2 ** e;
      const exact = (BigInt(2 ** Math.max(0, e)) * 10n ** 1100n) / (e < 0 ? 2n ** BigInt(-e) : 1n);
      const ulp = e < -1022 ? 2 ** -1074 : low * 2 ** -52;
      const half =
        e < 52
          ? 10n ** 1100n / 2n ** BigInt(Math.round(-Math.log2(ulp)) + 1)
          : (BigInt(ulp) * 10n ** 1100n) / 2n;
      for (const nudge of [-1n, 0n, 1n]) {
        const digits = (exact + half + nudge).toString().padStart(1101, "0");
        literals.push(`${digits.slice(0, -1100)}.${digits.slice(-1100)}`);
      }
    }
    compare(
      literals.map((literal) => [literal, parse(literal), Number(literal)]),
      190,
    );
  });

  it("keeps every digit of an i64 and marks larger integers", () => {
    const { parseNumber } = call;
    const kinds = [
      "9223372036854775807",
      "-9223372036854775808",
      "-0",
      "9223372036854775808",
      "-9223372036854775809",
      "1.0",
    ].map((literal) => {
      parseNumber!(text, text + put(literal, 0));
      const kind = global("numKind");
      return [kind, kind === KIND.int64 ? global("numInt") : global("numDouble")];
    });
    expect(kinds).toEqual([
      [KIND.int64, 9223372036854775807n],
      [KIND.int64, -9223372036854775808n],
      [KIND.int64, 0n],
      [KIND.big, 9223372036854775808],
      [KIND.big, -9223372036854775809],
      [KIND.double, 1],
    ]);
  });

  it.each([
    ["", 0],
    ["-", 1],
    ["01", 1],
    ["-01", 2],
    ["1.", 2],
    ["1.x", 2],
    ["1e", 2],
    ["1e+", 3],
    ["+1", 0],
    [".5", 0],
    ["-a", 1],
    ["1.5e", 4],
    ["--1", 1],
    ["NaN", 0],
  ])("refuses %j at byte %i", (literal, at) => {
    const n = put(literal, 0);
    expect(call.parseNumber!(text, text + n)).toBe(0);
    expect(Number(global("numberErrorAt")) - text).toBe(at);
  });

  it("stops behind the number", () => {
    for (const tail of [",", "]", " ", "}", "\n", "x"]) {
      put(`-12.5e3${tail}7`, 0);
      expect(call.parseNumber!(text, text + 9) - text).toBe(7);
    }
  });

  it("builds the powers of five exactly", () => {
    const table = call.powersOfFive!();
    function* cases(): Generator<Comparison> {
      for (let q = -342; q <= 324; q++) {
        const power = 5n ** BigInt(Math.abs(q));
        const length = BigInt(power.toString(2).length);
        let expected = length <= 128n ? power << (128n - length) : power >> (length - 128n);
        if (q < 0) expected = (1n << (length + 127n)) / power + (q >= -27 ? 1n : 0n);
        const at = table + (q + 342) * 16;
        yield [q, (view.getBigUint64(at, true) << 64n) | view.getBigUint64(at + 8, true), expected];
      }
    }
    compare(cases(), 667);
  });
});

describe("writing numbers", () => {
  it("writes doubles as Python's repr and reads them back", () => {
    const { formatDouble, textToDouble } = call;
    function* cases(): Generator<Comparison> {
      for (const [hex, repr] of frozen<[string, string]>("doubles").rows) {
        const value = doubleOf(hex);
        const n = formatDouble!(value, text);
        yield [hex, read(n, text), repr];
        yield [repr, textToDouble!(text, n) && global("convDouble"), value];
      }
    }
    compare(cases(), 8000);
  });

  it("writes integers of 64 and 128 bits, and the bytes of a bigint", () => {
    const { formatI64, formatU64, formatI128, i64ToBinary } = call;
    function* cases(): Generator<Comparison> {
      for (const [value, binary, wide] of frozen<[string, string | null, string]>("integers").rows) {
        const v = BigInt(value);
        yield [value, read(formatI64!(v, out)), value];
        yield [value, read(formatU64!(v, out)), BigInt.asUintN(64, v).toString()];
        const w = BigInt(wide);
        yield [wide, read(formatI128!(BigInt.asUintN(64, w), w >> 64n, out)), wide];
        const n = i64ToBinary!(v, out);
        yield [value, n < 0 ? null : readHex(n), binary];
      }
    }
    compare(cases(), 1000);
  });
});
