import { expect, test } from "vitest";
import { r2, type R2BucketLike } from "../../core/destinations/parquet/index.ts";

/** A bucket whose first answer to a write is lost, after the write. */
function forgetful(): R2BucketLike {
  const objects = new Map<string, Uint8Array>();
  let lost = false;
  return {
    get: async (key) => {
      const bytes = objects.get(key);
      return bytes ? { arrayBuffer: async () => bytes.slice().buffer } : null;
    },
    put: async (key, value, options) => {
      if (options?.onlyIf && objects.has(key)) return null;
      objects.set(key, value);
      if (lost) return {};
      lost = true;
      throw new Error("put: We encountered an internal error. Please try again. (10001)");
    },
    delete: async () => undefined,
    list: async () => ({ objects: [], truncated: false }),
  };
}

test("a conditional write to R2 whose answer is lost counts as what it did", async () => {
  const folder = await r2(forgetful()).open({});
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(await folder.put("lock", bytes("mine"), { ifAbsent: true })).toBe(true);
  expect(await folder.put("lock", bytes("hers"), { ifAbsent: true })).toBe(false);
  expect(await folder.get("lock")).toEqual(bytes("mine"));
});
