import { RunletError } from "../errors.ts";
import { compareValues } from "./cursor-values.ts";
import { parsePath } from "./path.ts";

/** A cursor: the field whose latest value a run remembers for the next one, which takes the records from there on. */
export interface Incremental<T> {
  readonly kind: "incremental";
  readonly path: string;
  readonly initial?: T;
  readonly end?: T;
  readonly order?: "max" | "min" | ((values: readonly T[]) => T);
  readonly lag?: number;
  readonly rowOrder?: "asc" | "desc";
  readonly onMissing?: "raise" | "include" | "exclude";
  readonly rangeStart?: "open" | "closed";
  readonly rangeEnd?: "open" | "closed";
}

type Widen<T> = T extends string ? string : T extends number ? number : T;

export interface IncrementalOptions {
  /** Which of two values is the later one: the larger (default) or the smaller. */
  order?: "max" | "min";
  /** How far back from the remembered value a run begins, for records that come late; never before `initial`. Units of a number,
   *  seconds of a time, days of a date (text as ISO 8601). What is within is read again in every run: merge by a key.
   *  Not applied with `end`. */
  lag?: number;
  /** The source gives records in this order: it is not asked for more once they are behind `end` (`asc`), or before the
   *  remembered value (`desc`). */
  rowOrder?: "asc" | "desc";
  /** A record without the value, or with null: `raise` CURSOR_INVALID (default), `include` it, or `exclude` it. */
  onMissing?: "raise" | "include" | "exclude";
  /** Whether records at the remembered value, or at `initial`, are taken: `closed` (default): those that have not been
   *  taken yet, told apart by primary key or content; `open`: none. */
  rangeStart?: "open" | "closed";
  /** Whether records at `end` are taken; default: `open`, they are not. */
  rangeEnd?: "open" | "closed";
}

/** Options with a function of one's own. */
export type OwnOrder<T> = Omit<IncrementalOptions, "order" | "lag"> & {
  initial?: T;
  end?: T;
  /** The latest of the values: that of a record, and what is remembered (none at first). Whatever it returns is remembered; a
   *  record counts where the value at the path differs from it. The records are read as objects. */
  order: (values: readonly T[]) => T;
};

/** Declares a cursor on the field at `path` (`updated_at`, `data.at`). With `initial`, `cursor.start` is always set; without, it is
 *  undefined on the first run. Numbers are compared as such, texts by their characters: times have to be in one form and one zone
 *  (those that end in Z may have fractions of any length). `end` makes a run a window, from `initial` to `end`, that leaves what is remembered alone.
 *  @throws RunletError PIPELINE_INVALID */
export function incremental<T extends string | number | bigint>(
  path: string,
  options: IncrementalOptions & { initial: T; end?: NoInfer<Widen<T>> },
): Incremental<Widen<T>>;
export function incremental(
  path: string,
  options?: IncrementalOptions & { initial?: never; end?: never },
): Incremental<string | undefined>;
export function incremental<T>(path: string, options: OwnOrder<T>): Incremental<T>;
export function incremental(path: string, options: object = {}): Incremental<any> {
  const cursor = Object.freeze({ ...options, kind: "incremental", path }) as Incremental<unknown>;
  const fault = faultOf(cursor);
  if (fault) throw new RunletError("PIPELINE_INVALID", `incremental(${JSON.stringify(path)}): ${fault}`);
  return cursor;
}

const CHOICES: Record<string, readonly string[]> = {
  rowOrder: ["asc", "desc"],
  onMissing: ["raise", "include", "exclude"],
  rangeStart: ["open", "closed"],
  rangeEnd: ["open", "closed"],
};
const NAMES = ["kind", "path", "initial", "end", "order", "lag", ...Object.keys(CHOICES)];

const NO_INITIAL = "end needs initial: where the window begins";

function faultOf(cursor: Incremental<unknown>): string | undefined {
  const { path, initial, end, order = "max", lag } = cursor;
  if (typeof path !== "string" || path === "") return "the first argument is the path of a field";
  const isOwn = typeof order === "function";
  if (parsePath(path).length === 0 && !isOwn) return "a whole record has no order of its own: give order";
  for (const name of Object.keys(cursor)) {
    if (!NAMES.includes(name)) return `there is no option "${name}"; options: ${NAMES.slice(2).join(", ")}`;
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = (cursor as unknown as Record<string, unknown>)[name];
    if (value !== undefined && !choices.includes(value as string))
      return `${name} is one of ${choices.join(", ")}, not ${String(value)}`;
  }
  if (!isOwn && order !== "max" && order !== "min") return 'order is "max", "min" or a function';
  if (lag !== undefined && !(typeof lag === "number" && lag >= 0 && Number.isFinite(lag)))
    return `lag is a number from 0, not ${String(lag)}`;
  if (lag && isOwn) return "a lag needs order max or min";
  if (isOwn) return end !== undefined && initial === undefined ? NO_INITIAL : undefined;
  for (const [name, value] of Object.entries({ initial, end })) {
    if (value !== undefined && !isOrdered(value))
      return `${name} is text, a number or a bigint, not ${value === null ? "null" : typeof value}`;
  }
  if (end === undefined) return undefined;
  if (initial === undefined) return NO_INITIAL;
  const sense = compareValues(end, initial);
  if (sense === undefined) return "initial and end are of different types";
  return (order === "min" ? sense > 0 : sense < 0) ? "end comes before initial" : undefined;
}

function isOrdered(value: unknown): boolean {
  return ["string", "bigint", "boolean"].includes(typeof value) || Number.isFinite(value);
}

/** A cursor that a function of its own compares. */
export function isOwn(
  cursor: Incremental<unknown>,
): cursor is Incremental<unknown> & { order: (values: readonly unknown[]) => unknown } {
  return typeof cursor.order === "function";
}
