// Cloudflare Workers (workerd). Needs no compatibility flag. Settings and secrets are the bindings: run({ env }).
import core from "../core.wasm";
import { installHost } from "../core/index.ts";
import { workersHost } from "./host.ts";
import { openSocket } from "./socket.ts";

installHost({ ...workersHost("workerd", core), socket: openSocket });

export * from "../core/index.ts";
