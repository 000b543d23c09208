"""The canonical form of a cell and the digests made of it; README.md defines both."""

import hashlib
import re
import struct
from decimal import Decimal

JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[^\s]')


def cell(value, data_type):
    """The canonical string of one value read from DuckDB (see loading.select); None gives "n"."""
    if value is None:
        return "n"
    if data_type == "bool":
        return "b1" if value else "b0"
    if data_type == "bigint":
        return "i%d" % value
    if data_type == "double":
        return "d" + bits(value)
    if data_type == "timestamp":
        return "t%d" % value
    if data_type == "date":
        return "y%d" % value
    if data_type == "time":
        return "h%d" % value
    if data_type in ("decimal", "wei"):
        return "e" + plain(value)
    if data_type == "binary":
        return "x" + value.hex()
    if data_type == "json":
        return "j" + canonical_json(value)
    return "s" + value


def bits(value):
    return struct.pack(">d", value).hex()


def plain(text):
    number = Decimal(text)
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def canonical_json(text):
    """Compact JSON in document order; a number with fraction or exponent, or outside -2^63..2^64-1, as
    `d` and the bits of its double; strings with the escapes orjson writes."""

    def token(match):
        found = match.group()
        if found[0] != "-" and not found[0].isdigit():
            return found
        if re.fullmatch(r"-?\d+", found) and -(2**63) <= int(found) < 2**64:
            return str(int(found))
        return "d" + bits(float(found))

    return "".join(token(m) for m in JSON_TOKEN.finditer(text))


def digest(cells):
    """SHA-256 (hex, first 8 bytes) over the cells' UTF-8, sorted bytewise, each as `<length>:<bytes>`."""
    h = hashlib.sha256()
    for raw in sorted(c.encode("utf-8") for c in cells):
        h.update(b"%d:" % len(raw))
        h.update(raw)
    return h.hexdigest()[:16]


def row_text(named_cells):
    """One row as a cell: `name=<canonical>` of all non-null columns by name, joined by U+001F."""
    return "\x1f".join(f"{name}={c}" for name, c in sorted(named_cells) if c != "n")
