// The layout everything hangs on. One field (a key of an object at one place in the data) is one 64-byte cache line that
// holds the column's write position and the bytes of its key; what is rarely needed sits at a fixed negative offset,
// reached without another pointer. HACKING.md draws the line.

import { Buffer } from "../memory/buffer";

/** The hot line. From byte 32 on: the key as it stands in the data, `"key":`. */
@unmanaged
export class Field {
  kind: u8;
  /** Length of the key token; 255 when longer than that. */
  tokenLength: u8;
  /** Not zero when comparing 32 bytes is not all there is to do: LONG_…, bits. The first byte of the token is 0 then. */
  long: u16;
  /** Rows written, nulls included. Fields that are no column: row last seen + 1. */
  len: u32;
  /** Values (K_OBJECT: the Shape, K_LIST: the Table). */
  data: usize;
  /** Variable-width columns: where the next value goes, and the last position a step may start from. */
  dataPos: usize;
  dataEnd: usize;
  offsets: usize;
  /** The field that followed this one last time. */
  next: Field;
  /** Ones at the bytes of the 32-byte compare that lie behind the token. */
  tokenMask: u32;
}

/** The token is longer than 32 bytes. */
export const LONG_TOKEN: u16 = 1;
/** Where the member is may be asked for. */
export const LONG_WATCHED: u16 = 2;

export const TOKEN: usize = 32;
/** Distance of the cold part before the hot line. */
export const COLD: usize = 192;


@unmanaged
export class Cold {
  // column state
  valid: usize;
  /** Where the current run of non-null rows began; bits before it are in `valid`. */
  runStart: u32;
  nulls: u32;
  validDirty: u32;
  dataCapacity: u32;
  /** Rows that `valid`, `data` and `offsets` have room for. */
  rowCapacity: u32;
  // identity
  table: Table;
  name: usize;
  nameLength: u32;
  nameHash: u32;
  nextColumn: Field;
  previousColumn: Field;
  nextSameBucket: Field;
  flags: u32;
  precision: u32;
  scale: u32;
  // key
  owner: Shape;
  nextField: Field;
  keyHash: u32;
  keyLength: u32;
  nextInBucket: Field;
  decodedKey: usize;
  decodedLength: u32;
  decodedHash: u32;
  isEscaped: u32;
  nextEscaped: Field;
  hint: Hint;
  // where other kinds of values go
  shape: Shape;
  list: Table;
  /** The shape that the list's objects have. */
  listShape: Shape;
  /** The column, when it is not the field itself (K_SHARED, K_MASK). */
  target: Field;
  /** Variant columns by kind of value, K_BOOL to K_TEXT, then decimal. */
  variantBool: Field;
  variantInt: Field;
  variantDouble: Field;
  variantTimestamp: Field;
  variantText: Field;
  variantDecimal: Field;
  variantJson: Field;
  /** K_SHARED target: the shape whose value the current row holds. */
  writer: Shape;
  writerRow: u32;
  /** Record that first brought the field a null: with it, that is forgotten. */
  nullIn: u32;
  /** Base column of a variant. */
  base: Field;
  /** Record that widened the column, for its rollback, or that first had an object or a list here; its kind before. */
  widenedIn: u32;
  widenedFrom: u32;
  /** Row whose value did so. */
  widenedRow: u32;
  /** Not zero for a field that stands for the elements of a list, not for a key. */
  isElement: u32;
  /** What the contract has left out here. */
  discards: Discard;
  /** Among the `fields` of its table: it has seen something that stays. */
  isListed: u32;
}

/** Column flags. */
export const F_NULLABLE: u32 = 1;
export const F_VARIANT: u32 = 2;
/** A null was seen before any value. */
export const F_SEEN_NULL: u32 = 4;
/** In a batch that has left the engine, or at the destination already: its type is fixed. */
export const F_FIXED: u32 = 8;
/** Came with the configuration. */
export const F_EXISTING: u32 = 16;
export const F_PRIMARY: u32 = 32;
export const F_MERGE: u32 = 64;
/** Owned by a field of the data (a column from the configuration is not, until its key is seen). */
export const F_OWNED: u32 = 128;
/** Taken out of its table a moment ago. */
export const F_REMOVED: u32 = 512;
/** Type given by a hint. */
export const F_HINTED: u32 = 256;
/** What a merge does with the column: its rows are deleted, kept in this order, valid from and to. */
export const F_DELETE: u32 = 1024;
export const F_ASCENDING: u32 = 2048;
export const F_DESCENDING: u32 = 4096;
export const F_VALID_FROM: u32 = 8192;
export const F_VALID_TO: u32 = 16384;
/** Tells versions of a row apart. */
export const F_ROW_VERSION: u32 = 32768;


@inline
export function cold(f: Field): Cold {
  return changetype<Cold>(changetype<usize>(f) - COLD);
}

/** An object at one place in the data: its fields by key. */
@unmanaged
export class Shape {
  /** The field expected first. */
  first: Field;
  table: Table;
  /** Name prefix of its columns, normalised and joined, with the trailing separator. */
  prefix: usize;
  prefixLength: u32;
  buckets: usize;
  bucketMask: u32;
  count: u32;
  depth: u32;
  /** Levels of nested tables still allowed; at or below 0 objects and lists stay JSON. */
  level: i32;
  parent: Shape;
  hint: Hint;
  /** Buckets of the fields whose keys are spelled with escapes, by decoded key; 0 while there are none. */
  escaped: usize;
  /** Field of lists in lists (`list`). */
  listField: Field;
  /** The next shape of the table's rows: one for every level and depth at which the table is reached. */
  nextOfTable: Shape;
}


@unmanaged
export class Table {
  rows: u32;
  rowCapacity: u32;
  /** Record that last added a row here, and the row count before it: what a rollback needs. */
  record: u32;
  recordStart: u32;
  /** Ids, 14 characters a row. */
  ids: usize;
  parentIds: usize;
  listIndex: usize;
  rootIds: usize;
  shape: Shape;
  /** Field of scalar elements (`value`). */
  valueField: Field;
  /** Mixed into the ids of its rows: a hash of its name. */
  salt: u64;
  name: usize;
  nameLength: u32;
  nameHash: u32;
  /** Normalised, unshortened path: what nested tables are named after. */
  path: usize;
  pathLength: u32;
  parent: Table;
  next: Table;
  nextInBucket: Table;
  columns: Field;
  lastColumn: Field;
  columnCount: u32;
  columnBuckets: usize;
  columnMask: u32;
  /** Those that have seen something. */
  fields: Field;
  /** Ids that do not fit the slots. */
  ownIds: OwnIds;
  ownParentIds: OwnIds;
  ownRootIds: OwnIds;
  version: u32;
  versions: Version;
  /** Columns the last version has. */
  versionColumns: u32;
  /** Column count when the system columns got their place, -1 before the first batch. */
  systemAt: i32;
  /** Rows in batches already cut. */
  cutRows: u64;
  /** Of a table that lists fill and that stands on its own: the root table it was made for. */
  ownIn: Table;
  /** Came with the configuration. */
  existing: u32;
  /** Columns that must not be null. */
  required: u32;
  /** Hints that ask for one, and how many of them have their column. */
  requiredHints: u32;
  boundHints: u32;
  /** The field that leads here. */
  listOwner: Field;
  /** Several fields lead here, so that list positions are counted on. */
  sharedLists: u32;
  counts: ListCount;
  hint: Hint;
  /** What its rows carry beside the usual: bits of WITH_…. */
  extra: u32;
  /** What the ids of root rows are made of: ROW_ID_…. */
  rowId: u32;
  /** Its ids are hashes of records, by the configuration. */
  versioned: u32;
  /** Numbers of the records, where the rows carry them. */
  records: usize;
  /** What may change in it (contract/modes). */
  contract: u32;
  /** Rows left out of the record at hand, of the table's own. */
  dropped: u32;
  /** What was left out because the table may not be made. */
  discards: Discard;
}

/** Nested rows carry `_dlt_root_id`. */
export const WITH_ROOT_ID: u32 = 1;
/** Rows carry `_runlet_record`, the number of their record within the load. */
export const WITH_RECORD: u32 = 2;
/** Nested rows are written down as they come, since the contract may take them out again. */
export const WITH_LOG: u32 = 4;
/** Rows of a root table carry `_dlt_root_id`: that of the record whose list they stood in. */
export const WITH_OUTER_ID: u32 = 8;

/** Drawn from seed and place. */
export const ROW_ID_RANDOM: u32 = 0;
/** A hash of the primary key. */
export const ROW_ID_KEY: u32 = 1;
/** A hash of the record. */
export const ROW_ID_ROW: u32 = 2;

/** How many rows of a nested table the last row of a parent table has. */
@unmanaged
export class ListCount {
  parent: Table;
  row: u32;
  record: u32;
  rows: u64;
  next: ListCount;
}

/** What the contract has left out, of one column or table. */
@unmanaged
export class Discard {
  table: Table;
  /** Of the column; length 0: the table itself. */
  name: usize;
  nameLength: u32;
  entity: u32;
  mode: u32;
  /** Kind of the first value. */
  kind: u32;
  count: u64;
  next: Discard;
  nextOfField: Discard;
}

/** Ids of another form than the usual 14 characters: supplied by the data. */
@unmanaged
export class OwnIds {
  entries: Buffer;
  text: Buffer;
}

/** How many columns one version of a table's Arrow schema has. */
@unmanaged
export class Version {
  number: u32;
  columns: u32;
  next: Version;
}

/** A node of the hints, by key of the data. */
@unmanaged
export class Hint {
  key: usize;
  keyLength: u32;
  child: Hint;
  sibling: Hint;
  set: u32;
  kind: u32;
  precision: u32;
  scale: u32;
  nullable: u32;
  primary: u32;
  /** Flags of the column: F_PRIMARY, F_MERGE, F_DELETE and those after it. */
  roles: u32;
  drop: u32;
  mask: u32;
  maskKey: usize;
  maskKeyLength: u32;
  as: usize;
  asLength: u32;
  maxNesting: i32;
  /** Lists at this place fill a table of its own: its number among `TableHints.nested`, from 1. */
  own: u32;
  /** Of the table: WITH_…, ROW_ID_…. */
  extra: u32;
  rowId: u32;
  contract: u32;
  /** Where it has a role: name of its column; and where its value is in the record at hand. */
  name: usize;
  nameLength: u32;
  at: usize;
}

export const MASK_HMAC: u32 = 1;
export const MASK_REDACT: u32 = 2;
export const MASK_NULL: u32 = 3;


@inline
export function isNull<T>(x: T): bool {
  return changetype<usize>(x) == 0;
}


@inline
export function nil<T>(): T {
  return changetype<T>(<usize>0);
}

/** Bytes behind every buffer that vector steps may touch. */
export const SLACK: usize = 128;
