import { RunletError } from "../errors.ts";
import type { HttpConfig } from "../http/config.ts";
import type { AnyOptions, Contract } from "./options.ts";
import type { SchemaFile } from "../schema/exchange.ts";
import type { StoredSchema } from "../schema/stored.ts";
import type { ResourceData } from "./run-options.ts";
import { own } from "../schema/carried.ts";
import { givenTables, withGivenWrite } from "./imported-options.ts";
import { checkContract } from "./contract-modes.ts";
import { snakeCase, tableName } from "./naming.ts";
import { mergesWhole, mergingOf } from "./merging.ts";
import { ownTables } from "./nested.ts";
import { keys, type ResourceDefinition } from "./resource.ts";
import type { SourceDefinition } from "./source.ts";

/** A resource in its place within a pipeline. */
export interface Node {
  readonly definition: ResourceDefinition;
  /** Fields of the key that the resource itself states. */
  readonly ownKey: readonly string[];
  readonly name: string;
  readonly source: string;
  readonly http: HttpConfig | undefined;
  /** Of the source. */
  readonly contract: Contract | undefined;
  /** Normalised name of the root table; for a routed resource, of records that name none. */
  readonly table: string;
  /** False: read only because others hang on it; its rows are not loaded. */
  readonly loaded: boolean;
  /** Of the pipeline, but not of this run (`only`): read for others' sake. */
  readonly isLeftOut: boolean;
  readonly children: Node[];
}

/** What a pipeline is made of, checked. */
export interface Plan {
  readonly pipeline: string;
  readonly dataset: string;
  /** One schema per pipeline: named after its only source, else after the pipeline, as dlt does. */
  readonly schema: string;
  readonly roots: readonly Node[];
  /** Of the pipeline, and of its only source. */
  readonly contract: Contract | undefined;
  readonly sourceContract: Contract | undefined;
  /** Tables, columns and hints to start from. */
  readonly given?: SchemaFile | StoredSchema;
  /** All nodes, parents before children. */
  readonly nodes: readonly Node[];
  /** The source of each resource of the pipeline, also of those that this run leaves out. */
  readonly sources: Readonly<Record<string, string>>;
}

export type Part = { source: SourceDefinition | undefined; resource: ResourceDefinition };

export interface PlanInput {
  name: string;
  parts: readonly Part[];
  dataset?: string;
  contract?: Contract;
  schema?: SchemaFile | StoredSchema;
}

/** Checks the parts of a pipeline where it is declared. @throws RunletError PIPELINE_INVALID */
export function checkParts({ name, parts, contract }: PlanInput): void {
  const invalid = (message: string, hint?: string) =>
    new RunletError("PIPELINE_INVALID", message, hint ? { hint } : {});
  if (typeof name !== "string" || name.trim() === "") throw invalid("a pipeline needs a name");
  if (parts.length === 0) throw invalid(`pipeline ${name} has no resources`);
  checkContract(contract, `pipeline ${name}`);
  const names = new Set<string>();
  const writes = new Map<string, { write: string; name: string; merging: string; contract: string }>();
  for (const { source, resource } of parts) {
    if (names.has(resource.name)) {
      throw invalid(
        `pipeline ${name} has two resources called ${resource.name}`,
        "names are explicit and unique: rename one",
      );
    }
    names.add(resource.name);
    checkContract(source?.options.contract, `source ${source?.name}`);
    checkContract(resource.options.contract, `resource ${resource.name}`);
    const table = rootTable(resource);
    const write = resource.options.write ?? "append";
    const other = writes.get(table);
    const merging = JSON.stringify([mergingOf(resource.options), ownTables(resource.options)]);
    if (other && other.write === write && other.merging !== merging) {
      throw invalid(
        `resources ${other.name} and ${resource.name} merge into the table ${table} in different ways`,
        "give both the same strategy, keys and marks",
      );
    }
    if (other && other.write !== write) {
      throw invalid(
        `resources ${other.name} and ${resource.name} fill the table ${table} in different ways: ${other.write} and ${write}`,
      );
    }
    const held = JSON.stringify(resource.options.contract ?? source?.options.contract ?? null);
    if (other && other.contract !== held) {
      throw invalid(
        `resources ${other.name} and ${resource.name} fill the table ${table} under different contracts`,
        "give both the same",
      );
    }
    writes.set(table, { write, name: resource.name, merging, contract: held });
  }
}

/** The normalised name of a pipeline's dataset; by default dlt's, so that a dlt user finds it where the pipeline's name
 *  says it is. */
export function datasetName({ name, dataset }: PlanInput): string {
  return snakeCase(dataset ?? `${name}_dataset`);
}

/** The plan of one run. `only` names the resources to load; what they hang on is read, but not loaded. `data` stands in
 *  for what resources give.
 *  @throws RunletError USAGE when `only` names nothing, PIPELINE_INVALID when `data` does */
export function planRun(input: PlanInput, only?: readonly string[], data: ResourceData = {}): Plan {
  const { name, parts } = input;
  const known = parts.map((part) => part.resource.name);
  for (const wanted of only ?? []) {
    if (!known.includes(wanted)) {
      throw new RunletError("USAGE", `pipeline ${name} has no resource ${wanted}`, {
        hint: `it has: ${known.join(", ")}`,
      });
    }
  }
  for (const given of Object.keys(data)) {
    const { resource } = parts.find((part) => part.resource.name === given) ?? {};
    if (resource && !resource.parent) continue;
    const what = resource ? `is made from another resource` : "is none of its resources";
    throw new RunletError(
      "PIPELINE_INVALID",
      `pipeline ${name} cannot take data for ${given}, which ${what}`,
      {
        hint: `it has: ${known.join(", ")}`,
      },
    );
  }
  const given = givenTables(input.schema);
  const nodes = new Map<ResourceDefinition, Node>();
  const roots: Node[] = [];
  const place = ({ source, resource }: Part, loaded: boolean): Node => {
    const known = nodes.get(resource);
    if (known) return known;
    const above = resource.parent?.resource;
    // A parent that is not in the pipeline itself is read in the child's source, for the child's sake.
    const parent =
      above &&
      place(parts.find((part) => part.resource === above) ?? { source, resource: above }, chosen(above));
    const options = isRouted(resource)
      ? resource.options
      : withGivenWrite(resource.options, own(given, rootTable(resource)));
    const definition = options === resource.options ? resource : { ...resource, options };
    const node: Node = {
      definition: Object.hasOwn(data, resource.name)
        ? { ...definition, body: data[resource.name] }
        : definition,
      ownKey: keys(resource.options),
      name: resource.name,
      source: source?.name ?? name,
      http: resource.options.http ?? source?.options.http,
      contract: source?.options.contract,
      table: rootTable(resource),
      loaded: loaded && resource.options.write !== "skip",
      isLeftOut: !loaded && parts.some((part) => part.resource === resource),
      children: [],
    };
    nodes.set(resource, node);
    (parent?.children ?? roots).push(node);
    return node;
  };
  const chosen = (resource: ResourceDefinition) =>
    known.includes(resource.name) &&
    parts.some((part) => part.resource === resource) &&
    (only === undefined || only.length === 0 || only.includes(resource.name));
  for (const part of parts) if (chosen(part.resource)) place(part, true);

  const sources = new Set(parts.map((part) => part.source?.name));
  const [sole] = sources;
  const isSole = sources.size === 1 && sole !== undefined;
  return {
    pipeline: name,
    dataset: datasetName(input),
    schema: snakeCase(isSole ? sole : name),
    contract: input.contract,
    sourceContract: isSole ? parts[0]!.source!.options.contract : undefined,
    roots,
    ...(input.schema === undefined ? {} : { given: input.schema }),
    nodes: [...nodes.values()],
    sources: Object.fromEntries(
      parts.map(({ source, resource }) => [resource.name, source?.name ?? name] as const),
    ),
  };
}

function isRouted({ options }: ResourceDefinition): boolean {
  return typeof options.table === "object";
}

function rootTable({ name, options }: ResourceDefinition): string {
  return tableName(typeof options.table === "string" ? options.table : name);
}

/** The write disposition of a node in this run. */
export function dispositionOf(node: Node, refresh: boolean): "append" | "replace" | "merge" {
  return writtenAs(node.definition.options, refresh);
}

/** The write disposition of a resource, or of a nested table of its own. */
export function writtenAs(
  { write = "append" }: AnyOptions,
  refresh: boolean,
): "append" | "replace" | "merge" {
  return write === "skip" || (refresh && write === "append") ? "replace" : write;
}

/** Whether a table that is filled to a part only would show less than was there: the node is read to its end. */
export function isWhole(node: Node, refresh: boolean): boolean {
  const { options } = node.definition;
  const merging = mergingOf(options);
  if (ownTables(options).some((table) => writtenAs(table.options, refresh) === "replace")) return true;
  return merging ? refresh || mergesWhole(merging) : dispositionOf(node, refresh) === "replace";
}
