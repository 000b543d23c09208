// `--output sql`: one transaction of CREATE TABLE, ALTER TABLE where columns come later, and INSERT with many rows.
// Numbers, times and JSON are written so that the database reads back every digit: quoted where a bare literal would
// pass through another type (DuckDB and Postgres take 0.1 for a decimal, SQLite turns decimals into doubles).
import { isNull } from "../core/engine/layout/field";
import { putByte, putBytes, putNumber, putText } from "../core/engine/memory/buffer";
import {
  Column,
  isMissing,
  T_BINARY,
  T_BOOL,
  T_DATE,
  T_DECIMAL,
  T_DOUBLE,
  T_INT,
  T_JSON,
  T_TEXT,
} from "./arrow-read";
import { T_TIME } from "./arrow-read";
import { bytesAt, bytesLength, putDoubled, putHex, putValue } from "./cells";
import { dialect, DUCKDB, POSTGRES, SQLITE } from "./options";
import { flushFull, out } from "./system";

/** Rows and bytes of a statement, about. */
const ROWS: u32 = 1000;
const BYTES: usize = 524288;

export function beginTransaction(): void {
  putText(out, "BEGIN;\n");
}

export function commitTransaction(): void {
  putText(out, "COMMIT;\n");
}

export function putCreateTable(name: usize, n: u32, columns: Column): void {
  putText(out, "CREATE TABLE IF NOT EXISTS ");
  putName(name, n);
  putText(out, " (");
  for (let c = columns; !isNull(c); c = c.next) {
    putText(out, c == columns ? "\n  " : ",\n  ");
    putColumn(c);
    if (!c.nullable) putText(out, " NOT NULL");
  }
  putText(out, "\n);\n");
}

/** Adds the columns from `first` on. */
export function putNewColumns(name: usize, n: u32, first: Column): void {
  for (let c = first; !isNull(c); c = c.next) {
    putText(out, "ALTER TABLE ");
    putName(name, n);
    putText(out, " ADD COLUMN ");
    putColumn(c);
    putText(out, ";\n");
  }
}

function putColumn(c: Column): void {
  putName(c.name, c.nameLength);
  putByte(out, 32);
  putText(out, typeOf(c.type));
  if (c.type == T_DECIMAL && dialect != SQLITE) {
    putByte(out, 40);
    putNumber(out, c.precision);
    putByte(out, 44);
    putNumber(out, c.scale);
    putByte(out, 41);
  }
}

/** The database's type, as runlet's own destinations have it. SQLite keeps as text what it would round. */
function typeOf(type: u32): string {
  const sqlite = dialect == SQLITE;
  const postgres = dialect == POSTGRES;
  switch (type) {
    case T_INT:
      return "BIGINT";
    case T_DOUBLE:
      return sqlite ? "REAL" : postgres ? "DOUBLE PRECISION" : "DOUBLE";
    case T_BOOL:
      return "BOOLEAN";
    case T_TEXT:
      return dialect == DUCKDB ? "VARCHAR" : "TEXT";
    case T_JSON:
      return sqlite ? "TEXT" : postgres ? "JSONB" : "JSON";
    case T_BINARY:
      return postgres ? "BYTEA" : "BLOB";
    case T_DECIMAL:
      return sqlite ? "TEXT" : postgres ? "NUMERIC" : "DECIMAL";
    case T_DATE:
      return sqlite ? "TEXT" : "DATE";
    case T_TIME:
      return sqlite ? "TEXT" : "TIME";
    default:
      return sqlite ? "TEXT" : "TIMESTAMP WITH TIME ZONE";
  }
}

export function putInserts(name: usize, n: u32, columns: Column, rows: u32): void {
  let left: u32 = 0;
  let full = 0 as usize;
  for (let row: u32 = 0; row < rows; row++) {
    if (!left || out.len >= full) {
      if (row) putText(out, ";\n");
      flushFull();
      left = ROWS;
      full = out.len + BYTES;
      putText(out, "INSERT INTO ");
      putName(name, n);
      putText(out, " (");
      for (let c = columns; !isNull(c); c = c.next) {
        if (c != columns) putText(out, ", ");
        putName(c.name, c.nameLength);
      }
      putText(out, ") VALUES\n(");
    } else putText(out, ",\n(");
    left--;
    for (let c = columns; !isNull(c); c = c.next) {
      if (c != columns) putByte(out, 44);
      if (isMissing(c, row)) putText(out, "NULL");
      else putLiteral(c, row);
    }
    putByte(out, 41);
  }
  putText(out, ";\n");
  flushFull();
}

function putLiteral(c: Column, row: u32): void {
  const type = c.type;
  if (type == T_TEXT || type == T_JSON) putTextLiteral(bytesAt(c, row), bytesLength(c, row));
  else if (type == T_BINARY) putBytesLiteral(bytesAt(c, row), bytesLength(c, row));
  else if (type == T_INT || type == T_BOOL) putValue(out, c, row);
  else if (type == T_DOUBLE && dialect == SQLITE) putSqliteDouble(c, row);
  else {
    putByte(out, 39);
    putValue(out, c, row);
    putByte(out, 39);
  }
}

/** SQLite reads infinity as what is too large for a double, and has no NaN. */
function putSqliteDouble(c: Column, row: u32): void {
  const v = load<f64>(c.data + ((<usize>row) << 3));
  if (v != v) putText(out, "NULL");
  else if (v - v != 0) putText(out, v < 0 ? "-9e999" : "9e999");
  else putValue(out, c, row);
}

/** NUL, which SQL text cannot hold, is built by a function; Postgres refuses it, and with it the load. */
function putTextLiteral(p: usize, n: usize): void {
  const end = p + n;
  let zeros = false;
  for (let q = p; q < end && !zeros; q++) zeros = load<u8>(q) == 0;
  if (zeros) putByte(out, 40);
  while (true) {
    let stop = p;
    if (zeros) while (stop < end && load<u8>(stop)) stop++;
    else stop = end;
    putByte(out, 39);
    putDoubled(out, p, stop - p, 39);
    putByte(out, 39);
    if (stop == end) break;
    putText(out, dialect == SQLITE ? " || char(0) || " : " || chr(0) || ");
    p = stop + 1;
  }
  if (zeros) putByte(out, 41);
}

function putBytesLiteral(p: usize, n: usize): void {
  putText(out, dialect == SQLITE ? "x'" : dialect == POSTGRES ? "'\\x" : "unhex('");
  putHex(out, p, n);
  putText(out, dialect == DUCKDB ? "')" : "'");
}

function putName(p: usize, n: u32): void {
  putByte(out, 34);
  putDoubled(out, p, n, 34);
  putByte(out, 34);
}
