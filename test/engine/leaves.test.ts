/** Names, hashes, coercions and times against what dlt itself does (frozen by test/oracle/leaves.py). */
import { describe, expect, it } from "vitest";
import {
  call,
  compare,
  doubleOf,
  fromHex,
  frozen,
  global,
  out,
  put,
  read,
  readHex,
  readI128,
  text,
} from "./leaves-wasm.ts";
import type { Comparison } from "./leaves-wasm.ts";

describe("names", () => {
  it("knows the digits and the white space of every script as Python does", () => {
    const { digits, spaces } = frozen("naming");
    const values = new Map(digits.flatMap((start) => Array.from({ length: 10 }, (_, i) => [start + i, i])));
    const blank = new Set(spaces);
    const { digitValue, isSpace } = call;
    const wrong: number[] = [];
    for (let point = 0; point < 0x110000; point++) {
      if (digitValue!(point) !== (values.get(point) ?? -1) || !!isSpace!(point) !== blank.has(point))
        wrong.push(point);
    }
    expect(wrong).toEqual([]);
  });

  it("normalises and shortens identifiers and paths as dlt does", () => {
    type Row = [
      key: string,
      identifier: string,
      path: string,
      limit: number,
      cutPath: string,
      cutIdentifier: string,
    ];
    const { normalizeIdentifier, normalizePath, normalizeKey, shorten } = call;
    function* cases(): Generator<Comparison> {
      for (const [key, identifier, path, limit, cutPath, cutIdentifier] of frozen<Row>("naming").rows) {
        const n = put(key);
        yield [key, read(normalizeIdentifier!(text, n, out)), identifier];
        yield [key, read(normalizePath!(text, n, out)), path];
        yield [[key, limit], read(normalizeKey!(text, n, limit, out)), cutPath];
        const size = normalizeIdentifier!(text, n, out + 4096);
        yield [[key, limit], read(shorten!(out + 4096, size, text, n, limit, out)), cutIdentifier];
      }
    }
    compare(cases(), 4000);
  });
});

describe("hashes", () => {
  it("match Python's hashlib, hmac and base64", () => {
    type Row = [
      data: string,
      size: number,
      shake: string,
      key: string,
      hmac: string,
      sha: string,
      base64: string,
    ];
    const { shake128, hmacSha256, sha256, base64, hex } = call;
    function* cases(): Generator<Comparison> {
      for (const [data, size, shake, key, mac, sha, encoded] of frozen<Row>("hashes").rows) {
        const n = put(fromHex(data));
        shake128!(text, n, out, size);
        yield [data, readHex(size), shake];
        sha256!(text, n, out);
        yield [data, readHex(32), sha];
        put(fromHex(key), 0, text + 4096);
        hmacSha256!(text + 4096, key.length / 2, text, n, out);
        yield [data, readHex(32), mac];
        yield [data, read(base64!(text, n, out)), encoded];
        yield [data, read(hex!(text, n, out)), data];
      }
    }
    compare(cases(), 100);
  });
});

describe("coercions from text", () => {
  it("reads integers, doubles and decimals as dlt does", () => {
    type Row = [
      value: string,
      integer: string | null,
      double: string | null,
      precision: number,
      scale: number,
      decimal: string | null,
    ];
    const { textToInt, textToDouble, textToDecimal, formatDecimal } = call;
    function* cases(): Generator<Comparison> {
      for (const [value, integer, double, precision, scale, decimal] of frozen<Row>("text-numbers").rows) {
        const n = put(value);
        yield [["int", value], textToInt!(text, n) ? String(global("convInt")) : null, integer];
        const accepted = textToDouble!(text, n);
        yield [
          ["double", value],
          accepted ? global("convDouble") : null,
          double === null ? null : doubleOf(double),
        ];
        const fits = textToDecimal!(text, n, precision, scale, out);
        yield [["decimal", value, precision, scale], fits ? String(readI128()) : null, decimal];
        if (!fits) continue;
        const units = readI128();
        const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
        const point = digits.length - scale;
        const plain =
          (units < 0n ? "-" : "") + digits.slice(0, point) + (scale ? "." + digits.slice(point) : "");
        const size = formatDecimal!(out, scale, text);
        yield [["format", value], read(size, text), plain];
      }
    }
    compare(cases(), 6000);
  });

  it("turns integers into decimals only where they fit", () => {
    const { i64ToDecimal } = call;
    const decimal = (v: bigint, precision: number, scale: number): bigint | null =>
      i64ToDecimal!(v, precision, scale, out) ? readI128() : null;
    expect(decimal(-5n, 38, 9)).toBe(-5000000000n);
    expect(decimal(2n ** 63n - 1n, 38, 19)).toBe((2n ** 63n - 1n) * 10n ** 19n);
    expect(decimal(-(2n ** 63n), 38, 20)).toBeNull();
    expect(decimal(99999999n, 10, 2)).toBe(9999999900n);
    expect(decimal(100000000n, 10, 2)).toBeNull();
    expect(decimal(0n, 38, 38)).toBe(0n);
    expect(decimal(1n, 38, 38)).toBeNull();
  });

  it("reads truth values and bytes as dlt does", () => {
    const { textToBool, textToBinary } = call;
    function* cases(): Generator<Comparison> {
      for (const [value, expected] of frozen<[string, boolean | null]>("bools").rows)
        yield [value, textToBool!(text, put(value)) ? !!global("convBool") : null, expected];
      for (const [value, expected] of frozen<[string, string | null]>("binary").rows) {
        const n = textToBinary!(text, put(value), out);
        yield [value, n < 0 ? null : readHex(n), expected];
      }
    }
    compare(cases(), 500);
  });
});

describe("times", () => {
  it("detects and coerces timestamps, dates and times in text as dlt does", () => {
    type Row = [
      value: string,
      detected: 0 | 1,
      timestamp: string | null,
      date: number | null,
      time: string | null,
    ];
    const { parseTimestamp, coerceTimestamp, parseDate, parseTime } = call;
    const micros = (accepted: number | undefined, name: string): string | null =>
      accepted ? String(global(name)) : null;
    function* cases(): Generator<Comparison> {
      for (const [value, detected, timestamp, date, time] of frozen<Row>("times").rows) {
        const n = put(value);
        // What dlt detects and then cannot move to UTC stays text here.
        yield [["detect", value], micros(parseTimestamp!(text, n), "tsMicros"), detected ? timestamp : null];
        yield [["timestamp", value], micros(coerceTimestamp!(text, n), "tsMicros"), timestamp];
        yield [["date", value], parseDate!(text, n) ? global("dateDays") : null, date];
        yield [["time", value], micros(parseTime!(text, n), "timeMicros"), time];
      }
    }
    compare(cases(), 12000);
  });

  it("reads and writes seconds of the epoch as Python does", () => {
    type Row = ["int" | "double", value: string, timestamp: string | null, text: string | null];
    const { i64ToTimestamp, doubleToTimestamp, formatTimestamp, formatDate, formatTime } = call;
    const number = (repr: string): number =>
      repr.endsWith("inf") ? (repr[0] === "-" ? -Infinity : Infinity) : repr === "nan" ? NaN : Number(repr);
    function* cases(): Generator<Comparison> {
      for (const [kind, value, timestamp, iso] of frozen<Row>("epochs").rows) {
        const accepted = kind === "int" ? i64ToTimestamp!(BigInt(value)) : doubleToTimestamp!(number(value));
        const stamp = accepted ? (global("tsMicros") as bigint) : null;
        yield [value, stamp === null ? null : String(stamp), timestamp];
        if (stamp === null || iso === null) continue;
        yield [value, read(formatTimestamp!(stamp, out)), iso];
        const day = 86400000000n;
        const days = (stamp - (((stamp % day) + day) % day)) / day;
        yield [value, read(formatDate!(Number(days), out)), iso.slice(0, 10)];
        yield [value, read(formatTime!(stamp - days * day, out)), iso.slice(11, -6)];
      }
    }
    compare(cases(), 2000);
  });
});
