// How parsing fails: the first failure of a record sets these, and everything above returns 0.
import { nil, Table } from "../layout/field";

/** Pointer to the offending byte. */
export let failedAt: usize = 0;
export let failure: u32 = 0;
/** The column it is about, and its table; length 0: of none. */
export let failedTable: Table = nil<Table>();
export let failedColumn: usize = 0;
export let failedColumnLength: u32 = 0;

export const E_NONE: u32 = 0;
export const E_VALUE: u32 = 1;
export const E_KEY: u32 = 2;
export const E_COLON: u32 = 3;
export const E_OBJECT_END: u32 = 4;
export const E_LIST_END: u32 = 5;
export const E_STRING: u32 = 6;
export const E_ESCAPE: u32 = 7;
export const E_NUMBER: u32 = 8;
export const E_TRAILING: u32 = 9;
export const E_UTF8: u32 = 10;
export const E_TRUNCATED: u32 = 11;
export const E_EMPTY: u32 = 12;
export const E_DEPTH: u32 = 20;
export const E_COLUMNS: u32 = 21;
export const E_TABLES: u32 = 22;
export const E_RECORD: u32 = 23;
export const E_NULL: u32 = 24;
/** A value of another type than the column that must not be null. */
export const E_KEY_TYPE: u32 = 35;
export const E_ROUTE: u32 = 25;
export const E_SELECTOR: u32 = 26;
export const E_VARIANT: u32 = 27;
export const E_TABLE_CLASH: u32 = 28;
export const E_CURSOR_MISSING: u32 = 36;
export const E_CURSOR_TYPE: u32 = 37;
/** Of comma-separated text. */
export const E_CELLS: u32 = 30;
export const E_UNCLOSED: u32 = 31;
export const E_AFTER_QUOTE: u32 = 32;
/** By the contract: the load stops; the row is left out. */
export const E_CONTRACT: u32 = 33;
export const E_DISCARD: u32 = 34;
/** Not errors: the record has to be parsed in another way. */
export const E_DUPLICATE: u32 = 40;
export const E_OWN_ID: u32 = 41;

/** Records the failure (the first one stays) and returns 0, what a parse function returns on failure. */
export function fail(at: usize, code: u32): usize {
  if (failure == 0) {
    failedAt = at;
    failure = code;
  }
  return 0;
}

/** Names the column of t that the failure that follows is about. */
export function failColumn(t: Table, name: usize, n: u32): void {
  if (failure) return;
  failedTable = t;
  failedColumn = name;
  failedColumnLength = n;
}


@inline
export function clearFailure(): void {
  failedColumnLength = 0;
  failure = 0;
  failedAt = 0;
}

/** What a failure code means, for a person. */
export function describe(code: u32): string {
  switch (code) {
    case E_VALUE:
      return "expected a value";
    case E_KEY:
      return "expected a key in double quotes";
    case E_COLON:
      return "expected ':' after the key";
    case E_OBJECT_END:
      return "expected ',' or '}' after the value";
    case E_LIST_END:
      return "expected ',' or ']' after the element";
    case E_STRING:
      return "unescaped control character in a string";
    case E_ESCAPE:
      return "invalid escape in a string";
    case E_NUMBER:
      return "invalid number";
    case E_TRAILING:
      return "unexpected text after the value";
    case E_UTF8:
      return "invalid UTF-8";
    case E_TRUNCATED:
      return "the input ends inside a value";
    case E_EMPTY:
      return "the input is empty";
    case E_DEPTH:
      return "nested too deeply";
    case E_COLUMNS:
      return "too many columns in one table";
    case E_TABLES:
      return "too many tables";
    case E_RECORD:
      return "the record is too large";
    case E_NULL:
      return "null in a column that is not nullable";
    case E_KEY_TYPE:
      return "a value of another type in a column that is not nullable";
    case E_ROUTE:
      return "the record has no usable table name";
    case E_SELECTOR:
      return "the records path leads to a value that is no object or list";
    case E_VARIANT:
      return "the value fits neither its column nor the column's variant";
    case E_TABLE_CLASH:
      return "a nested table and one that stands on its own would have one name";
    case E_CELLS:
      return "more cells than columns";
    case E_UNCLOSED:
      return "a quoted cell is not closed";
    case E_AFTER_QUOTE:
      return "text after a closing quote";
    case E_CURSOR_MISSING:
      return "the record has no value for the cursor";
    case E_CURSOR_TYPE:
      return "the cursor's value cannot be compared with those before";
    default:
      return "internal error";
  }
}

/** The closed error code (core/errors.ts) of a failure. */
export function errorCode(code: u32): string {
  switch (code) {
    case E_UTF8:
      return "SOURCE_NOT_UTF8";
    case E_DEPTH:
      return "LIMIT_DEPTH";
    case E_COLUMNS:
      return "LIMIT_COLUMNS";
    case E_TABLES:
      return "LIMIT_TABLES";
    case E_RECORD:
      return "LIMIT_RECORD";
    case E_NULL:
    case E_KEY_TYPE:
      return "NULL_IN_KEY";
    case E_TABLE_CLASH:
    case E_VARIANT:
    case E_CONTRACT:
      return "SCHEMA_CONTRACT";
    case E_ROUTE:
    case E_SELECTOR:
      return "SOURCE_SELECTOR";
    case E_CELLS:
    case E_UNCLOSED:
    case E_AFTER_QUOTE:
      return "SOURCE_NOT_CSV";
    case E_CURSOR_MISSING:
    case E_CURSOR_TYPE:
      return "CURSOR_INVALID";
    default:
      return "SOURCE_NOT_JSON";
  }
}

/** Whether the text is no JSON (and what follows cannot be told apart from it), not only unwanted. */
export function isSyntaxFailure(code: u32): bool {
  return code < E_UTF8 || code == E_TRUNCATED || code == E_EMPTY;
}
