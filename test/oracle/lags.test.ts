import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseLossless } from "../../core/lossless-json.ts";
import { lagged } from "../../core/pipeline/lag.ts";

// Where a run with a lag begins, as dlt has it.

interface Lag {
  last: unknown;
  initial?: unknown;
  lag: number;
  order: "max" | "min";
  start?: unknown;
  error?: string;
}

const LAGS = parseLossless(readFileSync("test/data/oracle/lags.json", "utf8")) as unknown as Lag[];

test("every lag begins a run where dlt begins it", () => {
  expect(LAGS.length).toBeGreaterThan(900);
  const mine = LAGS.map(({ last, initial, lag, order }) => {
    const asked = { last, ...(initial === undefined ? {} : { initial }), lag, order };
    try {
      return { ...asked, start: lagged({ path: "at", initial, lag: Number(lag), order }, last) };
    } catch (error) {
      return { ...asked, error: (error as { code?: string }).code };
    }
  });
  const theirs = LAGS.map(({ error, ...rest }) => {
    const { start, ...asked } = rest;
    // dlt takes 202403 for seconds since 1970.
    const isRefused = error !== undefined || asked.last === "202403";
    return isRefused ? { ...asked, error: "PIPELINE_INVALID" } : { ...asked, start };
  });
  const different = mine.flatMap((one, i) =>
    JSON.stringify(one, text) === JSON.stringify(theirs[i], text) ? [] : [{ mine: one, theirs: theirs[i] }],
  );
  // To dlt a fraction of the second at which the cursor begins lies before it: "." comes before "Z".
  const finer = different.filter(
    ({ mine: { last, initial } }) => /Z$/.test(String(initial)) && /\.\d+Z$/.test(String(last)),
  );
  expect(finer).toHaveLength(3);
  expect(different.filter((each) => !finer.includes(each))).toEqual([]);
});

function text(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
