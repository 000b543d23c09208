// What a careful JavaScript programmer writes: JSON.parse per line, columns in typed arrays that double when full,
// keys resolved once per position, nulls back-filled, text joined and encoded once per batch.

const TIMESTAMP = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;
const BOOL = 1;
const INTEGER = 2;
const DOUBLE = 3;
const TIME = 4;
const TEXT = 5;

class Column {
  constructor(kind) {
    this.kind = kind;
    this.capacity = 0;
    this.reset();
  }

  reset() {
    this.length = 0;
    this.valid = null;
    this.texts = [];
    this.chars = 0;
    this.capacity = 0;
    this.grow(512);
  }

  grow(capacity) {
    const valid = new Uint8Array(capacity >> 3);
    if (this.valid) valid.set(this.valid);
    this.valid = valid;
    if (this.kind === TEXT) {
      const offsets = new Int32Array(capacity + 1);
      if (this.capacity) offsets.set(this.offsets);
      this.offsets = offsets;
    } else if (this.kind === BOOL) {
      const bits = new Uint8Array(capacity >> 3);
      if (this.capacity) bits.set(this.bits);
      this.bits = bits;
    } else {
      const numbers = new Float64Array(capacity);
      const words = new Int32Array(numbers.buffer);
      if (this.capacity) words.set(this.words);
      this.numbers = numbers;
      this.words = words;
    }
    this.capacity = capacity;
  }

  /** Room for `row`, with everything before it null where nothing was written. */
  reach(row) {
    if (row >= this.capacity) {
      let capacity = this.capacity;
      while (capacity <= row) capacity *= 2;
      this.grow(capacity);
    }
    if (this.kind === TEXT) this.offsets.fill(this.chars, this.length + 1, row + 1);
    this.valid[row >> 3] |= 1 << (row & 7);
    this.length = row + 1;
  }

  integer(row, value) {
    this.reach(row);
    this.words[row * 2] = value;
    this.words[row * 2 + 1] = Math.floor(value / 4294967296);
  }

  double(row, value) {
    this.reach(row);
    this.numbers[row] = value;
  }

  bool(row, value) {
    this.reach(row);
    if (value) this.bits[row >> 3] |= 1 << (row & 7);
  }

  text(row, value) {
    this.reach(row);
    this.texts.push(value);
    this.chars += value.length;
    this.offsets[row + 1] = this.chars;
  }

  /** Integers so far as doubles, from the first fraction on. */
  becomeDouble() {
    for (let i = 0; i < this.length; i++) {
      this.numbers[i] = this.words[i * 2 + 1] * 4294967296 + (this.words[i * 2] >>> 0);
    }
    this.kind = DOUBLE;
  }

  /** Arrow-like buffers of `rows` rows; returns their bytes. */
  finish(rows) {
    if (rows > this.capacity) this.grow(1 << (32 - Math.clz32(rows - 1)));
    let bytes = this.valid.length;
    if (this.kind === TEXT) {
      this.offsets.fill(this.chars, this.length + 1, rows + 1);
      const joined = this.texts.join("");
      const data = Buffer.from(joined, "utf8");
      if (data.length !== joined.length) this.byteOffsets(rows);
      bytes += data.length + (rows + 1) * 4;
    } else bytes += this.kind === BOOL ? this.bits.length : rows * 8;
    this.reset();
    return bytes;
  }

  /** Offsets counted in UTF-16 units become offsets in bytes. */
  byteOffsets(rows) {
    const { offsets, texts, valid } = this;
    let next = 0;
    let at = 0;
    for (let i = 0; i < rows; i++) {
      if ((valid[i >> 3] >> (i & 7)) & 1) at += Buffer.byteLength(texts[next++]);
      offsets[i + 1] = at;
    }
  }
}

/** What is known of a key at one place. */
class Place {
  constructor(key, name) {
    this.key = key;
    this.name = name;
    this.column = null;
    this.level = null;
    this.table = null;
  }
}

/** The keys of an object; `order` predicts the key at a position. */
class Level {
  constructor(prefix) {
    this.prefix = prefix;
    this.places = new Map();
    this.order = [];
  }

  place(key, position) {
    const guess = this.order[position];
    if (guess !== undefined && guess.key === key) return guess;
    let place = this.places.get(key);
    if (place === undefined) {
      place = new Place(key, this.prefix + columnName(key));
      this.places.set(key, place);
    }
    this.order[position] = place;
    return place;
  }
}

class Table {
  constructor(name) {
    this.name = name;
    this.rows = 0;
    this.columns = new Map();
    this.level = new Level("");
    this.value = new Place("value", "value");
    this.list = new Place("list", "list");
    this.ids = [];
    this.parents = [];
    this.positions = [];
  }

  column(name, kind) {
    let column = this.columns.get(name);
    if (column === undefined) this.columns.set(name, (column = new Column(kind)));
    return column;
  }
}

function columnName(key) {
  return key
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();
}

export class Shredder {
  constructor() {
    this.root = new Table("root");
    this.tables = [this.root];
    this.count = 0;
  }

  id() {
    return `row${(this.count++).toString(36).padStart(11, "0")}`;
  }

  record(value) {
    this.root.ids.push(this.id());
    this.object(value, this.root.level, this.root, this.root.rows++);
  }

  object(value, level, table, row) {
    let position = 0;
    for (const key in value) {
      const item = value[key];
      const place = level.place(key, position++);
      if (item === null) continue;
      if (typeof item !== "object") this.scalar(item, place, table, row);
      else if (Array.isArray(item)) this.array(item, place, table, row);
      else this.object(item, (place.level ??= new Level(`${place.name}__`)), table, row);
    }
  }

  array(items, place, parent, parentRow) {
    if (items.length === 0) return;
    if (place.table === null) this.tables.push((place.table = new Table(`${parent.name}__${place.name}`)));
    const table = place.table;
    const parentId = parent.ids[parentRow];
    for (let i = 0; i < items.length; i++) {
      const row = table.rows++;
      table.ids.push(this.id());
      table.parents.push(parentId);
      table.positions.push(i);
      const item = items[i];
      if (item === null) continue;
      if (typeof item !== "object") this.scalar(item, table.value, table, row);
      else if (Array.isArray(item)) this.array(item, table.list, table, row);
      else this.object(item, table.level, table, row);
    }
  }

  scalar(value, place, table, row) {
    if (typeof value === "string") {
      const column = (place.column ??= table.column(
        place.name,
        value.length >= 16 && TIMESTAMP.test(value) ? TIME : TEXT,
      ));
      if (column.kind === TIME) {
        const time = Date.parse(value);
        if (time === time) return column.integer(row, time * 1000);
      }
      const target = column.kind === TEXT ? column : table.column(`${place.name}__v_text`, TEXT);
      return target.text(row, value);
    }
    if (typeof value === "number") {
      const column = (place.column ??= table.column(place.name, Number.isInteger(value) ? INTEGER : DOUBLE));
      if (column.kind === INTEGER) {
        if (Number.isInteger(value)) return column.integer(row, value);
        column.becomeDouble();
      }
      if (column.kind === DOUBLE) return column.double(row, value);
      const target = column.kind === TEXT ? column : table.column(`${place.name}__v_text`, TEXT);
      return target.text(row, String(value));
    }
    const column = (place.column ??= table.column(place.name, BOOL));
    if (column.kind === BOOL) column.bool(row, value);
    else table.column(`${place.name}__v_bool`, BOOL).bool(row, value);
  }

  /** Ends a batch; returns the bytes of its buffers. */
  flush() {
    let bytes = 0;
    for (const table of this.tables) {
      if (table.rows === 0) continue;
      for (const column of table.columns.values()) if (column.length > 0) bytes += column.finish(table.rows);
      bytes += Buffer.from(table.ids.join(""), "latin1").length;
      if (table.parents.length > 0) {
        bytes += Buffer.from(table.parents.join(""), "latin1").length;
        bytes += BigInt64Array.from(table.positions, BigInt).byteLength;
      }
      table.rows = 0;
      table.ids = [];
      table.parents = [];
      table.positions = [];
    }
    return bytes;
  }
}
