import { RunletError } from "../errors.ts";
import { host } from "../host.ts";
import { Config } from "../pipeline/config.ts";
import { Redactor } from "../pipeline/redact.ts";
import { failed } from "./answers.ts";

/** Name of the secret whose bearer may run the pipeline and see what it did. */
const TOKEN = "RUNLET_TOKEN";

/** Undefined when the request may go on, else the answer to it: 403 where nobody has said who may, 401 where the sender
 *  is not among them. `log` hears what `authorize` throws. */
export async function refused(
  request: Request,
  env: Record<string, unknown>,
  authorize: ((request: Request) => boolean | Promise<boolean>) | undefined,
  log: (event: string, text: string) => void,
): Promise<Response | undefined> {
  if (authorize)
    return (await asked(authorize, request, log)) ? undefined : unauthorized("ask whoever runs this");
  const config = new Config(host(), env, new Redactor());
  const token = await config.resolve<string>({ kind: "secret", name: TOKEN, fallback: "" });
  if (token === "") {
    return failed(
      new RunletError(
        "CONFIG_MISSING",
        `secret ${TOKEN} is not set: without it nobody may run the pipeline`,
        {
          hint: `set it (Workers: npx wrangler secret put ${TOKEN}) and send it: Authorization: Bearer …; or give the option authorize`,
        },
      ),
      403,
    );
  }
  const [, given] = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  return given !== undefined && (await equal(given, token))
    ? undefined
    : unauthorized(`send the secret: Authorization: Bearer <${TOKEN}>`);
}

/** Whether `authorize` says yes. Why it throws is told to the log alone: nobody knows yet who is asking. */
async function asked(
  authorize: (request: Request) => unknown,
  request: Request,
  log: (event: string, text: string) => void,
): Promise<boolean> {
  try {
    return (await authorize(request)) === true;
  } catch (cause) {
    log("authorize.failed", String(cause));
    throw new RunletError("DEFECT", "who may do this cannot be told", {
      hint: "the log says why: the option authorize threw an error",
      cause,
    });
  }
}

function unauthorized(hint: string): Response {
  return failed(
    new RunletError("USAGE", "the request does not say that it may do this", {
      hint,
    }),
    401,
    { "www-authenticate": "Bearer" },
  );
}

/** Compares without telling, by the time it takes, how much is equal: digests, all of their bytes. */
async function equal(a: string, b: string): Promise<boolean> {
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const [x, y] = await Promise.all([digest(a), digest(b)]);
  let differ = 0;
  for (let at = 0; at < x.length; at++) differ |= x[at]! ^ y[at]!;
  return differ === 0;
}
