// node scripts/release.mjs [--publish] [--checked]
//
// Checks that version, changelog and tag agree, installs and tests from scratch, packs, says what has become larger, and
// publishes to npm with a statement of provenance, and to JSR. Without --publish it does all that and sends nothing.
// --checked: `npm ci` and `npm test` have run already, as in .github/workflows/release.yml, the one place from which a
// version is published: provenance is signed with that workflow's identity.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { committedSizes, disagreements, sizeDifference } from "./release-checks.mjs";

const { values } = parseArgs({
  options: { publish: { type: "boolean", default: false }, checked: { type: "boolean", default: false } },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const text = (path) => readFileSync(join(root, path), "utf8");
const json = (path) => JSON.parse(text(path));
const output = (command, ...args) => execFileSync(command, args, { cwd: root, encoding: "utf8" }).trim();

function run(command, ...args) {
  console.log(`\n$ ${command} ${args.join(" ")}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}`);
}

/** The tag of this commit, if it is a version. */
function tag() {
  const tags = output("git", "tag", "--points-at", "HEAD").split("\n");
  return tags.find((name) => /^v\d/.test(name));
}

const manifest = json("package.json");
const against = disagreements({
  manifest,
  lock: json("package-lock.json"),
  jsr: json("jsr.json"),
  versionModule: text("core/version.ts"),
  changelog: text("CHANGELOG.md"),
  tag: tag(),
});
if (output("git", "status", "--porcelain") !== "") against.push("there are changes that are not committed");
if (values.publish && !process.env.GITHUB_ACTIONS)
  against.push("provenance is signed on GitHub Actions only");
for (const each of against) console.log(`✖ ${each}`);
if (against.length && values.publish) throw new Error("not published");

if (!values.checked) {
  run("npm", "ci");
  run("npm", "test");
}
run("npm", "run", "build");

const { measureSizes } = await import("../bench/measure-sizes.mjs");
const { rows, tarball } = await measureSizes();
console.log("\nGzipped bytes since docs/sizes.md was written (its figures are rounded):");
for (const line of sizeDifference(committedSizes(text("docs/sizes.md")), rows)) console.log(line);
const { packed, unpacked, files } = tarball;
console.log(`The package: ${files} files, ${packed} bytes packed, ${unpacked} unpacked.`);

const folder = join(root, "build/release");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
run("npm", "pack", "--ignore-scripts", "--pack-destination", folder);
const archive = join(folder, `${manifest.name}-${manifest.version}.tgz`);
const sending = values.publish ? ["--provenance"] : ["--dry-run", "--no-provenance"];
run("npm", "publish", archive, "--access", "public", "--ignore-scripts", ...sending);
run(process.execPath, "scripts/jsr.mjs", ...(values.publish ? ["--publish"] : []));
console.log(
  values.publish ? `\npublished ${manifest.version}` : `\nnothing was published; ${archive} is what would be`,
);
