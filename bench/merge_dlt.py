"""dlt's merge of bench/merge.mjs: python merge_dlt.py FIRST SECOND DATABASE dicts|arrow FOLDER; prints seconds of the second load.

The first load is from Arrow, which is faster, and not counted."""

import sys
import time

import dlt
import duckdb
import orjson


def arrow(path):
    yield from duckdb.sql(f"select * from read_ndjson_auto('{path}')").fetch_arrow_reader(100_000)


def dicts(path):
    with open(path, "rb") as file:
        page = []
        for line in file:
            page.append(orjson.loads(line))
            if len(page) == 10_000:
                yield page
                page = []
        yield page


def main(first, second, database, form, folder):
    pipeline = dlt.pipeline(
        "bench_" + form, destination=dlt.destinations.duckdb(database), dataset_name="bench", pipelines_dir=folder
    )

    def load(items, write):
        users = dlt.resource(items, name="users", primary_key="id", write_disposition=write)
        pipeline.run(users, loader_file_format="parquet")

    dlt.config["normalize.parquet_normalizer.add_dlt_id"] = True
    dlt.config["normalize.parquet_normalizer.add_dlt_load_id"] = True
    merge = {"disposition": "merge", "strategy": "delete-insert"}
    load(arrow(first), merge)
    begin = time.perf_counter()
    load((arrow if form == "arrow" else dicts)(second), merge)
    print(time.perf_counter() - begin)


main(*sys.argv[1:])
