const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** `512 B`, `1.5 KB`, `0.5 MB`: decimal units, one digit after the point. */
export function bytes(count: number): string {
  let unit = 0;
  let size = count;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`;
}

/** `1,234`. */
export function count(number: number): string {
  return Math.round(number).toLocaleString("en-US");
}

/** `1 row`, `2 rows`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** Seconds: `0.04 s`, `1.3 s`, `75 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 100 ? 2 : ms < 60_000 ? 1 : 0)} s`;
}
