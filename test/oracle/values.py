"""Freezes dlt's naming, timestamp detection and coercion on generated values (seeded): values.py OUTPUT."""

import datetime
import json
import os
import random
import sys

import loading  # noqa: F401 (quiet settings)
import orjson
from dlt.common.data_types.type_helpers import coerce_value, py_type_to_sc_type
from dlt.common.normalizers.naming.snake_case import NamingConvention
from dlt.common.schema.detections import is_iso_timestamp
from dlt.common.time import normalize_timezone

from canonical import bits, plain

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)


# --- names -------------------------------------------------------------------------------------------------------

NAME_PARTS = [
    "a", "B", "id", "ID", "Id", "URL", "userName", "HTTPServer", "x1", "1", "12", "_", "__", "___", " ", "  ", "-", "+", "*", "@",
    "|", ".", "$", "%", "#", "/", "\\", "é", "É", "ß", "日本", "٣", "²", "Ⅷ", "𝟙", "😀", "\u0130", "\u212a", "\t", "\n", "\u00a0", "\u2003",
    "Aa", "aA", "AAa", "aAA", "A1b", "a1B", "list", "value", "v", "_dlt_id", "_dlt", "é_", "a_", "_a", "Á1", "0x", "null", "\x00", "\x1c", "\u200b", "ǅ",
]  # fmt: skip
FIXED_NAMES = [
    "HTTPServer", "iPhone12Pro", "$ref", "é", "日本語", "_", "+1", "-1", "user__id", "__x__", "a__", "a_b__c_", "A__B", "٣abc", "1.0", "a.b.c",
    "she played cello well", "reactions", "+1__-1", "a  b", " a ", "event type", "event-type", "snake_case", "SnakeCase", "UPPER", "_UPPER",
    "camelCaseX", "XMLHttpRequest", "a1B2C3", "__", "____", "a____b", "a___b", "_a_", "a_x", "ax", "x_", "@type", "#text", "a|b", "a*b", "100%",
]  # fmt: skip


def names(rng):
    raw = list(FIXED_NAMES)
    while len(raw) < 3000:
        raw.append("".join(rng.choice(NAME_PARTS) for _ in range(rng.choice([1, 2, 3, 4, 6, 10, 20]))))
    unlimited, twenty, long = NamingConvention(), NamingConvention(20), NamingConvention(63)
    rows, seen = [], set()
    for name in raw:
        if name in seen:
            continue
        seen.add(name)
        if not name or name.isspace():
            continue
        row = [name]
        for naming, method in (
            (unlimited, "normalize_identifier"),
            (unlimited, "normalize_path"),
            (twenty, "normalize_path"),
            (long, "normalize_path"),
        ):
            try:
                row.append(getattr(naming, method)(name))
            except ValueError:
                row.append(None)
        rows.append(row)
    return rows


def fragments(rng):
    """Already normalised parts joined as for a flattened column or a nested table, limits 20 and 63."""
    rows = []
    parts = ["id", "user", "name_of_the_thing", "a" * 70, "b" * 30, "_empty", "list", "value", "_1", "xé".replace("é", "x"), "very_long_name_" * 3 + "x"]
    for _ in range(500):
        path = [rng.choice(parts) for _ in range(rng.randint(2, 5))]
        rows.append([path, NamingConvention(20).shorten_fragments(*path), NamingConvention(63).shorten_fragments(*path)])
    return rows


# --- timestamps --------------------------------------------------------------------------------------------------

DATES = ["2022-05-10", "20220510", "2022/05/10", "2022-W19-2", "2022-W19", "2022W192", "2022-130", "2022130", "2022-05", "2022", "2024-02-29", "2023-02-29",
         "2022-13-01", "2022-00-10", "2022-05-32", "0001-01-01", "9999-12-31", "1969-12-31", "2022-5-1", "22-05-10", "2022.05.10", "10/05/2022", "2022-W53-7", "2020-W53-7", "2022-366", "2024-366", "2022-000"]  # fmt: skip
SEPARATORS = ["T", " ", "", "t", "  ", "_"]
TIMES = ["10", "10:30", "1030", "10:30:15", "103015", "10:30:15.5", "10:30:15,5", "10:30:15.123456", "10:30:15.123456789", "103015.25", "10:30:15.", "24:00", "24:00:00", "23:59:60", "23:59:59.999999999",
         "00:00:00", "25:00", "10:60", "1:30", "10:3", "10:30:1", "", "10:30:15.1234567", "10.5", "10:30.5"]  # fmt: skip
ZONES = ["", "Z", "z", "+02", "+0200", "+02:00", "-05:30", " +02:00", " Z", "+2", "+24:00", "+23:59", "-00:00", "+14:00", "UTC", " UTC", "+02:0", "+2:00", "[Europe/Berlin]"]
OTHER = ["", "now", "today", "10:30:15", "T10:30:15", "1652176800", "1652176800.5", "-1", "Tue, 10 May 2022 10:00:00 GMT", "P1D", "2022-05-10T10:00:00Z/P1D", "2022-05-10T10:00:00Z/2022-05-11T10:00:00Z",
         " 2022-05-10T10:00:00Z", "2022-05-10T10:00:00Z ", "+2022-05-10T10:00:00Z", "-2022-05-10T10:00:00Z", "12022-05-10T10:00:00Z", "２０２２-05-10T10:00:00Z", "2022-05-10T10:00:00\u00a0Z", "2022‐05‐10T10:00:00Z"]  # fmt: skip


def micros(value):
    aware = normalize_timezone(value, True)
    plain = datetime.datetime.combine(aware.date(), aware.time(), datetime.timezone.utc)
    return (plain - EPOCH) // MICROSECOND


def timestamps(rng):
    texts = [*OTHER, *DATES, *(d + s + t + z for d in DATES[:4] for s in SEPARATORS[:3] for t in TIMES for z in ("", "Z", "+02:00"))]
    while len(texts) < 3000:
        texts.append(rng.choice(DATES) + rng.choice(SEPARATORS) + rng.choice(TIMES) + rng.choice(ZONES))
    rows = []
    for text in dict.fromkeys(texts):
        detected = is_iso_timestamp(str, text) == "timestamp"
        try:
            rows.append([text, micros(coerce_value("timestamp", "text", text)) if detected else None])
        except (ValueError, OverflowError) as fatal:  # detected, then dlt stops the load
            rows.append([text, f"!{type(fatal).__name__}"])
    return rows


# --- coercions ---------------------------------------------------------------------------------------------------

TYPES = ["text", "double", "bool", "timestamp", "bigint", "binary", "json", "decimal", "wei", "date", "time"]
LITERALS = [
    "0", "1", "-1", "2", "255", "256", "65535", "-128", "1652176800", "9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740993",
    "9223372036854775807", "-9223372036854775808", "253402300799", "253402300800", "-62135596800", "-62135596801", "86400",
    "0.0", "-0.0", "1.0", "1.5", "-1.5", "0.1", "1e3", "1e15", "1e16", "1e17", "123456789012345680.0", "1e22", "1e-5", "1e-7", "1.7976931348623157e308", "5e-324", "1652176800.123456", "1652176800.1234567", "0.30000000000000004", "9007199254740993.0",
    "9223372036854775808.0", "9223372036854774784.0", "100000000000000000000.0", "1e28", "1e29", "1e38", "1e39", "0.000000001", "0.0000000001",
    "true", "false",
    '""', '" "', '"abc"', '"1"', '"-1"', '"+1"', '" 12 "', '"1_000"', '"12abc"', '"0x1F"', '"0X1F"', '"0x"', '"0xzz"', '"-0x1F"', '"1.5"', '"1.0"', '".5"', '"5."', '"1e3"', '"1E-3"', '"nan"', '"NaN"', '"inf"', '"-Infinity"', '"٣"', '"9223372036854775807"', '"9223372036854775808"', '"123456789012345678901234567890"', '"0.1234567891234"', '"1,5"', '"1 2"',
    '"true"', '"True"', '"TRUE"', '"yes"', '"y"', '"t"', '"false"', '"no"', '"N"', '"f"', '"0"', '"on"', '"off"',
    '"2022-05-10T10:00:00Z"', '"2022-05-10T23:30:00-05:00"', '"2022-05-10 10:00"', '"2022-05-10"', '"20220510"', '"2022"', '"2022-05"', '"2022/05/10"', '"10:30:15"', '"10:30"', '"10:30:15.123456789"', '"T10:30"', '"103015"', '"10:30:15Z"', '"10:30:15+02:00"', '"1652176800"', '"1652176800.5"', '"-1652176800"', '"99999999999999"', '"2022-W19-2"', '"not a date"', '"24:00"', '"10:30 PM"', '"0001-01-01"', '"9999-12-31T23:59:59.999999Z"', '"10000-01-01"',
    '"[1,2]"', '"{\\"a\\": 1.0}"', '"{a:1}"', '"null"', '"\\"x\\""', '" [1] "', '"[1,]"', '"[NaN]"', '"1e400"',
    '"AA=="', '"AP8="', '"AP8"', '"AP8=\\n"', '"A"', '"aGVsbG8="', '"_-8="', '"é"', '"0xé"', '"0x0 1"',
    "[]", "{}", "[1,2.0,null]", '{"b":1,"a":[1e16,"é\\n",1.5e-7]}', '{"a":{"b":true}}',
]  # fmt: skip


def form(value, kind):
    """The canonical cell of a coerced Python value (README.md)."""
    if value is None:
        return "n"
    if kind == "bool":
        return "b1" if value else "b0"
    if kind == "bigint":
        return f"i{int(value)}"
    if kind == "double":
        return "d" + bits(value)
    if kind == "timestamp":
        return f"t{micros(value)}"
    if kind == "date":
        return f"y{(datetime.date(value.year, value.month, value.day) - datetime.date(1970, 1, 1)).days}"
    if kind == "time":
        return f"h{((value.hour * 60 + value.minute) * 60 + value.second) * 1000000 + value.microsecond}"
    if kind in ("decimal", "wei"):
        return "e" + (plain(str(value)) if value.is_finite() else str(value))
    if kind == "binary":
        return "x" + value.hex()
    if kind == "json":
        return "j" + orjson.dumps(value).decode()
    return "s" + value


def coercions(rng):
    literals = list(LITERALS)
    for _ in range(150):
        literals.append(repr(rng.uniform(-1, 1) * 10 ** rng.randint(-10, 25)))
        literals.append(str(rng.randint(-(2 ** rng.randint(1, 63)), 2 ** rng.randint(1, 63) - 1)))
        literals.append(json.dumps(str(rng.randint(-(10 ** rng.randint(1, 20)), 10 ** rng.randint(1, 20)))))
        literals.append(json.dumps(repr(rng.uniform(-1, 1) * 10 ** rng.randint(-10, 25))))
    rows = []
    for literal in dict.fromkeys(literals):
        value = orjson.loads(literal)
        source = py_type_to_sc_type(type(value))
        outcomes = []
        for kind in TYPES:
            try:
                outcomes.append(form(coerce_value(kind, source, value), kind))
            except (ValueError, SyntaxError):
                outcomes.append(None)
            except Exception as fatal:  # dlt would stop the load
                outcomes.append(f"!{type(fatal).__name__}")
        rows.append([literal, source, outcomes])
    return rows


def write(path, head, rows):
    lines = [json.dumps(r, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace").decode() for r in rows]
    with open(path, "w", encoding="utf-8") as f:
        f.write('{"columns":' + json.dumps(head) + ',"rows":[\n' + ",\n".join(lines) + "\n]}\n")
    print(len(rows), path)


def main(output):
    rng = random.Random(20221110)
    write(os.path.join(output, "names.json"), ["raw", "identifier", "path", "path20", "path63"], names(rng))
    write(os.path.join(output, "fragments.json"), ["parts", "joined20", "joined63"], fragments(rng))
    write(os.path.join(output, "timestamps.json"), ["text", "micros"], timestamps(rng))
    write(os.path.join(output, "coercions.json"), ["literal", "type", TYPES], coercions(rng))


if __name__ == "__main__":
    main(*sys.argv[1:])
