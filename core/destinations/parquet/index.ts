export { disk } from "../../folders/disk.ts";
export type { Folder, FolderItem, FolderOptions, OpenFolder } from "../../folders/folder.ts";
export { r2, type R2BucketLike } from "../../folders/r2.ts";
export { s3, type S3Options } from "../../folders/s3.ts";
export { parquet, type ParquetOptions } from "./destination.ts";
export type { ParquetModule } from "./parquet-module.ts";
export { fromParquet, toParquet } from "./to-parquet.ts";
