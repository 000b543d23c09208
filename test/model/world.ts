import { expect } from "vitest";
import { type Destination, incremental, type Json, pipeline, resource } from "../../core/index.ts";
import { type Ended, Machine, pagesOf, reached } from "../packages/machine.ts";
import { barred, held } from "./contract-model.ts";
import { drawn, type Reading } from "./cursor-model.ts";
import { type Dataset, emptyDataset, type Item, type Kept, type Way, written } from "./dataset-model.ts";
import type { Step } from "./steps.ts";

type Row = Record<string, Json>;

/** A store, and how its rows are read: tables by name. */
export interface Store {
  to: Destination;
  read(): Promise<Record<string, Row[]>>;
}

/** What sequences have met. */
export const seen = { runs: 0, crashes: 0, recovered: 0, broken: 0, nulls: 0, violations: 0, positions: 0 };

interface Model {
  dataset: Dataset;
  /** What the resource's function has set in its state. */
  runs: number;
}

const ACTIVE = "9999-12-31T00:00:00Z";

/** One pipeline with one resource, and what has to be in its dataset. */
export class World {
  private readonly store: Store;
  private model: Model = { dataset: emptyDataset(), runs: 0 };
  /** What a load has written that is sealed and not in the destination. */
  private pending: Model | undefined;
  private way: Way;
  private reading: Reading | undefined;
  private readonly machine = new Machine();

  constructor(store: Store, way: Way) {
    this.store = store;
    this.way = way;
  }

  async take(step: Step): Promise<void> {
    if (step.kind === "clock") this.machine.clock += step.seconds;
    else if (step.kind === "new machine") {
      this.machine.replace();
      this.pending = undefined;
    } else {
      this.way = step.way ?? this.way;
      this.reading = step.reading ?? this.reading;
      await this.run({ ...step, items: ordered(step.items, this.reading) });
      await this.compare();
    }
  }

  private async run(step: Extract<Step, { kind: "run" }>): Promise<void> {
    const ended = await this.machine.run(step.crash, () =>
      build(this.way, this.reading, step).run({
        to: this.store.to,
        packages: "remove",
        refresh: step.refresh,
        contract: { columns: step.contract ?? "evolve" },
      }),
    );
    seen.runs++;
    seen.crashes += ended.crash ? 1 : 0;
    seen.recovered += ended.recovered ?? 0;
    this.follow(step, ended);
  }

  /** What the run has to have done. */
  private follow(step: Extract<Step, { kind: "run" }>, { crash, error, recovered }: Ended): void {
    if (recovered !== undefined) expect(recovered).toBe(this.pending ? 1 : 0);
    const { recovery, own, sealed, committed } = reached(crash);
    if (this.pending && recovery) {
      this.model = this.pending;
      this.pending = undefined;
    }
    if (!own) return;
    if (barred(this.model.dataset, step.contract, this.way)) {
      expect(error?.code, error?.message).toBe("SCHEMA_CONTRACT");
      seen.violations++;
      return;
    }
    const broken = error?.message.includes("broken") ?? false;
    seen.broken += broken ? 1 : 0;
    if (broken) return;
    const before = step.refresh ? { ...this.model.dataset, position: undefined } : this.model.dataset;
    const taken = drawn(before, this.way, this.reading, step.items);
    const passed = held(this.model.dataset, step.contract, taken.items);
    const read = "error" in passed ? passed.before : passed.items;
    const done = written(this.model.dataset, this.way, read, step.refresh);
    const outcome =
      "error" in done ? done : "error" in passed ? passed : taken.error ? { error: taken.error } : done;
    // A record that lacks its key and breaks the contract may be refused for either.
    if ("error" in passed && "after" in done && error?.code === "NULL_IN_KEY") {
      expect(written(this.model.dataset, this.way, [passed.at], step.refresh)).toHaveProperty("error");
      return;
    }
    if (crash === undefined) {
      seen.nulls += "error" in outcome && outcome.error === "NULL_IN_KEY" ? 1 : 0;
      seen.violations += "error" in passed ? 1 : 0;
      expect(error?.code ?? error, error?.message).toBe("error" in outcome ? outcome.error : undefined);
    }
    if ("error" in outcome) return;
    seen.positions += taken.position !== undefined && taken.items.length < step.items.length ? 1 : 0;
    const after = {
      dataset: { ...outcome.after, position: taken.position },
      runs: step.refresh ? 1 : this.model.runs + 1,
    };
    if (committed) this.model = after;
    else if (sealed) this.pending = after;
  }

  private async compare(): Promise<void> {
    const tables = await this.store.read();
    const { rows } = this.model.dataset;
    expect(documents(tables)).toEqual(rows.map(printed(rows)).sort());
    const session = await this.store.to.open({ dataset: "model" });
    try {
      const loads = new Set((tables["items"] ?? []).map((row) => String(row["_dlt_load_id"])));
      for (const load of loads) expect(await session.hasLoad(load)).toBe(true);
      const { state } = await session.restore("model", "model");
      const sources = (state as { sources?: Record<string, any> } | undefined)?.sources;
      const own = sources?.["model"]?.resources.items;
      expect(own?.runs ?? 0).toBe(this.model.runs);
      expect(own?.incremental?.seq?.last_value ?? undefined).toBe(this.model.dataset.position?.last);
    } finally {
      await session.close();
    }
  }
}

function build(
  { write, strategy, primaryKey, mergeKey, active, ...marks }: Way,
  reading: Reading | undefined,
  step: Extract<Step, { kind: "run" }>,
) {
  const options = {
    write,
    ...(strategy ? { strategy } : {}),
    ...(primaryKey.length ? { primaryKey } : {}),
    ...(mergeKey.length ? { mergeKey } : {}),
    ...(active ? { active: ACTIVE } : {}),
    ...marks,
    ...(reading ? { cursor: incremental("seq", reading as object) } : {}),
    ...(step.deduplicated && primaryKey.length && write === "merge" && hasNoDoubles(step.items, primaryKey)
      ? { deduplicated: true }
      : {}),
  };
  const items = resource("items", options as object, function* ({ state }) {
    // A source that is in order may be left before its end.
    state["runs"] = Number(state["runs"] ?? 0) + 1;
    yield* pagesOf(step.items, step.breaks);
  });
  return pipeline("model", items, { dataset: "model" });
}

/** The records as a source gives them that is in order, or else as they are. */
function ordered(items: Item[], reading: Reading | undefined): Item[] {
  const order = reading?.rowOrder;
  if (!order) return items;
  const whole = items.filter((item) => item["seq"] !== undefined);
  return whole.sort((a, b) => (Number(a["seq"]) - Number(b["seq"])) * (order === "asc" ? 1 : -1));
}

function hasNoDoubles(items: readonly Item[], key: readonly string[]): boolean {
  return new Set(items.map((item) => JSON.stringify(key.map((field) => item[field])))).size === items.length;
}

const FIELDS = ["k", "g", "day", "at", "seq", "gone", "goneAt"];
const COLUMNS = ["k", "g", "day", "at", "seq", "gone", "gone_at"];

/** The records that the tables stand for, each with all that is nested in it. */
function documents(tables: Record<string, Row[]>): string[] {
  const roots = tables["items"] ?? [];
  const tags = tables["items__tags"] ?? [];
  const marks = tables["items__tags__marks"] ?? [];
  const under = (rows: Row[], above: Row[]): Map<unknown, Row[]> => {
    const groups = new Map<unknown, Row[]>(above.map((row) => [row["_dlt_id"], []]));
    for (const row of rows) {
      const group = groups.get(row["_dlt_parent_id"]);
      expect(group, `a parent of the row ${String(row["_dlt_id"])}`).toBeDefined();
      group!.push(row);
    }
    for (const [parent, group] of groups) {
      group.sort((a, b) => Number(a["_dlt_list_idx"]) - Number(b["_dlt_list_idx"]));
      const places = group.map((row) => Number(row["_dlt_list_idx"]));
      expect(places, `places of rows under ${String(parent)}`).toEqual(group.map((_, at) => at));
    }
    return groups;
  };
  const tagsOf = under(tags, roots);
  const marksOf = under(marks, tags);
  const times = ranked(
    roots.flatMap((row) => [timeOf(row["_dlt_valid_from"]), timeOf(row["_dlt_valid_to"])]),
  );
  return roots
    .map((row) =>
      JSON.stringify([
        ...COLUMNS.map((column) => (column === "gone_at" ? row[column] != null : scalar(row[column]))),
        valueOf(row, "x0"),
        valueOf(row, "x1"),
        tagsOf
          .get(row["_dlt_id"])!
          .map((tag) => [
            Number(tag["t"]),
            marksOf.get(tag["_dlt_id"])!.map((mark) => Number(mark["value"])),
          ]),
        times(timeOf(row["_dlt_valid_from"])),
        times(timeOf(row["_dlt_valid_to"])),
      ]),
    )
    .sort();
}

/** A record of the model in the same form. */
function printed(rows: readonly Kept[]): (row: Kept) => string {
  const times = ranked(rows.flatMap(({ from, to }) => [from, to]));
  return ({ item, from, to }) =>
    JSON.stringify([
      ...FIELDS.map((field) => (field === "goneAt" ? item[field] != null : (item[field] ?? null))),
      ...["x0", "x1"].map((field) => (item[field] == null ? null : String(item[field]))),
      (item.tags ?? []).map(({ t, marks }) => [t, marks]),
      times(from),
      times(to),
    ]);
}

type Time = number | "active" | null;

/** Times as their ranks. */
function ranked(times: Time[]): (time: Time) => number | string | null {
  const sorted = [...new Set(times.filter((time) => typeof time === "number"))].sort((a, b) => a - b);
  return (time) => (typeof time === "number" ? sorted.indexOf(time) : time);
}

/** A time of validity in microseconds. */
function timeOf(value: Json | undefined): Time {
  if (value === null || value === undefined) return null;
  const text = String(value).replace(" ", "T");
  if (text.startsWith("9999")) return "active";
  const [, head, fraction = ""] = /^(.{19})(?:\.(\d+))?/.exec(text)!;
  return Date.parse(`${head}Z`) * 1000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

function scalar(value: Json | undefined): Json {
  return typeof value === "bigint" ? Number(value) : (value ?? null);
}

/** A value from the column of its type. */
function valueOf(row: Row, field: string): string | null {
  const found = Object.entries(row).filter(
    ([column, value]) => value !== null && (column === field || column.startsWith(`${field}__v_`)),
  );
  expect(found.length).toBeLessThan(2);
  return found[0] ? String(found[0][1]) : null;
}
