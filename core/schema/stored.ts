import type { Tables } from "./types.ts";

export const SCHEMA_ENGINE_VERSION = 11;

/** dlt's schema document, engine version 11, as `_dlt_version.schema` holds it. The key order is dlt's. */
export interface StoredSchema {
  /** 1 is the schema without data tables; each change of content adds one. */
  version: number;
  version_hash: string;
  engine_version: number;
  /** Name of the source's schema. */
  name: string;
  tables: Tables;
  settings: SchemaSettings;
  normalizers: Normalizers;
  /** Hashes this version descends from, newest first, at most 10. */
  previous_hashes: string[];
  imported_version_hash?: string;
  description?: string;
}

export interface SchemaSettings {
  detections?: string[];
  default_hints?: Record<string, string[]>;
  preferred_types?: Record<string, string>;
  schema_contract?: string | Record<string, string>;
}

export interface Normalizers {
  names: string;
  json: {
    module: string;
    config?: {
      max_nesting?: number;
      root_key_propagation?: boolean;
      propagation?: { root?: Record<string, string>; tables?: Record<string, Record<string, string>> };
    };
  };
  [more: string]: unknown;
}

/** The settings dlt writes for a source that sets none. */
export function defaultSettings(): SchemaSettings {
  return {
    detections: ["iso_timestamp"],
    default_hints: {
      not_null: ["_dlt_id", "_dlt_root_id", "_dlt_parent_id", "_dlt_list_idx", "_dlt_load_id"],
      parent_key: ["_dlt_parent_id"],
      root_key: ["_dlt_root_id"],
      unique: ["_dlt_id"],
      row_key: ["_dlt_id"],
    },
  };
}

/** The normalizers dlt writes for a source that sets none: they name dlt's modules, so that dlt can go on. */
export function defaultNormalizers(): Normalizers {
  return { names: "snake_case", json: { module: "dlt.common.normalizers.json.relational" } };
}
