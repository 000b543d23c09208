const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The contents of all elements of that name, in a flat document as S3 answers. */
export function elements(xml: string, name: string): string[] {
  const found = xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g"));
  return Array.from(found, (match) => match[1]!);
}

/** The text of the first element of that name; empty where there is none. */
export function textOf(xml: string, name: string): string {
  return (elements(xml, name)[0] ?? "").replace(
    /&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi,
    (whole, decimal, hex, word) => {
      if (decimal) return String.fromCodePoint(Number(decimal));
      if (hex) return String.fromCodePoint(parseInt(hex as string, 16));
      return ENTITIES[word as string] ?? whole;
    },
  );
}
