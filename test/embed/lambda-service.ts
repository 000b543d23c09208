import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";

/** What became of an invocation. */
export interface Invoked {
  kind: "response" | "error" | "timeout";
  body: unknown;
}

/** AWS Lambda's side of the Runtime API: one instance of a function, started when it is needed, killed when it is out of
 *  time. `handler`: `<file>#<export>`. */
export async function lambdaService(handler: string, env: Record<string, string>, cwd: string) {
  let waiting: ServerResponse | undefined;
  let asked: (() => void) | undefined;
  let report: ((outcome: Invoked) => void) | undefined;
  let instance: ChildProcess | undefined;
  let errors = "";
  let count = 0;
  const server = createServer(async (request, response) => {
    const [, id, kind] = /invocation\/([^/]+)\/?(\w+)?$/.exec(request.url!)!;
    if (id === "next") {
      waiting = response;
      asked?.();
      return;
    }
    let text = "";
    for await (const chunk of request) text += chunk;
    response.writeHead(202).end();
    report?.({ kind: kind as Invoked["kind"], body: JSON.parse(text) });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  function start() {
    const started = spawn(process.execPath, [resolve("test/embed/lambda-bootstrap.mjs")], {
      cwd,
      env: { PATH: process.env.PATH, AWS_LAMBDA_RUNTIME_API: address, _HANDLER: handler, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    started.stderr.on("data", (chunk) => (errors += String(chunk)));
    instance = started;
  }

  /** Invokes the function with so many milliseconds of time. */
  async function invoke(event: unknown, time: number): Promise<Invoked> {
    if (!instance || instance.exitCode !== null || instance.signalCode !== null) start();
    if (!waiting)
      await new Promise<void>((ready, fail) => {
        const ended = () => fail(new Error(`the function did not start: ${errors}`));
        asked = () => {
          instance!.off("exit", ended);
          ready();
        };
        instance!.once("exit", ended);
      });
    const response = waiting!;
    waiting = undefined;
    const outcome = new Promise<Invoked>((done) => (report = done));
    let timer: NodeJS.Timeout;
    const timeout = new Promise<Invoked>((done) => {
      timer = setTimeout(async () => {
        const gone = new Promise((exit) => instance!.once("exit", exit));
        instance!.kill("SIGKILL");
        await gone;
        done({ kind: "timeout", body: undefined });
      }, time);
    });
    response.writeHead(200, {
      "lambda-runtime-aws-request-id": `request-${++count}`,
      "lambda-runtime-deadline-ms": String(Date.now() + time),
      "content-type": "application/json",
    });
    response.end(JSON.stringify(event));
    return Promise.race([outcome, timeout]).finally(() => clearTimeout(timer));
  }

  async function close() {
    instance?.kill("SIGKILL");
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
  return { invoke, close, errors: () => errors };
}
