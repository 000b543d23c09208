import type { ColumnSchema, DataType, TableSchema } from "./types.ts";

/** One change of a dataset's tables. Steps are carried out in order; names are those at that moment. */
export type SchemaStep =
  | { kind: "rename-table"; table: string; to: string }
  | { kind: "drop-table"; table: string }
  /** Only with complete columns: tables without any are in no destination. */
  | { kind: "create-table"; table: string; schema: TableSchema }
  | { kind: "rename-column"; table: string; column: string; to: string }
  | { kind: "drop-column"; table: string; column: string; type?: DataType }
  | { kind: "add-column"; table: string; column: string; schema: ColumnSchema }
  /** To a type that holds every value of the column: see {@link widening}. */
  | { kind: "widen-column"; table: string; column: string; from: ColumnSchema; schema: ColumnSchema }
  /** The column holds nothing but null so far. */
  | { kind: "type-column"; table: string; column: string; schema: ColumnSchema }
  /** The column may be null from now on. */
  | { kind: "relax-column"; table: string; column: string };

export type StepKind = SchemaStep["kind"];

export const STEP_KINDS: readonly StepKind[] = [
  "rename-table",
  "drop-table",
  "create-table",
  "rename-column",
  "drop-column",
  "add-column",
  "widen-column",
  "type-column",
  "relax-column",
];

/** A change of the document alone: keys, descriptions, write dispositions and the like. Absent values are undefined. */
export interface HintChange {
  table: string;
  /** Absent: the table's own hint. */
  column?: string;
  hint: string;
  from: unknown;
  to: unknown;
}

/** Whether the step takes away what only a new load could bring back. */
export function isDestructive(step: SchemaStep): boolean {
  return step.kind === "drop-table" || step.kind === "drop-column";
}

/** Whether tables lack afterwards what earlier versions of the schema say they have. */
export function takesBack(step: SchemaStep): boolean {
  return isDestructive(step) || step.kind === "rename-table" || step.kind === "rename-column";
}

/** A column's type as people write it: `decimal(20,4)`. */
export function printedType({ data_type, precision, scale, timezone }: ColumnSchema): string {
  const digits = [precision, scale].filter((each) => each !== undefined);
  const plain = timezone === false ? " without time zone" : "";
  return `${data_type ?? "(no type yet)"}${digits.length ? `(${digits.join(",")})` : ""}${plain}`;
}

/** A step as one line: `+` what comes, `-` what goes, `~` what changes. */
export function stepLine(step: SchemaStep): string {
  switch (step.kind) {
    case "rename-table":
      return `~ ${step.table} → ${step.to}`;
    case "drop-table":
      return `- ${step.table}`;
    case "create-table":
      return `+ ${step.table}`;
    case "rename-column":
      return `~ ${step.table}.${step.column} → ${step.to}`;
    case "drop-column":
      return `- ${step.table}.${step.column}${step.type ? ` ${step.type}` : ""}`;
    case "add-column":
      return `+ ${step.table}.${step.column} ${printedType(step.schema)}`;
    case "widen-column":
      return `~ ${step.table}.${step.column} ${printedType(step.from)} → ${printedType(step.schema)}`;
    case "type-column":
      return `~ ${step.table}.${step.column} null → ${printedType(step.schema)}`;
    case "relax-column":
      return `~ ${step.table}.${step.column} not null → nullable`;
  }
}

/** A change of a hint as one line. */
export function hintLine({ table, column, hint, from, to }: HintChange): string {
  const printed = (value: unknown): string => (value === undefined ? "none" : JSON.stringify(value));
  return `~ ${column === undefined ? table : `${table}.${column}`} ${hint}: ${printed(from)} → ${printed(to)}`;
}
