import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  bumpState,
  decodeState,
  defaultState,
  encodeState,
  stateVersionHash,
  type PipelineState,
} from "../../core/schema/state.ts";
import { FROZEN, STATES } from "./frozen.ts";

const zipped = (text: string) => deflateSync(Buffer.from(text)).toString("base64");

describe("dlt's pipeline state", () => {
  test.each(STATES)("$name: decodes, hashes and encodes as dlt's", async ({ row }) => {
    const state = await decodeState(row.state);
    expect(state.pipeline_name).toBe(row.pipelineName);
    expect(state._state_version).toBe(row.version);
    expect(state._state_engine_version).toBe(row.engineVersion);
    expect(stateVersionHash(state)).toBe(row.versionHash);
    expect(await decodeState(await encodeState(state))).toEqual(state);
  });

  test("values of types JSON lacks pass through", async () => {
    const state = await decodeState(FROZEN.typed_state!.states[0]!.state);
    const { things } = (state.sources!.typed_state!.resources as Record<string, Record<string, unknown>>)!;
    expect(things).toMatchObject({
      at: "\uF0272024-01-02T03:04:05.678901+00:00",
      price: "\uF0261.50",
      big: 12345678901234567n,
    });
  });

  test("a new state is what dlt writes for a pipeline's first load", async () => {
    const dlt = await decodeState(FROZEN.plain!.states[0]!.state);
    const owner = {
      pipeline: "plain",
      dataset: "d",
      schema: "plain",
      destinationType: "dlt.destinations.duckdb",
    };
    const state = bumpState(defaultState(owner));
    expect(state).toEqual(dlt);
    expect(state._state_version).toBe(1);
  });

  test("the version grows only when the content changes", () => {
    const first = bumpState(defaultState({ pipeline: "p", dataset: "d", schema: "s" }));
    expect(bumpState(first)).toBe(first);
    const second = bumpState({ ...first, sources: { s: { resources: {} } } });
    expect(second._state_version).toBe(2);
    expect(second._version_hash).not.toBe(first._version_hash);
  });

  test("integers beyond 2^53, strings like the parser's own mark and every escape survive the round trip", async () => {
    const values = {
      big: 9223372036854775807n,
      negative: -9007199254740993n,
      long: 1234567890123456,
      digits: "12345678901234567890",
      quoted: '"12345678901234567890" \\ 1234567890123456789',
      marked: "\uE00012345678901234567",
      text: "é\n\u2028\u{1F600}\u0000",
    };
    const state = bumpState({ ...defaultState({ pipeline: "p", dataset: "d", schema: "s" }), values });
    expect((await decodeState(await encodeState(state))).values).toEqual(values);
  });

  test("local values are neither hashed nor stored", async () => {
    const state: PipelineState = bumpState(defaultState({ pipeline: "p", dataset: "d", schema: "s" }));
    const local = { ...state, _local: { first_run: false } };
    expect(stateVersionHash(local)).toBe(state._version_hash);
    expect(await decodeState(await encodeState(local))).toEqual(state);
  });

  test.each([
    ["no base64", "***"],
    ["no zlib", btoa("plain text")],
    ["no JSON", zipped("{")],
    ["no state", zipped("null")],
    ["a newer engine", zipped('{"_state_engine_version":5}')],
  ])("%s is refused", async (_what, encoded) => {
    await expect(decodeState(encoded)).rejects.toMatchObject({ code: "SCHEMA_INVALID" });
  });
});
