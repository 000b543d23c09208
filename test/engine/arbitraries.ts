import fc from "fast-check";

/** Keys whose normal forms differ, so that no two of them meet in one column. */
const KEYS = [
  "a",
  "b",
  "id",
  "userName",
  "HTTPServer",
  "日本語",
  "+1",
  "-1",
  "$ref",
  "٣abc",
  "a b",
  "value",
  "list",
  "x9",
  "",
];

/** Keys that collide in one way or another. */
const COLLIDING = [...KEYS, "A", "a__b", "user_name", "é", "_", " ", "__", "a__x9", "id__", "x1", "List"];

const STRINGS = [
  "2022-05-10T03:41:31Z",
  "2022-05-10 03:41:31.123456+02:00",
  "2022-05-10",
  "1652153831",
  "12",
  "-7",
  "1.5",
  "0x1F",
  "true",
  "no",
  "[1]",
  '{"a":1}',
  "",
  "hello",
  "naïve 🚀 東京",
  'line\nbreak\ttab\u0001"\\/',
];

const NUMBERS = [
  "0",
  "-0",
  "1",
  "-1",
  "3.0",
  "1.5",
  "-0.0",
  "1e2",
  "1E-7",
  "123456789",
  "9007199254740992",
  "9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "123456789012345678901234567890",
  "99999999999999999999999999999999999999",
  "1234567890123456789012345678901234567890123",
  "1.7976931348623157e308",
  "1e400",
  "4.9e-324",
  "0.1",
  "100000000000000000000.5",
];

/** JSON text of a string in one of the ways it may be escaped. */
const stringText = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...STRINGS) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    ),
    fc.constantFrom("plain", "plain", "ascii", "all", "slash"),
  )
  .map(([text, style]) => escape(text, style));

const loneSurrogate = fc.constantFrom('"\\ud800"', '"x\\udc00y"', '"\\ud800\\ud83d\\ude80"');

function escape(text: string, style: string): string {
  const json = JSON.stringify(text);
  if (style === "plain") return json;
  if (style === "slash") return json.replaceAll("/", "\\/");
  const unit = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  if (style === "all") return `"${text.split("").map(unit).join("")}"`;
  return json.replace(/[\u0080-\uffff]/g, unit);
}

const numberText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => JSON.stringify(x)) },
  { weight: 1, arbitrary: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String) },
  { weight: 1, arbitrary: fc.integer().map(String) },
);

export interface DocumentOptions {
  /** Keys that meet in one column, repeated keys included. */
  collisions?: boolean;
}

/** JSON texts (one line each) of records: nested, with type conflicts, every kind of number, odd keys and escapes. */
export function recordTexts(options: DocumentOptions = {}): fc.Arbitrary<string[]> {
  const key = fc.constantFrom(...(options.collisions ? COLLIDING : KEYS));
  const space = fc.constantFrom("", "", "", "", " ", "\t", " \r ");
  const { record } = fc.letrec<{ value: string; record: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: "small" },
      fc.oneof(
        { weight: 4, arbitrary: fc.oneof(stringText, numberText) },
        { weight: 1, arbitrary: fc.constantFrom("true", "false", "null") },
        { weight: 1, arbitrary: loneSurrogate },
      ),
      tie("record"),
      fc
        .tuple(space, fc.array(tie("value"), { maxLength: 4 }))
        .map(([s, items]) => `[${s}${items.join(`,${s}`)}]`),
    ),
    record: fc
      .tuple(
        space,
        options.collisions
          ? fc.array(fc.tuple(key, tie("value")), { maxLength: 6 })
          : fc.uniqueArray(fc.tuple(key, tie("value")), { maxLength: 6, selector: ([name]) => name }),
      )
      .map(
        ([s, pairs]) =>
          `{${s}${pairs.map(([name, value]) => `${JSON.stringify(name)}${s}:${value}`).join(`${s},`)}}`,
      ),
  }));
  return fc.array(record, { minLength: 1, maxLength: 8 });
}

/** Sizes of chunks, used in turn. */
export const chunkSizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
