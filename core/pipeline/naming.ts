/** White space as Python's `str.strip` sees it. */
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const OUTER_SPACE = new RegExp(`^${SPACE}+|${SPACE}+$`, "gu");

/** dlt's `snake_case` for names that people write: datasets, tables, resources. (Names in data are normalised by the
 *  engine.) Rules: dlt-docs "Naming convention", `dlt/common/normalizers/naming/snake_case.py`. Without shortening. */
export function snakeCase(name: string): string {
  const marks: Record<string, string> = { "+": "x", "*": "x", "-": "_", "@": "a", "|": "l" };
  return name
    .replace(OUTER_SPACE, "")
    .replace(/[+*\-@|]/g, (mark) => marks[mark]!)
    .replace(/[^a-zA-Z\p{Nd}_]+/gu, "_")
    .replace(/([^_])([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/^(?=\p{Nd})/u, "_")
    .replace(/_+$/, (tail) => "x".repeat(tail.length))
    .replace(/__+/g, "_");
}

/** A table's name: parts around `__` are normalised one by one, as paths are. */
export function tableName(name: string): string {
  return name
    .split("__")
    .filter((part) => part.replace(OUTER_SPACE, "") !== "")
    .map(snakeCase)
    .join("__");
}
