"""Real dlt, told what to do: reads commands as JSON lines, answers each with a JSON line. The answer is {"ok": …} or
{"error": {"type", "message"}}. partner.ts says what the commands are."""

import json
import os
import sys
from datetime import datetime

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "oracle"))

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # whatever dlt prints is no answer

import loading  # noqa: F401 (quiet settings first)
import dlt
import pyarrow
from dlt.common.json import json as typed
from dlt.common.schema.utils import generate_version_hash

import sequence
from canonical import cell

SYSTEM = ("_dlt_loads", "_dlt_version", "_dlt_pipeline_state")


class Partner:
    def __init__(self, folder):
        self.folder, self.pipeline, self.place = folder, None, None

    def where(self, place):
        self.place = place
        if "duckdb" in place:
            return dlt.destinations.duckdb(place["duckdb"])
        return dlt.destinations.postgres(place["postgres"])

    def attach(self, pipeline, place, dataset, how="attach", working=None):
        """`working`: name of the working folder; a new one has nothing but what the destination says."""
        self.leave()
        at = {"pipelines_dir": os.path.join(self.folder, working or f"new{len(os.listdir(self.folder))}")}
        os.makedirs(at["pipelines_dir"], exist_ok=True)
        given = dict(destination=self.where(place), dataset_name=dataset, **at)
        if how == "attach":
            self.pipeline = dlt.attach(pipeline, **given)
        else:
            self.pipeline = dlt.pipeline(pipeline, dev_mode=how == "dev", **given)
            if how == "sync":
                self.pipeline.sync_destination()
        return self.describe()

    def leave(self):
        if self.pipeline:
            self.pipeline.deactivate()
            self.pipeline = None

    def describe(self):
        p = self.pipeline
        schemas = {}
        for name in p.schema_names:
            schema = p.schemas[name]
            document = schema.to_dict()
            schemas[name] = {
                "document": document,
                "version": schema.version,
                "hash": schema.version_hash,
                "stored": schema.stored_version_hash,
                "computed": generate_version_hash(document),
                "modified": schema.is_modified,
            }
        state = json.loads(typed.typed_dumps({k: v for k, v in p.state.items() if k != "_local"}))
        return {
            "default": p.default_schema_name,
            "dataset": p.dataset_name,
            "first_run": p.first_run,
            "schemas": schemas,
            "state": state,
        }

    def read(self, schema=None):
        """Every data table as dataset() gives it, by way of Arrow: columns with types, rows of canonical cells."""
        found = {}
        dataset = self.pipeline.dataset(schema=schema) if schema else self.pipeline.dataset()
        tables = dataset.schema.tables
        for name in dataset.schema.data_table_names(seen_data_only=True):
            columns = {n: c["data_type"] for n, c in tables[name]["columns"].items() if "data_type" in c}
            arrow = dataset[name].arrow()
            kinds = [columns[n] for n in arrow.column_names]
            values = [numbers(arrow[n], columns[n]) for n in arrow.column_names]
            rows = [[cell(v, k) for v, k in zip(row, kinds)] for row in zip(*values)]
            found[name] = {"columns": [[n, k] for n, k in zip(arrow.column_names, kinds)], "rows": rows}
        return found

    def row_counts(self):
        return {t: n for t, n in self.pipeline.dataset().row_counts().fetchall()}

    def loads(self):
        """As dlt's dashboard asks."""
        found = self.pipeline.dataset()._dlt_loads.filter("schema_name", "in", self.pipeline.schema_names).order_by("inserted_at", "desc")
        return [{k: load[k] for k in ("load_id", "status", "schema_name")} for load in found.limit(100).arrow().to_pylist()]

    def counts_of(self, load_id):
        """As dlt's dashboard asks: rows per table of a load."""
        counts = self.pipeline.dataset().row_counts(dlt_tables=True, load_id=load_id).arrow().to_pylist()
        return {row["table_name"]: row["row_count"] for row in counts}

    def run(self, resources, source=None, contract=None, **options):
        """`resources`: {"name", "records": JSON texts, "options": as in sequences.json, "state": what to put into its
        state, "datetimes": fields that are texts in the records, and datetimes for dlt}. `contract`: of the source."""
        made = [self.resource(**r) for r in resources]
        data = made
        if source:

            @dlt.source(name=source, schema_contract=contract)
            def wrapped():
                return made

            data = wrapped()
        try:
            info = self.pipeline.run(data, loader_file_format=None, **options)
        except Exception:
            self.pipeline.abort_packages()
            raise
        return {"loads": info.loads_ids, "counts": self.pipeline.last_trace.last_normalize_info.row_counts}

    def resource(self, name, records, options=None, state=None, datetimes=()):
        options = options or {}
        hints = options.pop("hints", None)
        made = sequence.resource(records, options).with_name(name)
        if hints:
            made.apply_hints(columns=hints)
        if datetimes:
            # Before the cursor.
            made.add_map(lambda item: {k: datetime.fromisoformat(v) if k in datetimes else v for k, v in item.items()}, insert_at=1)
        if not state:
            return made

        def note(item):
            dlt.current.resource_state().update(state)
            return item

        return made.add_map(note)

    def sql(self, text):
        with self.pipeline.sql_client() as client:
            with client.execute_query(text) as cursor:
                names = [d[0] for d in cursor.description]
                return [dict(zip(names, (v if isinstance(v, (int, str, type(None))) else str(v) for v in row))) for row in cursor.fetchall()]


def numbers(column, kind):
    """As canonical.cell takes them: times and days as numbers."""
    column = column.combine_chunks() if isinstance(column, pyarrow.ChunkedArray) else column
    if kind == "timestamp":
        return column.cast(pyarrow.timestamp("us", "UTC")).cast(pyarrow.int64()).to_pylist()
    if kind == "time":
        return column.cast(pyarrow.time64("us")).cast(pyarrow.int64()).to_pylist()
    if kind == "date":
        return column.cast(pyarrow.date32()).cast(pyarrow.int32()).to_pylist()
    if kind in ("decimal", "wei"):
        return [None if v is None else str(v) for v in column.to_pylist()]
    if kind == "json":
        return [v if v is None or isinstance(v, str) else json.dumps(v) for v in column.to_pylist()]
    return column.to_pylist()


def main(folder):
    partner = Partner(folder)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = {"ok": getattr(partner, command["do"])(**command.get("with", {}))}
        except Exception as raised:
            answer = {"error": sequence.describe(raised)}
        print(json.dumps(answer, default=str), file=answers, flush=True)
    partner.leave()


if __name__ == "__main__":
    main(*sys.argv[1:])
