// The module of an engine's own thread.
import { serveEngine } from "../core/binding/engine-thread.ts";

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

interface DedicatedWorkerGlobalScope {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

serveEngine({
  send: (message, transfer) => scope.postMessage(message, transfer),
  receive: (listener) => scope.addEventListener("message", ({ data }) => listener(data)),
});
// Says that it could be loaded: a policy that forbids workers says so in its own time.
scope.postMessage("ready", []);
