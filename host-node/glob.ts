import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

const MAGIC = /[*?[\]{}]/;

/** Paths of the files that `pattern` names, sorted. `*` and `?` stay within a name, `**` is any number of folders, `[a-c]`
 *  and `{a,b}` are alternatives. A path that exists is taken as it is written. Hidden names need a dot. */
export async function glob(pattern: string): Promise<string[]> {
  if (await isFile(pattern)) return [pattern];
  if (!MAGIC.test(pattern)) return [];
  const found = new Set<string>();
  for (const each of alternatives(pattern)) for (const path of await walk(each)) found.add(path);
  return [...found].sort();
}

async function walk(pattern: string): Promise<string[]> {
  const parts = pattern.split("/");
  const root = parts[0] === "" ? "/" : "";
  let folders = [root];
  const names = parts.filter((part, at) => part !== "" && !(part === "." && at > 0));
  for (const [at, part] of names.entries()) {
    const last = at === names.length - 1;
    const next: string[] = [];
    for (const folder of folders) next.push(...(await step(folder, part, last)));
    folders = next;
  }
  return folders;
}

async function step(folder: string, part: string, last: boolean): Promise<string[]> {
  if (part === "**") return last ? filesBelow(folder) : foldersBelow(folder);
  if (!MAGIC.test(part)) {
    const path = join(folder, part);
    return !last || (await isFile(path)) ? [path] : [];
  }
  const name = expression(part);
  const entries = await entriesOf(folder);
  return entries
    .filter((entry) => (last ? !entry.isDirectory() : !entry.isFile()) && name.test(entry.name))
    .map((entry) => join(folder, entry.name));
}

async function foldersBelow(folder: string): Promise<string[]> {
  const found = [folder];
  for (const entry of await entriesOf(folder)) {
    if (entry.isDirectory() && !entry.name.startsWith("."))
      found.push(...(await foldersBelow(join(folder, entry.name))));
  }
  return found;
}

async function filesBelow(folder: string): Promise<string[]> {
  const folders = await foldersBelow(folder);
  return (await Promise.all(folders.map((each) => step(each, "*", true)))).flat();
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder === "" ? "." : folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** `a{b,c}d` → `abd`, `acd`; innermost braces first. */
function alternatives(pattern: string): string[] {
  const braces = /\{([^{}]*)\}/.exec(pattern);
  if (!braces) return [pattern];
  const before = pattern.slice(0, braces.index);
  const after = pattern.slice(braces.index + braces[0].length);
  return braces[1]!.split(",").flatMap((each) => alternatives(before + each + after));
}

/** One name of a path as an expression: without a leading dot it leaves hidden names out, as shells do. */
function expression(part: string): RegExp {
  const text = part.replace(/\[!?[^\]]*\]|[*?.+^${}()|\\[\]]/g, (mark) => {
    if (mark === "*") return "[^/]*";
    if (mark === "?") return "[^/]";
    if (mark.length > 1) return mark.replace(/^\[!/, "[^").replaceAll("\\", "\\\\");
    return `\\${mark}`;
  });
  return new RegExp(`^${/^[*?[]/.test(part) ? "(?!\\.)" : ""}${text}$`, "u");
}
