// The edge runtime of Vercel and Next.js: as Cloudflare Workers, but a module is asked for by a suffix.
import core from "../core.wasm?module";
import { installHost } from "../core/index.ts";
import { workersHost } from "./host.ts";

installHost(workersHost("edge-light", core));

export * from "../core/index.ts";
