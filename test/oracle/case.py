"""A case: a name, the records of one or more loads as JSON text, and dlt's hints."""

import orjson

from loading import load

ID = "_dlt_id"


class Case:
    def __init__(self, name, *loads, table="t", ids=True, max_identifier_length=None, **hints):
        """Each load is a list of records as JSON text. `hints` are dlt.resource's arguments."""
        self.name, self.table, self.hints = name, table, hints
        self.max_identifier_length = max_identifier_length
        hashed = isinstance(hints.get("write_disposition"), dict)  # the strategy says how the root id is made
        self.known_ids = hashed or (ids and all(r.lstrip().startswith("{") for records in loads for r in records))
        self.loads = [[with_id(r, f"r{i}" if len(loads) == 1 else f"r{n}_{i}") if ids else r for i, r in enumerate(records)] for n, records in enumerate(loads)]

    def run(self):
        loads = [[orjson.loads(r) for r in records] for records in self.loads]
        return load(loads, self.table, hints=self.hints, max_identifier_length=self.max_identifier_length)

    def frozen(self, outcome):
        options = {k: v for k, v in {"maxIdentifierLength": self.max_identifier_length, **self.hints}.items() if v}
        if self.hints.get("max_table_nesting") == 0:
            options["max_table_nesting"] = 0
        return {"name": self.name, "table": self.table, **({"options": options} if options else {}), "loads": self.loads, **outcome}


def with_id(record, id):
    """The record's text with `_dlt_id` as its last member; other values as they are."""
    if not record.lstrip().startswith("{") or f'"{ID}"' in record:
        return record
    inside = record.rstrip()[:-1]
    return f'{inside}{"" if inside.strip() == "{" else ","}"{ID}":"{id}"}}'


class Pair:
    """The values of one column `v`, record by record, and the type it is declared with."""

    def __init__(self, name, values, data_type=None, **hint):
        self.name, self.values, self.hint = name, values, {**({"data_type": data_type} if data_type else {}), **hint}
