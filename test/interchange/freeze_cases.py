"""The datasets that freeze.py freezes."""


class Case:
    """`first` and `next`: runs, each a source's name and its resources, options as in sequences.json. With another `naming` than
    snake_case runlet does not continue it. `hinted` changes a resource, `shaped` a source."""

    def __init__(self, name, about, first, next, *, pipeline="shop", source=None, hinted=None, shaped=None, naming=None, dev_mode=False):
        self.name, self.about, self.first, self.next = name, about, first, next
        self.pipeline, self.source, self.naming, self.dev_mode = pipeline, source or {}, naming, dev_mode
        self.refused = naming is not None
        self.hinted, self.shaped = hinted or (lambda r: r), shaped or (lambda s: s)


def table(name, records, options=None, state=None):
    return {"name": name, "records": records, **({"options": options} if options else {}), **({"state": state} if state else {})}


def merge(strategy, **more):
    return {"write": "merge", "strategy": strategy, **more}


TYPES = {"price": "decimal", "raw": "json", "day": "date", "photo": "binary", "clock": "time"}
STOCK = merge("upsert", primaryKey=["sku", "place__id"], hardDelete="gone")
FIRST = merge("insert-only", primaryKey=["id"], dedupSort={"column": "at", "order": "asc"})

EVERYTHING = Case(
    "everything",
    "a table for each way to write, of all types, with nested tables, a variant and state; the staging dataset of merges beside it",
    [
        (
            "shop",
            [
                table(
                    "orders",
                    [
                        {
                            "id": 1,
                            "price": "12.50",
                            "raw": {"a": 1, "b": [1, 2.5]},
                            "day": "2024-01-02",
                            "photo": "aGVsbG8=",
                            "clock": "10:11:12",
                            "at": "2024-03-04T05:06:07.123456Z",
                            "none": None,
                            "mixed": 1,
                            "big": 9007199254740993,
                            "ratio": 0.1,
                            "done": True,
                            "ship": {"to": {"zip": "é"}},
                            "tags": ["a", None],
                            "lines": [{"sku": "p", "parts": [{"n": 1}, {"n": 2}]}],
                        },
                        {"id": 2, "mixed": "text", "tags": ["b"]},
                    ],
                    {"columns": TYPES},
                    {"page": 7, "big": 9007199254740993, "when": "2024-01-01"},
                ),
                table("plan", [{"id": 1, "steps": [1, 2]}, {"id": 2}], {"write": "replace"}),
                table("users", [{"id": 1, "name": "Ada", "emails": ["x", "y"]}, {"id": 2, "name": "Bob", "emails": ["z"]}], merge("delete-insert", primaryKey=["id"])),
                table("days", [{"day": "mon", "n": 1}, {"day": "mon", "n": 2}, {"day": "tue", "n": 3}], merge("delete-insert", mergeKey=["day"])),
                table("stock", [{"sku": "a", "place": {"id": 1}, "n": 5, "gone": False, "lots": [1, 2]}, {"sku": "b", "place": {"id": 1}, "n": 6, "gone": False}], STOCK),
                table("first", [{"id": 1, "at": 2, "v": "second"}, {"id": 1, "at": 1, "v": "first"}], FIRST),
                table("prices", [{"sku": "a", "price": 1.5, "zones": [{"z": "n"}]}, {"sku": "b", "price": 2.5}], merge("scd2")),
            ],
        )
    ],
    [
        (
            "shop",
            [
                table("orders", [{"id": 3, "price": "7.25", "raw": {"z": 1}, "day": "2024-01-03", "mixed": "more", "tags": ["c"], "lines": [{"sku": "q", "parts": [{"n": 3}]}]}], {"columns": TYPES}),
                table("plan", [{"id": 3, "steps": [3]}], {"write": "replace"}),
                table("users", [{"id": 2, "name": "Bea", "emails": ["bb"]}, {"id": 3, "name": "Cyd"}], merge("delete-insert", primaryKey=["id"])),
                table("days", [{"day": "mon", "n": 7}], merge("delete-insert", mergeKey=["day"])),
                table("stock", [{"sku": "a", "place": {"id": 1}, "n": 55, "gone": False, "lots": [9]}, {"sku": "b", "place": {"id": 1}, "gone": True}], STOCK),
                table("first", [{"id": 1, "at": 0, "v": "late"}, {"id": 3, "at": 5, "v": "third"}], FIRST),
                table("prices", [{"sku": "a", "price": 1.5, "zones": [{"z": "n"}]}, {"sku": "b", "price": 3.5}], merge("scd2")),
            ],
        )
    ],
)

GROWN = Case(
    "grown",
    "the next run brings columns and a nested table",
    [("shop", [table("orders", [{"id": 1, "lines": [{"n": 1}]}])])],
    [("shop", [table("orders", [{"id": 2, "name": "new", "lines": [{"n": 2, "at": "2024-01-02T03:04:05Z"}], "tags": ["t"]}])])],
)

TWO_SCHEMAS = Case(
    "two-schemas",
    "two sources of one pipeline: dlt gives each a schema of its own",
    [("north", [table("a", [{"id": 1}], state={"seen": 1})]), ("south", [table("b", [{"id": 2, "l": [1]}])])],
    [("south", [table("b", [{"id": 3, "l": [2]}])])],
    pipeline="both",
)

DEV_MODE = Case(
    "dev-mode",
    "a dataset of dev_mode, with a time in its name",
    [("shop", [table("orders", [{"id": 1}])])],
    [("shop", [table("orders", [{"id": 2}])])],
    dev_mode=True,
)


def settings(source):
    schema = source.schema
    schema.remove_type_detection("iso_timestamp")
    schema.add_type_detection("iso_date")
    schema.update_preferred_types({"re:^raw_": "json"})
    schema.set_schema_contract({"tables": "evolve", "columns": "evolve", "data_type": "discard_value"})
    return source


def hints(resource):
    return resource.apply_hints(
        columns={"id": {"x-owner": "crm", "description": "the key", "unique": True, "sort": True}},
        additional_table_hints={"x-team": {"name": "sales"}},
        table_format="native",
    ) or resource


SETTINGS = Case(
    "settings",
    "a source with max_table_nesting, root_key, type detections, preferred types, a contract and hints of its own",
    [("shop", [table("orders", [{"id": 1, "raw_a": {"x": 0}, "on": "2024-01-02", "at": "2024-01-02T03:04:05Z", "lines": [{"n": 1, "parts": [1]}]}], {"maxNesting": 1})])],
    [("shop", [table("orders", [{"id": 2, "raw_a": {"x": 1}, "on": "2024-01-03", "at": "no time", "lines": [{"n": 2, "parts": [2]}]}], {"maxNesting": 1})])],
    source={"root_key": True},
    hinted=hints,
    shaped=settings,
)

NESTING = Case(
    "nesting",
    "max_table_nesting of the source: what is deeper is JSON, also under names that come later",
    [("shop", [table("orders", [{"id": 1, "lines": [{"n": 1, "parts": [1]}]}])])],
    [("shop", [table("orders", [{"id": 2, "lines": [{"n": 2, "parts": [2], "more": [3]}]}])])],
    source={"max_table_nesting": 1},
)


TIMES = [f"2024-01-01T0{hour}:00:00Z" for hour in range(4)]
TEXTS = {"cursor": {"path": "at"}}
KEYED = {"cursor": {"path": "place.n", "initial": 2}, "primaryKey": ["id"]}
LEAST = {"cursor": {"path": "n", "order": "min"}}
LAGGED = merge("delete-insert", primaryKey=["id"], cursor={"path": "at", "lag": 3600})

CURSORS = Case(
    "cursors",
    "cursors over times as text, numbers, the least value and with a lag: records at the boundary come again, and late",
    [
        (
            "shop",
            [
                table("texts", [{"id": 1, "at": TIMES[0]}, {"id": 2, "at": TIMES[1], "more": {"x": 1.5, "é": None}, "l": [1]}, {"id": 3, "at": TIMES[1]}], TEXTS),
                table("keyed", [{"id": 0, "place": {"n": 1}}, {"id": 1, "place": {"n": 2}}, {"id": 2, "place": {"n": 3}}], KEYED),
                table("least", [{"id": 1, "n": 5}, {"id": 2, "n": 1}], LEAST),
                table("lagged", [{"id": 1, "at": TIMES[0], "run": 1}, {"id": 2, "at": TIMES[1], "run": 1}], LAGGED),
            ],
        )
    ],
    [
        (
            "shop",
            [
                table(
                    "texts",
                    [{"id": 1, "at": TIMES[0]}, {"more": {"é": None, "x": 1.5}, "l": [1], "id": 2, "at": TIMES[1]}, {"id": 3, "at": TIMES[1]}, {"id": 4, "at": TIMES[1]}],
                    TEXTS,
                ),
                table("keyed", [{"id": 2, "place": {"n": 3}}, {"id": 3, "place": {"n": 3}}, {"id": 4, "place": {"n": 9007199254740993}}], KEYED),
                table("least", [{"id": 2, "n": 1}, {"id": 0, "n": 2}, {"id": 3, "n": -3}], LEAST),
                table("lagged", [{"id": 0, "at": "2023-12-31T23:59:59Z", "run": 2}, {"id": 1, "at": TIMES[0], "run": 2}, {"id": 3, "at": TIMES[2], "run": 2}], LAGGED),
            ],
        )
    ],
)

NAMING = Case(
    "naming",
    "names as sql_ci_v1 makes them: runlet would give the same keys other names",
    [("shop", [table("orders", [{"orderId": 1, "lines": [{"itemNo": 1}]}])])],
    [("shop", [table("orders", [{"orderId": 2}])])],
    naming="sql_ci_v1",
)

CASES = [EVERYTHING, GROWN, TWO_SCHEMAS, DEV_MODE, SETTINGS, NESTING, CURSORS, NAMING]
