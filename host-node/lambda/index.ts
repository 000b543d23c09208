export { lambda, type LambdaContext, type LambdaOptions } from "./handler.ts";
export type { HttpResult } from "./http-event.ts";
