import type {
  Engine,
  EngineBatch,
  EngineConfig,
  EngineSchema,
  InputSummary,
} from "../../core/binding/contract.ts";
import type { VectorInput } from "../conformance/vector.ts";
import type { Done, Job } from "./command.ts";
import { readTar } from "./tar.ts";

/** Where the command's own default is another. */
const ENGINE_DEFAULTS = { batchBytes: 524_288 };

/** A load of one input as a run of the WASI command. */
export function jobOf({ table, ordinal, options, bytes }: VectorInput, config: EngineConfig): Job {
  const args = ["--table", table, "--ordinal", String(ordinal), "--log", "json"];
  args.push(
    "--config",
    JSON.stringify({ ...ENGINE_DEFAULTS, ...config }),
    "--input",
    JSON.stringify(options),
  );
  return { args, stdin: Buffer.from(bytes, "base64") };
}

/** The one line that the command says on stderr with `--log json`. */
export interface LogLine {
  level: "info" | "error";
  message: string;
  code: string;
  where: Record<string, unknown>;
  exit: number;
  input: InputSummary;
}

export const logOf = ({ stderr }: Done): LogLine => JSON.parse(stderr) as LogLine;

/** What the command wrote, behind the methods of the binding, for the runner of the vectors: nothing is computed here.
 *  How many records a push completed is not known. */
export function replayed(done: Done): Engine {
  const entries = readTar(done.stdout);
  const { input: summary } = logOf(done);
  const schema = JSON.parse(new TextDecoder().decode(entries.get("schema.json"))) as EngineSchema;
  entries.delete("schema.json");
  const messages = new Map<string, Uint8Array>();
  const batches = [...entries].map(([name, stream]): EngineBatch => {
    const [, folder, version] = /^(.+)\/(\d+)-\d+\.arrows$/.exec(name)!;
    const table = decodeURIComponent(folder!);
    const view = new DataView(stream.buffer, stream.byteOffset);
    const schemaEnd = 8 + view.getUint32(4, true);
    messages.set(`${table}/${Number(version)}`, stream.subarray(0, schemaEnd));
    // `rows` is in the message; the vectors take it from the schema document.
    return {
      table,
      schemaVersion: Number(version),
      rows: Number.NaN,
      message: stream.subarray(schemaEnd, stream.length - 8),
    };
  });
  const unused = (): never => {
    throw new Error("not part of a replay");
  };
  return {
    input: () => 0,
    push: () => 0,
    pushText: unused,
    end: () => summary,
    abort: unused,
    take: (drain) => (drain ? batches.shift() : undefined),
    takeInto: unused,
    tableSchema: (table, version) => messages.get(`${table}/${version}`) ?? unused(),
    schema: () => schema,
    close: () => undefined,
  };
}
