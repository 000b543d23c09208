import type { ChartKind, ChartWish } from "../charts/choose.ts";
import type { Input } from "../land/input.ts";
import { meantUrl } from "../land/fetch-source.ts";
import { sampleOf } from "../land/samples.ts";

/** What a link brings: an address or a sample, a question, a chart. It stands behind the `#`, which browsers send to no
 *  server. Files of one's own are never in it. */
export interface Shared {
  readonly input: Input | undefined;
  /** The link was made from a file that only its sender has. */
  readonly ownFile: boolean;
  readonly sql: string | undefined;
  readonly chart: ChartWish | undefined;
}

export function linkOf(
  base: string,
  { input, sql, chart }: { input: Input; sql?: string | undefined; chart?: ChartWish | undefined },
): string {
  const parts = new URLSearchParams();
  if (input.kind === "url") parts.set("url", input.url);
  else if (input.kind === "sample") parts.set("sample", input.id);
  else parts.set("own", "1");
  if (sql) parts.set("sql", sql);
  if (chart) {
    parts.set("chart", chart.kind);
    parts.set("x", chart.x);
    for (const y of chart.y) parts.append("y", y);
  }
  const url = new URL(base);
  url.hash = parts.toString();
  return url.href;
}

const KINDS: readonly string[] = ["bar", "line", "scatter"];

/** Reads a link's fragment; undefined when it holds nothing of ours. */
export function sharedIn(hash: string): Shared | undefined {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const url = meantUrl(parts.get("url") ?? "");
  const sample = sampleOf(parts.get("sample") ?? "")?.id;
  const ownFile = parts.has("own");
  const sql = parts.get("sql") ?? undefined;
  const kind = parts.get("chart");
  const x = parts.get("x");
  if (!url && !sample && !ownFile && !sql) return undefined;
  return {
    input: url ? { kind: "url", url } : sample ? { kind: "sample", id: sample } : undefined,
    ownFile,
    sql,
    chart:
      kind && x && KINDS.includes(kind) ? { kind: kind as ChartKind, x, y: parts.getAll("y") } : undefined,
  };
}
