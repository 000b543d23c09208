import * as runlet from "runlet";
import * as browser from "runlet/browser";
import * as duckdb from "runlet/duckdb";
import * as parquet from "runlet/parquet";
import * as serve from "runlet/serve";
import { check } from "./check.js";

globalThis.result = check({
  runlet,
  "runlet/browser": browser,
  "runlet/duckdb": duckdb,
  "runlet/parquet": parquet,
  "runlet/serve": serve,
});
