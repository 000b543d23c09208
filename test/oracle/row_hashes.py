"""Freezes dlt's hashes of records (get_row_hash), written and drawn: row_hashes.py OUTPUT."""

import json
import os
import random
import sys

import orjson
from dlt.common.normalizers.json.helpers import get_nested_row_hash, get_row_hash

NUMBERS = """-0 -0.0 0 0.0 1 1.0 -1.50 1e16 1.5e16 1e15 1e-4 1e-5 1e-6 1.5e-7 9.999e-5 0.1 100.0 1E5 123456789012345680.0 5e-324
1.7976931348623157e308 9007199254740993 9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616
-9223372036854775808 -9223372036854775809 123456789012345678901234567890 1e22 2.5e-10 0.000012345 4.35""".split()

WRITTEN = [
    '{}', '{"id":1}', '{ "b" : 1 , "a" : [ 1 , 2 , { "z" : null , "y" : true } ] }', '{"a":{"c":1,"b":{"e":[],"d":{}}},"A":false}',
    '{"a":1,"a":2}', '{"b":1,"a":0,"b":{"x":1}}', '{"_dlt_load_id":"x","_dlt_thing":1,"v":1,"n":{"_dlt_id":1}}', '{"dlt":1,"_dl":2}',
    r'{"q\"":1,"q!":2,"q#":3,"\\":4,"]":5,"\u0001":6,"\n":7,"":8}', r'{"a\u0062":1,"ab":2}', '{"é":1,"z":2,"😀":3,"\uffff":4,"日本":5}',
    r'{"v":"a\"b\\c\/d\b\f\n\r\t\u0000\u001f\u007f\u2028é\ud83d\ude00"}', '{"list":[[1,[2]],"x",null]}', "1", '"text"', "null", "[1,2]",
]


def drawn(r, depth=0):
    kind = r.random()
    if depth < 4 and kind < 0.25:
        return "{" + ",".join(json.dumps("".join(r.choice('ab_Z"\\é\n😀0') for _ in range(r.randint(0, 3))), ensure_ascii=r.random() < 0.5) + ":" + drawn(r, depth + 1) for _ in range(r.randint(0, 6))) + "}"
    if depth < 4 and kind < 0.4:
        return "[" + ", ".join(drawn(r, depth + 1) for _ in range(r.randint(0, 4))) + "]"
    return r.choice([r.choice(NUMBERS), repr(r.uniform(-1, 1) * 10 ** r.randint(-12, 20)), str(r.randint(-10**12, 10**12)), "true", "false", "null", '"x"', '"2024-01-01T00:00:00Z"'])


def main(output):
    r = random.Random("row hashes")
    records = WRITTEN + ['{"v":%s}' % n for n in NUMBERS]
    while len(records) < 300:
        text = "{" + ",".join(f'"{r.choice("abcdefgh")}":' + drawn(r) for _ in range(r.randint(1, 5))) + "}"
        records.append(text)
    lines = []
    for text in records:
        item = orjson.loads(text)
        made = get_row_hash(item if isinstance(item, dict) else {"value": item})
        lines.append(json.dumps([text, made, get_nested_row_hash(made, "t__l", 3)], ensure_ascii=True))
    with open(os.path.join(output, "row-hashes.json"), "w", encoding="utf-8") as f:
        f.write("[\n" + ",\n".join(lines) + "\n]\n")
    print(len(lines), "hashes")


if __name__ == "__main__":
    main(sys.argv[1])
