import { openEngine } from "../binding/engine.ts";
import type { EngineConfig, RunEngine, TableHints } from "../binding/contract.ts";
import type { Destination } from "../destinations/contract.ts";
import type { Host } from "../host.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { Tables } from "../schema/types.ts";
import { routedColumns, tableHints } from "./columns.ts";
import { withContracts } from "./contract.ts";
import type { Cursors } from "./cursors.ts";
import type { Plan } from "./plan.ts";
import type { RunOptions } from "./run-options.ts";
import { storedNesting, storedTableNesting } from "./stored-nesting.ts";
import type { Surroundings } from "./surroundings.ts";

/** An engine for the plan, with the hints of its resources; `schema`: that of the dataset, which says how deep tables nest
 *  where nobody else does. */
export async function openFor(
  plan: Plan,
  options: RunOptions,
  run: Surroundings,
  from: {
    loadId: string;
    tables: Tables;
    schema?: StoredSchema;
    destination?: Destination;
    cursors?: Cursors;
  },
): Promise<RunEngine> {
  const hints: Record<string, TableHints> = {};
  for (const node of plan.nodes) {
    if (!node.loaded) continue;
    const { name, table, definition } = node;
    for (const { to, more } of [{ to: table, more: {} }, ...routedColumns(definition.options)]) {
      const { columns, ...given } = await tableHints(name, definition.options, run.config, more);
      const rest = from.destination ? given : unnumbered(given);
      const known = hints[to];
      const isTold = [rest.maxTableNesting, known?.maxTableNesting, options.normalise?.maxNesting].some(
        Number.isInteger,
      );
      if (!isTold) Object.assign(rest, storedTableNesting(from.schema, to));
      const all = [...(known?.columns ?? []), ...(columns ?? [])];
      if (all.length === 0 && Object.keys(rest).length === 0) continue;
      hints[to] = {
        ...known,
        ...rest,
        ...(all.length ? { columns: all } : {}),
      };
    }
  }
  const { maxNesting, nullColumns: _, limits, ...normalise } = options.normalise ?? {};
  const { recordBytes, memoryBytes } = run.host.limits ?? {};
  const module = options.engineModule ?? (await run.host.engineModule());
  const cursors = from.cursors?.configs();
  const config: EngineConfig = {
    loadId: from.loadId,
    seed: options.reproduce?.seed ?? randomSeed(run.host),
    tables: from.tables,
    hints: withContracts(hints, plan, options.contract, from.schema),
    ...storedNesting(from.schema),
    ...(cursors ? { cursors } : {}),
    ...normalise,
    limits: { ...(recordBytes ? { recordBytes } : {}), ...(memoryBytes ? { memoryBytes } : {}), ...limits },
    ...(maxNesting === undefined ? {} : { maxTableNesting: maxNesting }),
    ...(from.destination ? { maxIdentifierLength: from.destination.capabilities.maxIdentifierLength } : {}),
  };
  return (await run.host.openEngine?.(module, config)) ?? openEngine(module, config);
}

/** Where rows are only looked at, nobody needs to tell records of one key apart. */
function unnumbered({ recordNumber: _, nested, ...rest }: TableHints): TableHints {
  return nested ? { ...rest, nested: nested.map(({ recordNumber: _, ...own }) => own) } : rest;
}

function randomSeed(host: Host): string {
  const bytes = host.random(new Uint8Array(8));
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true).toString();
}
