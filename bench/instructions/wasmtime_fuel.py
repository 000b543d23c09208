"""Runs one load on the engine under Wasmtime and prints the fuel it burnt: <core.wasm> <config> <options> <data>, the
second and third as JSON text. Fuel is one for each instruction executed (none for structure), for each call, for each
byte that memory.copy and memory.fill move, and for each page of memory.grow."""

import sys

import wasmtime

INTERFACE = "runlet:engine/normalizer@0.1.0"
METHOD = INTERFACE + "#[method]normalizer."

settings = wasmtime.Config()
settings.consume_fuel = True
engine = wasmtime.Engine(settings)
store = wasmtime.Store(engine)
store.set_fuel(1 << 62)
linker = wasmtime.Linker(engine)
handle = wasmtime.FuncType([wasmtime.ValType.i32()], [wasmtime.ValType.i32()])
linker.define_func("[export]" + INTERFACE, "[resource-new]normalizer", handle, lambda number: number)
instance = linker.instantiate(store, wasmtime.Module.from_file(engine, sys.argv[1]))
at_start = store.get_fuel()
exports = instance.exports(store)
memory = exports["memory"]


def call(name, *args):
    return exports[name](store, *args)


def into(data):
    pointer = call("cabi_realloc", 0, 0, 1, len(data)) & 0xFFFFFFFF
    memory.write(store, data, pointer)
    return pointer, len(data)


def succeeded(area):
    assert memory.read(store, area, area + 1) == b"\0", name
    return area


def number(area):
    return int.from_bytes(memory.read(store, area + 8, area + 12), "little")


name = "open"
self = number(succeeded(call(INTERFACE + "#[static]normalizer.open", *into(sys.argv[2].encode()))))
name = "input"
table = into(b"t")
data_in = number(succeeded(call(METHOD + "input", self, *table, 0, *into(sys.argv[3].encode()))))
name = "push"
with open(sys.argv[4], "rb") as file:
    succeeded(call(METHOD + "push", self, data_in, *into(file.read())))
name = "end"
succeeded(call(METHOD + "end", self, data_in))
call(METHOD + "flush", self)
print(at_start - store.get_fuel())
