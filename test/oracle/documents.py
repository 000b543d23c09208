"""Freezes dlt's own schema and state documents, as they stand in `_dlt_version` and `_dlt_pipeline_state`: documents.py OUTPUT."""

import datetime
import decimal
import json
import os
import shutil
import sys
import tempfile

import loading  # noqa: F401 (quiet settings)
import dlt
import duckdb

LABELS = [{"id": 1, "title": "a", "labels": [{"name": "x", "tags": [["p", "q"], ["r"]]}], "none": None, "at": "2024-01-02T03:04:05Z"}]


def plain():
    yield dlt.resource(LABELS, name="Issues")


def empty():
    yield dlt.resource([], name="nothing")


def hints():
    yield dlt.resource(
        [{"id": 1, "amount": "12.50", "raw": {"a": 1}, "day": "2024-01-02", "note": None}],
        name="orders",
        primary_key="id",
        columns={
            "raw": {"data_type": "json"},
            "amount": {"data_type": "decimal", "precision": 12, "scale": 2},
            "day": {"data_type": "date", "nullable": False},
            "note": {"nullable": True},
        },
        max_table_nesting=1,
    )


def variants():
    yield dlt.resource([{"a": 1, "b": 1.5}, {"a": "x", "b": True}, {"a": {"c": 1}}], name="mixed")


def evolution():
    yield dlt.resource([{"id": 1}], name="users")
    yield dlt.resource([{"id": 2, "name": "é\u2028", "emails": ["a@b"]}], name="users")
    yield dlt.resource([{"id": 3, "name": "c"}], name="users")
    yield dlt.resource([{"id": "4"}, {"id": "five"}], name="users")


def replace():
    yield dlt.resource(LABELS, name="issues", write_disposition="replace")


def merge():
    yield dlt.resource(LABELS, name="issues", write_disposition="merge", primary_key="id")


def upsert():
    yield dlt.resource(LABELS, name="issues", write_disposition={"disposition": "merge", "strategy": "upsert"}, primary_key="id")


def two_resources():
    @dlt.source(name="shop")
    def shop():
        return [dlt.resource([{"id": 1}], name="products"), dlt.resource(LABELS, name="orders")]

    yield shop()


def cursor():
    @dlt.resource(name="events")
    def events(at=dlt.sources.incremental("at", initial_value="2024-01-01T00:00:00Z")):
        yield [{"id": 9007199254740993, "at": "2024-03-01T00:00:00Z"}, {"id": 2, "at": "2024-03-02T00:00:00Z"}]

    yield events


def typed_state():
    @dlt.resource(name="things")
    def things():
        state = dlt.current.resource_state()
        state.update(
            at=datetime.datetime(2024, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc),
            day=datetime.date(2024, 1, 2),
            time=datetime.time(1, 2, 3),
            price=decimal.Decimal("1.50"),
            raw=b"\x00\xff",
            big=12345678901234567,
            ratio=0.1,
            tiny=1.5e-9,
            text='é "quoted"\n\\ \u2028 \U0001f600',
            list=[1, None, True, {"b": 1, "a": 2}],
        )
        yield {"id": 1}

    yield things


CASES = [plain, empty, hints, variants, evolution, replace, merge, upsert, two_resources, cursor, typed_state]


def main(output):
    frozen = {}
    for case in CASES:
        folder = tempfile.mkdtemp(prefix="oracle")
        path = os.path.join(folder, "x.duckdb")
        pipeline = dlt.pipeline(
            case.__name__,
            destination=dlt.destinations.duckdb(path),
            dataset_name="d",
            pipelines_dir=os.path.join(folder, "p"),
        )
        for data in case():
            pipeline.run(data)
        db = duckdb.connect(path, read_only=True)
        versions = db.execute(
            'select version, engine_version, schema_name, version_hash, "schema" from d._dlt_version order by rowid'
        ).fetchall()
        states = db.execute(
            "select version, engine_version, pipeline_name, state, version_hash from d._dlt_pipeline_state order by rowid"
        ).fetchall()
        db.close()
        pipeline.deactivate()
        shutil.rmtree(folder, ignore_errors=True)
        frozen[case.__name__] = {
            "versions": [
                dict(zip(("version", "engineVersion", "schemaName", "versionHash", "schema"), v)) for v in versions
            ],
            "states": [dict(zip(("version", "engineVersion", "pipelineName", "state", "versionHash"), s)) for s in states],
        }
    with open(os.path.join(output, "documents.json"), "w", encoding="utf-8") as f:
        lines = [f"{json.dumps(n)}:{json.dumps(d, ensure_ascii=False, separators=(',', ':'))}" for n, d in frozen.items()]
        f.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
