/** An identifier as SQL, whatever is in it. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL string literal. NUL, which SQL text cannot hold, is built by `chr(0)`. */
export function quoteText(text: string): string {
  const literal = text
    .split("\0")
    .map((part) => `'${part.replaceAll("'", "''")}'`)
    .join(" || chr(0) || ");
  return text.includes("\0") ? `(${literal})` : literal;
}
