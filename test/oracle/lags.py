"""Freezes where dlt begins a run with a lag (apply_lag): lags.py OUTPUT."""

import json
import os
import sys

import loading  # quiet settings first  # noqa: F401
from dlt.extract.incremental.lag import apply_lag

# Per kind: values, initial values, lags.
KINDS = [
    ([0, 7, -3, 10, 9007199254740993, 1.5, -0.25, 1e20], [None, 5, 2.5, -100], [1, 2.5, 0.1, 10, 86400]),
    (["2024-01-10", "2024-03-01", "2023-12-31", "20240301", "2020-02-29"], [None, "2024-01-05", "20240201", "2024-01-05T00:00:00Z"], [1, 2, 1.5, 0.5, 366]),
    (
        ["2024-01-01T00:00:30Z", "2024-03-31T02:30:00+02:00", "2024-03-31T02:30:00-0530", "2024-01-01T00:00:00.5Z", "2024-01-01T00:00:00.123456Z",
         "2024-01-01T10:00:00.123456789Z", "2024-01-01T10:00:00", "2024-01-01T10:00", "2024-01-01T10", "2024-01-01T00:00:00.000001+01:00", "2024-12-31T23:59:59-11:00"],
        [None, "2024-01-01T00:00:00Z", "2024-01-01", "20231201", "2024-01-01T00:00:10"],
        [1, 60, 0.25, 86400, 3600.5],
    ),
    (["2024-01", "2024", "202403", "2024-W05", "2024-W01-1", "2020-W53-7", "2024-001", "2024-366"], [None, "2023-12", "2024-01-01"], [1, 86400, 3000000]),
    (["soon", "2024-1-1", "10:00", "2024-01-01 00:00:00", "", "12345", "2024-02-30", "2024-13-01T00:00:00Z"], [None, "2024-01-01"], [1]),
]


def start(value, initial, lag, order):
    try:
        found = apply_lag(lag, initial, value, {"max": max, "min": min}[order])
        # A text in no format it knows becomes a date that no text can be compared with.
        return {"start": found} if isinstance(found, (int, float, str)) else {"error": "TypeError"}
    except Exception as raised:
        return {"error": type(raised).__name__}


def main(output):
    lines = []
    for values, initials, lags in KINDS:
        for value in values:
            for initial in initials:
                for lag in lags:
                    for order in ("max", "min"):
                        entry = {"last": value, **({} if initial is None else {"initial": initial}), "lag": lag, "order": order}
                        lines.append(json.dumps({**entry, **start(value, initial, lag, order)}, separators=(",", ":")))
    with open(os.path.join(output, "lags.json"), "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(lines) + "\n]\n")
    print(len(lines), "lags")


if __name__ == "__main__":
    main(*sys.argv[1:])
