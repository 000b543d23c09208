/** Any JSON value; integers beyond 2^53 are bigint. */
export type Json = string | number | bigint | boolean | null | Json[] | { [key: string]: Json };
