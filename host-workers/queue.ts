import { asRunletError, RunletError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { Pipeline } from "../core/pipeline/pipeline.ts";
import type { RunOptions } from "../core/pipeline/run-options.ts";
import { checkRunRequest } from "../core/entries/run-request.ts";

export interface QueueOptions {
  /** The resource that takes messages which name none. */
  resource?: string;
  /** Messages of which a resource remembers, in its state, that they are loaded; default 1000. A queue delivers a message
   *  again when it has not heard that it was taken, so this makes each load once. 0: remember none, so that several
   *  consumers can load at once. */
  remember?: number;
}

/** What Cloudflare Queues hands over (https://developers.cloudflare.com/queues/configuration/javascript-apis). */
export interface MessageBatch {
  readonly queue: string;
  readonly messages: readonly Message[];
}

interface Message {
  readonly id: string;
  readonly body: unknown;
  readonly attempts?: number;
  ack(): void;
  retry(options?: { delaySeconds?: number }): void;
}

/** Records on their way to a resource. */
interface Delivery {
  readonly message: Message;
  readonly resource: string;
  readonly records: readonly object[];
}

/** Messages that a resource remembers to have loaded. */
const REMEMBERED = 1000;

/** Under this name in a resource's state. */
const STATE = "queue_messages";

/** Loads a batch. A message is a record; a list of records; `{"resource", "records"}`, for the resource called so; or
 *  `{"run": {"only", "limit", "refresh"}}`, to run the pipeline itself. All records of a batch are one load, and each
 *  message is acknowledged when its load is committed; those that fail are retried, the longer apart the more often. What
 *  cannot succeed, be it no record or one that does not fit, is retried alone, so that it ends where the queue's dead
 *  letters go and holds nothing else up. */
export async function loadMessages(
  pipeline: Pipeline,
  batch: MessageBatch,
  run: RunOptions,
  options: QueueOptions,
): Promise<void> {
  const deliveries: Delivery[] = [];
  const runs: { message: Message; asked: Partial<RunOptions> }[] = [];
  for (const message of batch.messages) {
    try {
      const asked = runAsked(message.body);
      if (asked) runs.push({ message, asked });
      else deliveries.push({ message, ...recordsOf(message.body, options.resource, pipeline) });
    } catch (error) {
      refuse(message, asRunletError(error), run);
    }
  }
  if (deliveries.length > 0) await deliver(pipeline, deliveries, run, options.remember ?? REMEMBERED);
  for (const { message, asked } of runs) {
    const error = await failure(() => pipeline.run({ ...run, ...asked }));
    if (error) again(message);
    else message.ack();
  }
}

/** Loads records in one load; where they can never be loaded so, by halves. */
async function deliver(
  pipeline: Pipeline,
  deliveries: readonly Delivery[],
  run: RunOptions,
  remember: number,
): Promise<void> {
  const resources = [...new Set(deliveries.map(({ resource }) => resource))];
  const data: RunOptions["data"] = Object.fromEntries(
    resources.map((resource) => {
      const own = deliveries.filter((delivery) => delivery.resource === resource);
      return [resource, ({ state }: { state: Record<string, Json> }) => unseen(own, state, remember)];
    }),
  );
  // Messages are acknowledged together: nothing of them may be left to another run.
  const whole = { ...run, maxDuration: undefined, maxBytes: undefined };
  const error = await failure(() => pipeline.run({ ...whole, only: resources, data }));
  if (!error) for (const { message } of deliveries) message.ack();
  else if (!isOfRecords(error) || deliveries.length === 1)
    for (const { message } of deliveries) again(message);
  else {
    const half = deliveries.length >> 1;
    await deliver(pipeline, deliveries.slice(0, half), run, remember);
    await deliver(pipeline, deliveries.slice(half), run, remember);
  }
}

/** Whether it is for what is in a record that it cannot be loaded: schema, limits, types. */
function isOfRecords({ retry, exitCode, code }: RunletError): boolean {
  return !retry && (exitCode === 3 || exitCode === 4 || code === "DESTINATION_SCHEMA");
}

/** What a run failed with, which it has logged. */
async function failure(work: () => Promise<unknown>): Promise<RunletError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return asRunletError(error);
  }
}

function runAsked(body: unknown): Partial<RunOptions> | undefined {
  if (!isObject(body) || Object.keys(body).length !== 1 || !isObject(body["run"])) return undefined;
  const { wait: _, ...options } = checkRunRequest(body["run"]);
  return options;
}

function recordsOf(
  body: unknown,
  standing: string | undefined,
  pipeline: Pipeline,
): { resource: string; records: object[] } {
  const wrong = (message: string, hint: string) => new RunletError("USAGE", message, { hint });
  const isAddressed =
    isObject(body) &&
    Object.keys(body).length === 2 &&
    typeof body["resource"] === "string" &&
    "records" in body;
  const resource = isAddressed ? (body["resource"] as string) : standing;
  const records = [isAddressed ? body["records"] : body].flat();
  if (!records.every((record) => isObject(record))) {
    throw wrong("a message is neither a record nor a list of records", "send objects, as JSON");
  }
  if (resource === undefined) {
    throw wrong(
      "a message names no resource",
      'send {"resource": "events", "records": [...]}, or give worker() queue: { resource: "events" }',
    );
  }
  checkTaker(pipeline, resource);
  return { resource, records };
}

/** @throws RunletError USAGE when the pipeline has no resource called so that takes records */
export function checkTaker(pipeline: Pipeline, resource: string): void {
  const takers = pipeline.resources.filter(({ from }) => from === undefined).map(({ name }) => name);
  if (takers.includes(resource)) return;
  throw new RunletError("USAGE", `pipeline ${pipeline.name} has no resource ${resource} that takes records`, {
    hint: `these do: ${takers.join(", ")}`,
  });
}

/** The records of messages that the resource has not loaded yet, which it remembers from now on. */
function* unseen(
  deliveries: readonly Delivery[],
  state: Record<string, Json>,
  remember: number,
): Generator<object> {
  const known = new Set((state[STATE] as string[] | undefined) ?? []);
  for (const { message, records } of deliveries) {
    if (known.has(message.id)) continue;
    known.add(message.id);
    if (records.length > 0) yield records;
  }
  if (remember > 0) state[STATE] = [...known].slice(-remember);
}

function refuse(message: Message, { code, message: text, hint }: RunletError, { log }: RunOptions): void {
  log?.({
    time: new Date().toISOString(),
    level: "error",
    event: "queue.refused",
    fields: { message: message.id, code, text, hint: hint ?? null },
  });
  again(message);
}

function again(message: Message): void {
  message.retry({ delaySeconds: delay(message) });
}

/** Seconds: 10, 20, 40 … half an hour. */
function delay({ attempts = 1 }: Message): number {
  return Math.min(10 * 2 ** (attempts - 1), 1800);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
