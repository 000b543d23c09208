"""The cases of cases.py: names and inputs."""

import json

from case import Case, Pair

A80, B80, L80 = "a" * 80, "b" * 80, "l" * 80

CASES = [
    # flattening
    Case("flatten: an object becomes columns", ['{"id":1,"o":{"x":1,"y":"a"}}']),
    Case("flatten: scalars first, then objects, last object first", ['{"a":{"x":1},"b":{"y":2},"c":3}']),
    Case("flatten: five levels", ['{"a":{"b":{"c":{"d":{"e":1}}}}}']),
    Case("flatten: an empty object leaves nothing", ['{"id":1,"o":{}}', '{"id":2,"o":{"p":{}}}']),
    Case("flatten: object in one row, scalar in the next", ['{"a":{"x":1}}', '{"a":2}']),
    Case("flatten: scalar in one row, object in the next", ['{"a":2}', '{"a":{"x":1}}']),
    Case("flatten: null in place of an object", ['{"a":{"x":1}}', '{"a":null}']),
    Case("flatten: an object of nulls", ['{"id":1,"a":{"x":null,"y":null}}']),
    Case("flatten: the empty record", ["{}"]),
    Case("flatten: the empty record among others", ['{"a":1}', "{}", '{"a":2}']),
    # lists
    Case("list: of objects", ['{"id":1,"l":[{"n":1},{"n":2}]}', '{"id":2,"l":[{"n":3,"m":"x"}]}']),
    Case("list: of scalars", ['{"id":1,"tags":["a","b"]}', '{"id":2,"tags":["c"]}']),
    Case("list: a null element still gives a row", ['{"tags":["a",null,"b"]}']),
    Case("list: only nulls", ['{"tags":[null,null]}']),
    Case("list: null first, typed later", ['{"tags":[null]}', '{"tags":[1]}']),
    Case("list: empty", ['{"id":1,"l":[]}']),
    Case("list: of empty objects", ['{"id":1,"l":[{},{}]}']),
    Case("list: of empty lists", ['{"id":1,"l":[[],[]]}']),
    Case("list: in a list", ['{"l":[[1,2],[3]]}']),
    Case("list: three deep", ['{"l":[[[1],[2,3]],[[4]]]}']),
    Case("list: of objects in a list", ['{"l":[[{"a":1}],[{"a":2},{"b":3}]]}']),
    Case("list: mixed elements share a table", ['{"l":[1,"a",{"x":1},[2,3],null,true]}']),
    Case("list: scalars and objects with a key `value`", ['{"l":[1,{"value":2},{"value":"x"}]}']),
    Case("list: objects with a key `list`", ['{"l":[[1],{"list":[2]},{"list":3}]}']),
    Case("list: inside an object", ['{"o":{"l":[1,2],"p":{"l":[3]}}}']),
    Case("list: in a list's objects", ['{"l":[{"m":[{"n":[1,2]}]},{"m":[{"n":[3]}]}]}']),
    Case("list: a record that holds only lists", ['{"a":[1],"b":[{"c":2}]}'], ids=False),
    Case("list: in one row, scalar in the next", ['{"a":[1]}', '{"a":2}']),
    Case("list: scalar in one row, list in the next", ['{"a":2}', '{"a":[1]}']),
    Case("list: object in one row, list of objects in the next", ['{"a":{"x":1}}', '{"a":[{"x":2}]}']),
    Case("list: two brothers, parent first and depth first", ['{"id":1,"a":[{"b":[1]},{"b":[2]}],"c":[3]}', '{"id":2,"c":[4],"a":[{"b":[5]}]}']),
    Case("list: an element's own ids are kept", ['{"l":[{"_dlt_id":"own","m":[1]},{"x":1}]}']),
    Case("list: 300 elements", ['{"l":[' + ",".join(map(str, range(300))) + "]}"]),
    # what a record is
    Case("record: scalars at the top", ["1", "2", "null"], ids=False),
    Case("record: mixed values at the top", ["1", '"a"', "true", "1.5", '{"x":1}', "null"], ids=False),
    Case("record: lists at the top", ["[1,2]", "[[3]]", "[]"], ids=False),
    Case("record: random root ids link children", ['{"a":[1]}', '{"a":[2,{"b":[3]}]}'], ids=False),
    Case("record: fifty levels of objects", ['{"a":' * 50 + "1" + "}" * 50]),
    Case("record: twenty levels of lists of objects", ['{"a":[' * 20 + "1" + "]}" * 20]),
    Case("record: duplicate keys, the last wins", ['{"a":1,"b":2,"a":3}']),
    Case("record: duplicate keys, list then scalar", ['{"a":[1,2],"a":3}']),
    Case("record: duplicate keys, object then object", ['{"a":{"x":1},"a":{"y":2}}']),
    # names
    Case("names: white space and empty keys", ['{"":1}', '{" ":2}', '{"b":{"":3}}', '{"\\t":{"x":4}}']),
    Case("names: keys of only underscores", ['{"_":1}', '{"a":{"_":2}}']),
    Case("names: unicode, symbols, digits", ['{"é":1,"$ref":2,"1st":3,"user-id":4,"a.b":5,"日本語x":6,"٣":7}']),
    Case("names: camel case", ['{"userId":1,"HTTPServer":2,"iPhone12Pro":3,"aB":{"cD":4},"someList":[{"innerKey":1}]}']),
    Case("names: a double underscore is a path", ['{"user__id":1,"__x__":2,"a__b__":3,"a___b":4}']),
    Case("names: double underscore in the key of a list", ['{"a__b":[1],"c__":[{"d__e":2}]}']),
    Case("names: empty key of a list", ['{"":[1],"x":{"":[2]}}']),
    Case("names: of the table", ['{"a":[1]}'], table="MyTable"),
    Case("names: double underscore in the table", ['{"a":[1]}'], table="my__Table"),
    Case("names: reactions", ['{"reactions":{"+1":1,"-1":2,"laugh":3}}']),
    # collisions
    Case("collision: cases of one key, last in the record wins", ['{"userId":1,"user_id":2}']),
    Case("collision: cases of one key, the other way round", ['{"user_id":2,"userId":1}']),
    Case("collision: scalar against flattened, scalar first", ['{"a__b":2,"a":{"b":1}}']),
    Case("collision: scalar against flattened, object first", ['{"a":{"b":1},"a__b":2}']),
    Case("collision: two objects", ['{"aB":{"x":1},"a_b":{"x":2,"y":3}}']),
    Case("collision: two objects, the other way round", ['{"a_b":{"x":2,"y":3},"aB":{"x":1}}']),
    Case("collision: two lists of one name", ['{"aB":[1],"a_b":[2,3]}']),
    Case("collision: two lists of one path", ['{"a":{"b":[1]},"a__b":[2]}']),
    Case("collision: scalar and list of one name", ['{"aB":1,"a_b":[2]}']),
    Case("collision: across rows", ['{"userId":1}', '{"user_id":2}', '{"user id":3}']),
    Case("collision: different types", ['{"userId":1,"user_id":"x"}']),
    Case("collision: null wins over a value", ['{"userId":1,"user_id":null}']),
    Case("collision: a variant's name in the data", ['{"a":1,"a__v_text":5}', '{"a":"x"}']),
    Case("collision: a variant's name in the data, later", ['{"a":1}', '{"a":"x"}', '{"a__v_text":"y"}', '{"a__v_text":7}']),
    # reserved keys
    Case("reserved: _dlt_id is kept", ['{"_dlt_id":"mine","l":[1,{"m":[2]}]}']),
    Case("reserved: _dlt_id as a number", ['{"_dlt_id":7,"l":[1]}']),
    Case("reserved: an empty _dlt_id is replaced", ['{"_dlt_id":"","l":[1]}'], ids=False),
    Case("reserved: _dlt_load_id is overwritten", ['{"_dlt_load_id":"x","a":1}']),
    Case("reserved: _dlt_parent_id at the root", ['{"_dlt_parent_id":"p","a":1}']),
    Case("reserved: _dlt_list_idx at the root", ['{"_dlt_list_idx":9,"a":1}']),
    Case("reserved: system keys in a list's objects", ['{"l":[{"_dlt_parent_id":"x","_dlt_list_idx":9,"_dlt_load_id":"y","a":1}]}']),
    Case("reserved: other _dlt keys", ['{"_dlt_custom":1,"_dlt":{"x":2}}']),
    Case("reserved: dlt's own example of a child id", ['{"_dlt_id":"123456","zen__webpath":[1]}']),
    # nesting
    *(
        Case(f"nesting: {n}", ['{"a":{"b":{"c":[{"d":[1],"e":{"f":2}}]}},"l":[{"m":[{"n":[[1]]}]}],"s":1}'], max_table_nesting=n)
        for n in (0, 1, 2, 3, 4, 5, 6)
    ),
    *(Case(f"nesting: list in a list at {n}", ['{"l":[[1,[2]]]}'], max_table_nesting=n) for n in (1, 2, 3, 4)),
    Case("nesting: json texts keep order and numbers", ['{"a":{"z":1.0,"y":[1e16,null,"é\\u2028\\"\\\\\\n"],"x":{}},"b":[]}'], max_table_nesting=0),
    Case("nesting: stored as json, stays json", ['{"a":{"b":1}}'], ['{"a":{"c":2}}', '{"a":3}'], max_table_nesting=0),
    # json columns
    Case("json: declared at the root", ['{"a":{"b":1},"c":{"d":2}}', '{"a":[1,2]}', '{"a":null}'], columns={"a": {"data_type": "json"}}),
    Case("json: declared on a flattened column", ['{"o":{"raw":{"x":[1]},"n":1}}'], columns={"o__raw": {"data_type": "json"}}),
    Case("json: declared, scalars come", ['{"a":1}', '{"a":"text"}', '{"a":"[1]"}', '{"a":true}', '{"a":1.5}'], columns={"a": {"data_type": "json"}}),
    Case("json: a column of another type stops no descent", ['{"a":{"b":1}}'], columns={"a": {"data_type": "text"}}),
    # nulls
    Case("null: only null", ['{"a":null,"b":1}']),
    Case("null: first, then typed", ['{"a":null,"b":1}', '{"a":2,"b":3}']),
    Case("null: only null, typed in the next load", ['{"a":null,"b":1}'], ['{"a":"x","b":2}']),
    Case("null: in the next load", ['{"a":1}'], ['{"a":null}', '{"b":2}']),
    Case("null: declared without type", ['{"a":null,"b":1}'], columns={"a": {"nullable": True}}),
    Case("null: declared with type", ['{"a":null,"b":1}'], columns={"a": {"data_type": "bigint"}}),
    Case("null: declared and absent", ['{"b":1}'], columns={"a": {"data_type": "timestamp"}, "z": {}}),
    Case("null: in a column that must not be null", ['{"a":null}'], columns={"a": {"data_type": "bigint", "nullable": False}}),
    Case("null: key missing in a column that must not be null", ['{"b":1}'], columns={"a": {"data_type": "bigint", "nullable": False}}),
    Case("null: in the primary key", ['{"id":null,"b":1}'], primary_key="id"),
    Case("null: in an undeclared _dlt_id", ['{"_dlt_id":null,"a":1}'], ids=False),
    # hints
    Case("hint: primary key", ['{"id":1,"l":[1]}', '{"id":2}'], primary_key="id"),
    Case("hint: compound primary key with merge", ['{"a":1,"b":"x","l":[1,{"m":[2]}]}'], primary_key=["a", "b"], write_disposition="merge"),
    Case("hint: merge key", ['{"day":"2024-01-01","l":[1]}'], merge_key="day", write_disposition="merge"),
    Case("hint: upsert hashes the key", ['{"id":1,"l":[1,{"m":[2]}]}', '{"id":2}'], ids=False, primary_key="id", write_disposition={"disposition": "merge", "strategy": "upsert"}),
    Case("hint: upsert with a double and a text key", ['{"a":1.0,"b":"é"}', '{"a":1e16,"b":"x"}', '{"a":1e-7,"b":"y"}'], ids=False, primary_key=["b", "a"], write_disposition={"disposition": "merge", "strategy": "upsert"}),
    Case("hint: scd2 hashes the row", ['{"id":1,"n":{"x":[1,2.0]},"l":[1]}'], ids=False, write_disposition={"disposition": "merge", "strategy": "scd2", "boundary_timestamp": "2024-01-01T00:00:00Z"}),
    Case("hint: names are normalised", ['{"userId":"5"}'], columns={"userId": {"data_type": "bigint"}}),
    Case("hint: precision and scale", ['{"d":"12.345","w":1,"t":"abc","n":5}'], columns={"d": {"data_type": "decimal", "precision": 10, "scale": 3}, "w": {"data_type": "wei"}, "t": {"data_type": "text", "precision": 20}, "n": {"data_type": "bigint", "precision": 32}}),
    Case("hint: timestamp without time zone", ['{"t":"2024-01-01T10:00:00+02:00"}', '{"t":"2024-01-01T10:00:00"}'], columns={"t": {"data_type": "timestamp", "timezone": False}}),
    Case("hint: unique and sort", ['{"a":1,"b":2}'], columns={"a": {"data_type": "bigint", "unique": True}, "b": {"data_type": "bigint", "sort": True}}),
    # variants
    Case("variant: every type after bigint", ['{"a":1}', '{"a":"x"}', '{"a":1.5}', '{"a":true}', '{"a":2}']),
    Case("variant: used again", ['{"a":1}', '{"a":"x"}', '{"a":"y"}', '{"a":3}', '{"a":"4"}']),
    Case("variant: in a nested table", ['{"l":[1,"x",2.5,true]}']),
    Case("variant: in a flattened column", ['{"o":{"a":1}}', '{"o":{"a":"x"}}']),
    Case("variant: json after a scalar at the nesting limit", ['{"a":1}', '{"a":{"b":2}}', '{"a":[3]}'], max_table_nesting=0),
    Case("variant: from the load before", ['{"a":1}', '{"a":"x"}'], ['{"a":"y"}', '{"a":2.5}']),
    Case("variant: a timestamp is detected in a variant", ['{"a":1}', '{"a":"2022-05-10T10:00:00Z"}']),
    Case("variant: dlt's trap, a plain text after a detected one", ['{"a":1}', '{"a":"2022-05-10T10:00:00Z"}', '{"a":"zzz"}']),
    # numbers
    Case("number: 2^53 and its neighbours", ['{"a":9007199254740991}', '{"a":9007199254740992}', '{"a":9007199254740993}', '{"a":-9007199254740993}']),
    Case("number: 2^63 - 1 and -2^63", ['{"a":9223372036854775807}', '{"a":-9223372036854775808}']),
    Case("number: 2^63", ['{"a":1}', '{"a":9223372036854775808}']),
    Case("number: 2^64 - 1", ['{"a":18446744073709551615}']),
    Case("number: 2^64", ['{"a":18446744073709551616}']),
    Case("number: 2^64 after a bigint", ['{"a":1}', '{"a":18446744073709551616}']),
    Case("number: thirty digits", ['{"a":123456789012345678901234567890}']),
    Case("number: below -2^63", ['{"a":-9223372036854775809}']),
    Case("number: an inexact integer in a double column", ['{"a":1.5}', '{"a":9007199254740993}', '{"a":3}']),
    Case("number: doubles that are integral in a bigint column", ['{"a":1}', '{"a":2.0}', '{"a":1e3}', '{"a":1e15}', '{"a":-0.0}']),
    Case("number: forms of zero", ['{"a":-0}', '{"a":0}'], ['{"a":0e0}']),
    Case("number: doubles", ['{"a":0.1}', '{"a":-0.0}', '{"a":1e-400}', '{"a":5e-324}', '{"a":1.7976931348623157e308}', '{"a":123456789.123456789}', '{"a":0.30000000000000004}', '{"a":1e22}']),
    # several loads
    Case("loads: a new column", ['{"id":1}'], ['{"id":2,"name":"x"}']),
    Case("loads: a new nested table", ['{"id":1}'], ['{"id":2,"l":[1]}']),
    Case("loads: a new column in a nested table", ['{"l":[{"a":1}]}'], ['{"l":[{"b":"x"}]}']),
    Case("loads: a type changes", ['{"a":1}'], ['{"a":"x"}'], ['{"a":2.5}']),
    Case("loads: three loads, nothing new", ['{"a":1}'], ['{"a":2}'], ['{"a":3}']),
    Case("loads: replace", ['{"id":1,"l":[1,2]}'], ['{"id":2,"l":[3]}'], write_disposition="replace"),
    Case("loads: replace with fewer tables", ['{"id":1,"l":[1,2]}'], ['{"id":2}'], write_disposition="replace"),
    Case("loads: an empty load", ['{"id":1}'], []),
    Case("loads: nothing at all", []),
    # long names
    Case("long: column, flattened column, nested table, root table", [f'{{"{A80}":1,"{B80}":{{"{A80}":2,"c":3}},"{L80}":[{{"{A80}":1,"m":[2]}}]}}'], max_identifier_length=63),
    Case("long: table name", ['{"a":[1,[2]],"b":"x"}'], table="T" * 80, max_identifier_length=63),
    Case("long: variants", [f'{{"{"v" * 60}":1}}', f'{{"{"v" * 60}":"x"}}'], max_identifier_length=63),
    Case("long: deep path", ['{"first_level_name":{"second_level_name":{"third_level_name":{"fourth_level_name":1,"list_of_things":[{"x":1}]}}}}'], max_identifier_length=63),
    Case("long: white space counts in the tag", [f'{{" {A80} ":1,"{A80}":2}}'], max_identifier_length=63),
    Case("long: not ASCII", ['{"' + "é" * 80 + '":1,"' + "ключ_" * 20 + '":2}'], max_identifier_length=63),
    Case("long: at the limit", ['{"' + "a" * 63 + '":1,"' + "b" * 64 + '":2,"o":{"' + "c" * 60 + '":3,"' + "d" * 61 + '":4}}'], max_identifier_length=63),
    # text
    Case("text: every escape", ['{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\ud83d\\ude00\\u2028"}']),
    Case("text: NUL and controls", ['{"a":"x\\u0001y\\u001f\\u007f"}']),
    Case("text: empty", ['{"a":"","b":" "}']),
    Case("text: dlt's private characters", ['{"a":"\\uf0261.5","b":"\\uf027x","c":"\\uf027"}']),
    Case("text: dlt's mark of a timestamp", ['{"a":"\\uf0272024-01-02T03:04:05+00:00"}']),
]  # fmt: skip

FIRST = {"bigint": "1", "double": "1.5", "bool": "true", "text": '"abc"', "timestamp": '"2022-05-10T10:00:00Z"'}

VALUES = [
    "0", "1", "-5", "9007199254740993", "9223372036854775807", "1652176800", "0.0", "2.0", "1.5", "1e17", "1e300", "true", "false",
    '""', '"abc"', '"12"', '" 12 "', '"0x1F"', '"1.5"', '"1e3"', '"true"', '"no"', '"T"', '"2022-05-10T10:00:00Z"', '"2022-05-10T23:30:00-05:00"',
    '"2022-05-10"', '"10:30:15"', '"10:30:15.1234567"', '"[1,2]"', '"null"', '"AP8="', '"aGVsbG8"', '"123456789012345678901234567890"', '"0.123456789"', '"1652176800"',
]  # fmt: skip

PAIRS = [
    *(Pair(f"coerce: {second} after {first} ({kind})", [first, second]) for kind, first in FIRST.items() for second in VALUES),
    *(
        Pair(f"coerce: {value} declared as {kind}", [value], kind)
        for kind in ("text", "double", "bool", "timestamp", "bigint", "binary", "json", "decimal", "wei", "date", "time")
        for value in VALUES
    ),
    *(Pair(f"coerce: an object or a list after {first} ({kind}), the limit of nesting not reached", [first, second]) for kind, first in list(FIRST.items())[:1] for second in ('{"x":1}',)),
    *(
        Pair(f"timestamp: {json.dumps(text)}", [json.dumps(text)])
        for text in (
            "2022-05-10T03:41:31.466000+00:00", "2022-05-10T03:41:31Z", "2022-05-10 03:41:31", "2022-05-10T03:41", "2022-05-10T03", "20220510T034131", "2022-05-10T03:41:31,5Z",
            "2022-05-10T03:41:31.123456789Z", "2022-05-10T03:41:31+02", "2022-05-10T03:41:31+0200", "2022-05-10T03:41:31-12:34", "2022/05/10 10:30", "2022-W05-3T10:00", "2022-130T10:00:00",
            "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z", "2022-05-10", "03:41:31", "2022-05-10t03:41:31z", " 2022-05-10T03:41:31Z", "2022-05-10T24:00:00Z",
            "2022-05-10T23:59:60Z", "2022-02-30T00:00:00Z", "20220510T03:41:31", "2022-05-10T034131", "1652176800", "Tue, 10 May 2022 03:41:31 GMT", "2022-05-10T03:41:31 +02:00", "",
        )
    ),
]  # fmt: skip
