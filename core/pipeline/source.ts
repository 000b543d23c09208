import { RunletError } from "../errors.ts";
import type { HttpConfig } from "../http/config.ts";
import type { Contract } from "./options.ts";
import { isResource, type Resource, type ResourceDefinition } from "./resource.ts";

/** Resources that belong together: one API, one schema. */
export interface Source {
  readonly kind: "source";
  readonly name: string;
}

export interface SourceOptions {
  http?: HttpConfig;
  contract?: Contract;
}

export interface SourceDefinition extends Source {
  readonly options: SourceOptions;
  readonly resources: readonly ResourceDefinition[];
}

/** Groups resources and configures their API once. Its name is the name of the schema.
 *  @throws RunletError PIPELINE_INVALID */
export function source(name: string, options: SourceOptions, resources: Resource<any>[]): Source {
  const invalid = (message: string) =>
    new RunletError("PIPELINE_INVALID", message, { where: { source: String(name) } });
  if (typeof name !== "string" || name.trim() === "") throw invalid("a source needs a name");
  for (const key of Object.keys(options)) {
    if (key !== "http" && key !== "contract")
      throw invalid(`source ${name} has no option "${key}"; options: http, contract`);
  }
  if (!Array.isArray(resources) || !resources.every(isResource))
    throw invalid(`source ${name}: the third argument is a list of resources`);
  const definition: SourceDefinition = Object.freeze({
    kind: "source",
    name,
    options: { ...options },
    resources: [...resources],
  });
  return definition;
}

export function isSource(thing: unknown): thing is SourceDefinition {
  return typeof thing === "object" && (thing as { kind?: unknown } | null)?.kind === "source";
}
