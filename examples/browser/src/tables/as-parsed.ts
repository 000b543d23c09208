/** What `JSON.parse` makes of an integer: the nearest double, as JavaScript prints it. */
export function asParsed(value: number | bigint | string): string {
  return String(JSON.parse(String(value)) as number);
}
