"""Freezes what dlt makes of sequences of runs with hints for nested tables: nested_sequences.py OUTPUT [only]."""

import random
import sys

from sequence import Sequence
from sequence_list import text
from sequences import freeze

KNOWN = ("upsert", "insert-only", "scd2")


class Nested(Sequence):
    def __init__(self, name, *steps, nested, **options):
        super().__init__(name, *steps, nested=nested, **options)
        self.known_ids = self.known_ids and all(n.get("strategy") in KNOWN for n in nested.values())


def merge(strategy, key="k"):
    return {"write": "merge", "strategy": strategy, ("mergeKey" if strategy == "scd2" else "primaryKey"): [key]}


def written():
    first = text({"id": 1, "l": [{"k": 1, "v": "a", "m": [1]}, {"k": 2, "v": "b"}]})
    second = text({"id": 1, "l": [{"k": 2, "v": "B", "m": [2, 3]}]}, {"id": 2, "l": [{"k": 3, "v": "c"}]})
    roots = {
        "append": {},
        "replace": {"write": "replace"},
        "delete-insert": {"write": "merge", "primaryKey": ["id"]},
        "upsert": {"write": "merge", "strategy": "upsert", "primaryKey": ["id"]},
        "insert-only": {"write": "merge", "strategy": "insert-only", "primaryKey": ["id"]},
        "scd2": {"write": "merge", "strategy": "scd2"},
    }
    for root, options in roots.items():
        for strategy in ("delete-insert", "upsert", "insert-only", "scd2"):
            yield Nested(f"{strategy} in {root}", first, second, nested={"l": merge(strategy)}, **options)
        for write in ("append", "replace"):
            yield Nested(f"{write} in {root}", first, second, nested={"l": {"write": write, "primaryKey": ["k"]}}, **options)
        yield Nested(f"nothing said in {root}", first, second, nested={"l": {"primaryKey": ["k"]}}, **options)
    d = merge("delete-insert")
    yield Nested("the list does not come", first, text({"id": 3}), second, nested={"l": d})
    yield Nested("the list does not come, replaced", first, text({"id": 3}), nested={"l": {"write": "replace", "primaryKey": ["k"]}})
    yield Nested("the list comes later", text({"id": 1}), second, nested={"l": d})
    yield Nested("nothing comes", first, [], nested={"l": d})
    yield Nested("an empty list", first, text({"id": 1, "l": []}), nested={"l": d})
    yield Nested("in an object", text({"id": 1, "o": {"l": [{"k": 1, "v": 1}]}}), text({"id": 1, "o": {"l": [{"k": 1, "v": 2}]}}), nested={"o.l": d})
    yield Nested("a list in a list of objects", *(text({"id": 1, "a": [{"x": 1, "l": [{"k": 1, "v": v}]}, {"x": 2, "l": [{"k": 2, "v": v}]}]}) for v in (1, 2)), nested={"a.l": d})
    yield Nested("a list in a list of objects, merged", *(text({"id": 1, "a": [{"x": 1, "l": [{"k": 1, "v": v}]}]}) for v in (1, 2)), nested={"a.l": d}, write="merge", primaryKey=["id"])
    yield Nested("one in the other", *(text({"id": 1, "a": [{"k": 1, "v": v, "l": [{"k": 1, "v": v}, {"k": v, "v": v}]}]}) for v in (2, 3)), nested={"a": d, "a.l": d})
    yield Nested("one in the other, upsert", *(text({"id": 1, "a": [{"k": 1, "v": v, "l": [{"k": 1, "v": v}, {"k": v, "v": v}]}]}) for v in (2, 3)), nested={"a": merge("upsert"), "a.l": merge("upsert")})
    yield Nested("composite key", text({"id": 1, "l": [{"a": 1, "b": "x", "v": 1}, {"a": 1, "b": "y", "v": 1}]}), text({"id": 2, "l": [{"a": 1, "b": "y", "v": 2}]}), nested={"l": {"write": "merge", "strategy": "upsert", "primaryKey": ["a", "b"]}})
    yield Nested("merge key", text({"id": 1, "l": [{"day": "mon", "v": 1}, {"day": "mon", "v": 2}, {"day": "tue", "v": 3}]}), text({"id": 1, "l": [{"day": "mon", "v": 4}]}), nested={"l": {"write": "merge", "mergeKey": ["day"]}})
    yield Nested("a key that is renamed", *(text({"id": 1, "myList": [{"userId": 1, "v": v}]}) for v in (1, 2)), nested={"myList": merge("upsert", "userId")})
    gone = {**d, "hardDelete": "gone", "columns": {"gone": "bool"}}
    yield Nested("hard delete", first, text({"id": 1, "l": [{"k": 1, "gone": True}, {"k": 2, "v": "B", "gone": False}]}), nested={"l": gone})
    sort = {**d, "dedupSort": {"column": "at", "order": "desc"}}
    yield Nested("dedup sort", text({"id": 1, "l": [{"k": 1, "at": 1}, {"k": 1, "at": 3}, {"k": 1, "at": 2}]}, {"id": 2, "l": [{"k": 1, "at": 0}]}), nested={"l": sort})
    yield Nested("other names of validity", first, second, nested={"l": {**merge("scd2"), "validity": ["from", "until"]}})
    yield Nested("a missing key", text({"id": 1, "l": [{"v": 1}]}), nested={"l": merge("upsert")})
    yield Nested("a null key", text({"id": 1, "l": [{"k": None, "v": 1}]}), nested={"l": merge("upsert")})
    yield Nested("columns of a nested table", first, text({"id": 2, "l": [{"k": "7", "v": 8, "w": "9"}]}), nested={"l": {"columns": {"k": "bigint", "v": "text", "w": "double"}}})
    yield Nested("columns of a nested table, merged", first, second, nested={"l": {"columns": {"k": "text", "w": "double"}}}, write="merge", primaryKey=["id"])
    yield Nested("columns of a table of its own", first, second, nested={"l": {**d, "columns": {"k": "text", "w": "double"}}})
    yield Nested("new columns and tables in it", first, text({"id": 2, "l": [{"k": 1, "w": 1.5, "n": [{"x": 1}]}]}), nested={"l": d})
    yield Nested("a variant in it", first, text({"id": 2, "l": [{"k": 1, "v": "x", "m": ["y"]}, {"k": "z"}]}), nested={"l": d})


def drawn(seed, root, strategy):
    r = random.Random(f"{root} {strategy} {seed}")
    options = {"append": {}, "delete-insert": {"write": "merge", "primaryKey": ["id"]}, "upsert": {"write": "merge", "strategy": "upsert", "primaryKey": ["id"]}}[root]
    steps = []
    for _ in range(r.randint(2, 4)):
        keys = r.sample(range(1, 9), r.randint(0, 6))
        records = []
        for identity in r.sample(range(1, 5), r.randint(1, 3)):
            own = [keys.pop() for _ in range(min(len(keys), r.randint(0, 3)))]
            elements = [{"k": k, "v": r.choice(["a", "b", None]), **({"m": [r.randint(0, 2) for _ in range(r.randint(0, 2))]} if r.random() < 0.6 else {})} for k in own]
            records.append({"id": identity, "w": r.randint(0, 2), **({"l": elements} if r.random() < 0.85 else {})})
        steps.append(text(*records))
    return Nested(f"drawn {strategy} in {root} {seed}", *steps, nested={"l": merge(strategy)}, **options)


def all_sequences():
    yield from written()
    for root in ("append", "delete-insert", "upsert"):
        for strategy in ("delete-insert", "upsert", "insert-only", "scd2"):
            for seed in range(4):
                yield drawn(seed, root, strategy)


if __name__ == "__main__":
    for sequence in freeze(all_sequences(), "nested-sequences.json", *sys.argv[1:]):
        for step in sequence["steps"]:
            if "error" in step:
                print(sequence["name"], step["error"]["message"][:80])
