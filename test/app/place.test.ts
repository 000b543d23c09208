import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { placeAt } from "../../examples/browser/src/land/place.ts";

const around = (text: string | Uint8Array<ArrayBuffer>, offset: number) => placeAt(new Blob([text]), offset);
const bytesOf = (text: string) => new TextEncoder().encode(text).length;

describe("the place of a fault", () => {
  test("is a line and a column in characters, however many bytes they have", async () => {
    const before = '{"a":1}\n{"name":"Zoë 😀","b":';
    const place = await around(`${before}tru}\n{}`, bytesOf(before));
    expect(place).toEqual({ line: 2, column: 21, text: '{"name":"Zoë 😀","b":tru}', caret: 21 });
  });

  test.each([0, 1, 59, 60, 61, 300, 200_000])(
    "shows sixty characters of a line that has %i before it",
    async (n) => {
      const place = (await around(`first\n${"ä".repeat(n)}!${"ö".repeat(5000)}\nlast`, 6 + 2 * n))!;
      expect(place).toMatchObject({ line: 2, column: n + 1 });
      expect(place.text).toBe(`${n > 60 ? "…" : ""}${"ä".repeat(Math.min(60, n))}!${"ö".repeat(59)}…`);
      expect(place.text[place.caret]).toBe("!");
    },
  );

  test("is looked for in what a gzip file holds, and at its end when it breaks off", async () => {
    const packed = new Uint8Array(gzipSync('{"a":1}\n{"b":\n'));
    expect(await around(packed, 13)).toMatchObject({ line: 2, column: 6, text: '{"b":' });
    expect(await around('{"a":', 5)).toEqual({ line: 1, column: 6, text: '{"a":', caret: 5 });
  });
});
