import { sha3_256 } from "@noble/hashes/sha3.js";
import { afterEach, describe, expect, test } from "vitest";
import { hashText } from "../../core/schema/hash-json.ts";
import { sha3 } from "../../host-node/sha3.ts";
import { installTestHost } from "../pipeline/host.ts";
import { installHost } from "../../core/index.ts";

const PARTS = ["", '{"name":"Ä 漢字 🙂"}', "\ud800", "x".repeat(100_000)];
const utf8 = new TextEncoder();
const expected = Buffer.from(sha3_256(Buffer.concat(PARTS.map((part) => utf8.encode(part))))).toString(
  "base64",
);

afterEach(() => void installTestHost());

describe("a schema's hash", () => {
  test("is the runtime's own SHA3-256 where it has one", () => {
    let made = 0;
    installHost({
      ...installTestHost(),
      sha3: () => {
        made++;
        return sha3();
      },
    });
    expect(hashText(PARTS)).toBe(expected);
    expect(made).toBe(1);
    expect(sha3()).toBeDefined();
  });

  test("is the same where it has none", () => {
    installHost({ ...installTestHost(), sha3: () => undefined });
    expect(hashText(PARTS)).toBe(expected);
    installTestHost();
    expect(hashText(PARTS)).toBe(expected);
  });
});
