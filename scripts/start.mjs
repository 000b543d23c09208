// The main job, as a person would do it: real GitHub data into a DuckDB file, its tables, two questions to them.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const main = fileURLToPath(new URL("../dist/node/cli.js", import.meta.url));
const paint = (code, text) =>
  process.stdout.isTTY && !process.env.NO_COLOR ? `\x1b[${code}m${text}\x1b[0m` : text;

const LABELS = `select l.name as label, count(*) as issues, round(avg(i.comments), 1) as comments
from issues i join issues__labels l on l._dlt_parent_id = i._dlt_id
group by all order by issues desc, label limit 5`;

const REVIEWERS = `select r.login as reviewer, count(*) as asked, min(e.payload__pull_request__title) as for_example
from events e join events__payload__pull_request__requested_reviewers r on r._dlt_parent_id = e._dlt_id
group by all order by asked desc, reviewer limit 5`;

const DATABASE = "duckdb:github.duckdb";
const STEPS = [
  ["run", "examples/github-events/pipeline.ts", "--to", DATABASE],
  ["query", DATABASE, LABELS],
  ["query", DATABASE, REVIEWERS],
];

for (const step of STEPS) {
  const shown = step
    .map((word) => (word.includes(" ") ? `"${word.replaceAll("\n", "\n    ")}"` : word))
    .join(" ");
  console.log(`\n${paint(36, "$")} ${paint(1, `npx runlet ${shown}`)}`);
  const { status } = spawnSync(process.execPath, [main, ...step], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 70);
}
console.log(
  `\ngithub.duckdb opens in any DuckDB from 1.3. Go on: npx runlet load <your.json> --to ${DATABASE} · npx runlet --help`,
);
