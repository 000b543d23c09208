/** The target of `rel="next"` in a Link header (RFC 8288 §3), or undefined. */
export function nextLink(header: string | null): string | undefined {
  if (!header) return undefined;
  // Targets may contain commas, so links are matched, not split.
  const link = /<([^>]*)>((?:\s*;\s*[^\s=;,]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^",;]*))?)*)/g;
  for (const [, target, parameters] of header.matchAll(link)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(parameters ?? "");
    const relations = (rel?.[1] ?? rel?.[2] ?? "").toLowerCase().split(/\s+/);
    if (relations.includes("next") && target) return target;
  }
  return undefined;
}
