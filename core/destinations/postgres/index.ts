export { postgres, type PostgresOptions } from "./destination.ts";
