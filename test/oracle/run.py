"""Freezes what real dlt makes of every JSON file of the shared data: run.py SHARED_DATA TEST_DATA [only].

Writes TEST_DATA/oracle/manifest.json, TEST_DATA/oracle/files/<folder>.json and TEST_DATA/inputs/ids; with `only` (a part of
the path) it only prints what it would write for the files that match."""

import gzip
import json
import os
import re
import sys
import time

import orjson

from canonical import cell, digest, row_text
from loading import load

RANDOM_COLUMNS = {"_dlt_id", "_dlt_load_id", "_dlt_parent_id", "_dlt_root_id"}
COLUMN_FLAGS = ("precision", "scale", "variant", "unique", "row_key", "parent_key", "root_key", "primary_key")

# Resource names and record selectors that the file's own name does not give.
NAMED = {
    "dlt/github.events.load_page_1_duck.json.gz": "events",
    "dlt/github.issues.load_page_5_duck.json": "issues",
    "dlt/ethereum.blocks.9c1d9b504ea240a482b007788d5cd61c_2.json.gz": "blocks",
    "octokit-webhooks/ghes-31.ndjson": "webhooks",
    "octokit-webhooks/api.github.com.ndjson.gz": "webhooks",
    "cloudtrail/part1.ndjson.gz": "cloudtrail",
    "stripe/fixtures3.json": "fixtures",
}
SELECTED = {
    "slack-samples/api/users.list.json": "members",
    "slack-samples/api/conversations.list.json": "channels",
    "slack-samples/api/pins.list.json": "items",
    "slack-synthetic/channels.json": "channels",
    "slack-synthetic/users.json": "members",
}
EXTRA_NESTING = {
    "dlt/github.events.load_page_1_duck.json.gz": (0, 1, 2),
    "dlt/ethereum.blocks.9c1d9b504ea240a482b007788d5cd61c_2.json.gz": (0, 1, 2, 3),
    "pokeapi/evolution-chain.ndjson": (0, 1, 2, 3),
}
# Frozen once more with `_dlt_id` in every record ("r0", "r1", …): then the ids of nested rows are deterministic.
WITH_IDS = (
    "dlt/github.events.load_page_1_duck.json.gz",
    "dlt/github.issues.load_page_5_duck.json",
    "dlt/event.event.user_load_1.json",
    "pokeapi/evolution-chain.ndjson",
    "pokeapi/berry.ndjson",
)


def sources(root):
    for folder, folders, files in os.walk(root):
        folders.sort()
        for f in sorted(files):
            path = os.path.relpath(os.path.join(folder, f), root)
            if re.search(r"\.(json|ndjson|jsonl)(\.gz)?$", f) and not path.startswith(("oracles/arrow", "LICENCES")):
                if "JSONTestSuite" in path and not f.startswith(("y_", "i_")):
                    continue
                yield path


def read(root, path):
    """(format, documents): one JSON document, or one per line; ValueError when it is neither."""
    with open(os.path.join(root, path), "rb") as f:
        raw = f.read()
    if path.endswith(".gz"):
        raw = gzip.decompress(raw)
    if not raw.strip():
        return "ndjson", []
    try:
        return "json", [orjson.loads(raw)]
    except ValueError:
        if "JSONTestSuite" in path:
            raise
        return "ndjson", [orjson.loads(line) for line in raw.splitlines() if line.strip()]


def selector(path, document):
    if path in SELECTED:
        return [SELECTED[path]]
    if path.startswith("slack-synthetic/history"):
        return ["messages"]
    if path.startswith("shopify/") and isinstance(document, dict) and len(document) == 1:
        key, value = next(iter(document.items()))
        if isinstance(value, dict) or (isinstance(value, list) and value and all(isinstance(v, dict) for v in value)):
            return [key]
    return []


def resource(path):
    if path in NAMED:
        return NAMED[path]
    stem = re.sub(r"\.(json|ndjson|jsonl)(\.gz)?$", "", os.path.basename(path))
    if path.startswith("dlt/event.event"):
        return "event"
    if path.startswith("dlt/event_user"):
        return "event_user"
    if path.startswith("slack-synthetic/"):
        return "messages" if stem.startswith("history") else re.sub(r"_.*", "", stem)
    return stem


def freeze(loaded, random_columns=RANDOM_COLUMNS):
    """The expectation: what is deterministic of every table (README.md)."""
    tables = {}
    for name, table in loaded.tables().items():
        kinds = {c: s.get("data_type") for c, s in table["columns"].items()}
        columns = {}
        cells = [
            [cell(v, kinds[c]) for v in column]
            for c, column in zip(loaded.columns[name], zip(*loaded.rows[name]) if loaded.rows[name] else [()] * len(kinds))
        ]
        for c, values in zip(loaded.columns[name], cells):
            s = table["columns"][c]
            frozen = {"type": kinds[c], "values": sum(v != "n" for v in values)}
            if s.get("nullable") is False:
                frozen["nullable"] = False
            frozen.update({flag: s[flag] for flag in COLUMN_FLAGS if s.get(flag)})
            wide = [v for v in values if kinds[c] == "bigint" and v != "n" and not -(2**63) <= int(v[1:]) < 2**63]
            if wide:
                frozen["beyond64"] = len(wide)
            if c not in random_columns:
                frozen["digest"] = digest(values)
            columns[c] = frozen
        visible = [(c, v) for c, v in zip(loaded.columns[name], cells) if c not in random_columns]
        rows = [row_text((c, v[i]) for c, v in visible) for i in range(len(loaded.rows[name]))]
        frozen = {"rows": len(rows)}
        if table.get("parent"):
            frozen["parent"] = table["parent"]
        frozen["digest"] = digest(rows)
        frozen["columns"] = columns
        incomplete = [c for c, s in table["columns"].items() if "data_type" not in s]
        null_only = sorted(set(incomplete) | set(loaded.null_only.get(name, ())))
        if null_only:
            frozen["nullOnly"] = null_only
        tables[name] = frozen
    return tables


def with_ids(records, name, inputs):
    """The records with row ids, and the NDJSON file that has them."""
    os.makedirs(os.path.join(inputs, "ids"), exist_ok=True)
    records = [{**record, "_dlt_id": f"r{i}"} for i, record in enumerate(records)]
    path = f"ids/{name}.ndjson.gz"
    text = b"".join(orjson.dumps(r) + b"\n" for r in records)
    with open(os.path.join(inputs, path), "wb") as f:
        f.write(gzip.compress(text, 9, mtime=0))
    return records, path


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main(root, data, only=None):
    files, skipped, groups = [], [], {}

    def add(name, path, kind, records, steps, nesting=None, ids=None):
        started = time.time()
        loaded = load([records], resource(path), hints={"max_table_nesting": nesting})
        group = os.path.dirname(path).replace("/", "--")
        entry = {"name": name, "group": group, "file": path, "format": kind, "resource": resource(path), "input": len(records)}
        if steps:
            entry["records"] = steps
        if nesting is not None:
            entry["maxTableNesting"] = nesting
        if ids:
            entry.update(ids=ids, format="ndjson")
            del entry["file"]
            entry.pop("records", None)
        if loaded.error:
            entry["error"] = loaded.error
        else:
            tables = freeze(loaded, {"_dlt_load_id"} if ids else RANDOM_COLUMNS)
            entry["tables"] = {t: f["rows"] for t, f in tables.items()}
            groups.setdefault(group, {})[name] = tables
        files.append(entry)
        print(f"{time.time() - started:6.2f} s  {name}  {entry.get('error') or len(entry['tables'])}", flush=True)

    for path in sources(root):
        if only and only not in path:
            continue
        try:
            kind, documents = read(root, path)
        except ValueError as error:
            skipped.append({"file": path, "reason": str(error).split("\n")[0]})
            continue
        steps = selector(path, documents[0]) if kind == "json" else []
        records = documents
        if kind == "json":
            value = documents[0]
            for step in steps:
                value = value[step]
            records = value if isinstance(value, list) else [value]
        name = re.sub(r"\.(json|ndjson|jsonl)(\.gz)?$", "", path).replace("/", "--")
        for nesting in (None, *EXTRA_NESTING.get(path, ())):
            add(name if nesting is None else f"{name}--nesting-{nesting}", path, kind, records, steps, nesting)
        if path in WITH_IDS:
            records, ids = with_ids(records, name, os.path.join(data, "inputs"))
            add(f"{name}--ids", path, kind, records, steps, ids=ids)
    if only:
        print(compact(groups))
        return
    os.makedirs(os.path.join(data, "oracle", "files"), exist_ok=True)
    for group, frozen in groups.items():
        with open(os.path.join(data, "oracle", "files", group + ".json"), "w", encoding="utf-8") as f:
            f.write("{\n" + ",\n".join(f"{json.dumps(n)}:{compact(t)}" for n, t in frozen.items()) + "\n}\n")
    with open(os.path.join(data, "oracle", "manifest.json"), "w", encoding="utf-8") as f:
        f.write('{"files":[\n' + ",\n".join(map(compact, files)) + '\n],"skipped":[\n' + ",\n".join(map(compact, skipped)) + "\n]}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
