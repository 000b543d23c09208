// Tables in Markdown, and their places in documents.

/** A table whose first column is text and whose others are numbers, padded. */
export function markdownTable(header, rows) {
  const widths = header.map((_, column) =>
    Math.max(3, ...[header, ...rows].map((row) => row[column].length)),
  );
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  const line = (row) => `| ${row.map(pad).join(" | ")} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(header), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n");
}

/** The document with the text between the markers `<!-- name: … -->` and `<!-- /name -->`. */
export function intoDocument(document, name, text) {
  const begin = new RegExp(`<!-- ${name}: [^\\n]* -->`).exec(document);
  const end = document.indexOf(`<!-- /${name} -->`);
  if (!begin || end < begin.index) throw new Error(`the document has no markers called ${name}`);
  return `${document.slice(0, begin.index)}${begin[0]}\n\n${text}\n\n${document.slice(end)}`;
}
