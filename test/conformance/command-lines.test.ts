import { bun } from "./runtimes/bun.ts";
import { deno } from "./runtimes/deno.ts";
import { node } from "./runtimes/node.ts";
import { testRuntimes } from "./test-runtimes.ts";

testRuntimes({
  "node-20": node(20),
  "node-22": node(22),
  "node-24": node(24),
  "node-26": node(26),
  bun,
  deno,
});
