import { RunletError } from "../errors.ts";
import { DATA_TYPES } from "../schema/types.ts";
import type { Json } from "../json.ts";
import type { Data } from "./data.ts";
import type { AnyOptions, Context, DltType, JsType, Options } from "./options.ts";
import { columnsFault, cursorFault, routeFault } from "./column-options.ts";
import { constantsFault } from "./constants.ts";
import { fieldOf } from "./fields.ts";
import { formatFault } from "./format.ts";
import { nullColumnsFault } from "./null-columns.ts";
import { mergeFault } from "./merging.ts";
import { nestedFault } from "./nested.ts";
import { parsePath } from "./path.ts";
import { isHidden, validationFault } from "./validation.ts";

/** A named piece of a source that fills one table and the tables nested in it. */
export interface Resource<Row = Json> {
  readonly kind: "resource";
  readonly name: string;
  readonly row?: Row;
}

/** How a transformer hangs on its parent. */
export interface ParentLink {
  readonly resource: ResourceDefinition;
  /** Fields of the parent's records, by path, with the types they arrive in. */
  readonly pick: Readonly<Record<string, DltType>>;
  readonly include: readonly string[];
  readonly parallel: number;
}

/** A resource as the run sees it. */
export interface ResourceDefinition extends Resource<unknown> {
  readonly options: AnyOptions;
  readonly parent?: ParentLink;
  /** Data, or the function that gives it: `(ctx)`, for a transformer `(item, ctx)`. */
  readonly body: unknown;
}

/** Declares a resource: data, or a function that returns or yields it. Nothing runs before `run()`.
 *  @throws RunletError PIPELINE_INVALID for a name or an option that means nothing */
export function resource<Cur = never, Cfg = {}, Row = Json>(
  name: string,
  options: Options<Cur, Cfg, Row>,
  body: Data | ((context: Context<Cur, Cfg>) => Data),
): Resource<Row> {
  return define(name, options as AnyOptions, body) as unknown as Resource<Row>;
}

/** What a transformer takes from its parent. */
export interface From<P extends Record<string, DltType>> {
  from: Resource<any>;
  /** Fields the function receives, with their types; found while the parent is normalised, nothing is parsed twice.
   *  Every record of the parent must have them. */
  pick: P;
  /** Picked fields that each child record keeps, as the column `_<parent>_<field>`. */
  include?: (keyof P)[];
  /** Calls under way at once; rows come in the parent's order whatever it is. Default 1. */
  parallel?: number;
}

/** Declares a resource whose function runs once per record of another. */
export function transformer<const P extends Record<string, DltType>, Cfg = {}, Row = Json, Cur = never>(
  name: string,
  options: Options<Cur, Cfg, Row> & From<P>,
  body: (item: { [K in keyof P]: JsType[P[K]] }, context: Context<Cur, Cfg>) => Data,
): Resource<Row> {
  const { from, pick, include = [], parallel = 1, ...rest } = options as unknown as AnyOptions & From<P>;
  const invalid = (message: string) => new RunletError("PIPELINE_INVALID", `transformer ${name}: ${message}`);
  if (!isResource(from)) throw invalid("from is no resource");
  if (typeof body !== "function") throw invalid("the last argument is no function");
  if (!(Number.isInteger(parallel) && parallel >= 1)) throw invalid("parallel is a whole number from 1");
  for (const [field, type] of Object.entries(pick)) {
    parsePath(field);
    if (!DATA_TYPES.includes(type)) throw invalid(`pick ${field}: "${type}" is no type`);
  }
  for (const field of include) {
    if (!Object.hasOwn(pick, field)) throw invalid(`include "${String(field)}" is not picked`);
    if (isHidden(fieldOf(String(field), "include"), from.options, false))
      throw invalid(`include "${String(field)}" would store what ${from.name} masks`);
  }
  const parent: ParentLink = { resource: from, pick, include: include as string[], parallel };
  return define(name, rest as AnyOptions, body, parent) as unknown as Resource<Row>;
}

export function isResource(thing: unknown): thing is ResourceDefinition {
  return typeof thing === "object" && (thing as { kind?: unknown } | null)?.kind === "resource";
}

const OPTIONS = new Set(
  "write primaryKey strategy mergeKey hardDelete dedupSort deduplicated skipUnchanged rowVersion validity boundary active cursor config http schema validate columns constants records format csv table nested contract maxNesting nullColumns resumable map".split(
    " ",
  ),
);

/** Builds the definition; also for sources that come as a resource (files). */
export function define(
  name: string,
  options: AnyOptions,
  body: unknown,
  parent?: ParentLink,
): ResourceDefinition {
  const invalid = (message: string, hint?: string) =>
    new RunletError("PIPELINE_INVALID", message, { where: { resource: name }, ...(hint ? { hint } : {}) });
  if (typeof name !== "string" || name.trim() === "") {
    throw invalid("a resource needs a name", 'the name comes first: resource("issues", {…}, …)');
  }
  if (typeof options !== "object" || options === null)
    throw invalid(`resource ${name} needs options; {} will do`);
  for (const key of Object.keys(options)) {
    if (!OPTIONS.has(key))
      throw invalid(`resource ${name} has no option "${key}"`, `options: ${[...OPTIONS].join(", ")}`);
  }
  const keyed = [...keys(options), ...[options.mergeKey ?? []].flat()];
  const wrong =
    mergeFault(options) ??
    nullColumnsFault(options.nullColumns) ??
    validationFault(options) ??
    constantsFault(options) ??
    columnsFault(options.columns ?? {}, keyed) ??
    routeFault(options, keyed) ??
    nestedFault(options) ??
    cursorFault(options, keys(options));
  if (wrong) throw invalid(`resource ${name}: ${wrong}`);
  if (options.records !== undefined) parsePath(options.records);
  const fault = formatFault(options);
  if (fault) throw invalid(`resource ${name}: ${fault}`);
  return Object.freeze({
    kind: "resource",
    name,
    options: Object.freeze({ ...options }),
    body,
    ...(parent ? { parent } : {}),
  });
}

/** The primary key's fields. */
export function keys(options: AnyOptions): string[] {
  return options.primaryKey === undefined ? [] : [options.primaryKey].flat();
}
