import type { MergeFacts, ResourceFacts } from "../schema/document.ts";
import type { Tables, TableSchema, WriteDisposition } from "../schema/types.ts";
import { documented, schemaContract, statedContract } from "./contract.ts";
import type { Contract } from "./options.ts";
import { type Merging, mergingOf } from "./merging.ts";
import { fieldName } from "./fields.ts";
import { nestedMark, ownTables } from "./nested.ts";
import type { AnyOptions } from "./options.ts";
import { type Node, type Plan, writtenAs } from "./plan.ts";
import type { RunOptions } from "./run-options.ts";

/** A table belongs to the resource that names it, or to the one that routes records by a field. */
function fills(node: Node, table: TableSchema): boolean {
  const { resource } = table;
  const root = nestedMark(table)?.in ?? table.name;
  return typeof node.definition.options.table === "object"
    ? resource === node.name || node.table === root
    : node.table === root || isOwnName(node, root);
}

/** Whether a table that is there has the name of a nested one of its own. */
function isOwnName({ table, definition }: Node, name: string): boolean {
  return ownTables(definition.options).some(
    ({ field }) => name === `${table}__${fieldName(field, () => undefined)}`,
  );
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

/** What a root table is written by: a resource's options, or those of a nested table of its own. */
function partOf(plan: Plan, table: TableSchema): { node: Node; options: AnyOptions } | undefined {
  const mark = nestedMark(table);
  const node = ownerOf(plan, mark?.in ?? table.name);
  if (!node) return undefined;
  const options = optionsOf(node, table);
  return options && { node, options };
}

function optionsOf(node: Node, table: TableSchema): AnyOptions | undefined {
  const mark = nestedMark(table);
  return mark ? ownTables(node.definition.options)[mark.at]?.options : node.definition.options;
}

/** How a root table is written in this run. */
export function writeOf(plan: Plan, root: TableSchema, run: Doings): WriteDisposition {
  const part = partOf(plan, root);
  return part ? writtenAs(part.options, run.isAnew(part.node)) : "append";
}

/** Whether a key of a resource that only was null gets a column. */
export function makesNulls(
  { nullColumns }: AnyOptions,
  { normalise }: Pick<RunOptions, "normalise">,
): boolean {
  return (nullColumns ?? normalise?.nullColumns ?? "none") === "text";
}

/** Whether a key that only was null gets a column in the root table and those nested in it. */
export function makesNullsIn(plan: Plan, root: TableSchema, run: Pick<RunOptions, "normalise">): boolean {
  const part = partOf(plan, root);
  return part !== undefined && makesNulls(part.node.definition.options, run);
}

/** How a root table is merged in this run; undefined when it is not. */
export function mergeOf(
  plan: Plan,
  root: TableSchema,
  run: Doings,
): (Merging & { anew: boolean }) | undefined {
  const part = partOf(plan, root);
  const merging = part && mergingOf(part.options);
  return merging && { ...merging, anew: run.isAnew(part.node) };
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
    const part = partOf(plan, table);
    if (!part) continue;
    const { node: owner, options } = part;
    // Tables of other resources keep the facts they have.
    if (typeof owner.definition.options.table === "object" && table.resource && table.resource !== owner.name)
      continue;
    const merging = mergingOf(options);
    facts[table.name] = {
      resource: owner.name,
      write: refresh ? (options.write ?? "append") : writtenAs(options, false),
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

function mergeFacts({ strategy, deduplicated, skipUnchanged, boundary, active }: Merging): MergeFacts {
  return {
    strategy,
    ...(deduplicated ? { deduplicated } : {}),
    ...(skipUnchanged ? { skipUnchanged } : {}),
    ...(boundary === undefined ? {} : { boundary }),
    ...(active === undefined ? {} : { active }),
  };
}

/** Whether the root table is to go, with those nested in it, for one that is made anew: one of a resource that is loaded. */
export function isRenewed(plan: Plan, table: TableSchema, run: Doings): boolean {
  return plan.nodes.some((node) => node.loaded && run.isRenewed(node) && fills(node, table));
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
export function isRead(plan: Plan, root: TableSchema, run: Doings): boolean {
  return plan.nodes.some((node) => node.loaded && run.isRead(node) && fills(node, root));
}

/** Whether this run replaces the root table, also when nothing comes for it. */
export function replaces(plan: Plan, root: TableSchema, run: Doings): boolean {
  return plan.nodes.some(
    (node) =>
      node.loaded &&
      run.isRead(node) &&
      fills(node, root) &&
      writtenAs(optionsOf(node, root) ?? {}, run.isAnew(node)) === "replace",
  );
}
