import { installHost } from "../core/host.ts";
import { nodeHost } from "./host.ts";

installHost(nodeHost);

export * from "../core/index.ts";
