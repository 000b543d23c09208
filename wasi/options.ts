// What the arguments ask for, and what of it the engine is told: its configuration and the input's options.
import { newBuffer, putByte, putBytes, putNumber, putText } from "../core/engine/memory/buffer";
import { putJsonString } from "../core/engine/parse/json-text";
import { failOption, failUnknown, failUsage, isOption, isSwitch, isValue } from "./arguments";
import { nextArgument, numberValue, value, valueLength } from "./arguments";
import { logJson } from "./failure";
import { addHint, addPrimaryKey, putHints } from "./hints";
import { has, jsonValue, putInside, putName } from "./json";
import { putPath } from "./path";
import { now, random } from "./system";

export const ARROW: u32 = 0;
export const CSV: u32 = 1;
export const SQL: u32 = 2;
export const SCHEMA: u32 = 3;

export const DUCKDB: u32 = 0;
export const POSTGRES: u32 = 1;
export const SQLITE: u32 = 2;

export const RUN: u32 = 0;
export const HELP: u32 = 1;
export const VERSION: u32 = 2;

/** Defaults. */
const BATCH_BYTES: u64 = 1048576;
const LOOKAHEAD: u64 = 16777216;
/** Bytes of a name that Postgres keeps. */
const POSTGRES_NAME: u64 = 63;

export let output: u32 = ARROW;
export let dialect: u32 = DUCKDB;
/** Table that is wanted alone; 0: all. */
export let only: usize = 0;
export let onlyLength: usize = 0;
/** Bytes of batches held back before the output begins. */
export let lookahead: u64 = LOOKAHEAD;
/** Root table, as given. */
export let table: usize = 0;
export let tableLength: usize = 0;
/** Number of the input in its load. */
export let ordinal: u32 = 0;
/** Whether the records are asked for at a path. */
export let selects: bool = false;

/** For the engine: JSON. */
export const config = newBuffer();
export const inputOptions = newBuffer();

const hintList = newBuffer();
const DEFAULT_TABLE: usize = memory.data<u8>([115, 116, 100, 105, 110, 0]);

/** Reads the arguments; returns RUN, HELP or VERSION. */
export function readOptions(): u32 {
  let columns: usize = 0;
  let givenConfig: usize = 0;
  let givenInput: usize = 0;
  let nesting: i64 = -1;
  let memoryLimit: u64 = 0;
  table = DEFAULT_TABLE;
  tableLength = 5;
  putByte(config, 123);
  putByte(inputOptions, 123);
  while (nextArgument()) {
    if (isSwitch("--help") || isSwitch("-h")) return HELP;
    else if (isSwitch("--version") || isSwitch("-v")) return VERSION;
    else if (isSwitch("--schema")) output = SCHEMA;
    else if (isOption("--output")) readOutput();
    else if (isOption("--dialect")) readDialect();
    else if (isOption("--only")) {
      only = value;
      onlyLength = valueLength;
    } else if (isOption("--table")) {
      table = value;
      tableLength = valueLength;
      if (!valueLength) failOption("needs a name");
    } else if (isOption("--format")) readFormat();
    else if (isOption("--records")) {
      putName(inputOptions, "records");
      if (!putPath(inputOptions, value, valueLength, false))
        failOption("is no path: a path looks like data.items or payload[*].rows");
      selects = true;
    } else if (isOption("--hint")) addHint(value, valueLength);
    else if (isOption("--primary-key")) addPrimaryKey(value, valueLength);
    else if (isOption("--columns-json")) columns = jsonValue(91);
    else if (isOption("--max-nesting")) nesting = <i64>numberValue();
    else if (isOption("--on-bad-record")) putChoice("onBadRecord", isValue("error") || isValue("quarantine"));
    else if (isOption("--on-type-conflict"))
      putChoice("onTypeConflict", isValue("widen") || isValue("variant"));
    else if (isOption("--load-id")) putTextMember("loadId");
    else if (isOption("--seed")) {
      numberValueOf20();
      putTextMember("seed");
    } else if (isOption("--max-memory")) memoryLimit = numberValue() << 20;
    else if (isOption("--ordinal")) ordinal = <u32>numberValue();
    else if (isOption("--lookahead")) lookahead = numberValue() << 20;
    else if (isOption("--config")) givenConfig = jsonValue(123);
    else if (isOption("--input")) givenInput = jsonValue(123);
    else if (isOption("--log")) {
      if (!isValue("json")) failOption("is json");
      logJson();
    } else failUnknown();
  }
  putByte(hintList, 91);
  putHints(hintList);
  putInside(hintList, columns);
  putByte(hintList, 93);
  if (hintList.len > 2 || nesting >= 0) {
    if (has(givenConfig, "hints")) failUsage("hints are given by options or in --config, not both");
    putName(config, "hints");
    putByte(config, 123);
    putJsonString(config, table, tableLength);
    putText(config, ':{"columns":');
    putBytes(config, hintList.ptr, hintList.len);
    if (nesting >= 0) {
      putText(config, ',"maxTableNesting":');
      putNumber(config, <u64>nesting);
    }
    putText(config, "}}");
  }
  if (memoryLimit) {
    if (has(givenConfig, "limits")) failUsage("limits are given by --max-memory or in --config, not both");
    putName(config, "limits");
    putText(config, '{"memoryBytes":');
    putNumber(config, memoryLimit);
    putByte(config, 125);
  }
  putInside(config, givenConfig);
  putDefaults();
  putByte(config, 125);
  if (has(givenInput, "records")) selects = true;
  putInside(inputOptions, givenInput);
  putByte(inputOptions, 125);
  return RUN;
}

/** The engine takes the first of equal members: defaults stand last. */
function putDefaults(): void {
  const time = now();
  putName(config, "loadId");
  putByte(config, 34);
  putNumber(config, time / 1000000000);
  putByte(config, 46);
  putNumber(config, (time / 1000) % 1000000);
  putByte(config, 34);
  putName(config, "seed");
  putByte(config, 34);
  putNumber(config, random());
  putByte(config, 34);
  putName(config, "batchBytes");
  putNumber(config, BATCH_BYTES);
  if (output == SQL && dialect == POSTGRES) {
    putName(config, "maxIdentifierLength");
    putNumber(config, POSTGRES_NAME);
  }
}

function readOutput(): void {
  if (isValue("arrow")) output = ARROW;
  else if (isValue("csv")) output = CSV;
  else if (isValue("sql")) output = SQL;
  else failOption("is arrow, csv or sql");
}

function readDialect(): void {
  if (isValue("duckdb")) dialect = DUCKDB;
  else if (isValue("postgres")) dialect = POSTGRES;
  else if (isValue("sqlite")) dialect = SQLITE;
  else failOption("is duckdb, postgres or sqlite");
}

function readFormat(): void {
  const known = isValue("auto") || isValue("ndjson") || isValue("json") || isValue("csv") || isValue("tsv");
  if (!known) failOption("is auto, ndjson, json, csv or tsv");
  putName(inputOptions, "format");
  putJsonString(inputOptions, value, valueLength);
}

function putChoice(name: string, known: bool): void {
  if (!known) failOption("is error or quarantine, widen or variant");
  putTextMember(name);
}

function putTextMember(name: string): void {
  putName(config, name);
  putJsonString(config, value, valueLength);
}

/** A seed is an unsigned number of 64 bits. */
function numberValueOf20(): void {
  if (!valueLength || valueLength > 20) failOption("is a whole number of at most 64 bits");
  for (let i: usize = 0; i < valueLength; i++)
    if (<u32>load<u8>(value + i) - 48 > 9) failOption("is a whole number of at most 64 bits");
}
