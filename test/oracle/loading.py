"""Runs real dlt over records and reads back what it made: schema, null-only columns and rows."""

import copy
import os
import re
import shutil
import tempfile

os.environ.update(
    RUNTIME__DLTHUB_TELEMETRY="false",
    RUNTIME__LOG_LEVEL="CRITICAL",
    LOAD__WORKERS="1",
    NORMALIZE__WORKERS="1",
)

import dlt
import duckdb
import dlt.normalize.normalize as normalize_step
from dlt.normalize.items_normalizers.jsonl import JsonLItemsNormalizer

SYSTEM_TABLES = ("_dlt_loads", "_dlt_version", "_dlt_pipeline_state")


class Loaded:
    """What one or more loads left behind."""

    def __init__(self, schema, null_only, rows, columns, error, folder, pipeline):
        self.schema = schema  # dlt's stored schema (dict), or None
        self.null_only = null_only  # table -> sorted names of columns seen only as null in the last load
        self.rows = rows  # table -> list of tuples, in insertion order
        self.columns = columns  # table -> names in destination order
        self.error = error  # None, or {"step", "type", "message"}
        self.folder = folder
        self.pipeline = pipeline

    def tables(self):
        """Data tables that exist at the destination, in schema order."""
        if not self.schema:
            return {}
        return {n: t for n, t in self.schema["tables"].items() if n not in SYSTEM_TABLES and n in self.rows}


def message(error):
    """The first line, without the random ids of jobs and loads."""
    return re.sub(r"^Job for .*? with message: ", "", str(error).split("\n")[0])[:200]


class WideIntegers:
    """dlt types integers of 2^63 and more as bigint, and then fails to write them. This takes them out of the
    normalised rows (0 is written) and puts them back into the rows that are read, so that the rest is known."""

    def __init__(self):
        self.counts, self.found = {}, []
        self.init = JsonLItemsNormalizer.__init__

    def __enter__(self):
        wide = self

        def init(normalizer, *args, **kwargs):
            wide.init(normalizer, *args, **kwargs)
            storage = normalizer.item_storage
            write = storage.write_data_item

            def write_checked(load_id, schema_name, table_name, item, columns):
                for row in item if isinstance(item, list) else [item]:
                    index = wide.counts.get(table_name, 0)
                    wide.counts[table_name] = index + 1
                    for column, value in row.items():
                        if type(value) is int and not -(2**63) <= value < 2**63:
                            wide.found.append((table_name, column, index, value))
                            row[column] = 0
                return write(load_id, schema_name, table_name, item, columns)

            storage.write_data_item = write_checked

        JsonLItemsNormalizer.__init__ = init
        return self

    def __exit__(self, *_):
        JsonLItemsNormalizer.__init__ = self.init

    def restore(self, rows, columns):
        for table, column, index, value in self.found:
            row = list(rows[table][index])
            row[columns[table].index(column)] = value
            rows[table][index] = tuple(row)


def load(loads, table, *, hints=None, max_identifier_length=None, keep=False, name="oracle"):
    """Each element of `loads` is a list of records and becomes one dlt load into the same dataset.
    `hints` are keyword arguments of dlt.resource. Parquet carries the values, so doubles, decimals and
    binaries arrive at DuckDB bit by bit."""
    folder = tempfile.mkdtemp(prefix="oracle")
    path = os.path.join(folder, "x.duckdb")
    caps = {}
    if max_identifier_length:
        caps = dict(max_identifier_length=max_identifier_length, max_column_identifier_length=max_identifier_length)
    pipeline = dlt.pipeline(
        name,
        destination=dlt.destinations.duckdb(path, **caps),
        dataset_name="d",
        pipelines_dir=os.path.join(folder, "p"),
    )
    null_only, error = {}, None
    reconcile = normalize_step.reconcile_null_only_columns

    def spy(schema, columns):
        result = reconcile(schema, columns)
        for t, cols in result.items():
            null_only[t] = sorted(c["name"] for c in cols)
        return result

    normalize_step.reconcile_null_only_columns = spy
    wide = WideIntegers()
    try:
        for index, records in enumerate(loads):
            null_only.clear()
            options = hints[index] if isinstance(hints, list) else hints
            options = copy.deepcopy(options or {})  # dlt writes into them
            max_table_nesting = options.pop("max_table_nesting", None)

            resource = dlt.resource(iter([records]), name=table, max_table_nesting=max_table_nesting, **options)
            with wide:
                pipeline.run(resource, loader_file_format="parquet")
    except Exception as raised:
        step = getattr(raised, "step", None)
        cause = raised
        while cause.__cause__ is not None:
            cause = cause.__cause__
        error = {"step": step, "type": type(cause).__name__, "message": message(cause)}
    finally:
        normalize_step.reconcile_null_only_columns = reconcile

    schema = pipeline.default_schema.to_dict() if pipeline.default_schema_name else None
    rows, columns = {}, {}
    if os.path.exists(path):
        db = duckdb.connect(path, read_only=True)
        db.execute("set timezone='UTC'")
        found = db.execute("select table_name from duckdb_tables() where schema_name='d'").fetchall()
        for (t,) in found:
            described = db.execute(
                "select column_name, data_type from duckdb_columns() where schema_name='d' and table_name=? order by column_index",
                [t],
            ).fetchall()
            columns[t] = [c for c, _ in described]
            selected = ", ".join(select(c, kind) for c, kind in described)
            rows[t] = db.execute(f'select {selected} from d."{t}" order by rowid').fetchall()
        db.close()
        if not error:
            wide.restore(rows, columns)
    pipeline.deactivate()
    result = Loaded(schema, dict(null_only), rows, columns, error, folder, pipeline)
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
    return result


def select(column, kind):
    """Timestamps as microseconds of the Unix epoch, times as microseconds of the day, the rest as it is."""
    quoted = '"' + column.replace('"', '""') + '"'
    if kind.startswith("TIMESTAMP"):
        return f"epoch_us({quoted})"
    if kind.startswith("TIME"):
        return f"epoch_us(date '1970-01-01' + {quoted})"
    if kind == "DATE":
        return f"date_diff('day', date '1970-01-01', {quoted})"
    if kind.startswith("DECIMAL") or kind == "HUGEINT":
        return f"cast({quoted} as varchar)"
    return quoted
