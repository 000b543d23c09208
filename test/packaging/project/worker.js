import * as runlet from "runlet";
import * as parquet from "runlet/parquet";
import * as postgres from "runlet/postgres";
import * as serve from "runlet/serve";
import * as workers from "runlet/workers";
import { check } from "./check.js";

const modules = {
  runlet,
  "runlet/parquet": parquet,
  "runlet/postgres": postgres,
  "runlet/serve": serve,
  "runlet/workers": workers,
};
const { memory, pipeline, resource } = runlet;
const counted = workers.worker(pipeline("counted", resource("rows", {}, [{ id: 1 }])), { to: memory() });

export default {
  async fetch(request, env, context) {
    if (new URL(request.url).pathname === "/check") return Response.json(await check(modules));
    return counted.fetch(request, env, context);
  },
};
