import { RunletError } from "../errors.ts";
import { fieldOf } from "./fields.ts";
import { statedAt } from "./json-schema.ts";
import type { AnyOptions, StandardJson } from "./options.ts";

type Validate = NonNullable<StandardJson<unknown>["~standard"]["validate"]>;
type Issue = Extract<
  Awaited<ReturnType<Validate>>,
  { readonly issues: readonly unknown[] }
>["issues"][number];

/** Issues of one record that are told. */
const TOLD = 3;

/** What checks a resource's records: `validate: true`, or a schema beside `map`, whose row the schema types. */
export function validateOf({ schema, validate, map }: AnyOptions): Validate | undefined {
  return (validate ?? map !== undefined) ? schema?.["~standard"].validate : undefined;
}

/** What is wrong with how a resource validates; undefined when nothing is. */
export function validationFault({ schema, validate }: AnyOptions): string | undefined {
  const standard = schema?.["~standard"];
  if (schema !== undefined && (typeof standard !== "object" || standard === null))
    return "schema is no Standard Schema (zod, valibot, arktype)";
  if (validate !== undefined && typeof validate !== "boolean") return "validate is true or false";
  if (validate && typeof standard?.validate !== "function") return "validate needs a schema";
  return undefined;
}

/** Checks records one by one and gives what the schema makes of them. `first`: number of the first one. A record that
 *  breaks the schema goes to `refused`, which may throw. */
export async function validated(
  { name, options, table }: { name: string; options: AnyOptions; table: string },
  records: readonly unknown[],
  first: number,
  refused: (violation: RunletError) => Promise<void>,
): Promise<unknown[]> {
  const validate = validateOf(options);
  if (!validate) return [...records];
  const kept: unknown[] = [];
  for (const [at, record] of records.entries()) {
    const answer = validate(record);
    const outcome = answer instanceof Promise ? await answer : answer;
    if (!outcome.issues) kept.push(outcome.value);
    else await refused(violation({ name, options, table }, record, first + at, outcome.issues));
  }
  return kept;
}

/** What a record does against its schema: where, what was wanted, what type was found; never the value. */
function violation(
  { name, options, table }: { name: string; options: AnyOptions; table: string },
  record: unknown,
  number: number,
  issues: readonly Issue[],
): RunletError {
  const told = issues.slice(0, TOLD).map((issue) => tell(issue, record, options));
  const more = issues.length > TOLD ? `; and ${issues.length - TOLD} more` : "";
  const column = pathText(keysOf(issues[0]?.path));
  return new RunletError(
    "SCHEMA_CONTRACT",
    `record ${number} of ${name} is not as its schema says: ${told.join("; ")}${more}`,
    {
      where: { resource: name, table, record: number, ...(column ? { column } : {}) },
      hint: 'change the schema or the source; normalise: { onBadRecord: "quarantine" } sets such records aside',
    },
  );
}

function tell(issue: Issue, record: unknown, options: AnyOptions): string {
  const path = keysOf(issue.path);
  const place = path.length ? `${pathText(path)}: ` : "";
  const found = typeAt(record, path);
  const wanted = statedAt(options, path);
  if (wanted !== undefined && wanted !== found && !(wanted === "integer" && found === "number"))
    return `${place}expected ${wanted}, found ${found}`;
  // The library's own words may hold the value.
  const words = isHidden(path, options) ? "refused" : issue.message.replace(/\s+/g, " ").slice(0, 160);
  return `${place}${words} (found ${found})`;
}

function keysOf(path: Issue["path"]): PropertyKey[] {
  return [...(path ?? [])].map((step) => (typeof step === "object" ? step.key : step));
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === "number" ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key),
    "",
  );
}

function typeAt(record: unknown, path: readonly PropertyKey[]): string {
  let at = record;
  for (const key of path)
    at = typeof at === "object" && at !== null ? (at as never)[key as never] : undefined;
  if (at === undefined) return "nothing";
  if (at === null) return "null";
  return Array.isArray(at) ? "array" : typeof at;
}

/** Whether a value at the path, above or below it is masked, or `dropped`. */
export function isHidden(
  path: readonly PropertyKey[],
  { columns = {} }: AnyOptions,
  dropped = true,
): boolean {
  const keys = path.filter((key) => typeof key !== "number");
  return Object.entries(columns).some(([text, column]) => {
    if (column === "drop" ? !dropped : typeof column === "string" || column.mask === undefined) return false;
    const field = fieldOf(text, "columns");
    return field.every((key, at) => at >= keys.length || keys[at] === key);
  });
}
