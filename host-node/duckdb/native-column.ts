import type { ArrowBatch } from "../../core/arrow/ipc-writer.ts";
import type { ArrowField, ArrowType } from "../../core/arrow/ipc-schema.ts";
import type { NativeBindings, NativeType, NativeVector } from "./native-library.ts";
import { TYPE } from "./native-type-ids.ts";
import {
  bits,
  decimals,
  intervals,
  joinTexts,
  offsetTimes,
  type Picked,
  picked,
  strings,
  uuids,
  validity,
} from "./native-vector.ts";

/** Adds rows of a vector of `size` rows to a record batch: the picked ones, or all. */
type Take = (vector: NativeVector, size: number, rows: Picked, batch: ArrowBatch) => void;

export interface NativeColumn {
  field: ArrowField;
  take: Take;
}

/** Bytes of the values of one buffer. */
type Values = (vector: NativeVector, size: number, rows: Picked) => Uint8Array[];

/** Types whose vectors are Arrow's arrays. */
const SAME: Record<number, [ArrowType, width: number]> = {
  [TYPE.tinyint]: [{ kind: "int", bits: 8, signed: true }, 1],
  [TYPE.smallint]: [{ kind: "int", bits: 16, signed: true }, 2],
  [TYPE.integer]: [{ kind: "int", bits: 32, signed: true }, 4],
  [TYPE.bigint]: [{ kind: "int", bits: 64, signed: true }, 8],
  [TYPE.utinyint]: [{ kind: "int", bits: 8, signed: false }, 1],
  [TYPE.usmallint]: [{ kind: "int", bits: 16, signed: false }, 2],
  [TYPE.uinteger]: [{ kind: "int", bits: 32, signed: false }, 4],
  [TYPE.ubigint]: [{ kind: "int", bits: 64, signed: false }, 8],
  [TYPE.float]: [{ kind: "float", bits: 32 }, 4],
  [TYPE.double]: [{ kind: "float", bits: 64 }, 8],
  [TYPE.timestamp]: [{ kind: "timestamp", unit: "us", timezone: undefined }, 8],
  [TYPE.date]: [{ kind: "date", unit: "day" }, 4],
  [TYPE.time]: [{ kind: "time", unit: "us", bits: 64 }, 8],
  [TYPE.hugeint]: [{ kind: "decimal", precision: 38, scale: 0, bits: 128 }, 16],
  [TYPE.timestampS]: [{ kind: "timestamp", unit: "s", timezone: undefined }, 8],
  [TYPE.timestampMs]: [{ kind: "timestamp", unit: "ms", timezone: undefined }, 8],
  [TYPE.timestampNs]: [{ kind: "timestamp", unit: "ns", timezone: undefined }, 8],
  [TYPE.timestampTz]: [{ kind: "timestamp", unit: "us", timezone: "UTC" }, 8],
  [TYPE.uhugeint]: [{ kind: "decimal", precision: 38, scale: 0, bits: 128 }, 16],
  [TYPE.timeNs]: [{ kind: "time", unit: "ns", bits: 64 }, 8],
};

/** How a column of a result becomes an Arrow column. Throws on types Arrow has not. */
export function columnOf(bindings: NativeBindings, type: NativeType, name: string): NativeColumn {
  const id = bindings.get_type_id(type);
  const field = (arrow: ArrowType, children: ArrowField[] = []): ArrowField => ({
    name,
    type: arrow,
    nullable: true,
    children,
    metadata: new Map(
      bindings.logical_type_get_alias(type) === "JSON" ? [["ARROW:extension:name", "arrow.json"]] : [],
    ),
  });
  const simple = (arrow: ArrowType, values: Values): NativeColumn => ({
    field: field(arrow),
    take: (vector, size, rows, batch) => {
      addNode(bindings, vector, size, rows, batch);
      batch.buffers.push(...values(vector, size, rows));
    },
  });
  const same = SAME[id];
  if (same) {
    return simple(same[0], (vector, size, rows) => [picked(bindings, vector, size, rows, same[1])]);
  }
  switch (id) {
    case TYPE.boolean:
      return simple({ kind: "bool" }, (vector, size, rows) => [
        bits(picked(bindings, vector, size, rows, 1)),
      ]);
    case TYPE.interval:
      return simple({ kind: "interval", unit: "month-day-nano" }, (vector, size, rows) => [
        intervals(picked(bindings, vector, size, rows, 16)),
      ]);
    case TYPE.varchar:
      return simple({ kind: "utf8" }, (...from) => strings(bindings, ...from));
    case TYPE.blob:
    case TYPE.bit:
    case TYPE.bignum:
    case TYPE.geometry:
      return simple({ kind: "binary" }, (...from) => strings(bindings, ...from));
    case TYPE.decimal: {
      const [precision, scale] = [bindings.decimal_width(type), bindings.decimal_scale(type)];
      const width = precision <= 4 ? 2 : precision <= 9 ? 4 : precision <= 18 ? 8 : 16;
      return simple({ kind: "decimal", precision, scale, bits: 128 }, (vector, size, rows) => [
        decimals(picked(bindings, vector, size, rows, width), width),
      ]);
    }
    case TYPE.enum:
      return simple({ kind: "utf8" }, enumValues(bindings, type));
    case TYPE.uuid:
      return simple({ kind: "utf8" }, (vector, size, rows) =>
        uuids(picked(bindings, vector, size, rows, 16)),
      );
    case TYPE.timeTz:
      return simple({ kind: "time", unit: "us", bits: 64 }, (vector, size, rows) => [
        offsetTimes(picked(bindings, vector, size, rows, 8)),
      ]);
    case TYPE.list: {
      const child = columnOf(bindings, bindings.list_type_child_type(type), "l");
      return { field: field({ kind: "list" }, [child.field]), take: takeList(bindings, child.take) };
    }
    case TYPE.struct: {
      const members = structMembers(bindings, type);
      return {
        field: field(
          { kind: "struct" },
          members.map((member) => member.field),
        ),
        take: takeStruct(bindings, members),
      };
    }
    case TYPE.map: {
      const members = [
        columnOf(bindings, bindings.map_type_key_type(type), "key"),
        columnOf(bindings, bindings.map_type_value_type(type), "value"),
      ];
      const entries: ArrowField = {
        name: "entries",
        type: { kind: "struct" },
        nullable: false,
        children: members.map((member, index) => ({ ...member.field, nullable: index === 1 })),
        metadata: new Map(),
      };
      return {
        field: field({ kind: "map" }, [entries]),
        take: takeList(bindings, takeStruct(bindings, members)),
      };
    }
    case TYPE.array: {
      const child = columnOf(bindings, bindings.array_type_child_type(type), "");
      const size = bindings.array_type_array_size(type);
      return {
        field: field({ kind: "fixed-list", size }, [child.field]),
        take: takeArray(bindings, child.take, size),
      };
    }
    case TYPE.sqlNull:
      return {
        field: field({ kind: "null" }),
        take: (_, size, rows, batch) => {
          const length = rows?.length ?? size;
          batch.nodes.push([length, length]);
        },
      };
  }
  throw new Error("a column has a type that cannot be read; cast it to VARCHAR");
}

function addNode(
  bindings: NativeBindings,
  vector: NativeVector,
  size: number,
  rows: Picked,
  batch: ArrowBatch,
): Uint8Array {
  const { bitmap, nulls } = validity(bindings, vector, size, rows);
  batch.nodes.push([rows?.length ?? size, nulls]);
  batch.buffers.push(bitmap);
  return bitmap;
}

/** A vector of a list has where each list begins in the child and how long it is, in any order, with gaps. */
function takeList(bindings: NativeBindings, child: Take): Take {
  return (vector, size, rows, batch) => {
    const bitmap = addNode(bindings, vector, size, rows, batch);
    const places = new BigUint64Array(picked(bindings, vector, size, rows, 16).slice().buffer);
    const length = places.length / 2;
    const offsets = new Int32Array(length + 1);
    const items: number[] = [];
    for (let row = 0; row < length; row++) {
      const isNull = bitmap.length > 0 && ((bitmap[row >> 3]! >> (row & 7)) & 1) === 0;
      const [from, count] = [Number(places[row * 2]), isNull ? 0 : Number(places[row * 2 + 1])];
      for (let item = 0; item < count; item++) items.push(from + item);
      offsets[row + 1] = items.length;
    }
    batch.buffers.push(new Uint8Array(offsets.buffer));
    const inner = bindings.list_vector_get_child(vector);
    child(inner, bindings.list_vector_get_size(vector), Uint32Array.from(items), batch);
  };
}

function takeArray(bindings: NativeBindings, child: Take, each: number): Take {
  return (vector, size, rows, batch) => {
    addNode(bindings, vector, size, rows, batch);
    const items =
      rows &&
      Uint32Array.from({ length: rows.length * each }, (_, item) => {
        return rows[Math.floor(item / each)]! * each + (item % each);
      });
    child(bindings.array_vector_get_child(vector), size * each, items, batch);
  };
}

function structMembers(bindings: NativeBindings, type: NativeType): NativeColumn[] {
  return Array.from({ length: bindings.struct_type_child_count(type) }, (_, index) =>
    columnOf(
      bindings,
      bindings.struct_type_child_type(type, index),
      bindings.struct_type_child_name(type, index),
    ),
  );
}

function takeStruct(bindings: NativeBindings, members: readonly NativeColumn[]): Take {
  return (vector, size, rows, batch) => {
    addNode(bindings, vector, size, rows, batch);
    members.forEach(({ take }, index) =>
      take(bindings.struct_vector_get_child(vector, index), size, rows, batch),
    );
  };
}

/** Enums are stored as numbers, in as few bytes as their values need. */
function enumValues(bindings: NativeBindings, type: NativeType): Values {
  const count = bindings.enum_dictionary_size(type);
  const values = Array.from({ length: count }, (_, index) =>
    new TextEncoder().encode(bindings.enum_dictionary_value(type, index)),
  );
  const width = count <= 0xff ? 1 : count <= 0xffff ? 2 : 4;
  return (vector, size, rows) => {
    const { buffer } = picked(bindings, vector, size, rows, width).slice();
    const numbers = new { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array }[width](buffer);
    return joinTexts(Array.from(numbers, (number) => values[number] ?? new Uint8Array(0)));
  };
}
