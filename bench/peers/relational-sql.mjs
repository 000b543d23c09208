// SQL by which DuckDB makes the related tables that runlet makes: structs flattened, lists in tables of their own with
// the id of the row they belong to and their place in the list.

/** Statements that make the table `t` and its children, in order. `source` is what the records are read from, `columns`
 *  their names and types. */
export function relationalSql(source, columns) {
  const fields = columns.map(([name, type]) => ({ name, type: parseType(type) }));
  const statements = [
    `CREATE TEMP TABLE "stage t" AS SELECT *, ${NEW_ID} AS _dlt_id, '1' AS _dlt_load_id FROM ${source}`,
  ];
  const row = { kind: "struct", fields };
  addTable(statements, "t", row, (name) => quote(name), ["_dlt_id", "_dlt_load_id"]);
  return statements;
}

const NEW_ID = "substr(replace(uuid()::VARCHAR, '-', ''), 1, 14)";
/** As runlet and dlt name columns, for plain keys. */
const snake = (key) =>
  key
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
const quote = (name) => `"${name.replaceAll('"', '""')}"`;

/** `at(name)` is the expression of a column in the table's stage; the stage holds the table's rows with what is still
 *  nested. */
function addTable(statements, table, row, at, system) {
  const taken = new Set(system);
  const scalars = [];
  const lists = [];
  const walk = (fields, path, expression) => {
    for (const { name, type } of fields) {
      const full = [...path, snake(name)].join("__");
      const value = expression(name);
      if (type.kind === "struct") walk(type.fields, [...path, snake(name)], (n) => `${value}.${quote(n)}`);
      else if (type.kind === "list") lists.push({ full, value, element: type.element });
      else if (!taken.has(full)) {
        taken.add(full);
        scalars.push(`${value} AS ${quote(full)}`);
      }
    }
  };
  walk(row.fields, [], at);
  const stage = quote(`stage ${table}`);
  statements.push(
    `CREATE TABLE ${quote(table)} AS SELECT ${[...scalars, ...system].join(", ")} FROM ${stage}`,
  );
  for (const { full, value, element } of lists) {
    const child = `${table}__${full}`;
    statements.push(
      `CREATE TEMP TABLE ${quote(`stage ${child}`)} AS SELECT unnest(${value}) AS value, _dlt_id AS _dlt_parent_id, ` +
        `unnest(range(len(${value}))) AS _dlt_list_idx, ${NEW_ID} AS _dlt_id FROM ${stage} WHERE len(${value}) > 0`,
    );
    const inside = element.kind === "struct" ? element : { fields: [{ name: "value", type: element }] };
    const step = element.kind === "struct" ? (name) => `value.${quote(name)}` : quote;
    addTable(statements, child, inside, step, ["_dlt_parent_id", "_dlt_list_idx", "_dlt_id"]);
  }
}

/** DuckDB's name of a type → `{ kind: "struct", fields } | { kind: "list", element } | { kind: "scalar" }`. */
export function parseType(text) {
  let at = 0;
  const name = () => {
    if (text[at] !== '"') return text.slice(at, (at = text.indexOf(" ", at)));
    const parts = [];
    do {
      const end = text.indexOf('"', at + 1);
      parts.push(text.slice(at + 1, end));
      at = end + 1;
    } while (text[at] === '"');
    return parts.join('"');
  };
  const type = () => {
    let found;
    if (text.startsWith("STRUCT(", at)) {
      at += "STRUCT(".length;
      const fields = [];
      while (text[at] !== ")") {
        const field = name();
        at++;
        fields.push({ name: field, type: type() });
        if (text.startsWith(", ", at)) at += 2;
      }
      at++;
      found = { kind: "struct", fields };
    } else {
      const scalar = /^[A-Z_ ]+(\([^()]*\))?/.exec(text.slice(at));
      if (!scalar || scalar[0].startsWith("MAP")) throw new Error(`no such type: ${text.slice(at, at + 60)}`);
      at += scalar[0].length;
      found = { kind: "scalar" };
    }
    while (text.startsWith("[]", at)) {
      at += 2;
      found = { kind: "list", element: found };
    }
    return found;
  };
  return type();
}
