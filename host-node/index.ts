import { installHost } from "../core/host.ts";
import { armCrashPoint } from "./crash-point.ts";
import { nodeHost } from "./host.ts";

installHost(nodeHost);
armCrashPoint();

export * from "../core/index.ts";
