import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../../host-node/make-folder.ts";

test("a folder is made with those on its way, and again without harm", () => {
  const root = mkdtempSync(join(tmpdir(), "runlet-folders-"));
  makeFolder(join(root, "a/b/c"));
  makeFolder(join(root, "a/b/c"));
  expect(statSync(join(root, "a/b/c")).isDirectory()).toBe(true);
  rmSync(root, { recursive: true });
});

test.runIf(process.platform === "linux")("a file system that refuses says so instead of hanging", () => {
  expect(() => makeFolder("/proc/runlet/data")).toThrow(/ENOENT|EACCES|EPERM/);
});
