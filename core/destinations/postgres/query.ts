import { RunletError } from "../../errors.ts";
import type { Json } from "../../json.ts";
import { stringifyExact } from "../../schema/exact-json.ts";
import { singleStatement, tokenize } from "../sql/statement.ts";
import { quoteName } from "../sql/quote.ts";
import type { Connection, Parameter, ResultRows } from "./connection.ts";
import { destinationError } from "./errors.ts";
import { OID, TEXT_SETTINGS } from "./result-types.ts";

/** Runs one statement with the dataset first on the search path. Parameters are `$1`, `$2`, …, or `?` as elsewhere.
 *  A second column of one name is called `name_1`.
 *  @throws RunletError DESTINATION_QUERY */
export async function runQuery(
  connection: Connection,
  dataset: string,
  sql: string,
  values: readonly Json[] = [],
): Promise<ResultRows> {
  const statement = singleStatement(sql);
  if (statement === undefined) {
    throw new RunletError("DESTINATION_QUERY", "a query is one SQL statement", {
      hint: "run several statements one after the other",
    });
  }
  try {
    const { text, parameters } = bind(statement, values);
    const result = await connection.transaction("", async () => {
      await connection.run(
        `SELECT set_config('search_path', $1, true), ${Object.entries(TEXT_SETTINGS)
          .map(([name, value]) => `set_config('${name}', '${value}', true)`)
          .join(", ")}`,
        [`${quoteName(dataset)}, public`],
      );
      return connection.rows(text, parameters);
    });
    return { ...result, names: distinctNames(result.names) };
  } catch (error) {
    throw destinationError(error, "DESTINATION_QUERY", "the query failed");
  }
}

/** Puts parameters where the marks are: `?`, unless there is a `$1`. Null is written out: as a parameter it would need a
 *  type. */
function bind(sql: string, values: readonly Json[]): { text: string; parameters: Parameter[] } {
  const marks = values.length === 0 ? [] : placeholders(sql);
  const parameters: Parameter[] = [];
  const numbers = values.map((value) => {
    const parameter = asParameter(value);
    if (!parameter) return "NULL";
    parameters.push(parameter);
    return `$${parameters.length}`;
  });
  let text = "";
  let done = 0;
  for (const { start, end, index } of marks) {
    const number = numbers[index];
    if (number === undefined) {
      throw new RunletError(
        "DESTINATION_QUERY",
        `the query asks for parameter ${index + 1}, ${values.length} are given`,
      );
    }
    text += sql.slice(done, start) + number;
    done = end;
  }
  const unused = numbers.findIndex((_, index) => !marks.some((mark) => mark.index === index));
  if (unused !== -1) {
    throw new RunletError("DESTINATION_QUERY", `parameter ${unused + 1} does not occur in the query`, {
      hint: "mark its place by ? or $1, $2, …",
    });
  }
  return { text: text + sql.slice(done), parameters };
}

interface Mark {
  start: number;
  end: number;
  /** Which parameter, from 0. */
  index: number;
}

function placeholders(sql: string): Mark[] {
  const tokens = tokenize(sql);
  const numbered: Mark[] = [];
  const asked: Mark[] = [];
  for (const { kind, text, start } of tokens) {
    if (kind !== "mark") continue;
    if (text === "?") asked.push({ start, end: start + 1, index: asked.length });
    const digits = text === "$" ? /^\d+/.exec(sql.slice(start + 1))?.[0] : undefined;
    if (digits) numbered.push({ start, end: start + 1 + digits.length, index: Number(digits) - 1 });
  }
  return numbered.length > 0 ? numbered : asked;
}

/** The value as text with its own type; text has the type its place asks for. Objects and arrays are JSON text. */
function asParameter(value: Json | Uint8Array | undefined): Parameter | undefined {
  if (value === null || value === undefined) return undefined;
  switch (typeof value) {
    case "string":
      if (value.includes("\0"))
        throw new RunletError(
          "DESTINATION_QUERY",
          "a parameter holds a NUL character, which Postgres has not",
        );
      return { text: value, type: 0 };
    case "boolean":
      return { text: value ? "t" : "f", type: OID.bool };
    case "bigint":
      return { text: String(value), type: BigInt.asIntN(64, value) === value ? OID.int8 : OID.numeric };
    case "number":
      if (!Number.isSafeInteger(value)) return { text: String(value), type: OID.float8 };
      return { text: String(value), type: value === (value | 0) ? OID.int4 : OID.int8 };
  }
  if (value instanceof Uint8Array) {
    const digits = Array.from(value, (byte) => byte.toString(16).padStart(2, "0"));
    return { text: `\\x${digits.join("")}`, type: OID.bytea };
  }
  return { text: stringifyExact(value), type: 0 };
}

function distinctNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 1; seen.has(free); n++) free = `${name}_${n}`;
    seen.add(free);
    return free;
  });
}

/** A result's rows as objects. */
export function asObjects({ names, rows }: ResultRows): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
}
