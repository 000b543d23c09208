// What has to agree before a version is published.

/** What speaks against releasing: empty when all agree. `tag`: of the commit, undefined when it has none. */
export function disagreements({ manifest, lock, jsr, versionModule, changelog, tag }) {
  const { version } = manifest;
  const found = [];
  const same = (what, other) => {
    if (other !== version) found.push(`${what} says ${other ?? "no version"}, package.json ${version}`);
  };
  same("package-lock.json", lock.packages?.[""]?.version);
  same("jsr.json", jsr.version);
  same("core/version.ts", /RUNLET_VERSION = "([^"]+)"/.exec(versionModule)?.[1]);
  const heading = changelog.split("\n").find((line) => line.startsWith(`## ${version} `));
  if (!heading) found.push(`CHANGELOG.md has no section ${version}`);
  else if (!/ – \d{4}-\d{2}-\d{2}$/.test(heading))
    found.push(`CHANGELOG.md dates ${version} with no day: ${heading}`);
  if (tag !== `v${version}`) found.push(`the commit's tag is ${tag ?? "none"}, not v${version}`);
  const hooks = ["preinstall", "install", "postinstall", "prepare"];
  for (const hook of hooks)
    if (manifest.scripts?.[hook]) found.push(`package.json runs ${hook} where it is installed`);
  for (const field of ["license", "repository", "homepage", "bugs", "description"])
    if (!manifest[field]) found.push(`package.json has no ${field}`);
  if (manifest.private) found.push("package.json is private");
  return found;
}

/** Lines of the difference between two lists of `{ name, gzip }`, in bytes; what has not changed is left out. */
export function sizeDifference(before, now) {
  const known = new Map(before.map(({ name, gzip }) => [name, gzip]));
  const lines = [];
  for (const { name, gzip } of now) {
    const old = known.get(name);
    known.delete(name);
    if (old === undefined) lines.push(`new      ${name}: ${gzip}`);
    else if (gzip !== old)
      lines.push(`${`${gzip > old ? "+" : ""}${gzip - old}`.padStart(7)}  ${name}: ${old} → ${gzip}`);
  }
  for (const name of known.keys()) lines.push(`gone     ${name}`);
  return lines;
}

/** The rows of docs/sizes.md: gzipped bytes, as far as its kilobytes tell. */
export function committedSizes(document) {
  const table = document.slice(document.indexOf("<!-- sizes:"), document.indexOf("<!-- /sizes -->"));
  return table
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length === 8 && Number(cells[3]) > 0)
    .map((cells) => ({ name: cells[1], gzip: Math.round(Number(cells[3]) * 1024) }));
}
