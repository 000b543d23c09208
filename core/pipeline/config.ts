import { RunletError } from "../errors.ts";
import type { Host } from "../host.ts";
import { parseLossless } from "../lossless-json.ts";
import type { Redactor } from "./redact.ts";
import { isValue, readSetting, type Value } from "./value.ts";

/** Resolves secrets and settings of one run, each once: `run({env})` first, then the host's places. */
export class Config {
  private readonly resolved = new Map<string, Promise<unknown>>();
  private readonly env: Record<string, unknown>;
  private readonly host: Host;
  private readonly redactor: Redactor;

  constructor(host: Host, env: Record<string, unknown>, redactor: Redactor) {
    this.host = host;
    this.env = env;
    this.redactor = redactor;
  }

  /** The plain value. `user` is who asks, for the message: `source github`.
   *  @throws RunletError CONFIG_MISSING, CONFIG_INVALID */
  resolve<T>(value: Value<T> | T, user?: string): Promise<T> {
    if (!isValue(value)) return Promise.resolve(value as T);
    const key = `${value.kind} ${value.name} ${String(value.fallback)}`;
    let found = this.resolved.get(key);
    if (!found) this.resolved.set(key, (found = this.look(value, user)));
    return found as Promise<T>;
  }

  /** As {@link resolve}, for what must be text. */
  async text(value: unknown, user?: string): Promise<string> {
    return String(await this.resolve(value, user));
  }

  private async look(value: Value<unknown>, user: string | undefined): Promise<unknown> {
    const given = await this.given(value.name);
    const found = given === undefined || given === "" ? await this.host.env(value.name) : given;
    if (value.kind === "secret" && typeof found === "string") this.redactor.add(found, value.name);
    if (found === undefined || (found === "" && value.kind === "secret")) {
      if (value.fallback !== undefined) return value.fallback;
      throw new RunletError(
        "CONFIG_MISSING",
        `${value.kind} ${value.name} is not set${user ? ` (${user})` : ""}`,
        {
          hint: this.advice(value.name),
        },
      );
    }
    if (typeof found !== "string") return found;
    return readSetting(value.name, found, value.fallback, parseLossless);
  }

  /** What `run({env})` holds under a name, as it is. */
  binding(name: string): unknown {
    return Object.hasOwn(this.env, name) ? this.env[name] : undefined;
  }

  private advice(name: string): string {
    const { envPlaces } = this.host;
    if (envPlaces.length === 0) return `pass it: run({ env: { ${name}: … } }) · nothing loaded`;
    return (
      `looked in: ${["run({env})", ...envPlaces].join(", ")}\n` +
      `  you: export ${name}=… or --env-file .env · nothing loaded`
    );
  }

  /** From `run({env})`: text and plain values; bindings that are secrets stores are asked with `get()`. */
  private async given(name: string): Promise<unknown> {
    const given = Object.hasOwn(this.env, name) ? this.env[name] : undefined;
    if (given === undefined || given === null) return undefined;
    if (typeof given === "object" && typeof (given as { get?: unknown }).get === "function") {
      return (given as { get(): Promise<unknown> }).get();
    }
    return typeof given === "object" ? given : String(given);
  }
}
