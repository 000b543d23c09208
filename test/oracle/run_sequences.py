"""Freezes what dlt makes of runs that skip a resource, and of runs that begin anew: run_sequences.py OUTPUT [only]."""

import json
import os
import sys

from sequence import Sequence
from sequence_list import text

REFRESH = ("sources", "resources", "data")


def at(*times, **more):
    return text(*({"id": t, "at": t, **more} for t in times))


def skipped():
    a, b = text({"id": 1, "v": "a"}), text({"id": 2, "v": "b", "w": 1, "l": [1]})
    skip = {"write": "skip"}
    yield Sequence("skip: the first run", (a, skip), b)
    yield Sequence("skip: between two others", a, (b, skip), b)
    yield Sequence("skip: nothing comes", a, ([], skip))
    yield Sequence("skip: always", a, b, **skip)
    yield Sequence("skip: a table that is replaced", a, (b, skip), b, write="replace")
    yield Sequence("skip: a table that is merged", a, (text({"id": 1, "v": "A"}), skip), text({"id": 1, "v": "B"}), write="merge", primaryKey=["id"])
    yield Sequence("skip: a table with versions", a, (b, skip), b, write="merge", strategy="scd2")
    yield Sequence("skip: under a frozen contract", text({"id": 1}), (text({"id": 2, "v": "x"}), {**skip, "run": {"contract": "freeze"}}), text({"id": 3}))
    yield Sequence("skip: with a cursor", at(1, 2), (at(2, 3, 4), skip), at(2, 3, 4, 5), cursor={"path": "at", "initial": 0})
    yield Sequence("skip: with a cursor, the first run", (at(1, 2), skip), at(1, 2, 3), cursor={"path": "at", "initial": 0})


def anew():
    cursor = {"cursor": {"path": "at", "initial": 0}}
    for mode in REFRESH:
        run = {"run": {"refresh": mode}}
        yield Sequence(f"{mode}: all rows again", at(1, 2), (at(1, 2, 3), run), at(3, 4), **cursor)
        yield Sequence(f"{mode}: below where the cursor was", at(5, 6), (at(1, 2), run), at(2, 3), **cursor)
        yield Sequence(f"{mode}: nothing comes", at(1, 2), ([], run), at(1, 2), **cursor)
        yield Sequence(f"{mode}: nothing new comes", at(1, 2), (at(0), run), at(1, 2), **cursor)
        yield Sequence(f"{mode}: the first run", (at(1, 2), run), at(2, 3), **cursor)
        yield Sequence(f"{mode}: twice", at(1), (at(1, 2), run), (at(1, 2), run), at(2, 3), **cursor)
        yield Sequence(f"{mode}: other columns", at(1, v="x"), (at(1, 2, w=1), run), at(3, v=1), **cursor)
        yield Sequence(f"{mode}: lists", at(1, l=[1, 2]), (at(1, l=[3]), run), at(2, l=[4]), **cursor)
        yield Sequence(f"{mode}: lists that do not come again", at(1, l=[1, 2]), (at(1), run), at(2, l=[4]), **cursor)
        yield Sequence(f"{mode}: merged", at(1, 2, v="a"), (at(2, 3, v="b"), run), at(3, 4, v="c"), write="merge", primaryKey=["id"], **cursor)
        yield Sequence(f"{mode}: merged, upsert", at(1, 2, v="a"), (at(2, 3, v="b"), run), at(3, 4, v="c"), write="merge", strategy="upsert", primaryKey=["id"], **cursor)
        yield Sequence(f"{mode}: versions", text({"id": 1, "v": 1}, {"id": 2, "v": 1}), (text({"id": 2, "v": 2}), run), text({"id": 2, "v": 3}), write="merge", strategy="scd2")
        yield Sequence(f"{mode}: replaced", at(1, 2), (at(1, 2, 3), run), at(3, 4), write="replace", **cursor)
        yield Sequence(f"{mode}: no cursor", text({"id": 1, "v": 1}), (text({"id": 2}), run), text({"id": 3}))
        yield Sequence(f"{mode}: a lag", at(10), (at(7, 8), run), at(6, 7, 9), cursor={"path": "at", "initial": 0, "lag": 2}, write="merge", primaryKey=["id"])
        yield Sequence(f"{mode}: a window", at(1, 2, 5), (at(1, 2, 3, 5), {"cursor": {"path": "at", "initial": 1, "end": 4}, **run}), at(5, 6), **cursor)
        yield Sequence(f"{mode}: no initial value", at(3), (at(1), run), at(0, 1, 2), cursor={"path": "at"})
        yield Sequence(f"{mode}: the smallest", at(9, 8), (at(10, 9), run), at(9, 5), cursor={"path": "at", "initial": 20, "order": "min"})
        yield Sequence(f"{mode}: records without a value", at(2), (text({"id": 7}, {"id": 1, "at": 1}), run), text({"id": 8}), cursor={"path": "at", "initial": 0, "onMissing": "include"})
        yield Sequence(f"{mode}: a frozen contract", at(1), (at(1, 2, w=1), {"run": {"refresh": mode, "contract": {"columns": "freeze"}}}), at(2, 3), **cursor)


def main(output, only=None):
    found = [s for s in (*skipped(), *anew()) if not only or only in s.name]
    names = [s.name for s in found]
    assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
    lines = [json.dumps(s.frozen(), ensure_ascii=True, separators=(",", ":")) for s in found]
    if only:
        print("\n".join(lines))
        return
    with open(os.path.join(output, "run-sequences.json"), "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(lines) + "\n]\n")
    print(len(found), "sequences")


if __name__ == "__main__":
    main(*sys.argv[1:])
