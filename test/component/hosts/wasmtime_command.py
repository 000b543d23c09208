"""Runs jobs of the WASI command under Wasmtime: <command> <jobs> <results> <scratch folder>."""

import base64
import json
import sys

import wasmtime

command, jobs, results, scratch = sys.argv[1:]
engine = wasmtime.Engine()
module = wasmtime.Module.from_file(engine, command)
linker = wasmtime.Linker(engine)
linker.define_wasi()
done = []
for job in json.load(open(jobs, encoding="utf-8")):
    files = {name: f"{scratch}/{name}" for name in ("in", "out", "err")}
    with open(files["in"], "wb") as stdin:
        stdin.write(base64.b64decode(job["stdin"]))
    wasi = wasmtime.WasiConfig()
    wasi.argv = ["runlet-engine", *job["args"]]
    wasi.stdin_file = files["in"]
    wasi.stdout_file = files["out"]
    wasi.stderr_file = files["err"]
    store = wasmtime.Store(engine)
    store.set_wasi(wasi)
    code = 0
    try:
        linker.instantiate(store, module).exports(store)["_start"](store)
    except wasmtime.ExitTrap as end:
        code = end.code
    except wasmtime.WasmtimeError as error:
        if "Exited with i32 exit status" not in str(error):
            raise
        code = int(str(error).split("exit status ")[1].split()[0].rstrip(")"))
    del store, wasi
    with open(files["out"], "rb") as out, open(files["err"], encoding="utf-8") as err:
        done.append({"code": code, "stdout": base64.b64encode(out.read()).decode(), "stderr": err.read()})
with open(results, "w", encoding="utf-8") as out:
    json.dump(done, out)
