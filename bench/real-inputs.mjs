// Real data from beside this repository, where it is: records repeated to the size that is asked for.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const BESIDE = new URL("../../shared/data/", import.meta.url);
const FOLDER = new URL("./data/", import.meta.url);

const FILES = {
  cloudtrail: "cloudtrail/part1.ndjson.gz",
  nginx: "nginx-plus/nginxplus.ndjson.gz",
  pokemon: "pokeapi/pokemon-species.ndjson.gz",
  webhooks: "octokit-webhooks/api.github.com.ndjson.gz",
};

export const REAL_INPUTS = Object.keys(FILES).filter((name) => existsSync(new URL(FILES[name], BESIDE)));

/** Path of a real input of at least `mb` megabytes, as newline-delimited JSON. */
export function realInput(name, mb) {
  const url = new URL(`real-${name}-${mb}.ndjson`, FOLDER);
  if (existsSync(url) && statSync(url).size >= mb * 1e6) return url.pathname;
  mkdirSync(FOLDER, { recursive: true });
  const text = gunzipSync(readFileSync(new URL(FILES[name], BESIDE)));
  const block = text.at(-1) === 10 ? text : Buffer.concat([text, Buffer.from("\n")]);
  const times = Math.ceil((mb * 1e6) / block.length);
  const unfinished = new URL(`${url}.${process.pid}`);
  writeFileSync(unfinished, Buffer.concat(Array.from({ length: times }, () => block)));
  renameSync(unfinished, url);
  return url.pathname;
}
