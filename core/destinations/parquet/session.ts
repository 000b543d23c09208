import { readRows } from "../../arrow/ipc-rows.ts";
import { RunletError } from "../../errors.ts";
import type { OpenFolder } from "../../folders/folder.ts";
import type { Json } from "../../json.ts";
import { parseExact } from "../../schema/exact-json.ts";
import { decodeState } from "../../schema/state.ts";
import { LOADS_TABLE, VERSION_TABLE } from "../../schema/system-tables.ts";
import type { DestinationLoad, DestinationSession, StoredDataset } from "../contract.ts";
import { destinationError } from "../duckdb/errors.ts";
import { Lake } from "./lake.ts";
import type { ParquetLibrary } from "./library.ts";
import { ParquetLoad } from "./load.ts";
import { COMMITS, systemParts } from "./names.ts";
import { datasetFolder } from "./dataset-folder.ts";
import { LakeReader } from "./reader.ts";
import { inParallel } from "./in-parallel.ts";

export interface SessionOptions {
  folder: OpenFolder;
  library: ParquetLibrary;
  dataset: string;
  fileBytes: number;
  signal: AbortSignal | undefined;
  now(): number;
  log(line: string): void;
  random(into: Uint8Array): Uint8Array;
}

/** One dataset of Parquet files in a folder. */
export class ParquetSession implements DestinationSession {
  readonly #options: SessionOptions;
  readonly #lake: Lake;
  readonly #reader: LakeReader;
  #load: ParquetLoad | undefined;
  #loading = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#lake = new Lake({ ...options, folder: datasetFolder(options.folder, options.dataset) });
    this.#reader = new LakeReader(this.#lake, options.library, options.dataset);
  }

  async restore(pipelineName: string, schemaName: string): Promise<StoredDataset> {
    const { versions, states, loads } = await this.#lake.visible();
    const [version, state] = [versions[schemaName], states[pipelineName]];
    const times = loads.flatMap(({ load_id, inserted_at }) => [
      Math.round(Number(load_id) * 1e6),
      microsOf(inserted_at),
    ]);
    const latest = Math.max(0, ...times.filter(Number.isSafeInteger));
    return {
      ...(version ? { schema: parseExact(version.schema, `schema ${schemaName} in ${VERSION_TABLE}`) } : {}),
      ...(state ? { state: (await decodeState(state.state)) as Json } : {}),
      ...(loads.length === 0 ? {} : { latestMicros: latest }),
    };
  }

  async hasLoad(loadId: string): Promise<boolean> {
    return (await this.#lake.visible()).loads.some(({ load_id }) => load_id === loadId);
  }

  async discard(loadId: string): Promise<void> {
    await this.#lake.discard(loadId);
  }

  async datasets(): Promise<string[]> {
    const { folder } = this.#options;
    const found = await inParallel(await folder.folders(""), 8, async (name) => {
      const inside = await folder.folders(`${name}/`);
      if (!inside.includes(LOADS_TABLE) && !inside.includes(COMMITS.slice(0, -1))) return [];
      const loads = await folder.list(`${name}/${LOADS_TABLE}/`);
      const newest = Math.max(0, ...loads.map((item) => Number(systemParts(item.name, 2)?.[1] ?? 0) || 0));
      return [{ name, newest }];
    });
    return found
      .flat()
      .sort((a, b) => b.newest - a.newest)
      .map(({ name }) => name);
  }

  async begin(loadId: string): Promise<DestinationLoad> {
    const { dataset } = this.#options;
    if (this.#loading) {
      throw new RunletError(
        "DESTINATION_LOCKED",
        `dataset ${dataset} is being loaded in this session already`,
        {
          hint: "wait for that load to end",
        },
      );
    }
    this.#loading = true;
    try {
      const snapshot = await this.#lake.visible();
      await this.#lake.tidy(snapshot, loadId);
      const load = new ParquetLoad({
        ...this.#options,
        lake: this.#lake,
        loadId,
        snapshot,
        ended: () => {
          this.#loading = false;
          this.#load = undefined;
        },
      });
      await load.start();
      return (this.#load = load);
    } catch (error) {
      this.#loading = false;
      throw error;
    }
  }

  async query<T = Record<string, Json>>(sql: string, parameters?: readonly Json[]): Promise<T[]> {
    const { stream, utc } = await this.#reader.query(sql, parameters);
    try {
      return readRows(stream, { utc }) as T[];
    } catch (error) {
      throw destinationError(error, "DESTINATION_QUERY", "the result cannot be read");
    }
  }

  async arrow(sql: string): Promise<Uint8Array> {
    return (await this.#reader.query(sql)).stream;
  }

  /** Ends a load that is open by rolling it back. */
  async close(): Promise<void> {
    await this.#load?.rollback();
    await this.#reader.close();
  }
}

/** Microseconds since the Unix epoch; NaN for what is no time. */
function microsOf(iso: string): number {
  const fraction = /\.\d{3}(\d{1,3})/.exec(iso)?.[1] ?? "";
  return Date.parse(iso) * 1000 + Number(fraction.padEnd(3, "0"));
}
