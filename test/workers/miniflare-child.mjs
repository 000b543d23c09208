// Runs a Worker under miniflare, and does to it what stdin says: one JSON document a line, `{id, method, args}`; answers on
// stdout, `{id, result}` or `{id, error}`. Options come as the first line. Ends with its stdin.
import { request as httpRequest } from "node:http";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { Miniflare, Response } from "miniflare";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const answer = (document) => process.stdout.write(`${JSON.stringify(document)}\n`);

const { redirect, ...options } = JSON.parse((await lines.next()).value);
const logged = [];

/** What the Worker asks of one origin goes to another, which is called as the one it was meant for. */
async function elsewhere(request) {
  const { origin, host, pathname, search } = new URL(request.url);
  const options = { method: request.method, headers: { ...Object.fromEntries(request.headers), host } };
  const answer = await new Promise((resolve, reject) => {
    httpRequest((redirect[origin] ?? origin) + pathname + search, options, resolve)
      .on("error", reject)
      .end();
  });
  return new Response(await buffer(answer), { status: answer.statusCode, headers: answer.headers });
}

const miniflare = new Miniflare({
  ...options,
  modules: options.modules.map(({ name, type, contents }) => ({
    path: name,
    type,
    contents:
      type === "ESModule" ? Buffer.from(contents, "base64").toString() : Buffer.from(contents, "base64"),
  })),
  host: "127.0.0.1",
  port: 0,
  cf: false,
  ...(redirect ? { outboundService: elsewhere } : {}),
  handleRuntimeStdio(out, err) {
    for (const stream of [out, err]) stream.setEncoding("utf8").on("data", (text) => logged.push(text));
  },
});
const methods = {
  scheduled: async (cron) => (await miniflare.getWorker()).scheduled({ cron, scheduledTime: new Date() }),
  queue: async (name, messages) =>
    (await miniflare.getWorker()).queue(
      name,
      messages.map((message) => ({ timestamp: new Date(), attempts: 1, ...message })),
    ),
  send: async (name, bodies) =>
    (await miniflare.getQueueProducer(name)).sendBatch(bodies.map((body) => ({ body, contentType: "json" }))),
  list: async (bucket, prefix) => {
    const { objects } = await (await miniflare.getR2Bucket(bucket)).list({ prefix });
    return objects.map(({ key, size }) => ({ key, size }));
  },
  get: async (bucket, key) => {
    const object = await (await miniflare.getR2Bucket(bucket)).get(key);
    return object && Buffer.from(await object.arrayBuffer()).toString("base64");
  },
  logged: () => logged.join(""),
};

answer({ id: 0, result: (await miniflare.ready).href });
for await (const line of lines) {
  const { id, method, args } = JSON.parse(line);
  try {
    answer({ id, result: (await methods[method](...args)) ?? null });
  } catch (error) {
    answer({ id, error: String(error?.stack ?? error) });
  }
}
await miniflare.dispose();
