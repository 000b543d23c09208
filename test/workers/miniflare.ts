import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { nodeBinary } from "../runtimes/node-binary.ts";
import type { Bundle } from "./bundled.ts";

export interface MiniflareOptions {
  compatibilityDate?: string;
  bindings?: Record<string, string>;
  r2Buckets?: string[];
  /** Folder in which buckets last. */
  r2Persist?: string;
  queueProducers?: Record<string, string>;
  queueConsumers?: Record<string, object>;
  compatibilityFlags?: string[];
  /** Origins that the Worker reaches elsewhere. */
  redirect?: Record<string, string>;
}

export interface QueueResult {
  outcome: string;
  ackAll: boolean;
  explicitAcks: string[];
  retryMessages: { msgId: string; delaySeconds?: number }[];
}

/** A Worker under miniflare. */
export interface Running {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  scheduled(cron: string): Promise<{ outcome: string }>;
  /** Hands a batch to the Worker, and says what it did with each message. */
  queue(name: string, messages: { id: string; body: unknown; attempts?: number }[]): Promise<QueueResult>;
  /** Sends messages to a queue, which delivers them. */
  send(binding: string, bodies: unknown[]): Promise<void>;
  list(bucket: string, prefix?: string): Promise<{ key: string; size: number }[]>;
  get(bucket: string, key: string): Promise<Uint8Array | undefined>;
  /** All that the Worker and its runtime have printed. */
  logged(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a Worker. miniflare needs Node 22, so it runs in a process of its own. */
export async function startMiniflare(bundle: Bundle, options: MiniflareOptions): Promise<Running> {
  const program = fileURLToPath(new URL("miniflare-child.mjs", import.meta.url));
  const child = spawn(nodeBinary(22), [program], { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  const call = <T>(id: number, document: unknown): Promise<T> => {
    const answer = new Promise<T>((resolve, reject) => waiting.set(id, { resolve, reject }));
    child.stdin.write(`${JSON.stringify(document)}\n`);
    return answer;
  };
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`miniflare ended\n${said}`));
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, result, error } = JSON.parse(line) as { id: number; result: never; error?: string };
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  let calls = 0;
  const ask = <T>(method: string, ...args: unknown[]) => call<T>(++calls, { id: calls, method, args });
  const url = await call<string>(0, {
    compatibilityDate: "2026-07-01",
    ...options,
    modules: bundle.modules.map((module) => ({ ...module, contents: module.contents.toString("base64") })),
  });
  return {
    fetch: (path, init) => fetch(new URL(path, url), init),
    scheduled: (cron) => ask("scheduled", cron),
    queue: (name, messages) => ask("queue", name, messages),
    send: (binding, bodies) => ask("send", binding, bodies),
    list: (bucket, prefix = "") => ask("list", bucket, prefix),
    async get(bucket, key) {
      const found = await ask<string | null>("get", bucket, key);
      return found === null ? undefined : new Uint8Array(Buffer.from(found, "base64"));
    },
    logged: () => ask("logged"),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
