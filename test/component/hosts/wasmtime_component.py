"""Runs the engine vectors (test/conformance/vectors/README.md) through the component under Wasmtime and writes down what
it answered: <component> <vectors> <results>."""

import base64
import json
import sys

import wasmtime
import wasmtime.component

INTERFACE = "runlet:engine/normalizer@0.1.0"

engine = wasmtime.Engine()
component = wasmtime.component.Component.from_file(engine, sys.argv[1])
linker = wasmtime.component.Linker(engine)


class Refused(Exception):
    """An error of engine.wit."""


class Normalizer:
    """One instance of the component."""

    def __init__(self, config):
        self.store = wasmtime.Store(engine)
        self.instance = linker.instantiate(self.store, component)
        self.interface = self.instance.get_export_index(self.store, INTERFACE)
        self.handle = self.call("[static]normalizer.open", config)

    def call(self, name, *args):
        index = self.instance.get_export_index(self.store, name, self.interface)
        answer = self.instance.get_func(self.store, index)(self.store, *args)
        if isinstance(answer, wasmtime.component.Record) and hasattr(answer, "record-number"):
            raise Refused(vars(answer))
        return answer

    def method(self, name, *args):
        return self.call(f"[method]normalizer.{name}", self.handle, *args)


def encoded(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def take_all(normalizer, batches, drain):
    while True:
        batch = normalizer.method("take")
        if batch is None and drain:
            normalizer.method("flush")
            batch = normalizer.method("take")
        if batch is None:
            return
        fields = vars(batch)
        fields["message"] = base64.b64encode(fields["message"]).decode()
        batches.append(fields)


def run_input(normalizer, given, batches):
    answers = {"pushes": []}
    data = base64.b64decode(given["bytes"])
    number = None
    try:
        number = normalizer.method("input", given["table"], given["ordinal"], encoded(given["options"]))
        step = given.get("split") or len(data) or 1
        for at in range(0, len(data), step):
            answers["pushes"].append(normalizer.method("push", number, data[at : at + step]))
            take_all(normalizer, batches, False)
        if given.get("abort"):
            normalizer.method("abort", number)
        else:
            answers["summary"] = json.loads(normalizer.method("end", number))
    except Refused as error:
        answers["error"] = error.args[0]
        if number is not None:
            normalizer.method("abort", number)
    return answers


def run_load(inputs, config):
    try:
        normalizer = Normalizer(encoded(config))
    except Refused as error:
        return {"refused": error.args[0]}
    batches = []
    answers = {"inputs": [run_input(normalizer, each, batches) for each in inputs], "batches": batches}
    take_all(normalizer, batches, True)
    answers["schema"] = normalizer.method("schema").decode()
    answers["messages"] = {
        f"{table}/{version}": base64.b64encode(normalizer.method("table-schema", table, version)).decode()
        for table, version in {(batch["table"], batch["schema-version"]) for batch in batches}
    }
    return answers


def run_vector(vector):
    config = vector["config"]
    loads = []
    for inputs in vector["loads"]:
        loads.append(run_load(inputs, config))
        if "schema" in loads[-1]:
            config = {**config, "tables": json.loads(loads[-1]["schema"])["tables"]}
    return loads


with open(sys.argv[2], encoding="utf-8") as file:
    results = [run_vector(vector) for vector in json.load(file)]
with open(sys.argv[3], "w", encoding="utf-8") as file:
    json.dump(results, file)
