"""Freezes how dlt's schema document describes tables of each merge strategy: merge_schemas.py OUTPUT."""

import json
import os
import shutil
import sys
import tempfile

import loading  # quiet settings first
import dlt
import orjson

from sequence import resource

RECORD = '{"id":1,"day":"mon","at":2,"gone":false,"l":[{"x":1}]}'
CASES = {
    "delete-insert": {"strategy": "delete-insert", "primaryKey": ["id"]},
    "upsert": {"strategy": "upsert", "primaryKey": ["id"]},
    "insert-only": {"strategy": "insert-only", "primaryKey": ["id"]},
    "scd2": {"strategy": "scd2"},
    "scd2, merge key, other names": {"strategy": "scd2", "mergeKey": ["day"], "validity": ["from", "until"]},
    "scd2, active": {"strategy": "scd2", "active": "9999-12-31T00:00:00Z"},
    "keys": {"strategy": "delete-insert", "primaryKey": ["id", "day"], "mergeKey": ["day"]},
    "hard delete": {"strategy": "delete-insert", "primaryKey": ["id"], "hardDelete": "gone", "columns": {"gone": "bool"}},
    "dedup sort": {"strategy": "delete-insert", "primaryKey": ["id"], "dedupSort": {"column": "at", "order": "desc"}},
    "deduplicated": {"strategy": "delete-insert", "primaryKey": ["id"], "deduplicated": True},
    "cdc, unchanged rows": {"strategy": "cdc", "primaryKey": ["id"], "mergeKey": ["day"], "skipUnchanged": True},
    "upsert, version of rows": {"strategy": "upsert", "primaryKey": ["id"], "skipUnchanged": True, "rowVersion": "at"},
    "scd2, version of rows": {"strategy": "scd2", "rowVersion": "at"},
    "no keys": {"strategy": "delete-insert"},
}


def main(output):
    found = {}
    for name, options in CASES.items():
        folder = tempfile.mkdtemp(prefix="oracle")
        pipeline = dlt.pipeline("oracle", destination=dlt.destinations.duckdb(os.path.join(folder, "x.duckdb")), dataset_name="d", pipelines_dir=os.path.join(folder, "p"))
        pipeline.run(resource([RECORD], {"write": "merge", **options}))
        schema = pipeline.default_schema.to_dict()
        tables = {n: t for n, t in schema["tables"].items() if not n.startswith("_dlt")}
        found[name] = {"options": {"write": "merge", **options}, "record": RECORD, "tables": tables, "normalizers": schema["normalizers"]["json"]}
        pipeline.deactivate()
        shutil.rmtree(folder, ignore_errors=True)
    with open(os.path.join(output, "merge-schemas.json"), "w", encoding="utf-8") as f:
        json.dump(found, f, indent=1, default=str)
        f.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
