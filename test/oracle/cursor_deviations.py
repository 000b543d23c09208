"""Freezes what dlt does where runlet's cursors differ (docs/deviations.md, "Cursors"): cursor_deviations.py OUTPUT."""

import json
import os
import shutil
import sys
import tempfile

import loading  # quiet settings first  # noqa: F401
import dlt
import duckdb


def play(*runs):
    """Per run the last value and the number of hashes per resource and the rows per table, or the error; what it asked for."""
    folder = tempfile.mkdtemp(prefix="oracle")
    path = os.path.join(folder, "x.duckdb")
    pipeline = dlt.pipeline("oracle", destination=dlt.destinations.duckdb(path), dataset_name="d", pipelines_dir=os.path.join(folder, "p"))
    found = []
    try:
        for make in runs:
            asked = []
            try:
                pipeline.run(make(asked), loader_file_format="parquet")
            except Exception as raised:
                while raised.__cause__ is not None:
                    raised = raised.__cause__
                pipeline.abort_packages()
                found.append({"error": type(raised).__name__})
                continue
            state = {}
            for source in pipeline.state.get("sources", {}).values():
                for name, resource in source.get("resources", {}).items():
                    for cursor in resource.get("incremental", {}).values():
                        state[name] = {"last": cursor["last_value"], "hashes": len(cursor["unique_hashes"])}
            db = duckdb.connect(path, read_only=True)
            names = [n for (n,) in db.execute("select table_name from duckdb_tables() where schema_name='d' order by 1").fetchall()]
            rows = {n: db.execute(f'select count(*) from d."{n}"').fetchone()[0] for n in names if not n.startswith("_dlt")}
            db.close()
            found.append({"state": state, "rows": rows, **({"asked": asked} if asked else {})})
    finally:
        pipeline.deactivate()
        shutil.rmtree(folder, ignore_errors=True)
    return found


def rows(pages, limit=None, **options):
    def make(asked):
        def t(position=dlt.sources.incremental("at", **options)):
            asked.append(position.last_value)
            yield from pages

        made = dlt.resource(t, name="t")()
        return made.add_limit(limit) if limit else made

    return make


def values(*all):
    return [[{"id": n, "at": at} for n, at in enumerate(all)]]


def ordered(asked):
    parents = dlt.resource([{"p": 1}, {"p": 2}], name="parents")

    @dlt.transformer(data_from=parents, name="t")
    def t(item, position=dlt.sources.incremental("at", initial_value=0, end_value=3, row_order="asc")):
        for at in range(1, 6):
            asked.append([item["p"], at])
            yield [{"p": item["p"], "at": at}]

    return t


def children(asked):
    @dlt.source(name="s")
    def s():
        def parents(position=dlt.sources.incremental("at", initial_value=0)):
            yield [{"id": 1, "at": 5}]

        made = dlt.resource(parents, name="parents")

        @dlt.transformer(data_from=made, name="children")
        def kids(items):
            yield [{"child": item["id"]} for item in items]

        return made, kids

    return s().with_resources("children")


def all_of_them():
    pages = [[{"at": n}] for n in (1, 2, 3, 4)]
    own = dict(initial_value=0, last_value_func=lambda values: max(values), lag=2)
    return {
        "10,001 records at the boundary": play(rows(values(*[1] * 10001), initial_value=0)),
        "lists": play(rows(values([1], [2])), rows(values([3]))),
        "a list after a number": play(rows(values([1]), initial_value=0)),
        "an object": play(rows(values({"x": 1}))),
        "objects": play(rows(values({"x": 1}, {"x": 2}))),
        "a transformer whose rows come in order": play(ordered),
        "add_limit": play(rows(pages, limit=2, initial_value=0), rows(pages, initial_value=0)),
        "a parent that is not loaded": play(children),
        "a lag with a function of one's own": play(rows(values(5, 4), **own), rows(values(5, 4), **own)),
    }


def main(output):
    lines = [f"{json.dumps(name)}: {json.dumps(found)}" for name, found in all_of_them().items()]
    with open(os.path.join(output, "cursor-deviations.json"), "w", encoding="utf-8") as f:
        f.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
