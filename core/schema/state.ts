import { RunletError } from "../errors.ts";
import type { Json } from "../json.ts";
import { parseExact, stringifyExact } from "./exact-json.ts";
import { compareCodePoints, hashJson, hashText } from "./hash-json.ts";

export const STATE_ENGINE_VERSION = 4;

/** dlt's pipeline state (engine version 4), as `_dlt_pipeline_state.state` holds it. Keys that dlt does not know are kept.
 *  A string that begins with U+F026..U+F02D is a value of a type JSON lacks (decimal, datetime, date, UUID, hex bytes,
 *  base64 bytes, wei, time); it passes through as that string. */
export interface PipelineState {
  /** Grows by one with each change of content. */
  _state_version: number;
  _state_engine_version: number;
  default_schema_name: string | null;
  schema_names: string[];
  pipeline_name: string;
  dataset_name: string;
  /** dlt's name of the destination's type, for example `dlt.destinations.duckdb`. */
  destination_type: string | null;
  destination_name: string | null;
  /** Per source: `{resources: {<resource>: {incremental: {<cursor path>: …}}}}` and the source's own values. */
  sources?: { [source: string]: { [key: string]: Json } };
  _version_hash?: string;
  [key: string]: Json | undefined;
}

export interface StateOwner {
  pipeline: string;
  dataset: string;
  schema: string;
  /** dlt's name of the destination's type; default null. */
  destinationType?: string;
}

/** The state of a pipeline before its first load; {@link bumpState} gives it its hash. */
export function defaultState(owner: StateOwner): PipelineState {
  return {
    _state_version: 0,
    _state_engine_version: STATE_ENGINE_VERSION,
    default_schema_name: owner.schema,
    schema_names: [owner.schema],
    pipeline_name: owner.pipeline,
    dataset_name: owner.dataset,
    destination_type: owner.destinationType ?? null,
    destination_name: null,
  };
}

/** The state to go on with, as dlt keeps it up: it names the schemas the pipeline has loaded with, sorted, and the dataset
 *  and destination it is at. The same object where it does so already. */
export function continuedState(stored: PipelineState | undefined, owner: StateOwner): PipelineState {
  if (!stored) return defaultState(owner);
  const { pipeline, dataset, schema, destinationType } = owner;
  const names = stored.schema_names ?? [];
  const changed: Partial<PipelineState> = {
    ...(stored.pipeline_name === pipeline ? {} : { pipeline_name: pipeline }),
    ...(stored.dataset_name === dataset ? {} : { dataset_name: dataset }),
    ...(stored.default_schema_name == null ? { default_schema_name: schema } : {}),
    ...(names.includes(schema) ? {} : { schema_names: [...names, schema].sort(compareCodePoints) }),
    ...(destinationType === undefined || stored.destination_type === destinationType
      ? {}
      : { destination_type: destinationType, destination_name: null }),
  };
  return Object.keys(changed).length === 0 ? stored : ({ ...stored, ...changed } as PipelineState);
}

/** dlt's hash of a state: base64 of SHA3-256 over its sorted compact JSON without versions, hash and `_local`
 *  (`generate_state_version_hash` in `dlt/common/versioned_state.py`). */
export function stateVersionHash(state: PipelineState): string {
  const content: Record<string, Json | undefined> = { ...state };
  for (const key of ["_state_version", "_state_engine_version", "_version_hash", "_local"])
    delete content[key];
  return hashText([hashJson(content)]);
}

/** The state to store: the same object when its content is what its hash says, else a copy with the next version and
 *  its new hash. */
export function bumpState(state: PipelineState): PipelineState {
  const hash = stateVersionHash(state);
  if (hash === state._version_hash) return state;
  return { ...state, _state_version: state._state_version + 1, _version_hash: hash };
}

/** dlt's encoding of the `state` column: base64 of zlib of the compact JSON. `_local` is left out. */
export async function encodeState(state: PipelineState): Promise<string> {
  const { _local, ...shared } = state;
  void _local;
  const zipped = await pipe(
    new TextEncoder().encode(stringifyExact(shared)),
    new CompressionStream("deflate"),
  );
  let binary = "";
  for (const byte of zipped) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Reads a `state` column, packed or (as dlt reads it, too) as plain JSON. Throws `SCHEMA_INVALID` when it is no state, or
 *  one of a newer engine. */
export async function decodeState(encoded: string): Promise<PipelineState> {
  const text = encoded.startsWith("{") ? encoded : await unpacked(encoded);
  const state = parseExact(text, "the stored pipeline state") as PipelineState | null;
  const engine = state && typeof state === "object" ? state._state_engine_version : undefined;
  if (typeof engine !== "number" || engine > STATE_ENGINE_VERSION) {
    throw new RunletError(
      "SCHEMA_INVALID",
      `the stored pipeline state has engine version ${String(engine)}`,
      {
        hint: `runlet reads engine versions up to ${STATE_ENGINE_VERSION}`,
      },
    );
  }
  return engine < STATE_ENGINE_VERSION ? migrated(state!) : state!;
}

async function unpacked(encoded: string): Promise<string> {
  try {
    const zipped = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
    return new TextDecoder().decode(await pipe(zipped, new DecompressionStream("deflate")));
  } catch (cause) {
    throw new RunletError("SCHEMA_INVALID", "the stored pipeline state cannot be unpacked", {
      hint: "the newest row of _dlt_pipeline_state is damaged: restore or delete it",
      cause,
    });
  }
}

/** Engine version 4 says type and name of a destination apart (`migrate_pipeline_state` in `dlt/pipeline/state_sync.py`). */
function migrated(state: PipelineState): PipelineState {
  const { destination, staging, ...rest } = state;
  const next: PipelineState = { ...rest, _state_engine_version: STATE_ENGINE_VERSION } as PipelineState;
  if (destination) Object.assign(next, { destination_type: destination, destination_name: null });
  if (staging) Object.assign(next, { staging_type: staging, staging_name: null });
  return next;
}

async function pipe(bytes: Uint8Array<ArrayBuffer>, through: GenericTransformStream): Promise<Uint8Array> {
  const writer = (through.writable as WritableStream<Uint8Array>).getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  // Its reader fails, too, and says so.
  written.catch(() => undefined);
  const parts: Uint8Array[] = [];
  const reader = (through.readable as ReadableStream<Uint8Array>).getReader();
  for (let part; !(part = await reader.read()).done;) parts.push(part.value);
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
