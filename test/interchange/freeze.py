"""Freezes datasets that dlt has written, and what dlt makes of the next run: freeze.py OUTPUT [NAME…]. README.md says what is in
a file."""

import json
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "oracle"))

import loading  # quiet settings first
import dlt
import duckdb
import sequence

from freeze_cases import CASES


def freeze(case):
    folder = tempfile.mkdtemp(prefix="interchange")
    path = os.path.join(folder, "x.duckdb")
    pipeline = dlt.pipeline(
        case.pipeline,
        destination=dlt.destinations.duckdb(path, naming_convention=case.naming),
        dataset_name="data",
        pipelines_dir=os.path.join(folder, "p"),
        dev_mode=case.dev_mode,
    )
    try:
        run(pipeline, case.first, case)
        frozen = {
            "about": case.about,
            "pipeline": case.pipeline,
            "dataset": pipeline.dataset_name,
            "sql": dump(path),
            "next": [
                {"source": source, "resources": [{**r, "records": [json.dumps(x, ensure_ascii=False) for x in r["records"]]} for r in resources]}
                for source, resources in case.next
            ],
        }
        if not case.refused:
            run(pipeline, case.next, case)
            frozen["then"] = {"tables": tables(path, pipeline), "schemas": newest(path, pipeline.dataset_name), "cursors": cursors(pipeline)}
        return frozen
    finally:
        pipeline.deactivate()
        shutil.rmtree(folder, ignore_errors=True)


def run(pipeline, sources, case):
    for name, resources in sources:
        made = [resource(r, case) for r in resources]

        @dlt.source(name=name, **case.source)
        def source():
            return made

        pipeline.run(case.shaped(source()), loader_file_format="parquet")


def resource(given, case):
    records = [json.dumps(x) for x in given["records"]]
    made = sequence.resource(records, given.get("options", {})).with_name(given["name"])
    if "state" in given:

        def note(item):
            dlt.current.resource_state().update(given["state"])
            return item

        made.add_map(note)
    return case.hinted(made)


def dump(path):
    """The whole database as SQL that any DuckDB reads."""
    db = duckdb.connect(path, read_only=True)
    db.execute("set timezone='UTC'")
    statements = []
    found = db.execute("select schema_name, table_name, sql from duckdb_tables() order by table_oid").fetchall()
    for schema in dict.fromkeys(s for s, _, _ in found):
        statements.append(f'CREATE SCHEMA "{schema}"')
    for schema, table, sql in found:
        statements.append(sql.rstrip(";"))
        columns = db.execute(
            "select column_name, data_type from duckdb_columns() where schema_name=? and table_name=? order by column_index", [schema, table]
        ).fetchall()
        texts = ", ".join(f'cast("{c}" as varchar)' for c, _ in columns)
        for row in db.execute(f'select {texts} from "{schema}"."{table}" order by rowid').fetchall():
            values = ", ".join("NULL" if v is None else f"CAST({quoted(v)} AS {kind})" for v, (_, kind) in zip(row, columns))
            statements.append(f'INSERT INTO "{schema}"."{table}" VALUES ({values})')
    db.close()
    return statements


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def tables(path, pipeline):
    """Columns and rows of canonical cells, without what dlt draws at random and what tells the time."""
    merged = {}
    for name in pipeline.schema_names:
        merged.update(pipeline.schemas[name].to_dict()["tables"])
    db = duckdb.connect(path, read_only=True)
    db.execute("set timezone='UTC'")
    found = {}
    for (table,) in db.execute("select table_name from duckdb_tables() where schema_name=? order by table_oid", [pipeline.dataset_name]).fetchall():
        if table in loading.SYSTEM_TABLES:
            continue
        described = [
            (c, kind)
            for c, kind in db.execute(
                "select column_name, data_type from duckdb_columns() where schema_name=? and table_name=? order by column_index",
                [pipeline.dataset_name, table],
            ).fetchall()
            if not c.startswith("_dlt_") or c == "_dlt_list_idx"
        ]
        kinds = [merged[table]["columns"][c]["data_type"] for c, _ in described]
        selected = ", ".join(loading.select(c, kind) for c, kind in described)
        rows = db.execute(f'select {selected} from "{pipeline.dataset_name}"."{table}"').fetchall() if selected else []
        cells = sorted([sequence.cell(v, k) for v, k in zip(row, kinds)] for row in rows)
        found[table] = {"columns": [[c, k] for (c, _), k in zip(described, kinds)], "rows": cells}
    db.close()
    return found


def newest(path, dataset):
    """Per schema how many versions are stored, and the newest."""
    db = duckdb.connect(path, read_only=True)
    rows = db.execute(f'select schema_name, "schema" from "{dataset}"._dlt_version order by inserted_at').fetchall()
    db.close()
    return {name: {"stored": sum(n == name for n, _ in rows), "document": json.loads(text)} for name, text in rows}


def cursors(pipeline):
    found = {}
    for source, state in pipeline.state.get("sources", {}).items():
        for name, own in state.get("resources", {}).items():
            for path, cursor in own.get("incremental", {}).items():
                found[f"{source}.{name}.{path}"] = {"last": cursor["last_value"], "hashes": sorted(cursor["unique_hashes"])}
    return found


def main(output, *names):
    for case in CASES:
        if names and case.name not in names:
            continue
        with open(os.path.join(output, f"{case.name}.json"), "w", encoding="utf-8") as f:
            json.dump(freeze(case), f, ensure_ascii=False, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
