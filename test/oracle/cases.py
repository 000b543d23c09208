"""Freezes what dlt makes of small inputs, the normaliser's specification case by case: cases.py OUTPUT."""

import json
import os
import re
import sys

from canonical import cell
from case import Case
from case_list import CASES, PAIRS

FLAGS = ("nullable", "precision", "scale", "variant", "primary_key", "merge_key", "unique", "row_key", "parent_key", "root_key")


def outcome(loaded, keep=None):
    """Tables with columns and rows of canonical cells. Load ids become L0, L1, …; row ids that dlt made at random ?0, ?1, …
    in the order of their first appearance, roots first."""
    if loaded.error:
        return {"error": loaded.error}
    load_ids = {row[0]: f"sL{i}" for i, row in enumerate(sorted(loaded.rows["_dlt_loads"]))}
    renamed, tables = {}, {}
    for name, table in loaded.tables().items():
        names = loaded.columns[name]
        kinds = [table["columns"][c]["data_type"] for c in names]
        rows = []
        for raw in loaded.rows[name]:
            row = []
            for c, v, kind in zip(names, raw, kinds):
                text = cell(v, kind)
                if c == "_dlt_load_id":
                    text = load_ids.get(v, "s" + v)
                elif c in ("_dlt_id", "_dlt_parent_id", "_dlt_root_id") and v is not None and not loaded.known_ids:
                    text = renamed.setdefault(v, f"s?{len(renamed)}")
                row.append(text)
            rows.append(row)
        columns = []
        for c in names:
            s = table["columns"][c]
            flags = {f: s[f] for f in FLAGS if f in s and s[f] != (f == "nullable")}
            columns.append([c, s["data_type"], *([flags] if flags else [])])
        tables[name] = {**({"parent": table["parent"]} if table.get("parent") else {}), "columns": columns, "rows": rows}
        incomplete = {c for c, s in table["columns"].items() if "data_type" not in s} | set(loaded.null_only.get(name, ()))
        if incomplete:
            tables[name]["nullOnly"] = sorted(incomplete)
    return {"tables": tables}


def one(case):
    loaded = case.run()
    loaded.known_ids = case.known_ids
    return case.frozen(outcome(loaded))


# --- pairs: many columns are loaded at once, each becomes a case of its own ---


def pair_case(pair):
    hints = {"columns": {"v": pair.hint}} if pair.hint else {}
    return Case(pair.name, [f'{{"v":{v}}}' for v in pair.values], **hints)


def run_pairs(pairs):
    """All pairs of one number of values in one load; when that fails, in halves."""
    if len(pairs) == 1:
        return [one(pair_case(pairs[0]))]
    count = len(pairs[0].values)
    records = ["{" + ",".join(f'"c{i}":{p.values[n]}' for i, p in enumerate(pairs)) + "}" for n in range(count)]
    batch = Case("batch", records, columns={f"c{i}": p.hint for i, p in enumerate(pairs) if p.hint})
    loaded = batch.run()
    if loaded.error:
        half = len(pairs) // 2
        return run_pairs(pairs[:half]) + run_pairs(pairs[half:])
    loaded.known_ids = True
    tables = outcome(loaded)["tables"]
    frozen = []
    for i, pair in enumerate(pairs):
        own = re.compile(rf"^c{i}(__|$)")
        mine = {}
        for name, table in tables.items():
            if name != "t":
                if re.match(rf"^t__c{i}(__|$)", name):
                    mine[None] = True  # child ids depend on the table's name: run it alone
                continue
            kept = [k for k, c in enumerate(table["columns"]) if c[0].startswith("_dlt") or own.match(c[0])]
            mine["t"] = {
                "columns": [[re.sub(own, r"v\1", table["columns"][k][0]), *table["columns"][k][1:]] for k in kept],
                "rows": [[row[k] for k in kept] for row in table["rows"]],
            }
            nulls = [re.sub(own, r"v\1", c) for c in table.get("nullOnly", ()) if own.match(c)]
            if nulls:
                mine["t"]["nullOnly"] = nulls
        frozen.append(one(pair_case(pair)) if None in mine else pair_case(pair).frozen({"tables": mine}))
    return frozen


def main(output):
    frozen = [one(case) for case in CASES]
    by_count = {}
    for pair in PAIRS:
        by_count.setdefault((len(pair.values), pair.hint.get("data_type")), []).append(pair)
    for pairs in by_count.values():
        for start in range(0, len(pairs), 40):
            frozen += run_pairs(pairs[start : start + 40])
    names = [f["name"] for f in frozen]
    assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
    with open(os.path.join(output, "cases.json"), "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(json.dumps(c, ensure_ascii=True, separators=(",", ":")) for c in frozen) + "\n]\n")
    print(len(frozen), "cases,", sum("error" in c for c in frozen), "of them refused by dlt")


if __name__ == "__main__":
    main(*sys.argv[1:])
