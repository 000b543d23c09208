/** JSON of a value for people and programs that read numbers as doubles: integers beyond 2^53 are strings, binary is
 *  base64. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(
    value,
    (_key, each: unknown) => {
      if (typeof each === "bigint") {
        const number = Number(each);
        return Number.isSafeInteger(number) ? number : String(each);
      }
      return each instanceof Uint8Array ? Buffer.from(each).toString("base64") : each;
    },
    indent,
  );
}

/** One JSON document on stdout. */
export function printJson(value: unknown, indent = 0): void {
  process.stdout.write(`${jsonText(value, indent)}\n`);
}

/** Plain data with keys as the command line writes them: `durationMs` → `duration_ms`. */
export function snakeCased(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(snakeCased);
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`),
      snakeCased(each),
    ]),
  );
}
