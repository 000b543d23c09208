export { apiKey, basic, bearer, oauth2, type Auth, type OAuth2Options } from "./http/auth.ts";
export {
  http,
  type Client,
  type HttpConfig,
  type HttpOptions,
  type Next,
  type Pages,
  type Query,
  type Retry,
} from "./http/config.ts";
export { record, replay } from "./http/replay.ts";
export { memory, type MemoryStore } from "./destinations/memory/memory.ts";
export { nullDestination, type Digest, type NullDestination } from "./destinations/null/null.ts";
export type {
  Capabilities,
  CommitFacts,
  Destination,
  DestinationLoad,
  DestinationSession,
  OpenOptions,
  StoredDataset,
} from "./destinations/contract.ts";
export {
  ERROR_CODES,
  RunletError,
  type Actor,
  type ErrorCode,
  type ErrorOptions,
  type ErrorWhere,
} from "./errors.ts";
export type { ContractMode, CsvOptions, Discard, Discarded, Format } from "./binding/contract.ts";
export { installHost, type Host, type HostFile } from "./host.ts";
export type { Json } from "./json.ts";
export type { Bytes, Data, Piece } from "./pipeline/data.ts";
export { datasetOf, type Dataset } from "./pipeline/dataset.ts";
export { incremental, type Incremental, type IncrementalOptions } from "./pipeline/incremental.ts";
export type { BudgetName } from "./pipeline/budget.ts";
export type { LoadedTable, LoadInfo } from "./pipeline/load-info.ts";
export type { Remaining } from "./pipeline/round.ts";
export type {
  Column,
  Context,
  Contract,
  DltType,
  JsType,
  Mode,
  Normalising,
  Options,
  StandardJson,
  Write,
} from "./pipeline/options.ts";
export { pipeline, type Pipeline, type PipelineOptions } from "./pipeline/pipeline.ts";
export type { Preview } from "./pipeline/preview.ts";
export type { Progress } from "./pipeline/progress.ts";
export { resource, transformer, type From, type Resource } from "./pipeline/resource.ts";
export type { Refresh, RunOptions } from "./pipeline/run-options.ts";
export type { LogEntry, LogLevel } from "./trace/log.ts";
export type { StepName, Trace, TraceError, TraceStep } from "./trace/trace.ts";
export type { Span, Tracer } from "./trace/tracer.ts";
export { source, type Source, type SourceOptions } from "./pipeline/source.ts";
export { secret, setting, type Value } from "./pipeline/value.ts";
export type { Alteration, Altered } from "./pipeline/alter-dataset.ts";
export { diffSchemas, type SchemaDifference } from "./schema/difference.ts";
export { exportSchema, importSchema, type SchemaFile } from "./schema/exchange.ts";
export type { Renames } from "./schema/renames.ts";
export { type HintChange, hintLine, type SchemaStep, stepLine } from "./schema/steps.ts";
export type { StoredSchema } from "./schema/stored.ts";
export type {
  ColumnSchema,
  DataType,
  SchemaChange,
  Tables,
  TableSchema,
  WriteDisposition,
} from "./schema/types.ts";
export { files, type FilesOptions } from "./sources/files.ts";
