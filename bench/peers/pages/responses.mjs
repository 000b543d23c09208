import { open as openPipeline } from "./pipeline.mjs";

export const title = "pipeline: Responses that a resource yields, null destination";
export const warm = true;

export const open = (input) => openPipeline(input, (body) => new Response(body));
