import type { Destination } from "../destinations/contract.ts";
import { RunletError } from "../errors.ts";
import { mergingOf } from "./merging.ts";
import { ownTables } from "./nested.ts";
import type { AnyOptions } from "./options.ts";
import { type Node, type Plan, writtenAs } from "./plan.ts";

/** Refuses what the destination cannot write, before anything is read. @throws RunletError PIPELINE_INVALID */
export function checkDispositions(plan: Plan, destination: Destination, refresh: boolean): void {
  for (const node of plan.nodes) {
    if (!node.loaded) continue;
    const { options } = node.definition;
    for (const asked of [options, ...ownTables(options).map((table) => table.options)])
      checkDisposition(node, asked, destination, refresh);
  }
}

function checkDisposition(
  node: Node,
  options: AnyOptions,
  { kind, capabilities }: Destination,
  refresh: boolean,
): void {
  const wanted = writtenAs(options, refresh);
  const { dispositions, mergeStrategies } = capabilities;
  const refused = (what: string, offered: string) =>
    new RunletError(
      "PIPELINE_INVALID",
      `resource ${node.name} asks for ${what}, which ${kind} does not offer`,
      {
        where: { source: node.source, resource: node.name },
        hint: offered,
      },
    );
  if (!dispositions.includes(wanted)) throw refused(wanted, `it offers: ${dispositions.join(", ")}`);
  const strategy = wanted === "merge" ? mergingOf(options)?.strategy : undefined;
  if (strategy && mergeStrategies && !mergeStrategies.includes(strategy))
    throw refused(strategy, `it merges by: ${mergeStrategies.join(", ")}`);
}
