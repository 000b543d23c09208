import type { MergeFacts, ResourceFacts } from "../schema/document.ts";
import type { Tables, TableSchema, WriteDisposition } from "../schema/types.ts";
import { documented, schemaContract, statedContract } from "./contract.ts";
import type { Contract } from "./options.ts";
import { type Merging, mergingOf } from "./merging.ts";
import { dispositionOf, type Node, type Plan } from "./plan.ts";

/** A table belongs to the resource that names it, or to the one that routes records by a field. */
function fills(node: Node, root: string, resource: string | undefined): boolean {
  return typeof node.definition.options.table === "object"
    ? resource === node.name || node.table === root
    : node.table === root;
}

function ownerOf(plan: Plan, root: string): Node | undefined {
  // Tables of the engine's own, such as that of set-aside records.
  if (root.startsWith("_runlet_")) return undefined;
  const loaded = plan.nodes.filter((node) => node.loaded);
  return (
    loaded.find((node) => node.table === root) ??
    loaded.find((node) => typeof node.definition.options.table === "object")
  );
}

/** What a run does with the resources of its plan. */
export interface Doings {
  /** Written as with `refresh`. */
  isAnew(node: Node): boolean;
  /** Written to new tables. */
  isRenewed(node: Node): boolean;
  /** Read in this run. */
  isRead(node: Node): boolean;
}

/** How the root table called so is written in this run. */
export function writeOf(plan: Plan, root: string, run: Doings): WriteDisposition {
  const owner = ownerOf(plan, root);
  return owner ? dispositionOf(owner, run.isAnew(owner)) : "append";
}

/** How the root table called so is merged in this run; undefined when it is not. */
export function mergeOf(plan: Plan, root: string, run: Doings): (Merging & { anew: boolean }) | undefined {
  const owner = ownerOf(plan, root);
  const merging = owner && mergingOf(owner.definition.options);
  return merging && { ...merging, anew: run.isAnew(owner) };
}

/** What the resources of this run say about their root tables. */
export function resourceFacts(
  plan: Plan,
  tables: Tables,
  { refresh = false, contract, stored }: { refresh?: boolean; contract?: Contract; stored?: Tables },
): Record<string, ResourceFacts> {
  const facts: Record<string, ResourceFacts> = {};
  for (const table of Object.values(tables)) {
    if (table.parent !== undefined) continue;
    const owner = ownerOf(plan, table.name);
    // Tables of other resources keep the facts they have.
    if (
      !owner ||
      (typeof owner.definition.options.table === "object" && table.resource && table.resource !== owner.name)
    )
      continue;
    const merging = mergingOf(owner.definition.options);
    facts[table.name] = {
      resource: owner.name,
      write: refresh ? (owner.definition.options.write ?? "append") : dispositionOf(owner, false),
      ...(merging ? { merge: mergeFacts(merging) } : {}),
      ...contractFact(owner, plan, contract, stored?.[table.name]?.schema_contract),
      ...maxNestingOf(owner),
    };
  }
  return facts;
}

/** A table has a contract of its own where one is stated for it, and where another was stored. */
function contractFact(
  node: Node,
  plan: Plan,
  run: Contract | undefined,
  stored: TableSchema["schema_contract"],
): Pick<ResourceFacts, "contract"> {
  const own = run ?? node.definition.options.contract;
  const general = schemaContract(plan, run);
  const stated = statedContract(node, plan, run);
  const isOwn = own !== undefined || stored !== undefined || stated !== general;
  return stated !== undefined && isOwn ? { contract: documented(stated) } : {};
}

function maxNestingOf({ definition }: Node): Pick<ResourceFacts, "maxNesting"> {
  const { maxNesting } = definition.options;
  return maxNesting === undefined ? {} : { maxNesting };
}

function mergeFacts({ strategy, deduplicated, boundary, active }: Merging): MergeFacts {
  return {
    strategy,
    ...(deduplicated ? { deduplicated } : {}),
    ...(boundary === undefined ? {} : { boundary }),
    ...(active === undefined ? {} : { active }),
  };
}

/** Whether the root table is to go, with those nested in it, for one that is made anew: one of a resource that is loaded. */
export function isRenewed(plan: Plan, root: string, table: TableSchema, run: Doings): boolean {
  return plan.nodes.some((node) => node.loaded && run.isRenewed(node) && fills(node, root, table.resource));
}

/** Whether the root table belongs to a source of this run. One whose resource the pipeline has no more belongs to its only
 *  source. */
export function isOfSources(plan: Plan, root: string, table: TableSchema): boolean {
  if (root.startsWith("_runlet_")) return false;
  const chosen = new Set(plan.nodes.filter(({ loaded }) => loaded).map(({ source }) => source));
  const owner = plan.sources[table.resource ?? root];
  if (owner !== undefined) return chosen.has(owner);
  return new Set(Object.values(plan.sources)).size === 1;
}

/** Whether the run has begun to read what fills the root table. */
export function isRead(plan: Plan, root: string, table: TableSchema, run: Doings): boolean {
  return plan.nodes.some((node) => node.loaded && run.isRead(node) && fills(node, root, table.resource));
}

/** Whether this run replaces the root table, also when nothing comes for it. */
export function replaces(plan: Plan, root: string, table: TableSchema, run: Doings): boolean {
  return plan.nodes.some(
    (node) =>
      node.loaded &&
      run.isRead(node) &&
      dispositionOf(node, run.isAnew(node)) === "replace" &&
      fills(node, root, table.resource),
  );
}
