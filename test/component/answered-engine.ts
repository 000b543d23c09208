import type { Engine, EngineSchema, InputSummary } from "../../core/binding/contract.ts";
import { errorOf, type WitError } from "./wit-error.ts";

/** `record error` and `record batch`, fields spelled as in engine.wit. */
interface NativeError extends Omit<WitError, "recordNumber" | "valueType"> {
  "record-number": number;
  "value-type": string;
}

interface NativeBatch {
  table: string;
  "schema-version": number;
  rows: number;
  message: string;
}

/** What `hosts/wasmtime_component.py` writes down of a load: the component's answers, bytes in base64. */
export interface LoadAnswers {
  refused?: NativeError;
  inputs: { pushes: number[]; summary?: InputSummary; error?: NativeError }[];
  batches: NativeBatch[];
  schema: string;
  /** Schema messages by `table/version`. */
  messages: Record<string, string>;
}

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const thrown = ({ "record-number": recordNumber, "value-type": valueType, ...error }: NativeError) =>
  errorOf({ ...error, recordNumber, valueType });

/** The answers behind the methods of the binding, for the runner of the vectors: nothing is computed here. */
export function answered(load: LoadAnswers): Engine {
  if (load.refused) throw thrown(load.refused);
  const inputs = [...load.inputs];
  const batches = [...load.batches];
  let current = inputs[0]!;
  /** The next answer of the input; none is left where it failed. */
  const next = <T>(answer: T | undefined): T => {
    if (answer !== undefined) return answer;
    throw thrown(current.error!);
  };
  return {
    input() {
      current = inputs.shift()!;
      // One that is refused has neither.
      if (current.error && current.pushes.length === 0 && current.error["record-number"] === 0)
        throw thrown(current.error);
      return 0;
    },
    push: () => next(current.pushes.shift()),
    pushText: () => next(current.pushes.shift()),
    end: () => next(current.summary),
    abort: () => undefined,
    take() {
      const batch = batches.shift();
      if (!batch) return undefined;
      const { table, "schema-version": schemaVersion, rows, message } = batch;
      return { table, schemaVersion, rows, message: bytes(message) };
    },
    takeInto: () => false,
    tableSchema: (table, version) => bytes(load.messages[`${table}/${version}`]!),
    schema: () => JSON.parse(load.schema) as EngineSchema,
    close: () => undefined,
  };
}
