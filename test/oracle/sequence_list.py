"""The sequences of sequences.py: written from the behaviours of the dataset contract, and drawn at random from fixed seeds."""

import json
import random

from sequence import Sequence

MODES = ("evolve", "freeze", "discard_row", "discard_value")
STRATEGIES = ("delete-insert", "upsert", "insert-only", "scd2")


def text(*records):
    return [json.dumps(r, separators=(",", ":")) for r in records]


def merges():
    a, b = {"id": 1, "v": "a"}, {"id": 2, "v": "b"}
    for strategy in STRATEGIES:
        key = {} if strategy == "scd2" else {"primaryKey": ["id"]}
        m = dict(write="merge", strategy=strategy, **key)
        yield Sequence(f"{strategy}: a changed row, a new row", text(a, b), text({"id": 2, "v": "B"}, {"id": 3, "v": "c"}), **m)
        yield Sequence(f"{strategy}: the same rows again", text(a, b), text(a, b), **m)
        yield Sequence(f"{strategy}: nothing comes", text(a, b), [], text(a), **m)
        yield Sequence(f"{strategy}: nothing comes first", [], text(a), **m)
        yield Sequence(f"{strategy}: a new column", text(a), text({"id": 1, "v": "A", "w": 1}, {"id": 2, "v": "b", "w": 2}), **m)
        yield Sequence(f"{strategy}: a column that is gone", text({"id": 1, "v": "a", "w": 1}), text({"id": 1, "v": "A"}), **m)
        yield Sequence(f"{strategy}: nested lists follow", text({"id": 1, "l": [1, 2, 3]}, {"id": 2, "l": [4]}), text({"id": 1, "l": [5]}, {"id": 2, "l": []}), **m)
        yield Sequence(f"{strategy}: lists in lists follow", text({"id": 1, "l": [{"m": [{"x": 1}, {"x": 2}]}, {"m": [{"x": 3}]}]}, {"id": 2, "l": [{"m": [{"x": 9}]}]}), text({"id": 1, "l": [{"m": [{"x": 4}]}]}), **m)
        yield Sequence(f"{strategy}: a list appears later", text(a, b), text({"id": 1, "v": "a", "l": [1, 2]}), text({"id": 1, "v": "a", "l": [2]}), **m)
        yield Sequence(f"{strategy}: objects are columns", text({"id": 1, "o": {"x": 1, "y": [1]}}), text({"id": 1, "o": {"x": 2}}), **m)
        yield Sequence(f"{strategy}: three loads", text(a), text(b), text({"id": 1, "v": "z"}, {"id": 2, "v": "y"}), **m)
        yield Sequence(f"{strategy}: a variant column", text({"id": 1, "v": 1}), text({"id": 1, "v": "x"}), text({"id": 1, "v": 2}), **m)
        yield Sequence(f"{strategy}: numbers, booleans, null in the row", text({"id": 1, "n": 1.5, "f": True, "z": None}), text({"id": 1, "n": 1e16, "f": False, "z": 0}), **m)
        if strategy == "scd2":
            continue
        for name, key, rows in (
            ("composite key", ["x", "y"], [[{"x": 1, "y": "a", "v": 1}, {"x": 1, "y": "b", "v": 2}], [{"x": 1, "y": "b", "v": 3}, {"x": 2, "y": "a", "v": 4}]]),
            ("text key", ["k"], [[{"k": "é", "v": 1}, {"k": 'q"\\\n', "v": 2}], [{"k": "é", "v": 3}]]),
            ("key of 64 bits", ["k"], [[{"k": 9007199254740993, "v": 1}, {"k": 9007199254740992, "v": 2}], [{"k": 9007199254740993, "v": 3}]]),
            ("key that is renamed", ["userId"], [[{"userId": 1, "v": 1}], [{"userId": 1, "v": 2}]]),
            ("key in an object", ["o__id"], [[{"o": {"id": 1}, "v": 1}], [{"o": {"id": 1}, "v": 2}]]),
            ("key of a time", ["at"], [[{"at": "2024-01-02T03:04:05Z", "v": 1}], [{"at": "2024-01-02T03:04:05Z", "v": 2}]]),
            ("key of true and false", ["f"], [[{"f": True, "v": 1}, {"f": False, "v": 2}], [{"f": True, "v": 3}]]),
            ("key of a double", ["d"], [[{"d": 1.5, "v": 1}, {"d": 1.0, "v": 2}, {"d": 1e16, "v": 3}], [{"d": 1.0, "v": 4}]]),
        ):
            yield Sequence(f"{strategy}: {name}", *(text(*r) for r in rows), write="merge", strategy=strategy, primaryKey=key)
        deleted = dict(m, hardDelete="gone")
        yield Sequence(f"{strategy}: hard delete by true", text(a, b), text({"id": 1, "v": "x", "gone": True}, {"id": 2, "v": "B", "gone": False}), **deleted, columns={"gone": "bool"})
        yield Sequence(f"{strategy}: hard delete by a time", text(a, b), text({"id": 1, "v": "x", "gone": "2024-01-01T00:00:00Z"}, {"id": 2, "v": "B", "gone": None}), **deleted, columns={"gone": "timestamp"})
        yield Sequence(f"{strategy}: hard delete takes nested rows", text({"id": 1, "l": [1, 2]}, {"id": 2, "l": [3]}), text({"id": 1, "gone": True}), **deleted, columns={"gone": "bool"})
        yield Sequence(f"{strategy}: deleted, then there again", text(a), text({"id": 1, "v": "a", "gone": True}), text({"id": 1, "v": "again"}), **deleted, columns={"gone": "bool"})
        yield Sequence(f"{strategy}: a key is missing", text(a), text({"v": "x"}), **m)
        yield Sequence(f"{strategy}: a key is null", text(a), text({"id": None, "v": "x"}), **m)
    m = dict(write="merge", strategy="delete-insert")
    days = [{"day": "mon", "id": 1}, {"day": "mon", "id": 2}, {"day": "tue", "id": 3}]
    yield Sequence("merge key: its rows go", text(*days), text({"day": "mon", "id": 4}), **m, mergeKey=["day"])
    yield Sequence("merge key: nested rows go, too", text(*({**d, "l": [d["id"], 0]} for d in days)), text({"day": "mon", "id": 4, "l": [7]}), **m, mergeKey=["day"])
    yield Sequence("merge key of two columns", text(*days), text({"day": "mon", "id": 1, "v": 1}), **m, mergeKey=["day", "id"])
    yield Sequence("merge and primary key: either deletes", text(*days), text({"day": "mon", "id": 3}), **m, mergeKey=["day"], primaryKey=["id"])
    yield Sequence("merge without keys appends", text(*days), text({"day": "mon", "id": 1}), **m)
    for order in ("asc", "desc"):
        sort = dict(m, primaryKey=["id"], dedupSort={"column": "at", "order": order})
        rows = [{"id": 1, "at": 2, "v": "b"}, {"id": 1, "at": 1, "v": "a"}, {"id": 1, "at": 3, "v": "c"}, {"id": 2, "at": 1, "v": "d"}]
        yield Sequence(f"dedup sort {order}", text(*rows), text({"id": 1, "at": 0, "v": "z"}, {"id": 1, "at": 9, "v": "y"}), **sort)
        yield Sequence(f"dedup sort {order}, nested", text(*({**r, "l": [r["v"]]} for r in rows)), **sort)
        yield Sequence(f"dedup sort {order}, hard delete", text(*rows), text({"id": 1, "at": 5, "v": "k", "gone": False}, {"id": 1, "at": 6, "v": "l", "gone": True}), **sort, hardDelete="gone", columns={"gone": "bool"})
        yield Sequence(f"dedup sort {order}, hard delete, nested", text(*({**r, "l": [r["v"]]} for r in rows)), text({"id": 1, "at": 5, "gone": False, "l": ["k"]}, {"id": 1, "at": 6, "gone": True, "l": ["l"]}), **sort, hardDelete="gone", columns={"gone": "bool"})
    yield Sequence("deduplicated: nobody looks for doubles", text(*days), text({"day": "x", "id": 1}), **m, primaryKey=["id"], deduplicated=True)
    yield Sequence("append, then merge", (text({"id": 1, "l": [1]}), {"write": "append", "primaryKey": []}), text({"id": 1, "l": [2]}), **m, primaryKey=["id"])
    yield Sequence("merge, then replace", text({"id": 1, "l": [1]}), (text({"id": 2, "l": [2]}), {"write": "replace"}), **m, primaryKey=["id"])
    yield Sequence("merge, then append", text({"id": 1, "l": [1]}), (text({"id": 1, "l": [2]}), {"write": "append"}), **m, primaryKey=["id"])
    yield Sequence("upsert, then delete-insert", (text({"id": 1, "l": [1]}), {"strategy": "upsert"}), text({"id": 1, "l": [2]}), **m, primaryKey=["id"])
    yield Sequence("delete-insert, then upsert", text({"id": 1, "l": [1]}), (text({"id": 1, "l": [2, 3]}), {"strategy": "upsert"}), **m, primaryKey=["id"])
    s = dict(write="merge", strategy="scd2")
    yield Sequence("scd2: a version comes back", text({"id": 1, "v": "a"}), text({"id": 1, "v": "b"}), text({"id": 1, "v": "a"}), **s)
    yield Sequence("scd2: a row goes and comes back with its list", text({"id": 1, "l": [1]}, {"id": 2, "l": [2]}), text({"id": 2, "l": [2]}), text({"id": 1, "l": [1]}, {"id": 2, "l": [2]}), **s)
    yield Sequence("scd2: the order of keys does not matter", text({"id": 1, "v": "a"}), text({"v": "a", "id": 1}), **s)
    yield Sequence("scd2: merge key", text({"id": 1, "v": "a"}, {"id": 2, "v": "b"}), text({"id": 1, "v": "c"}), **s, mergeKey=["id"])
    yield Sequence("scd2: merge key of two columns", text({"a": 1, "b": 1, "v": 1}, {"a": 1, "b": 2, "v": 2}), text({"a": 1, "b": 1, "v": 3}), **s, mergeKey=["a", "b"])
    yield Sequence("scd2: other names of validity", text({"id": 1}), text({"id": 2}), **s, validity=["from", "until"])


def changes():
    """What rows are compared by: rows that come as they are stay; versions of the user's own; rows that have not come go."""
    a, b = {"id": 1, "v": "a", "l": [1, 2]}, {"id": 2, "v": "b", "l": [3]}
    for strategy in ("upsert", "cdc"):
        m = dict(write="merge", strategy=strategy, primaryKey=["id"])
        skip = dict(m, skipUnchanged=True)
        yield Sequence(f"{strategy}, unchanged: one of two rows", text(a, b), text({**a, "v": "A"}, b), **skip)
        yield Sequence(f"{strategy}, unchanged: a nested row alone", text(a, b), text({**a, "l": [1, 5, 6]}, {**b, "l": []}), **skip)
        yield Sequence(f"{strategy}, unchanged: null and a value", text({"id": 1, "v": None}, {"id": 2, "v": "b"}), text({"id": 1, "v": None}, {"id": 2, "v": None}), text({"id": 1, "v": "a"}, {"id": 2}), **skip)
        yield Sequence(f"{strategy}, unchanged: a new column", text({"id": 1, "v": "a"}, {"id": 2, "v": "b"}), text({"id": 1, "v": "a", "w": 1}, {"id": 2, "v": "b"}), **skip)
        yield Sequence(f"{strategy}, unchanged: nothing but the key", text({"id": 1}), text({"id": 1}), **skip)
        yield Sequence(f"{strategy}, unchanged: marked as deleted", text({**a, "gone": None}, b), text({**a, "gone": False}, {**b, "gone": True}), **skip, hardDelete="gone", columns={"gone": "bool"})
        yield Sequence(f"{strategy}, unchanged: by a version", text({**a, "n": 1}, {**b, "n": 1}), text({**a, "v": "A", "l": [9], "n": 1}, {**b, "v": "B", "l": [8], "n": 2}), **skip, rowVersion="n")
        yield Sequence(f"{strategy}, unchanged: lists in lists", text({"id": 1, "l": [{"x": 1, "m": [1, 2]}, {"x": 2}]}), text({"id": 1, "l": [{"x": 1, "m": [1, 3]}, {"x": 4}]}), **skip)
    m = dict(write="merge", strategy="cdc", primaryKey=["id"])
    days = [{"day": "mon", "id": 1, "l": [1]}, {"day": "mon", "id": 2, "l": [2]}, {"day": "tue", "id": 3, "l": [3]}]
    yield Sequence("cdc: what has not come goes", text(*days), text({"day": "mon", "id": 2, "l": [5]}, {"day": "wed", "id": 4}), **m)
    yield Sequence("cdc: of the days that have come", text(*days), text({"day": "mon", "id": 2, "l": [5]}, {"day": "wed", "id": 4}), **m, mergeKey=["day"])
    yield Sequence("cdc: a row goes to another day", text(*days), text({"day": "mon", "id": 3, "l": [5]}), **m, mergeKey=["day"])
    yield Sequence("cdc: nothing comes", text(*days), [], text(days[0]), **m)
    yield Sequence("cdc: marked as deleted", text(*days), text({**days[0], "gone": True}, {"day": "tue", "id": 9, "gone": True}), **m, mergeKey=["day"], hardDelete="gone", columns={"gone": "bool"})
    v = dict(write="merge", strategy="scd2", rowVersion="n")
    yield Sequence("scd2 by a version: changed, gone, new", text({"id": 1, "n": 1}, {"id": 2, "n": 2}), text({"id": 1, "n": 1, "w": "x"}, {"id": 2, "n": 3}, {"id": 3, "n": 4}), **v)
    yield Sequence("scd2 by a version: there again", text({"id": 1, "n": "x"}), text({"id": 1, "n": "y"}), text({"id": 1, "n": "x"}), **v)
    yield Sequence("scd2 by a version: of the keys that have come", text({"id": 1, "n": 1}, {"id": 2, "n": 2}), text({"id": 1, "n": 5}), **v, mergeKey=["id"])
    yield Sequence("scd2 by a version: nested rows of versions", text({"id": 1, "n": 1, "l": [1, 2]}), text({"id": 1, "n": 2, "l": [2]}), **v)
    yield Sequence("scd2 by a version: nested rows of a version that stays", text({"id": 1, "n": 1, "l": [1, 2]}), text({"id": 1, "n": 1, "l": [3]}), **v)


def cursors():
    def rows(*values):
        return text(*({"id": i, "at": v} for i, v in enumerate(values)))

    c = lambda **more: {"path": "at", **more}  # noqa: E731
    for write, key in (("append", []), ("append", ["id"]), ("merge", ["id"]), ("replace", [])):
        o = dict(write=write, **({"primaryKey": key} if key else {}))
        label = write + (" with key" if key and write == "append" else "")
        yield Sequence(f"cursor, {label}: only later rows", rows(1, 2, 3), rows(1, 2, 3, 4), **o, cursor=c(initial=0))
        yield Sequence(f"cursor, {label}: no initial value", rows(1, 2, 3), rows(2, 3, 4), **o, cursor=c())
        yield Sequence(f"cursor, {label}: below the initial value", rows(1, 2, 3), rows(1, 2, 9), **o, cursor=c(initial=2))
        yield Sequence(f"cursor, {label}: equal to the last", text({"id": 1, "at": 2}, {"id": 2, "at": 2}), text({"id": 1, "at": 2}, {"id": 3, "at": 2}), **o, cursor=c(initial=0))
        yield Sequence(f"cursor, {label}: equal to the last, three runs", text({"id": 1, "at": 2}), text({"id": 1, "at": 2}, {"id": 2, "at": 2}), text({"id": 1, "at": 2}, {"id": 2, "at": 2}, {"id": 3, "at": 2}), **o, cursor=c(initial=0))
        yield Sequence(f"cursor, {label}: times as text", text({"id": 1, "at": "2024-01-01T00:00:00Z"}), text({"id": 2, "at": "2023-12-31T00:00:00Z"}, {"id": 3, "at": "2024-01-02T00:00:00Z"}), **o, cursor=c(initial="2020-01-01T00:00:00Z"))
        yield Sequence(f"cursor, {label}: end", rows(1, 2, 3, 4, 5), rows(3, 4), **o, cursor=c(initial=2, end=4))
        yield Sequence(f"cursor, {label}: a window does not touch the saved value", rows(1, 2, 3), (rows(0, 1, 2), {"cursor": c(initial=0, end=2)}), rows(3, 4), **o, cursor=c(initial=0))
        yield Sequence(f"cursor, {label}: a run with nothing", rows(1, 2), [], rows(2, 3), **o, cursor=c(initial=0))
        yield Sequence(f"cursor, {label}: min", rows(5, 4, 3), rows(6, 4, 2), **o, cursor=c(initial=9, order="min"))
    for missing in ("raise", "include", "exclude"):
        for what, record in (("null", {"id": 9, "at": None}), ("missing", {"id": 9})):
            yield Sequence(f"cursor {what}: {missing}", text({"id": 1, "at": 1}, record), text({"id": 2, "at": 2}, record), cursor=c(initial=0, onMissing=missing))
    for order in ("asc", "desc"):
        yield Sequence(f"cursor: rows come {order}", rows(*([1, 2, 3, 4] if order == "asc" else [4, 3, 2, 1])), rows(*([3, 4, 5, 6] if order == "asc" else [6, 5, 4, 3, 2, 9])), cursor=c(initial=0, rowOrder=order))
        yield Sequence(f"cursor: rows come {order}, with an end", rows(*([1, 2, 3, 4, 2] if order == "asc" else [4, 3, 2, 1, 3])), cursor=c(initial=2, end=4, rowOrder=order))
    yield Sequence("cursor: lag of a number", rows(1, 5, 10), rows(6, 8, 9, 10, 11), cursor=c(initial=0, lag=2))
    yield Sequence("cursor: lag stays above the initial value", rows(5, 6), rows(3, 4, 5, 6), cursor=c(initial=5, lag=10))
    yield Sequence("cursor: lag in seconds", text({"id": 1, "at": "2024-01-01T00:10:00Z"}), text({"id": 2, "at": "2024-01-01T00:08:59Z"}, {"id": 3, "at": "2024-01-01T00:09:00Z"}, {"id": 4, "at": "2024-01-01T00:11:00Z"}), cursor=c(initial="2024-01-01T00:00:00Z", lag=60))
    yield Sequence("cursor: lag in days", text({"id": 1, "at": "2024-01-10"}), text({"id": 2, "at": "2024-01-07"}, {"id": 3, "at": "2024-01-08"}, {"id": 4, "at": "2024-01-11"}), cursor=c(initial="2024-01-01", lag=2))
    yield Sequence("cursor: lag with merge", rows(1, 5, 10), text({"id": 0, "at": 9, "v": 1}, {"id": 2, "at": 10, "v": 1}), write="merge", primaryKey=["id"], cursor=c(initial=0, lag=2))
    yield Sequence("cursor: open start", rows(1, 2), rows(2, 3), cursor=c(initial=0, rangeStart="open"))
    yield Sequence("cursor: closed end", rows(1, 2, 3), cursor=c(initial=1, end=2, rangeEnd="closed"))
    yield Sequence("cursor: in an object", text({"id": 1, "o": {"at": 1}}), text({"id": 2, "o": {"at": 0}}, {"id": 3, "o": {"at": 2}}), cursor={"path": "o.at", "initial": 0})
    yield Sequence("cursor: doubles", text({"id": 1, "at": 1.5}), text({"id": 2, "at": 1.25}, {"id": 3, "at": 1.75}), cursor=c(initial=0.5))
    yield Sequence("cursor: integers of 64 bits", text({"id": 1, "at": 9007199254740993}), text({"id": 2, "at": 9007199254740992}, {"id": 3, "at": 9007199254740994}), cursor=c(initial=0))
    yield Sequence("cursor: another type than the last", text({"id": 1, "at": 1}), text({"id": 2, "at": "x"}), cursor=c(initial=0))
    yield Sequence("cursor: nested rows of rows left out", text({"id": 1, "at": 1, "l": [1]}), text({"id": 2, "at": 0, "l": [2]}, {"id": 3, "at": 2, "l": [3]}), cursor=c(initial=0))
    yield Sequence("cursor: the schema of rows left out", rows(1, 2), text({"id": 1, "at": 1, "new": 1}, {"id": 2, "at": 3}), cursor=c(initial=0))


def contracts():
    changes = {
        "tables": (text({"id": 1, "l": [1]}), text({"id": 2, "n": [2]}, {"id": 3})),
        "columns": (text({"id": 1, "v": 1}), text({"id": 2, "v": 2, "new": 1}, {"id": 3, "v": 3})),
        "data_type": (text({"id": 1, "v": 1}), text({"id": 2, "v": "x"}, {"id": 3, "v": 3})),
    }
    for entity, (first, second) in changes.items():
        for mode in MODES:
            yield Sequence(f"contract of the resource: {entity} {mode}", first, second, contract={entity: mode})
            yield Sequence(f"contract of the run: {entity} {mode}", first, (second, {"run": {"contract": {entity: mode}}}))
    for mode in MODES:
        yield Sequence(f"contract {mode}: all three, new table first", text({"id": 1, "l": [1]}), contract=mode)
        for entity, (first, second) in changes.items():
            yield Sequence(f"contract {mode} for all: {entity}", first, (second, {"contract": mode}))
        yield Sequence(f"contract {mode}: a new column in a nested table", text({"id": 1, "l": [{"x": 1}]}), (text({"id": 2, "l": [{"x": 2, "y": 1}, {"x": 3}]}), {"contract": {"columns": mode}}))
        yield Sequence(f"contract {mode}: another type in a nested table", text({"id": 1, "l": [{"x": 1, "m": [1]}]}), (text({"id": 2, "l": [{"x": "t", "m": [2]}, {"x": 3, "m": [4]}]}), {"contract": {"data_type": mode}}))
        yield Sequence(f"contract {mode}: a new column of nulls", text({"id": 1}), (text({"id": 2, "new": None}), {"contract": {"columns": mode}}))
        yield Sequence(f"contract {mode}: a new list in a nested table", text({"id": 1, "l": [{"x": 1}]}), (text({"id": 2, "l": [{"x": 2, "m": [1]}]}), {"contract": {"tables": mode}}))
        yield Sequence(f"contract {mode}: a new object", text({"id": 1}), (text({"id": 2, "o": {"x": 1}}), {"contract": {"columns": mode}}))
        yield Sequence(f"contract {mode}: several violations in a row", text({"id": 1, "v": 1}), (text({"id": 2, "v": "x", "a": 1, "b": 2}), {"contract": {"columns": mode, "data_type": mode}}))
        yield Sequence(f"contract {mode}: integers where doubles are", text({"id": 1, "v": 1.5}), (text({"id": 2, "v": 2}), {"contract": {"data_type": mode}}))
        yield Sequence(f"contract {mode}: the run's beats the resource's", text({"id": 1}), (text({"id": 2, "new": 1}), {"run": {"contract": {"columns": mode}}}), contract={"columns": "freeze"})
        yield Sequence(f"contract {mode}: declared columns are there", text({"id": 1, "v": "5"}), contract={"columns": mode}, columns={"v": "bigint", "w": "text"})
        yield Sequence(f"contract {mode}: with merge", text({"id": 1, "v": 1}), (text({"id": 1, "v": 2, "new": 1}, {"id": 2, "v": 3}), {"contract": {"columns": mode}}), write="merge", primaryKey=["id"])


# Per entity: what is violated, or nearly: the load before it, and the load under the contract.
CELLS = {
    "tables": {
        "a list of objects": (['{"id":1}'], ['{"id":2,"n":[{"x":1},{"x":2}]}', '{"id":3}']),
        "a list in a nested table": (['{"id":1,"l":[{"x":1}]}'], ['{"id":2,"l":[{"x":2,"n":[{"y":1}]},{"x":3}]}']),
        "a list in a list": (['{"id":1,"l":[1]}'], ['{"id":2,"l":[[1,2],3]}']),
        "a list in an object": (['{"id":1,"o":{"x":1}}'], ['{"id":2,"o":{"x":2,"n":[1]}}']),
        "nested lists": (['{"id":1}'], ['{"id":2,"n":[{"x":1,"m":[{"y":1}]}]}']),
        "an empty list": (['{"id":1}'], ['{"id":2,"n":[]}']),
        "a list of nulls": (['{"id":1}'], ['{"id":2,"n":[null]}']),
        "null": (['{"id":1}'], ['{"id":2,"n":null}']),
        "the first load": (None, ['{"id":1,"n":[{"x":1}]}', '{"id":2}']),
        "a list and a new column": (['{"id":1}'], ['{"id":2,"new":1,"n":[{"x":1}]}']),
    },
    "columns": {
        "a scalar": (['{"id":1}'], ['{"id":2,"new":1}', '{"id":3}', '{"id":4,"new":"t"}']),
        "in an object": (['{"id":1,"o":{"x":1}}'], ['{"id":2,"o":{"x":2,"y":3}}', '{"id":3,"o":{"x":4}}']),
        "a new object with a list that is there": (['{"id":1,"l":[1]}'], ['{"id":2,"o":{"x":1},"l":[2]}']),
        "in a list": (['{"id":1,"l":[{"x":1}]}'], ['{"id":2,"l":[{"x":2,"y":1},{"x":3},{"y":2}]}', '{"id":3,"l":[{"x":4}]}']),
        "in a list, with rows below it": (
            ['{"id":1,"l":[{"x":1,"m":[{"y":1,"d":[1]}]}]}'],
            ['{"id":2,"l":[{"x":2,"m":[{"y":2,"d":[2,3]}],"z":1},{"x":3,"m":[{"y":4,"d":[5]}]}]}'],
        ),
        "two levels down": (
            ['{"id":1,"l":[{"x":1,"m":[{"y":1}]}]}'],
            ['{"id":2,"l":[{"x":2,"m":[{"y":2,"z":1},{"y":3}]},{"x":3,"m":[{"y":4}]}]}'],
        ),
        "scalars among objects of a list": (['{"id":1,"l":[{"x":1}]}'], ['{"id":2,"l":[1,{"x":2}]}']),
        "objects among scalars of a list": (['{"id":1,"l":[1]}'], ['{"id":2,"l":[2,{"x":2},3]}']),
        "a scalar where objects were": (['{"id":1,"o":{"x":1}}'], ['{"id":2,"o":5}', '{"id":3,"o":{"x":2}}']),
        "an object where scalars were": (['{"id":1,"v":1}'], ['{"id":2,"v":{"x":1}}', '{"id":3,"v":2}']),
        "null": (['{"id":1}'], ['{"id":2,"new":null}']),
        "null after a violation": (['{"id":1}'], ['{"id":2,"new":1}', '{"id":3,"new":null}', '{"id":4}']),
        "null first": (['{"id":1,"new":null}'], ['{"id":2,"new":1}']),
        "the first load": (None, ['{"id":1}', '{"id":2,"new":1}', '{"id":3,"o":{"x":1}}']),
        "a nested table of this load": (['{"id":1}'], ['{"id":2,"n":[{"x":1},{"x":2,"y":1}]}', '{"id":3,"n":[{"z":1}]}']),
        "declared": (['{"id":1,"w":1}'], ['{"id":2,"w":2}'], {"columns": {"new": "text"}}),
        "several": (['{"id":1}'], ['{"id":2,"a":1,"b":"t","c":{"d":true}}', '{"id":3,"b":null}']),
        "merged": (['{"id":1,"v":1}'], ['{"id":1,"v":2,"new":1}', '{"id":2,"v":3}'], {"write": "merge", "primaryKey": ["id"]}),
        "replaced": (['{"id":1,"v":1}'], ['{"id":1,"v":2,"new":1}', '{"id":2,"v":3}'], {"write": "replace"}),
    },
    "data_type": {
        "text where bigint is": (['{"id":1,"v":1}'], ['{"id":2,"v":"x"}', '{"id":3,"v":"7"}', '{"id":4,"v":8}']),
        "a fraction where bigint is": (['{"id":1,"v":1}'], ['{"id":2,"v":1.5}', '{"id":3,"v":2.0}']),
        "bool where bigint is": (['{"id":1,"v":1}'], ['{"id":2,"v":true}', '{"id":3,"v":2}']),
        "text where a timestamp is": (['{"id":1,"at":"2024-01-01T00:00:00Z"}'], ['{"id":2,"at":"soon"}', '{"id":3,"at":"2024-01-02"}']),
        "bigint where text is": (['{"id":1,"v":"x"}'], ['{"id":2,"v":5}']),
        "text where bool is": (['{"id":1,"v":true}'], ['{"id":2,"v":"maybe"}', '{"id":3,"v":"yes"}']),
        "in an object": (['{"id":1,"o":{"x":1}}'], ['{"id":2,"o":{"x":"t"}}', '{"id":3,"o":{"x":2}}']),
        "in a list of objects": (['{"id":1,"l":[{"x":1,"m":[1]}]}'], ['{"id":2,"l":[{"x":"t","m":[2]},{"x":3,"m":[4]}]}']),
        "in a list of scalars": (['{"id":1,"l":[1,2]}'], ['{"id":2,"l":["t",3,null]}']),
        "a variant that is there": (['{"id":1,"v":1}', '{"id":2,"v":"x"}'], ['{"id":3,"v":"y"}', '{"id":4,"v":2}', '{"id":5,"v":true}']),
        "null": (['{"id":1,"v":1}'], ['{"id":2,"v":null}']),
        "the first load": (None, ['{"id":1,"v":1}', '{"id":2,"v":"x"}', '{"id":3,"v":2}']),
        "a nested table of this load": (['{"id":1}'], ['{"id":2,"n":[{"x":1},{"x":"t"},{"x":2}]}']),
        "another type declared": (['{"id":1,"v":1}'], ['{"id":2,"v":2}'], {"columns": {"v": "text"}}),
        "a new column and another type": (['{"id":1,"v":1}'], ['{"id":2,"new":1,"v":"x"}', '{"id":3,"v":2}']),
        "JSON where text is": (['{"id":1,"v":"x"}'], ['{"id":2,"v":{"a":1}}', '{"id":3,"v":[1]}'], {"maxNesting": 0}),
    },
}


def contract_cells():
    """Each mode for each entity, at each place; then a run that states none."""
    for entity, cells in CELLS.items():
        for mode in MODES:
            for what, (before, under, *more) in cells.items():
                # What a column that is there becomes when another type is declared is no matter of contracts.
                if mode == "evolve" and what == "another type declared":
                    continue
                options = {**(more[0] if more else {}), "contract": {entity: mode}}
                always = {name: value for name, value in options.items() if name in ("write", "primaryKey", "maxNesting")}
                first = [(before, {})] if before else []
                yield Sequence(f"contract cell, {entity} {mode}: {what}", *first, (under, options), **always)
    for mode in MODES[1:]:
        yield Sequence(
            f"contract {mode}: stated once", (text({"id": 1}), {"contract": {"columns": mode}}), text({"id": 2, "new": 1}), (text({"id": 3, "new": 2}), {"contract": "evolve"})
        )
        yield Sequence(
            f"contract {mode}: stated once, for all", text({"id": 1}), (text({"id": 2}), {"run": {"contract": mode}}), text({"id": 3, "n": [1]}, {"id": 4, "new": 1})
        )


def drawn(seed, strategy):
    """Records with keys 1 to 6, values and lists, over two to four runs. No key comes twice in a run."""
    r = random.Random(f"{strategy} {seed}")

    def record(key):
        made = {"id": key, "v": r.choice(["a", "b", None, "c"])}
        if r.random() < 0.4:
            made["n"] = r.choice([1, 2, 2.5, 10**17, -1])
        if r.random() < 0.5:
            made["l"] = [r.choice([{"x": r.randint(0, 3)}, {"x": 1, "m": [r.randint(0, 2) for _ in range(r.randint(0, 2))]}, {"y": "t"}]) for _ in range(r.randint(0, 3))]
        if r.random() < 0.3:
            made["o"] = {"p": r.choice([True, False]), "q": {"r": r.randint(0, 2)}}
        if r.random() < 0.2:
            made["tags"] = [r.choice("xyz") for _ in range(r.randint(0, 2))]
        return made

    steps = [text(*(record(key) for key in r.sample(range(1, 7), r.randint(0 if n else 1, 5)))) for n in range(r.randint(2, 4))]
    options = dict(write="merge", strategy=strategy)
    if strategy != "scd2":
        options["primaryKey"] = ["id"]
    elif r.random() < 0.5:
        options["mergeKey"] = ["id"]
    return Sequence(f"drawn {strategy} {seed}", *steps, **options)


def drawn_cursor(seed):
    r = random.Random(f"cursor {seed}")
    steps = [text(*({"id": r.randint(0, 30), "at": r.randint(0, 12), **({"l": [1]} if r.random() < 0.2 else {})} for _ in range(r.randint(0, 8)))) for _ in range(r.randint(2, 5))]
    cursor = {"path": "at"}
    if r.random() < 0.7:
        cursor["initial"] = r.randint(0, 6)
    if r.random() < 0.25:
        cursor["lag"] = r.randint(1, 3)
    if r.random() < 0.15 and "initial" in cursor:
        cursor["end"] = cursor["initial"] + r.randint(1, 6)
    options = {"primaryKey": ["id"]} if r.random() < 0.5 else {}
    return Sequence(f"drawn cursor {seed}", *steps, **options, cursor=cursor)


def drawn_contract(seed):
    r = random.Random(f"contract {seed}")

    def record(key, later):
        made = {"id": key, "v": r.choice([1, 2, 3])}
        if later and r.random() < 0.3:
            made["v"] = r.choice(["x", 1.5, True])
        if later and r.random() < 0.3:
            made[r.choice(["new", "more"])] = r.choice([1, "t", None])
        if r.random() < 0.5:
            made["l"] = [{"x": r.randint(0, 3), **({"y": 1} if later and r.random() < 0.3 else {}), **({"m": [1]} if later and r.random() < 0.2 else {})} for _ in range(r.randint(0, 2))]
        return made

    contract = {entity: r.choice(MODES[2:] if r.random() < 0.8 else MODES) for entity in ("tables", "columns", "data_type")}
    first = text(*(record(k, False) for k in range(3)), {"id": 3, "v": 1, "l": [{"x": 1}]})
    later = [text(*(record(k, True) for k in range(4))) for _ in range(2)]
    return Sequence(f"drawn contract {seed}", first, *((step, {"contract": contract}) for step in later))


def all_sequences():
    yield from merges()
    yield from changes()
    yield from cursors()
    yield from contracts()
    yield from contract_cells()
    for strategy in STRATEGIES:
        for seed in range(20):
            yield drawn(seed, strategy)
    for seed in range(40):
        yield drawn_cursor(seed)
        yield drawn_contract(seed)
