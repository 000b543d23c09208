import type { Dice } from "./dice.ts";

/** What inputs are made of. */
export interface Seeds {
  /** Real files. */
  files: Uint8Array[];
  /** Fragments of the fuzzing dictionaries. */
  tokens: Uint8Array[];
}

const KEYS = [
  "a",
  "b",
  "id",
  "userName",
  "value",
  "list",
  "y",
  "日本",
  "",
  "_dlt_x",
  "Name With 2 spaces",
  "+1",
];
/** With these, keys meet in one column. */
const COLLIDING = [...KEYS, "x", "a__b", "A", " ", "user_name", "a__b__list", "value__a", "list__list"];
const SCALARS = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "1",
  "1.5",
  "1e3",
  "-1e-7",
  "9007199254740993",
  "9223372036854775808",
  "123456789012345678901234567890123456789012345",
  '""',
  '"x"',
  '"2022-05-10T03:41:31Z"',
  '"12"',
  '"yes"',
  '"\\u00e9\\ud83d\\ude80"',
  '"\\ud800"',
  '"[1]"',
  "1e400",
];

/** Bytes to try: a slice of a real file or a random document, most of the time broken somewhere. */
export function mutate(dice: Dice, seeds: Seeds): Uint8Array {
  let data: Uint8Array;
  if (seeds.files.length > 0 && dice.chance(0.5)) data = piece(dice, dice.of(seeds.files));
  else data = new TextEncoder().encode(randomText(dice));
  if (dice.chance(0.3)) return data;
  for (let n = 1 + dice.below(4); n > 0; n--) data = edit(dice, data, seeds);
  return data;
}

/** Some whole lines of a file, or the start of a file without many. */
function piece(dice: Dice, file: Uint8Array): Uint8Array {
  const want = 200 + dice.below(30_000);
  const from = dice.chance(0.5) ? 0 : file.indexOf(10, dice.below(file.length)) + 1;
  const end = file.indexOf(10, Math.min(file.length - 1, from + want));
  if (end < 0 || end - from > 300_000) return file.slice(from, from + 300_000);
  return file.slice(from, end + 1);
}

function edit(dice: Dice, data: Uint8Array, seeds: Seeds): Uint8Array {
  const at = dice.below(data.length + 1);
  switch (dice.below(9)) {
    case 0: {
      const out = data.slice();
      if (out.length > 0) out[at % out.length]! ^= 1 << dice.below(8);
      return out;
    }
    case 1: {
      const out = data.slice();
      if (out.length > 0)
        out[at % out.length] = dice.of([
          0, 9, 10, 13, 34, 44, 58, 91, 92, 93, 123, 125, 128, 0xc3, 0xed, 0xf4, 255,
        ]);
      return out;
    }
    case 2:
      return data.slice(0, at);
    case 3:
      return data.slice(at);
    case 4: {
      const end = Math.min(data.length, at + dice.below(40));
      return concat(data.subarray(0, at), data.subarray(end));
    }
    case 5: {
      const from = dice.below(data.length + 1);
      return concat(data.subarray(0, at), data.subarray(from, from + dice.below(200)), data.subarray(at));
    }
    case 6: {
      if (seeds.files.length === 0) return data;
      const other = dice.of(seeds.files);
      const from = dice.below(other.length);
      return concat(data.subarray(0, at), other.subarray(from, from + dice.below(300)), data.subarray(at));
    }
    case 7:
      return concat(
        data.subarray(0, at),
        seeds.tokens.length > 0 ? dice.of(seeds.tokens) : data,
        data.subarray(at),
      );
    default:
      return concat(data.subarray(0, at), new TextEncoder().encode(randomValue(dice, 3)), data.subarray(at));
  }
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function randomText(dice: Dice): string {
  const records = Array.from({ length: dice.below(12) }, () =>
    randomValue(dice, dice.chance(0.05) ? 150 : 5, true),
  );
  if (dice.chance(0.6)) return records.join(dice.of(["\n", "\r\n", "\n\n", " \n"])) + dice.of(["", "\n"]);
  return `${dice.of(["", "\ufeff", " \n"])}[${records.join(dice.of([",", ", ", ",\n"]))}]${dice.of(["", "\n", "  "])}`;
}

function randomValue(dice: Dice, depth: number, record = false): string {
  const space = dice.chance(0.1) ? dice.of([" ", "\t", "  "]) : "";
  if (depth > 100) return nest(dice, depth);
  if (record ? dice.chance(0.95) : depth > 0 && dice.chance(0.3)) {
    const keys = new Set(
      Array.from({ length: dice.below(6) }, () => dice.of(dice.chance(0.9) ? KEYS : COLLIDING)),
    );
    const pairs = [...keys].map((key) => `${JSON.stringify(key)}${space}:${randomValue(dice, depth - 1)}`);
    if (dice.chance(0.02)) pairs.push(...pairs);
    return `{${space}${pairs.join(",")}}`;
  }
  if (depth > 0 && dice.chance(0.3)) {
    return `[${Array.from({ length: dice.below(5) }, () => randomValue(dice, depth - 1)).join(`${space},`)}]`;
  }
  return dice.chance(0.1) ? JSON.stringify('é🚀\\"x'.repeat(dice.below(60))) : dice.of(SCALARS);
}

function nest(dice: Dice, depth: number): string {
  const [open, close] = dice.of([
    ["[", "]"],
    ['{"a":', "}"],
    ['[{"l":', "}]"],
  ]);
  const n = dice.below(depth);
  return open!.repeat(n) + dice.of(SCALARS) + close!.repeat(n);
}
