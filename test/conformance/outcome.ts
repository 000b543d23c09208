// Outcomes as plain JSON, the same text on every runtime. Web standards only: it runs where the cases run.

/** Rows and columns of a table that an outcome shows. */
const SAMPLE = { rows: 24, columns: 40 };

/** Ids are in the digests; people compare what they know. */
const IDS = new Set(["_dlt_id", "_dlt_parent_id", "_dlt_root_id", "_dlt_load_id"]);

export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A value with what JSON has no words for written as text: integers beyond 2^53 as `123n`, `-0`, no numbers. */
export function readable(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return Object.is(value, -0) ? "-0.0" : String(value);
  if (Array.isArray(value)) return value.map(readable);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readable(each)]));
}

/** The rows of a small table as a person reads them; none of a larger one. */
export function sampleOf(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  if (rows.length > SAMPLE.rows || Object.keys(rows[0] ?? {}).length > SAMPLE.columns) return [];
  return rows
    .map((row) => readable(Object.fromEntries(Object.entries(row).filter(([name]) => !IDS.has(name)))))
    .map((row) => row as Record<string, unknown>);
}

interface ColumnFacts {
  data_type?: string;
  precision?: number;
  scale?: number;
  variant?: boolean;
}

/** `decimal(38,9) variant` */
export function typeText({ data_type, precision, scale, variant }: ColumnFacts): string {
  const size =
    precision === undefined ? "" : `(${scale === undefined ? precision : `${precision},${scale}`})`;
  return `${data_type ?? "?"}${size}${variant ? " variant" : ""}`;
}

interface ErrorFacts {
  code?: string;
  name: string;
  message: string;
  where?: object;
}

/** An error without what differs from run to run: the address of the suite's server. */
export function errorOutcome(
  error: unknown,
  origin = "http://127.0.0.1:1",
): {
  code: string;
  message: string;
  where: Record<string, unknown>;
} {
  const { code, name, message, where = {} } = error as ErrorFacts;
  const text = JSON.stringify({ code: code ?? name, message, where });
  return JSON.parse(
    text.replaceAll(origin, "http://api").replaceAll(new URL(origin).host, "api"),
  ) as ReturnType<typeof errorOutcome>;
}
