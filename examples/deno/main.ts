// The pipeline of ../http-api under Deno: on a schedule, and when somebody asks for it. From the repository's folder:
//
//   node examples/http-api/server.mjs &
//   API_TOKEN=demo RUNLET_TOKEN=me deno run --unstable-cron \
//     --allow-net=127.0.0.1:8787,127.0.0.1:8000 --allow-env --allow-read=. --allow-write=. --allow-ffi=node_modules \
//     examples/deno/main.ts
//   curl -X POST -H "Authorization: Bearer me" "http://127.0.0.1:8000/run?only=issues"
//   curl -H "Authorization: Bearer me" http://127.0.0.1:8000/status
//
// Whichever comes second while a run is under way is refused with CONCURRENT_RUN, and changes nothing.
import { duckdb } from "runlet/duckdb";
import { serve } from "runlet/serve";
import pipeline from "../http-api/pipeline.ts";

const setting = (name: string, fallback: string) => Deno.env.get(name) ?? fallback;
const to = duckdb(setting("DATABASE", "api.duckdb"));

Deno.cron("load the issues", setting("SCHEDULE", "*/10 * * * *"), async () => {
  // What does not fit into five minutes goes on in the next run.
  console.log(String(await pipeline.run({ to, maxDuration: 5 * 60_000 })));
});

Deno.serve({ hostname: "127.0.0.1", port: Number(setting("PORT", "8000")) }, serve(pipeline, { to }));
