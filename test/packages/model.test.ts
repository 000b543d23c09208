import fc from "fast-check";
import { expect, test } from "vitest";
import { type Json, memory, type MemoryStore, pipeline, resource } from "../../core/index.ts";
import { type Failpoint, FAILPOINTS } from "../../core/packages/failpoints.ts";
import { type Ended, Machine, pagesOf, reached } from "./machine.ts";

const SEQUENCES = process.env["RUNLET_FULL"] === "1" ? 3000 : 250;

type Row = { n: number; tags: string[] } & Record<string, Json>;

/** What one pipeline has loaded, as the rules say it: simple, and without any packages. */
interface Model {
  /** All the source has had so far. */
  source: Row[];
  loaded: Row[];
  next: number;
  generation: number;
  /** A load that is sealed and not in the destination. */
  pending: Pick<Model, "loaded" | "next" | "generation"> | undefined;
}

type Step =
  | {
      kind: "run";
      pipeline: "a" | "b";
      rows: (number | string | null)[];
      field: number;
      /** Failpoint at which the power goes off, at its n-th time. */
      crash: [Failpoint, number] | undefined;
      /** Page after which the source breaks. */
      breaks: number | undefined;
      refresh: boolean;
    }
  | { kind: "new machine" }
  | { kind: "clock"; seconds: number };

const value = fc.oneof(
  fc.integer({ min: 0, max: 99 }),
  fc.integer({ min: 0, max: 99 }).map((n) => n + 0.5),
  fc.constantFrom("t1", "t2"),
  fc.constant(null),
);
/** Those that leave a package to be loaded come more often than the many before them. */
const point: fc.Arbitrary<Failpoint> = fc.oneof(
  fc.constantFrom(...FAILPOINTS),
  fc.constantFrom<Failpoint>("package.seal.after", "destination.commit.before", "recover.commit.before"),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("run" as const),
      pipeline: fc.constantFrom("a" as const, "b" as const),
      rows: fc.array(value, { maxLength: 5 }),
      field: fc.nat(3),
      crash: fc.option(fc.tuple(point, fc.constantFrom(1, 1, 1, 2, 3)), { nil: undefined, freq: 2 }),
      breaks: fc.nat(24).map((page) => (page < 3 ? page : undefined)),
      refresh: fc.nat(9).map((n) => n === 0),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "new machine" }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      seconds: fc.integer({ min: -90_000, max: 90_000 }),
    }),
  },
);

const seen = { runs: 0, crashes: 0, recovered: 0, broken: 0 };

class World {
  readonly store: MemoryStore = memory();
  readonly models: Record<string, Model> = {};
  readonly machine = new Machine();

  model(name: string): Model {
    return (this.models[name] ??= { source: [], loaded: [], next: 0, generation: 0, pending: undefined });
  }

  async take(step: Step): Promise<void> {
    if (step.kind === "clock") this.machine.clock += step.seconds;
    else if (step.kind === "new machine") {
      this.machine.replace();
      for (const model of Object.values(this.models)) model.pending = undefined;
    } else await this.run(step);
    await this.compare();
  }

  private async run(step: Extract<Step, { kind: "run" }>): Promise<void> {
    const model = this.model(step.pipeline);
    const first = model.source.length;
    model.source.push(
      ...step.rows.map((each, n) => ({
        n: first + n,
        tags: each === null ? [] : [`${first + n}`],
        [`x${step.field}`]: each,
      })),
    );
    const generation = model.generation + 1 + (model.pending ? 1 : 0);
    const ended = await this.machine.run(step.crash, () =>
      build(step.pipeline, model.source, generation, step.breaks).run({
        to: this.store,
        packages: "remove",
        refresh: step.refresh,
      }),
    );
    if (ended.error && !ended.crash) expect(ended.error).toMatchObject({ code: "SOURCE_FAILED" });
    const broken = ended.error?.message.includes("broken") ?? false;
    seen.runs++;
    seen.crashes += ended.crash ? 1 : 0;
    seen.broken += broken ? 1 : 0;
    seen.recovered += ended.recovered ?? 0;
    this.follow(model, step, { ...ended, generation, broken });
  }

  /** What the run has to have done. */
  private follow(
    model: Model,
    step: Extract<Step, { kind: "run" }>,
    { crash, recovered, generation, broken }: Ended & { generation: number; broken: boolean },
  ): void {
    if (recovered !== undefined) expect(recovered).toBe(model.pending ? 1 : 0);
    const { recovery, own, sealed, committed } = reached(crash);
    if (model.pending && recovery) {
      Object.assign(model, model.pending);
      model.pending = undefined;
    }
    if (!own || broken) return;
    const rows = model.source.slice(step.refresh ? 0 : model.next);
    const after = {
      loaded: step.refresh ? rows : [...model.loaded, ...rows],
      next: model.source.length,
      generation,
    };
    if (committed) Object.assign(model, after);
    else if (sealed) model.pending = after;
  }

  private async compare(): Promise<void> {
    const tables = this.store.tables();
    const session = await this.store.open({ dataset: "shared" });
    for (const [name, model] of Object.entries(this.models)) {
      const rows = tables[`${name}_items`] ?? [];
      expect(rows.map(read).sort((x, y) => x.n - y.n)).toEqual(
        model.loaded.map(({ n, tags: _, ...rest }) => ({ n, ...given(rest) })),
      );
      const ids = new Map(rows.map((row) => [row["_dlt_id"], Number(row["n"])]));
      expect(ids.size).toBe(rows.length);
      const tags = (tables[`${name}_items__tags`] ?? []).map((row) => [
        ids.get(row["_dlt_parent_id"]),
        row["value"],
      ]);
      expect(new Set(tags.map((pair) => pair.join()))).toEqual(
        new Set(model.loaded.flatMap(({ n, tags }) => tags.map((tag) => `${n},${tag}`))),
      );
      expect(tags).toHaveLength(model.loaded.reduce((sum, { tags }) => sum + tags.length, 0));
      const generations = (tables[`${name}_snapshot`] ?? []).map((row) => Number(row["generation"]));
      expect(generations).toEqual(model.generation ? [model.generation, model.generation] : []);
      for (const row of rows) expect(await session.hasLoad(String(row["_dlt_load_id"]))).toBe(true);
      const { state } = await session.restore(name, name);
      const sources = (state as { sources?: Record<string, any> } | undefined)?.sources;
      expect(sources?.[name]?.resources[`${name}_items`]?.next ?? 0).toBe(model.next);
    }
  }
}

function build(name: string, source: readonly Row[], generation: number, breaks: number | undefined) {
  const items = resource(`${name}_items`, {}, function* ({ state }) {
    yield* pagesOf(source.slice(Number(state["next"] ?? 0)), breaks);
    state["next"] = source.length;
  });
  const snapshot = resource(`${name}_snapshot`, { write: "replace" }, () => [{ generation }, { generation }]);
  return pipeline(name, [items, snapshot], { dataset: "shared" });
}

/** A row's number and values, each from the column of its type. */
function read(row: Record<string, Json>): { n: number; [field: string]: Json } {
  const found: { n: number; [field: string]: Json } = { n: Number(row["n"]) };
  for (const [column, each] of Object.entries(row)) {
    const field = /^(x\d)(__v_\w+)?$/.exec(column)?.[1];
    if (field === undefined || each === null) continue;
    expect(found).not.toHaveProperty(field);
    found[field] = String(each);
  }
  return found;
}

const given = (fields: Record<string, Json>) =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, each]) => (each === null ? [] : [[key, String(each)]])),
  );

test(
  `${SEQUENCES} random sequences of runs load what a simple model says`,
  { timeout: 1_800_000 },
  async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
      const world = new World();
      for (const each of steps) await world.take(each);
    });
    const seed = Number(process.env["RUNLET_SEED"] ?? 20_261_122);
    await fc.assert(property, { numRuns: SEQUENCES, seed });
    // The sequences must meet what they are about.
    expect(Math.min(seen.crashes, seen.recovered, seen.broken)).toBeGreaterThan(SEQUENCES / 50);
  },
);
