import type { Column } from "./streams.ts";

/** Values of each of dlt's types, as a stream holds them and as a query returns them. */
export const EVERY_TYPE: Record<string, Column & { read: unknown[] }> = {
  a_text: { type: "text", values: ["grün \u{1f995}", null, ""], read: ["grün \u{1f995}", null, ""] },
  a_double: { type: "double", values: [1.5, null, -0.1], read: [1.5, null, -0.1] },
  a_bool: { type: "bool", values: [true, null, false], read: [true, null, false] },
  a_timestamp: {
    type: "timestamp",
    values: [1_709_618_828_123_456n, null, -1n],
    read: ["2024-03-05T06:07:08.123456Z", null, "1969-12-31T23:59:59.999999Z"],
  },
  a_bigint: {
    type: "bigint",
    values: [9_223_372_036_854_775_807n, null, -9_223_372_036_854_775_808n],
    read: [9_223_372_036_854_775_807n, null, -9_223_372_036_854_775_808n],
  },
  a_binary: {
    type: "binary",
    values: [Uint8Array.of(0, 255), null, new Uint8Array(0)],
    read: [Uint8Array.of(0, 255), null, new Uint8Array(0)],
  },
  a_json: { type: "json", values: ['{"a":[1,null]}', null, "[]"], read: ['{"a":[1,null]}', null, "[]"] },
  a_decimal: {
    type: "decimal",
    values: [1_250_000_000n, null, -99_999_999_999_999_999_999_999_999_999_999_999_999n],
    read: ["1.250000000", null, "-99999999999999999999999999999.999999999"],
  },
  a_price: {
    type: "decimal",
    precision: 10,
    scale: 2,
    values: [199n, null, -5n],
    read: ["1.99", null, "-0.05"],
  },
  a_wei: { type: "wei", values: [10n ** 37n, null, -1n], read: [10n ** 37n, null, -1n] },
  a_date: { type: "date", values: [19_787, null, -1], read: ["2024-03-05", null, "1969-12-31"] },
  a_time: { type: "time", values: [3_723_000_001n, null, 0n], read: ["01:02:03.000001", null, "00:00:00"] },
};
