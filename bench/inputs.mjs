// The generated inputs: four as newline-delimited JSON, one as comma-separated text. The same bytes on every machine.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { gunzipSync } from "node:zlib";

export const INPUTS = ["events", "issues", "logs", "strings"];
export const ALL_INPUTS = [...INPUTS, "csv"];
const FOLDER = new URL("./data/", import.meta.url);

/** Path of an input of `mb` megabytes, generated when it is not there. */
export function input(name, mb) {
  const url = new URL(`${name}-${mb}.${name === "csv" ? "csv" : "ndjson"}`, FOLDER);
  if (existsSync(url) && statSync(url).size >= mb * 1e6) return url.pathname;
  mkdirSync(FOLDER, { recursive: true });
  const draw = new Draw(0x5eed + ALL_INPUTS.indexOf(name));
  const record = { events, issues, logs, strings, csv: orders }[name](draw);
  // Whole or absent, also when two processes make it at once.
  const unfinished = new URL(`${url}.${process.pid}`);
  const file = openSync(unfinished, "w");
  let lines = name === "csv" ? [ORDERS, "\n"] : [];
  let held = 0;
  let written = 0;
  for (let i = 0; written + held < mb * 1e6; i++) {
    const made = record(i);
    const line = typeof made === "string" ? made : JSON.stringify(made);
    lines.push(line, "\n");
    held += Buffer.byteLength(line) + 1;
    if (held > 1 << 20) {
      written += writeSync(file, lines.join(""));
      lines = [];
      held = 0;
    }
  }
  writeSync(file, lines.join(""));
  closeSync(file);
  renameSync(unfinished, url);
  return url.pathname;
}

/** A small seeded generator (xorshift32) and what is drawn from it. */
class Draw {
  constructor(seed) {
    this.state = (seed * 2654435761) >>> 0 || 1;
    for (let i = 0; i < 16; i++) this.unit();
  }
  unit() {
    let s = this.state;
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    this.state = s >>> 0;
    return this.state / 4294967296;
  }
  below(n) {
    return Math.floor(this.unit() * n);
  }
  chance(p) {
    return this.unit() < p;
  }
  of(list) {
    return list[this.below(list.length)];
  }
  list(n, make) {
    return Array.from({ length: n }, make);
  }
  hex(n) {
    let out = "";
    while (out.length < n) out += this.below(0x1000000).toString(16).padStart(6, "0");
    return out.slice(0, n);
  }
  /** An ISO time within `span` milliseconds of `start`. */
  time(start, span) {
    return new Date(start + this.below(span)).toISOString();
  }
  second(start, span) {
    return `${this.time(start, span).slice(0, 19)}Z`;
  }
  words(n, list = WORDS) {
    return this.list(n, () => this.of(list)).join(" ");
  }
}

const WORDS = (
  "alpha build cache delta error fetch graph hash index join key load merge node order parse query row schema table " +
  "update value window yield zone branch commit deploy event feature group header import latency module network output " +
  "package queue release stream thread upload version worker support remove fix add test docs refactor bump the of and to"
).split(" ");
const START = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;

function people(draw) {
  const logins = draw.list(4000, () => `${draw.of(WORDS)}-${draw.of(WORDS)}${draw.below(1000)}`);
  const repos = draw.list(4000, () => `${draw.of(logins)}/${draw.of(WORDS)}-${draw.of(WORDS)}`);
  return { login: () => draw.of(logins), repo: () => draw.of(repos) };
}

function webhooks() {
  const text = gunzipSync(readFileSync(new URL("./webhooks/examples.ndjson.gz", import.meta.url))).toString();
  const byEvent = new Map();
  for (const line of text.trim().split("\n")) {
    const { event, payload } = JSON.parse(line);
    if (!byEvent.has(event)) byEvent.set(event, []);
    byEvent.get(event).push(payload);
  }
  return byEvent;
}

/** The same shape with other values. */
function vary(draw, who, value, key) {
  if (Array.isArray(value)) return value.map((item) => vary(draw, who, item, key));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, vary(draw, who, v, k)]));
  }
  if (typeof value === "boolean") return draw.chance(0.5);
  if (typeof value === "number") {
    if (!Number.isInteger(value)) return value;
    return value > 1000 ? Math.max(1, Math.floor(value * (0.5 + draw.unit()))) : draw.below(50);
  }
  if (typeof value !== "string") return value;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value)) return draw.second(START, 200 * DAY);
  if (/^[0-9a-f]{40}$/.test(value)) return draw.hex(40);
  if (key === "login") return who.login();
  if (["message", "body", "title"].includes(key)) {
    const text = draw.words(4 + draw.below(30));
    return draw.chance(0.2) ? `${text}\r\n\r\n* "${draw.words(5 + draw.below(30))}"\n` : text;
  }
  return value;
}

/** Shaped like GH Archive: wide, sparse, half of it pushes, the rest webhook payloads. */
function events(draw) {
  const who = people(draw);
  const examples = webhooks();
  const wheel = [
    ["push", "PushEvent", 50],
    ["create", "CreateEvent", 11],
    ["pull_request", "PullRequestEvent", 8],
    ["issue_comment", "IssueCommentEvent", 8],
    ["watch", "WatchEvent", 8],
    ["issues", "IssuesEvent", 4],
    ["delete", "DeleteEvent", 4],
    ["pull_request_review", "PullRequestReviewEvent", 3],
    ["fork", "ForkEvent", 2],
    ["release", "ReleaseEvent", 2],
  ].flatMap(([kind, type, weight]) => Array(weight).fill([kind, type]));
  const person = () => {
    const login = who.login();
    const id = draw.below(1e8);
    return {
      id,
      login,
      gravatar_id: "",
      url: `https://api.github.com/users/${login}`,
      avatar_url: `https://avatars.githubusercontent.com/u/${id}?`,
    };
  };
  const commit = () => {
    const name = who.login();
    return {
      sha: draw.hex(40),
      author: { email: `${name}@users.noreply.github.com`, name },
      message: draw.words(3 + draw.below(9)) + (draw.chance(0.15) ? `\n\n${draw.words(12)}` : ""),
      distinct: draw.chance(0.9),
      url: `https://api.github.com/repos/${who.repo()}/commits/${draw.hex(40)}`,
    };
  };
  return (i) => {
    const [kind, type] = draw.of(wheel);
    const repo = { id: draw.below(1e9), name: who.repo() };
    repo.url = `https://api.github.com/repos/${repo.name}`;
    let payload;
    if (kind === "push") {
      const size = draw.chance(0.7) ? 1 : 1 + draw.below(6);
      payload = {
        repository_id: repo.id,
        push_id: 15e9 + i,
        size,
        distinct_size: size,
        ref: `refs/heads/${draw.of(["main", "master", `feature/${draw.of(WORDS)}`])}`,
        head: draw.hex(40),
        before: draw.hex(40),
        commits: draw.list(size, commit),
      };
    } else {
      const { repository, sender, organization, installation, ...rest } = draw.of(
        examples.get(kind) ?? examples.get("star"),
      );
      payload = vary(draw, who, rest, "");
    }
    const event = {
      id: String(35e9 + i),
      type,
      actor: person(),
      repo,
      payload,
      public: true,
      created_at: draw.second(START + i * 300, 1000),
    };
    if (draw.chance(0.3)) event.org = person();
    return event;
  };
}

/** Homogeneous nested REST records with two lists. */
function issues(draw) {
  const who = people(draw);
  const user = () => {
    const login = who.login();
    const url = `https://api.github.com/users/${login}`;
    return {
      login,
      id: draw.below(1e8),
      node_id: `MDQ6VXNlcj${draw.hex(8)}`,
      avatar_url: `https://avatars1.githubusercontent.com/u/${draw.below(1e8)}?v=4`,
      gravatar_id: "",
      url,
      html_url: `https://github.com/${login}`,
      followers_url: `${url}/followers`,
      repos_url: `${url}/repos`,
      type: "User",
      site_admin: false,
    };
  };
  return (i) => {
    const repo = who.repo();
    const number = draw.below(90000);
    const url = `https://api.github.com/repos/${repo}/issues/${number}`;
    const label = () => ({
      id: draw.below(1e9),
      node_id: `MDU6TGFiZWw${draw.hex(10)}`,
      url: `${url}/labels/bug`,
      name: draw.of(WORDS),
      color: draw.hex(6),
      default: draw.chance(0.5),
      description: draw.chance(0.5) ? null : draw.words(5),
    });
    return {
      url,
      repository_url: `https://api.github.com/repos/${repo}`,
      labels_url: `${url}/labels{/name}`,
      comments_url: `${url}/comments`,
      html_url: `https://github.com/${repo}/issues/${number}`,
      id: 2e9 + i,
      node_id: `I_kwDO${draw.hex(14)}`,
      number,
      title: draw.words(4 + draw.below(8)),
      user: user(),
      labels: draw.list(draw.below(4), label),
      state: draw.of(["open", "closed"]),
      locked: draw.chance(0.05),
      assignee: draw.chance(0.6) ? null : user(),
      assignees: draw.list(draw.chance(0.6) ? 0 : 1 + draw.below(2), user),
      milestone: null,
      comments: draw.below(40),
      created_at: draw.second(START, 300 * DAY),
      updated_at: draw.second(START, 300 * DAY),
      closed_at: draw.chance(0.5) ? null : draw.second(START, 300 * DAY),
      author_association: draw.of(["NONE", "MEMBER", "CONTRIBUTOR"]),
      active_lock_reason: null,
      body: draw.chance(0.1)
        ? null
        : draw.words(10 + draw.below(60)) + (draw.chance(0.4) ? '\r\n\r\n```\n"code"\n```\r\n' : ""),
      reactions: {
        url: `${url}/reactions`,
        total_count: draw.below(9),
        "+1": draw.below(5),
        "-1": draw.below(3),
        laugh: 0,
        heart: draw.below(3),
        eyes: 0,
      },
      performed_via_github_app: null,
      state_reason: draw.chance(0.5) ? null : "completed",
    };
  };
}

/** Flat, mostly numbers. */
function logs(draw) {
  const rounded = (x, digits) => Math.round(x * 10 ** digits) / 10 ** digits;
  return (i) => ({
    ts: draw.time(START + i * 50, 1000),
    request_id: 1e12 + i * 17 + draw.below(16),
    host_id: draw.below(400),
    status: draw.of([200, 200, 200, 201, 204, 301, 404, 500]),
    latency_ms: rounded(draw.unit() * 100, 3),
    bytes_sent: draw.below(2e6),
    cpu: draw.unit(),
    lat: rounded(draw.unit() * 180 - 90, 6),
    lon: rounded(draw.unit() * 360 - 180, 6),
    cache_hit: draw.chance(0.7),
    retries: draw.below(3),
    temp_c: rounded(draw.unit() * 60 - 10, 1),
  });
}

/** Text, with escapes and letters outside ASCII. */
function strings(draw) {
  const foreign = [
    "привет",
    "данные",
    "東京タワー",
    "café",
    "größe",
    "señor",
    "😀",
    "🚀🚀",
    "한국어",
    "Ελλάδα",
    "שלום",
  ];
  const word = () => {
    const roll = draw.unit();
    if (roll < 0.12) return draw.of(foreign);
    if (roll < 0.15) return `"${draw.of(WORDS)}"`;
    if (roll < 0.17) return `C:\\${draw.of(WORDS)}`;
    if (roll < 0.19) return `${draw.of(WORDS)}\n`;
    return roll < 0.195 ? "\u0001\t" : draw.of(WORDS);
  };
  const text = (n) => draw.list(n, word).join(" ");
  return () => ({
    id: [8, 4, 4, 12].map((n) => draw.hex(n)).join("-"),
    lang: draw.of(["en", "ru", "zh", "de", "es"]),
    userName: `${draw.of(WORDS)}${draw.below(1000)}`,
    displayName: text(2),
    title: text(4 + draw.below(6)),
    body: text(20 + draw.below(80)),
    snippet: draw.chance(0.3) ? null : text(10),
    url: `https://example.com/${draw.of(WORDS)}/${draw.hex(10)}?q=${draw.of(WORDS)}`,
    "Content-Type": 'text/html; charset="utf-8"',
    country: draw.of(["US", "DE", "JP", "BR"]),
  });
}

const ORDERS =
  "id,placed_at,customer,country,items,total,discount,paid,ship_on,note,latitude,longitude,channel,token";

/** A comma-separated record: numbers, times, some cells empty, some quoted with commas, quotes and line ends. */
function orders(draw) {
  const cell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const note = () => {
    if (draw.chance(0.5)) return "";
    const text = draw.words(2 + draw.below(10));
    if (draw.chance(0.2)) return `${text}, "${draw.of(WORDS)}"\n${draw.of(WORDS)}`;
    return draw.chance(0.1) ? `${text} größe 東京` : text;
  };
  return (i) =>
    [
      1e6 + i,
      draw.second(START + i * 1000, 60_000),
      cell(`${draw.of(WORDS)} ${draw.of(WORDS)}${draw.chance(0.1) ? ", Inc." : ""}`),
      draw.of(["US", "DE", "JP", "BR", "GB"]),
      1 + draw.below(9),
      (draw.below(100_000) / 100).toFixed(2),
      draw.chance(0.7) ? "" : (draw.below(50) / 100).toFixed(2),
      draw.chance(0.9),
      draw.time(START + i * 1000, 30 * DAY).slice(0, 10),
      cell(note()),
      (draw.unit() * 180 - 90).toFixed(6),
      (draw.unit() * 360 - 180).toFixed(6),
      draw.of(["web", "shop", "phone"]),
      draw.hex(24),
    ].join(",");
}
