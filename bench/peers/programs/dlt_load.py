"""Loads a file with dlt into a DuckDB file (or Parquet files) and prints what it took, without the imports:
dlt_load.py <path, or address of the first page> <ndjson|csv|arrow|pages> <duckdb file, or folder for Parquet> <working folder>.

The settings are the fastest that were found on two cores: orjson, Parquet between normalising and loading (INSERT takes six
times as long), no compression, two processes normalising, files small enough for both to have some, lists of records
rather than records. Telemetry off."""

import json
import os
import resource
import sys
import time

path, form, target, folder = sys.argv[1:]
workers = str(os.cpu_count() or 1)
os.environ.update(
    RUNTIME__DLTHUB_TELEMETRY="false",
    RUNTIME__LOG_LEVEL="ERROR",
    DLT_USE_JSON="orjson",
    NORMALIZE__WORKERS=workers,
    LOAD__WORKERS=workers,
    DATA_WRITER__DISABLE_COMPRESSION="true",
    DATA_WRITER__BUFFER_MAX_ITEMS="20000",
    EXTRACT__DATA_WRITER__FILE_MAX_ITEMS="20000",
)

import dlt  # noqa: E402
import duckdb  # noqa: E402, F401
import orjson  # noqa: E402
import pyarrow.csv  # noqa: E402
import pyarrow.json  # noqa: E402


def records():
    """Lists of records, some megabytes each."""
    with open(path, "rb") as file:
        while lines := file.readlines(4 << 20):
            yield [orjson.loads(line) for line in lines]


def arrow_tables():
    """What dlt calls its fastest way: Arrow tables, which it neither normalises nor looks into."""
    if path.endswith(".csv"):
        newlines = pyarrow.csv.ParseOptions(newlines_in_values=True)
        yield pyarrow.csv.read_csv(path, parse_options=newlines)
    else:
        yield pyarrow.json.read_json(path)


def csv_records():
    import csv

    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        while chunk := [row for _, row in zip(range(20000), rows)]:
            yield chunk


def pages():
    """Pages of an API by dlt's own client, which follows the Link header."""
    from dlt.sources.helpers.rest_client import RESTClient
    from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator

    origin, _, item = path.rpartition("/")
    yield from RESTClient(base_url=origin, paginator=HeaderLinkPaginator()).paginate(item)


def used():
    who = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in who)


if __name__ == "__main__":
    source = {"ndjson": records, "csv": csv_records, "arrow": arrow_tables, "pages": pages}[form]
    begin, before = time.perf_counter(), used()
    if target.endswith(".duckdb"):
        destination = dlt.destinations.duckdb(target)
    else:
        destination = dlt.destinations.filesystem(target)
    pipeline = dlt.pipeline("bench", pipelines_dir=folder, destination=destination, dataset_name="loaded")
    data = dlt.resource(source, name="t", write_disposition="replace")
    pipeline.run(data, loader_file_format="parquet")
    took = 1000 * (time.perf_counter() - begin)
    counts = pipeline.last_trace.last_normalize_info.row_counts
    rows = {name: count for name, count in counts.items() if not name.startswith("_dlt")}
    cpu = 1000 * (used() - before)
    print(
        json.dumps(
            {"records": rows["t"], "rows": rows, "wall": [took], "cpu": [cpu], "version": dlt.__version__}
        )
    )
