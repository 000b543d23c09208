import { shake128 } from "@noble/hashes/sha3.js";
import type { CursorState } from "../binding/contract.ts";
import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { parseLossless } from "../lossless-json.ts";
import { hashJson } from "../schema/hash-json.ts";
import { isOwn } from "./incremental.ts";
import type { CursorStart } from "./cursors.ts";
import { hiddenFields } from "./column-options.ts";
import { parsePath, valuesAt } from "./path.ts";
import type { Node } from "./plan.ts";
import { stringifyRecord } from "./stringify.ts";

/** The bytes of a hash, as the engine makes them. */
const HASH_BYTES = 9;
const LONG_HASH_LENGTH = 20;
const MOST_HASHES = 10_000;

/** A cursor that a function compares: dlt's `JsonIncremental` over objects. */
export class OwnCursor {
  private readonly node: Node;
  private readonly order: (values: readonly unknown[]) => unknown;
  private readonly from: CursorStart;
  private last: unknown;
  private hashes: Set<string>;
  /** Records at the last value, not hashed yet. */
  private rows: unknown[] = [];
  private taken: boolean;
  private readonly startHashes: ReadonlySet<string>;
  private readonly hidden: readonly (readonly string[])[];

  constructor(node: Node, from: CursorStart) {
    const cursor = node.definition.options.cursor!;
    if (!isOwn(cursor)) throw new RunletError("DEFECT", "the cursor has no function of its own");
    this.node = node;
    this.order = cursor.order;
    this.from = from;
    this.last = from.last ?? from.start;
    this.hashes = new Set(from.hashes);
    this.startHashes = new Set(from.startHashes);
    this.taken = from.taken ?? false;
    this.hidden = hiddenFields(node.definition.options);
  }

  /** The records that are taken, with whether some lay before the start or behind the end. */
  take(records: readonly unknown[]): { taken: unknown[]; pastStart: boolean; pastEnd: boolean } {
    const found = { taken: [] as unknown[], pastStart: false, pastEnd: false };
    for (const record of records) {
      const outcome = this.weigh(record);
      if (outcome === "taken") found.taken.push(record);
      else if (outcome !== "left") found[outcome] = true;
    }
    if (found.taken.length) this.taken = true;
    this.settle();
    return found;
  }

  state(): CursorState {
    const overflow = this.hashes.size > MOST_HASHES;
    return {
      last: this.last === undefined ? null : stringifyRecord(this.last),
      hashes: overflow ? [] : [...this.hashes],
      taken: this.taken,
      overflow,
    };
  }

  private weigh(record: unknown): "taken" | "left" | "pastStart" | "pastEnd" {
    const { path, end, onMissing = "raise", rangeStart, rangeEnd } = this.node.definition.options.cursor!;
    const { start } = this.from;
    const [value] = valuesAt(record as Json, parsePath(path));
    if (value === undefined || value === null) {
      if (onMissing !== "raise") return onMissing === "include" ? "taken" : "left";
      throw new RunletError("CURSOR_INVALID", `a record has no value at ${path} for the cursor`, {
        hint: 'onMissing: "include" or "exclude" says what becomes of such records',
      });
    }
    const alone = () => this.order([value]);
    if (end !== undefined) {
      if (!same(this.order([value, end]), end)) return "pastEnd";
      if (rangeEnd !== "closed" && same(alone(), end)) return "pastEnd";
    }
    const last = this.last;
    const next = last === undefined ? alone() : this.order([value, last]);
    if (!isKept(next)) {
      throw new RunletError(
        "CURSOR_INVALID",
        `order of the cursor ${path} returns ${String(next)}, which cannot be kept`,
        {
          hint: "order returns one of the values it is given: text, a number that is finite, or what JSON has",
        },
      );
    }
    if (last === undefined || !same(next, last)) {
      this.last = next;
      this.hashes = new Set();
      this.rows = this.deduplicates ? [record] : [];
      return "taken";
    }
    const own = alone();
    if (start !== undefined) {
      if (rangeStart === "open" && same(own, start)) return "pastStart";
      if (same(this.order([value, start]), start)) {
        if (!same(own, start)) return "pastStart";
        // Others at the start may follow that have not been taken.
        if (this.deduplicates && this.startHashes.has(this.hash(record, isLong(this.startHashes))))
          return "left";
      }
    }
    if (same(own, last) && this.deduplicates) this.rows.push(record);
    return "taken";
  }

  /** The record without what hints drop or hide. */
  private shown(record: Json): Json {
    for (const field of this.hidden) remove(record, field);
    return record;
  }

  private get deduplicates(): boolean {
    return this.from.deduplicate;
  }

  private settle(): void {
    const long = isLong(this.hashes);
    for (const record of this.rows.splice(0))
      if (this.hashes.size <= MOST_HASHES) this.hashes.add(this.hash(record, long));
  }

  private hash(record: unknown, long: boolean): string {
    const { primaryKey } = this.node.definition.options;
    const plain = this.shown(parseLossless(stringifyRecord(record)));
    const parts = this.node.ownKey.map((key) => valuesAt(plain, parsePath(key))[0] ?? null);
    const what = parts.length === 0 ? plain : typeof primaryKey === "string" ? parts[0]! : parts;
    const bytes = shake128(new TextEncoder().encode(hashJson(what)), {
      dkLen: long ? (LONG_HASH_LENGTH / 4) * 3 : HASH_BYTES,
    });
    return btoa(String.fromCharCode(...bytes));
  }
}

function isLong(hashes: ReadonlySet<string>): boolean {
  const [first] = hashes;
  return first?.length === LONG_HASH_LENGTH;
}

/** Whether JSON has it: what it has not would be forgotten, and all be read again. */
function isKept(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return value !== undefined && value !== null && typeof value !== "function" && typeof value !== "symbol";
}

function same(a: unknown, b: unknown): boolean {
  return a === b || hashJson(a) === hashJson(b);
}

/** Takes a field out of a record; lists on the way are passed through. */
function remove(value: Json | undefined, [key, ...rest]: readonly string[]): void {
  if (typeof value !== "object" || value === null || key === undefined) return;
  if (Array.isArray(value)) for (const each of value) remove(each, [key, ...rest]);
  else if (rest.length) remove(Object.hasOwn(value, key) ? value[key] : undefined, rest);
  else delete value[key];
}
