import type { EngineConfig, TableContract } from "../binding/contract.ts";
import type { StoredSchema } from "../schema/stored.ts";
import { routedColumns } from "./columns.ts";
import { ENTITIES, MODES } from "./contract-modes.ts";
import { fieldName } from "./fields.ts";
import { ownTables } from "./nested.ts";
import type { Contract, Mode } from "./options.ts";
import type { Node, Plan } from "./plan.ts";

/** The contract of a node in this run: the run's, else the resource's, the source's, the pipeline's, whole; undefined
 *  when nobody states one. */
export function statedContract(node: Node, plan: Plan, run: Contract | undefined): Contract | undefined {
  return run ?? node.definition.options.contract ?? node.contract ?? plan.contract;
}

/** What the schema document says for tables without a contract of their own: the run's, that of the only source, the
 *  pipeline's. */
export function schemaContract(plan: Plan, run: Contract | undefined): Contract | undefined {
  return run ?? plan.sourceContract ?? plan.contract;
}

/** As dlt's documents have it. */
export function documented(contract: Contract): string | Record<string, string> {
  return typeof contract === "string"
    ? contract
    : (JSON.parse(JSON.stringify(contract)) as Record<string, string>);
}

/** The modes the engine enforces; undefined when all may evolve. What an earlier run has stored holds until another is
 *  stated. */
export function enforced(
  stated: Contract | undefined,
  table: string,
  stored: Pick<StoredSchema, "tables" | "settings"> | undefined,
): TableContract | undefined {
  const contract = stated ?? stored?.tables[table]?.schema_contract ?? stored?.settings.schema_contract;
  if (contract === undefined) return undefined;
  const modes = Object.fromEntries(
    ENTITIES.flatMap((entity) => {
      const mode = typeof contract === "string" ? contract : (contract as Record<string, string>)[entity];
      return mode !== "evolve" && MODES.includes(mode as Mode) ? [[entity, mode]] : [];
    }),
  );
  return Object.keys(modes).length ? modes : undefined;
}

/** Gives each root table of the plan its contract. Where nothing is known of a dataset, all tables are new: then nothing is
 *  said of tables. */
export function withContracts(
  hints: NonNullable<EngineConfig["hints"]>,
  plan: Plan,
  run: Contract | undefined,
  stored: StoredSchema | undefined,
): NonNullable<EngineConfig["hints"]> {
  const result = { ...hints };
  const put = (table: string, like: string, contract: TableContract | undefined) => {
    const { tables, ...others } = contract ?? {};
    const held = stored && tables ? { tables, ...others } : others;
    if (Object.keys(held).length) result[table] = { ...(hints[table] ?? hints[like]), contract: held };
  };
  for (const node of plan.nodes) {
    if (!node.loaded) continue;
    const stated = statedContract(node, plan, run);
    for (const { to } of [{ to: node.table }, ...routedColumns(node.definition.options)])
      put(to, node.table, enforced(stated, to, stored));
    if (typeof node.definition.options.table !== "object" || stated) continue;
    // Tables that records name: each may have a contract of its own by now.
    for (const { name, parent, resource } of Object.values(stored?.tables ?? {}))
      if (parent === undefined && resource === node.name && name !== node.table && !isOwn(node, name))
        put(name, node.table, enforced(undefined, name, stored));
  }
  return result;
}

/** Whether a table that records name has the name of a nested one of its own. */
function isOwn({ definition: { options } }: Node, name: string): boolean {
  return ownTables(options).some(({ field }) => name.endsWith(`__${fieldName(field, () => undefined)}`));
}
