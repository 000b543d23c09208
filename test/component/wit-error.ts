import { ERROR_CODES, RunletError, type ErrorCode } from "../../core/errors.ts";

/** `record error` of engine.wit, as bindings give it. */
export interface WitError {
  code: string;
  message: string;
  table: string;
  recordNumber: bigint | number;
  offset: bigint | number;
  line: bigint | number;
  excerpt: string;
  column: string;
  entity: string;
  valueType: string;
}

/** The error that core/binding/engine.ts makes of it. */
export function errorOf({
  code,
  message,
  table,
  recordNumber,
  offset,
  line,
  excerpt,
  column,
  entity,
  valueType,
}: WitError): RunletError {
  if (!(code in ERROR_CODES)) throw new Error(`${code} is no code of runlet's`);
  const record = Number(recordNumber);
  if (!record && !entity) return new RunletError(code as ErrorCode, message);
  const near = excerpt ? ` near ${JSON.stringify(excerpt)}` : "";
  return new RunletError(code as ErrorCode, `${table}: ${message}${near}`, {
    where: {
      table,
      ...(record ? { record, offset: Number(offset), line: Number(line) } : {}),
      ...(excerpt ? { excerpt } : {}),
      ...(column ? { column } : {}),
      ...(entity ? { entity: entity as "tables", mode: "freeze" } : {}),
      ...(valueType ? { valueType } : {}),
    },
  });
}
