// node bench/sizes.mjs [--write]: the size of what a user downloads, beside the limits of size-budget.json. `--write` puts
// the table into docs/sizes.md.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureSizes } from "./measure-sizes.mjs";
import { intoDocument, markdownTable } from "./tables.mjs";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const { gzip: limits, tarball: tarballLimits } = JSON.parse(
  readFileSync(new URL("size-budget.json", import.meta.url), "utf8"),
);
const { rows, tarball } = await measureSizes();

const kb = (bytes) => (bytes / 1024).toFixed(1);
const table = markdownTable(
  ["KB", "raw", "gzip", "brotli", "later, gzip", "limit, gzip"],
  rows.map(({ name, raw, gzip, brotli, later }) => [
    name,
    ...[raw, gzip, brotli].map(kb),
    later ? kb(later) : "–",
    name in limits ? kb(limits[name]) : "–",
  ]),
);
const packed = markdownTable(
  ["the package", "packed, KB", "unpacked, KB", "files"],
  [
    ["now", kb(tarball.packed), kb(tarball.unpacked), String(tarball.files)],
    ["limit", kb(tarballLimits.packed), kb(tarballLimits.unpacked), String(tarballLimits.files)],
  ],
);
const text = `${table}\n\n${packed}`;
console.log(text);
if (values.write) {
  const document = new URL("../docs/sizes.md", import.meta.url);
  writeFileSync(document, intoDocument(readFileSync(document, "utf8"), "sizes", text));
}
const over = rows.filter(({ name, gzip }) => gzip > (limits[name] ?? Infinity));
for (const { name, gzip } of over)
  console.error(`too large: ${name}: ${gzip} bytes gzipped, limit ${limits[name]}`);
if (over.length) process.exitCode = 1;
