import { createClient } from "../http/client.ts";
import type { HttpRuntime } from "../http/runtime.ts";
import type { Json } from "../json.ts";
import type { Recorder } from "../trace/recorder.ts";
import type { PipelineState } from "../schema/state.ts";
import type { Cursors } from "./cursors.ts";
import type { Config } from "./config.ts";
import { constantsOf } from "./constants.ts";
import type { Context } from "./options.ts";
import { ownState, withOwnState } from "./own-state.ts";
import type { Node } from "./plan.ts";

/** Makes what resource functions receive, once per resource and run: options resolved, the API's client, its state. */
export class Contexts {
  private readonly made = new Map<Node, Promise<Context<unknown, unknown>>>();
  private readonly config: Config;
  private readonly http: HttpRuntime;
  private readonly recorder: Recorder;
  private readonly before: PipelineState;
  private readonly constants = new Map<Node, Promise<Record<string, string>>>();
  private readonly cursors: Cursors;
  private readonly states = new Map<Node, Record<string, Json>>();
  private readonly sources = new Map<string, Record<string, Json>>();

  constructor(config: Config, http: HttpRuntime, recorder: Recorder, state: PipelineState, cursors: Cursors) {
    this.config = config;
    this.http = http;
    this.recorder = recorder;
    this.before = state;
    this.cursors = cursors;
  }

  of(node: Node): Promise<Context<unknown, unknown>> {
    let context = this.made.get(node);
    if (!context) this.made.set(node, (context = this.make(node)));
    return context;
  }

  /** Columns that every record of the resource gets, as JSON text by name. */
  constantsOf(node: Node): Promise<Record<string, string>> {
    let constants = this.constants.get(node);
    if (!constants)
      this.constants.set(node, (constants = constantsOf(node.name, node.definition.options, this.config)));
    return constants;
  }

  private async make(node: Node): Promise<Context<unknown, unknown>> {
    const { cursor, config = {}, records } = node.definition.options;
    const values: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(config)) {
      values[name] = await this.config.resolve(value, `resource ${node.name}`);
    }
    const http: HttpRuntime = {
      ...this.http,
      resolve: (value) => this.config.text(value, `source ${node.source}`),
      retried: (again) => {
        this.recorder.step("extract", { resource: node.name }).add({ retries: 1 });
        this.recorder.log("warn", "http.retry", { resource: node.name, ...again });
      },
    };
    return {
      cursor: {
        start: this.cursors.startOf(node),
        ...(cursor?.end === undefined ? {} : { end: cursor.end }),
      },
      config: values,
      http: createClient(node.http, http, records),
      state: this.stateOf(node),
      sourceState: this.sourceStateOf(node.source),
      signal: this.http.signal,
    };
  }

  private stateOf(node: Node): Record<string, Json> {
    const kept = structuredClone(ownState(this.before, node) ?? {});
    this.states.set(node, kept);
    return kept;
  }

  /** Where dlt keeps a source's own values: `sources.<source>`, beside `resources`. */
  private sourceStateOf(source: string): Record<string, Json> {
    let kept = this.sources.get(source);
    if (!kept) {
      const { resources, ...own } = this.before.sources?.[source] ?? {};
      void resources;
      this.sources.set(source, (kept = structuredClone(own)));
    }
    return kept;
  }

  /** The state with what the functions changed. What keeps nothing leaves no trace in it. */
  state(): PipelineState {
    let state = structuredClone(this.before);
    for (const [source, values] of this.sources) {
      const resources = state.sources?.[source]?.["resources"];
      if (Object.keys(values).length === 0 && !state.sources?.[source]) continue;
      const own = ((state.sources ??= {})[source] = structuredClone(values));
      if (resources !== undefined) own["resources"] = resources;
    }
    for (const [node, values] of this.states) {
      if (Object.keys(values).length === 0 && !ownState(state, node)) continue;
      state = withOwnState(state, node, structuredClone(values));
    }
    return state;
  }
}
