/** Length of the packed DuckDB in bytes; a constant of the build. */
declare const DUCKDB_BYTES: number;

declare module "packed-duckdb?url" {
  const url: string;
  export default url;
}
