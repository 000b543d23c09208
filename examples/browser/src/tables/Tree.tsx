import { count } from "../app/numbers.ts";
import type { Session } from "../app/session.ts";
import { treeLines } from "./model.ts";
import "./tree.css";

/** The tables, children below the parents that their rows belong to. */
export function Tree({ open }: { open: Session }) {
  const lines = treeLines(open.tables.value);
  const names = lines.map(({ table }) => table.name);
  const selected = names.find((name) => name === open.selected.value) ?? names[0];
  const choose = (name: string | undefined, focus = false) => {
    if (name === undefined) return;
    open.selected.value = name;
    if (open.column.value && open.column.value.table !== name) open.column.value = undefined;
    if (focus) document.getElementById(`table-${name}`)?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    const at = names.indexOf(selected ?? "");
    const { parent } = lines[at]?.table ?? {};
    const child = lines.find(({ table }) => table.parent === selected)?.table.name;
    const to: Record<string, string | undefined> = {
      ArrowDown: names[at + 1],
      ArrowUp: names[at - 1],
      ArrowLeft: names.find((name) => name === parent),
      ArrowRight: child,
      Home: names[0],
      End: names.at(-1),
    };
    if (!(event.key in to)) return;
    event.preventDefault();
    choose(to[event.key], true);
  };
  return (
    <div class="side">
      <h3 id="tree-title">Tables</h3>
      <ul class="tree" role="tree" aria-labelledby="tree-title" onKeyDown={onKey}>
        {lines.map(({ table, depth, continues }) => (
          <li
            role="treeitem"
            key={table.name}
            id={`table-${table.name}`}
            aria-level={depth + 1}
            aria-selected={table.name === selected}
            tabIndex={table.name === selected ? 0 : -1}
            title={table.name}
            onClick={() => choose(table.name)}
          >
            {continues.map((goesOn, level) => {
              const own = level === continues.length - 1;
              return (
                <i key={level} class={`${own ? "turn" : ""} ${goesOn ? "on" : ""}`} aria-hidden="true" />
              );
            })}
            <Name label={table.label} />
            <span class="rows">
              {count(table.rows)}
              <span class="unseen"> rows</span>
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Of a long name, what tells it from others is at its end. */
function Name({ label }: { label: string }) {
  const cut = label.lastIndexOf("__");
  return (
    <span class="name">
      {cut > 0 && <span class="path">{label.slice(0, cut + 2)}</span>}
      <span class="last">{cut > 0 ? label.slice(cut + 2) : label}</span>
    </span>
  );
}
