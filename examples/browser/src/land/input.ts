/** What a person gives the page to read. */
export type Input =
  | { readonly kind: "sample"; readonly id: string }
  | { readonly kind: "files"; readonly files: readonly File[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "saved"; readonly name: string };

/** What a table is called after: `orders` for `data/orders.ndjson.gz` and for `https://host/orders.json?page=2`. */
export function tableNameOf(path: string): string {
  const file = path.split(/[?#]/)[0]!.replace(/\/+$/, "").split("/").pop() ?? "";
  const base = file.replace(/\.(gz|gzip)$/i, "").replace(/\.[a-z0-9]{1,7}$/i, "");
  const name = base
    .replace(/[^a-zA-Z0-9]+/g, "_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/^_+|_+$/g, "");
  if (name === "") return "data";
  return /^\d/.test(name) ? `data_${name}` : name;
}

/** Names that differ, as those of several files' tables must. */
export function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let own = name;
    for (let count = 2; taken.has(own); count++) own = `${name}_${count}`;
    taken.add(own);
    return own;
  });
}

/** A name for pasted text whose ending says what it is. */
export function pastedName(text: string): string {
  const start = text.trimStart()[0];
  if (start === "{" || start === "[") return "pasted.json";
  const [first = ""] = text.split("\n", 1);
  return first.includes("\t") ? "pasted.tsv" : "pasted.csv";
}
