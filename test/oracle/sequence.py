"""A sequence: one resource, its options in runlet's words, and the records of one run after the other."""

import copy
import os
import shutil
import tempfile

import loading  # quiet settings first
import dlt
import duckdb
import orjson
from dlt.extract.hints import make_nested_hints

from canonical import cell

VALIDITY = ("_dlt_valid_from", "_dlt_valid_to")
IDS = ("_dlt_id", "_dlt_parent_id", "_dlt_root_id")


class Sequence:
    def __init__(self, name, *steps, run=None, **options):
        """Each step is a list of records as JSON text, or (records, options that are other in this step). `run`: options of
        each run: {"contract": …, "refresh": "sources", "resources" or "data"}."""
        self.name, self.options, self.run_options = name, options, run or {}
        self.steps = [step if isinstance(step, tuple) else (step, {}) for step in steps]
        # Made of keys or rows; all others are drawn at random.
        self.known_ids = not (options.get("strategy") == "scd2" and "rowVersion" in options) and all(
            {**options, **changed}.get("write") == "merge" and {**options, **changed}.get("strategy") in ("upsert", "insert-only", "cdc", "scd2")
            for _, changed in self.steps
        )

    def frozen(self):
        entry = {"name": self.name, "options": self.options}
        if self.run_options:
            entry["run"] = self.run_options
        steps = []

        for (records, changed), outcome in zip(self.steps, play(self)):
            steps.append({"records": records, **({"options": changed} if changed else {}), **outcome})
        return {**entry, "steps": steps}


def disposition(options):
    if options.get("write") != "merge":
        return options.get("write", "append")
    how = {"disposition": "merge", "strategy": options.get("strategy", "delete-insert")}
    if options.get("deduplicated"):
        how["deduplicated"] = True
    if options.get("skipUnchanged"):
        how["skip_unchanged_rows"] = True
    for mine, theirs in (("rowVersion", "row_version_column_name"), ("validity", "validity_column_names"), ("boundary", "boundary_timestamp"), ("active", "active_record_timestamp")):
        if mine in options:
            how[theirs] = options[mine]
    return how


def columns_of(options):
    columns = {name: {"data_type": kind} for name, kind in options.get("columns", {}).items()}
    if "hardDelete" in options:
        columns.setdefault(options["hardDelete"], {})["hard_delete"] = True
    if "dedupSort" in options:
        columns.setdefault(options["dedupSort"]["column"], {})["dedup_sort"] = options["dedupSort"]["order"]
    return columns


def nested_hints(options):
    """dlt's hints of nested tables, of the option `nested`: paths of keys joined by dots."""
    hints = {}
    for path, nested in options.get("nested", {}).items():
        given = dict(columns=columns_of(nested) or None)
        if "write" in nested:
            given["write_disposition"] = disposition(nested)
        for mine, theirs in (("primaryKey", "primary_key"), ("mergeKey", "merge_key")):
            if mine in nested:
                given[theirs] = nested[mine]
        hints[tuple(path.split("."))] = make_nested_hints(**given)
    return hints or None


def resource(records, options):
    columns = columns_of(options)
    hints = dict(name="t", write_disposition=disposition(options), columns=columns or None, schema_contract=options.get("contract"), nested_hints=nested_hints(options))
    for mine, theirs in (("primaryKey", "primary_key"), ("mergeKey", "merge_key"), ("maxNesting", "max_table_nesting")):
        if mine in options:
            hints[theirs] = options[mine]
    items = [orjson.loads(r) for r in records]
    cursor = options.get("cursor")
    if cursor is None:
        return dlt.resource(iter([items]), **hints)
    kwargs = {theirs: cursor[mine] for mine, theirs in CURSOR if mine in cursor}
    incremental = dlt.sources.incremental(cursor["path"], **kwargs)

    def body(position=incremental):
        # One page per record shows where an ordered source is left.
        if "rowOrder" in cursor:
            for item in items:
                yield [item]
        else:
            yield items

    return dlt.resource(body, **hints)()


CURSOR = (
    ("initial", "initial_value"),
    ("end", "end_value"),
    ("lag", "lag"),
    ("rowOrder", "row_order"),
    ("onMissing", "on_cursor_value_missing"),
    ("order", "last_value_func"),
    ("rangeStart", "range_start"),
    ("rangeEnd", "range_end"),
)


def play(sequence):
    """Outcomes, step by step: {"tables", "cursor"?} or {"error"}, after which the dataset is as before."""
    folder = tempfile.mkdtemp(prefix="oracle")
    path = os.path.join(folder, "x.duckdb")
    pipeline = dlt.pipeline(
        "oracle", destination=dlt.destinations.duckdb(path), dataset_name="d", pipelines_dir=os.path.join(folder, "p")
    )
    try:
        for records, changed in sequence.steps:
            options = copy.deepcopy({**sequence.options, **changed})
            run = {**sequence.run_options, **options.pop("run", {})}
            kwargs = {"schema_contract": run["contract"]} if "contract" in run else {}
            if "refresh" in run:
                kwargs["refresh"] = f"drop_{run['refresh']}"
            try:
                pipeline.run(resource(records, options), loader_file_format="parquet", **kwargs)
            except Exception as raised:
                pipeline.abort_packages()
                yield {"error": describe(raised)}
                continue
            found = tables(pipeline, path)
            if not sequence.known_ids:
                rename_ids(found)
            yield {"tables": found, **position(pipeline, options)}
    finally:
        pipeline.deactivate()
        shutil.rmtree(folder, ignore_errors=True)


def describe(raised):
    cause = raised
    while cause.__cause__ is not None:
        cause = cause.__cause__
    about = {"type": type(cause).__name__, "message": loading.message(cause)}
    for name in ("table_name", "column_name", "schema_entity", "contract_mode"):
        if getattr(cause, name, None) is not None:
            about[name] = str(getattr(cause, name))
    return about


def position(pipeline, options):
    cursor = options.get("cursor")
    if cursor is None:
        return {}
    resources = pipeline.state.get("sources", {}).get(pipeline.default_schema_name, {}).get("resources", {})
    state = resources.get("t", {}).get("incremental", {}).get(cursor["path"])
    if state is None:
        return {"cursor": None}
    return {"cursor": {"last": state["last_value"], "hashes": sorted(state["unique_hashes"])}}


def tables(pipeline, path):
    """Columns and rows of canonical cells. Load ids become L0, L1, … in the order of loads; times of validity B0, B1, … in
    order of time."""
    schema = pipeline.default_schema.to_dict()["tables"]
    db = duckdb.connect(path, read_only=True)
    db.execute("set timezone='UTC'")
    names = [n for (n,) in db.execute("select table_name from duckdb_tables() where schema_name='d' order by table_oid").fetchall()]
    loads = {l: f"sL{i}" for i, (l,) in enumerate(db.execute("select load_id from d._dlt_loads order by 1").fetchall())}
    found = {}
    for name in names:
        if name in loading.SYSTEM_TABLES:
            continue
        described = db.execute(
            "select column_name, data_type from duckdb_columns() where schema_name='d' and table_name=? order by column_index", [name]
        ).fetchall()
        selected = ", ".join(loading.select(c, kind) for c, kind in described)
        rows = db.execute(f'select {selected} from d."{name}" order by rowid').fetchall()
        kinds = [schema[name]["columns"][c]["data_type"] for c, _ in described]
        cells = []
        for row in rows:
            line = [loads.get(v, "s" + str(v)) if c == "_dlt_load_id" else cell(v, k) for (c, _), k, v in zip(described, kinds, row)]
            cells.append(line)
        found[name] = {"columns": [[c, k] for (c, _), k in zip(described, kinds)], "rows": cells}
    db.close()
    rename_validity(found)
    return found


def rename_validity(found):
    places = [(t, i) for t in found.values() for i, (c, _) in enumerate(t["columns"]) if c in VALIDITY]
    times = sorted({r[i] for t, i in places for r in t["rows"] if r[i] != "n"}, key=lambda cell: int(cell[1:]))
    ranks = {time: f"B{n}" for n, time in enumerate(times)}
    for t, i in places:
        for r in t["rows"]:
            r[i] = ranks.get(r[i], r[i])


def rename_ids(found):
    """Row ids become ?0, ?1, … by first appearance."""
    renamed = {}
    for t in found.values():
        places = [i for i, (c, _) in enumerate(t["columns"]) if c in IDS]
        for r in t["rows"]:
            for i in places:
                if r[i] != "n":
                    r[i] = renamed.setdefault(r[i], f"s?{len(renamed)}")
