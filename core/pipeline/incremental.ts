/** A cursor: the field whose largest value a run remembers for the next one. Declared here; a run gives
 *  `cursor.start` = `initial`. */
export interface Incremental<T> {
  readonly kind: "incremental";
  readonly path: string;
  readonly initial?: T;
  readonly end?: T;
  readonly lag?: number;
  readonly rowOrder?: "asc" | "desc";
  readonly onMissing?: "raise" | "include" | "exclude";
}

type Widen<T> = T extends string ? string : T extends number ? number : T;

export interface IncrementalOptions {
  /** Seconds (or units of the cursor) taken back from the remembered value. */
  lag?: number;
  rowOrder?: "asc" | "desc";
  onMissing?: "raise" | "include" | "exclude";
}

/** Declares a cursor on the field at `path`. With `initial`, `cursor.start` is always set; without, it is
 *  undefined on the first run. */
export function incremental<T extends string | number | bigint>(
  path: string,
  options: IncrementalOptions & { initial: T; end?: T },
): Incremental<Widen<T>>;
export function incremental(path: string, options?: IncrementalOptions): Incremental<string | undefined>;
export function incremental(path: string, options: object = {}): Incremental<unknown> {
  return Object.freeze({ ...options, kind: "incremental", path });
}
