// What a field's values are, as one byte that the parser switches on. Kinds up to TEXT are columns with a fast path;
// INT and DOUBLE are neighbours so that one subtraction tests for a number.

/** Not seen with a value yet. */
export const K_NONE: u32 = 0;
export const K_BOOL: u32 = 1;
export const K_INT: u32 = 2;
export const K_DOUBLE: u32 = 3;
/** Microseconds since the epoch, UTC. */
export const K_TIMESTAMP: u32 = 4;
export const K_TEXT: u32 = 5;
/** A nested object, flattened into the same table. */
export const K_OBJECT: u32 = 6;
/** A list: rows of a nested table. */
export const K_LIST: u32 = 7;
export const K_JSON: u32 = 8;
/** 128-bit decimals, scale of the column: dlt's decimal and wei. */
export const K_DECIMAL: u32 = 9;
export const K_WEI: u32 = 10;
/** Days since the epoch, 32 bits. */
export const K_DATE: u32 = 11;
/** Microseconds since midnight. */
export const K_TIME: u32 = 12;
export const K_BINARY: u32 = 13;
/** Writes to columns that other fields own as well, or whose values differ in type: resolved per value. */
export const K_SHARED: u32 = 14;
/** Dropped by a hint. */
export const K_SKIP: u32 = 15;
/** The row's own id, supplied by the data. */
export const K_ROW_ID: u32 = 16;
/** The same key is also spelled with other escapes: the record is rewritten before it is parsed. */
export const K_TWIN: u32 = 17;
/** Values are masked on their way into the column. */
export const K_MASK: u32 = 18;

/** Objects or lists that are looked at anew each time: several fields fill one table, or the column may be JSON. */
@inline export const K_NESTED: u32 = 19;
/** Scalars have no column, by the contract. */
export const K_BARRED: u32 = 20;

/** Whether a field of this kind is itself a column. */
@inline
export function isColumn(kind: u32): bool {
  return (kind - K_BOOL <= K_TEXT - K_BOOL) | (kind - K_JSON <= K_BINARY - K_JSON);
}

/** Whether values are bytes with 32-bit offsets. */
@inline
export function isVariable(kind: u32): bool {
  return kind == K_TEXT || kind == K_JSON || kind == K_BINARY;
}

/** Bytes per value of a fixed-width column; bool columns hold bits and are told apart by kind. */
@inline
export function widthOf(kind: u32): u32 {
  return kind == K_DECIMAL || kind == K_WEI ? 16 : kind == K_DATE ? 4 : 8;
}

/** dlt's name of a column kind. */
export function typeName(kind: u32): string {
  switch (kind) {
    case K_BOOL:
      return "bool";
    case K_INT:
      return "bigint";
    case K_DOUBLE:
      return "double";
    case K_TIMESTAMP:
      return "timestamp";
    case K_JSON:
      return "json";
    case K_DECIMAL:
      return "decimal";
    case K_WEI:
      return "wei";
    case K_DATE:
      return "date";
    case K_TIME:
      return "time";
    case K_BINARY:
      return "binary";
    default:
      return "text";
  }
}
