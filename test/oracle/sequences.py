"""Freezes what dlt makes of sequences of runs, with merge strategies, cursors and contracts: sequences.py OUTPUT [only]."""

import json
import os
import sys

from sequence_list import all_sequences


def freeze(sequences, file, output, only=None):
    """Writes what dlt makes of the sequences, or prints those that `only` names; returns them as they are written."""
    found = [s for s in sequences if not only or only in s.name]
    names = [s.name for s in found]
    assert len(set(names)) == len(names), [n for n in names if names.count(n) > 1]
    frozen = [s.frozen() for s in found]
    lines = [json.dumps(f, ensure_ascii=True, separators=(",", ":")) for f in frozen]
    if only:
        print("\n".join(lines))
        return frozen
    with open(os.path.join(output, file), "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(lines) + "\n]\n")
    refused = sum("error" in step for s in frozen for step in s["steps"])
    print(len(frozen), "sequences,", sum(len(s["steps"]) for s in frozen), "runs,", refused, "of them refused by dlt")
    return frozen


if __name__ == "__main__":
    freeze(all_sequences(), "sequences.json", *sys.argv[1:])
