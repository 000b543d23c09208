// node bench/pages.mjs [--kb 10] [--pages 1500] [--rounds 7] [--only "http.pages, in memory"] [--loopback]
// What a small page costs beyond its bytes, by the road it takes, in µs of CPU time: the same bytes come in a few large
// pages, too, and the difference is divided by the number of pages. Nothing is written (null destination), nothing is sent,
// but with --loopback, where the whole of Node's fetch is in the figure (`fetch alone` beside it). Interleaved in one
// process, medians.
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { http, nullDestination, pipeline, resource, source } from "../dist/node/index.js";
import { bodies } from "./bodies.mjs";
import { input } from "./inputs.mjs";
import { newPlace } from "./peers/place.mjs";
import { markdownTable } from "./tables.mjs";

const { values } = parseArgs({
  options: {
    kb: { type: "string", default: "10" },
    pages: { type: "string", default: "1500" },
    rounds: { type: "string", default: "7" },
    only: { type: "string" },
    loopback: { type: "boolean", default: false },
  },
});
const LARGE = 4_000_000;
const bytes = Number(values.kb) * 1000;
const path = input("issues", 16);
const text = readFileSync(path).subarray(0, Number(values.pages) * bytes);
const records = text.subarray(0, text.lastIndexOf(10) + 1);
const small = bodies(records, bytes);
const large = bodies(records, LARGE);
newPlace();

const load = (from, options) => pipeline("bench", from).run({ to: nullDestination(), ...options });
const yielding = (wrap) => (pages) => {
  const from = resource("t", { write: "replace" }, async function* () {
    for (const page of pages) yield wrap(page);
  });
  return load(from);
};

const address = (number) => `https://api.example.com/items?page=${number}`;
/** A `fetch` that answers from memory. */
const answering = (pages) => async (asked) => {
  const number = Number(new URL(asked).searchParams.get("page") ?? 1);
  const link = number < pages.length ? { link: `<${address(number + 1)}>; rel="next"` } : {};
  return new Response(pages[number - 1], { headers: { "content-type": "application/json", ...link } });
};

const CASES = {
  "yield bytes": yielding((page) => page),
  "yield Response": yielding((page) => new Response(page)),
  "http.pages, in memory": (pages) => {
    const api = source("s", { http: http("https://api.example.com") }, [
      resource("t", { write: "replace" }, (context) => context.http.pages("/items")),
    ]);
    return load(api, { fetch: answering(pages) });
  },
  "that fetch alone": async (pages) => {
    const fetch = answering(pages);
    for (let number = 1; number <= pages.length; number++)
      await (await fetch(address(number), { headers: { accept: "application/json" } })).arrayBuffer();
  },
  "a resource and a table for each": (pages) =>
    load(
      source(
        "many",
        {},
        pages.map((page, i) => resource(`t${i}`, { write: "replace" }, () => page)),
      ),
    ),
  "a resource for each, one table": (pages) =>
    load(
      source(
        "many",
        {},
        pages.map((page, i) => resource(`t${i}`, { table: "t", write: "append" }, () => page)),
      ),
    ),
};

const servers = [];
if (values.loopback) {
  const serve = (size) =>
    new Promise((found) => {
      const server = fork(new URL("./page-server.mjs", import.meta.url), [path, String(size)], {
        silent: true,
      });
      servers.push(server);
      server.stdout.once("data", (port) => found(`http://127.0.0.1:${Number(String(port))}`));
    });
  const [few, many] = [await serve(LARGE), await serve(bytes)];
  const base = (pages) => (pages === small ? many : few);
  CASES["http.pages, loopback"] = (pages) =>
    load(
      source("s", { http: http(base(pages)) }, [
        resource("t", { write: "replace" }, (context) => context.http.pages("/items")),
      ]),
      { limit: records.toString("latin1").split("\n").length - 1 },
    );
  CASES["fetch alone, loopback"] = async (pages) => {
    for (let number = 1; number <= pages.length; number++)
      await (await fetch(`${base(pages)}/items?page=${number}`)).arrayBuffer();
  };
}

async function cpu(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const names = Object.keys(CASES).filter((name) => !values.only || name === values.only);
const times = Object.fromEntries(names.map((name) => [name, []]));
for (let round = -2; round < Number(values.rounds); round++) {
  for (const name of names) {
    const whole = await cpu(() => CASES[name](large));
    const parts = await cpu(() => CASES[name](small));
    if (round >= 0) times[name].push({ whole, parts, each: (parts - whole) / small.length });
  }
}
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const of = (name, field) => median(times[name].map((time) => time[field]));
console.log(
  markdownTable(
    [
      `${small.length} pages of ${values.kb} KB`,
      "large pages, ms",
      "small pages, ms",
      "µs per page beyond its bytes",
    ],
    names.map((name) => [
      name,
      (of(name, "whole") / 1000).toFixed(1),
      (of(name, "parts") / 1000).toFixed(1),
      of(name, "each").toFixed(1),
    ]),
  ),
);
for (const server of servers) server.disconnect();
