import { RunletError } from "../../errors.ts";
import { host } from "../../host.ts";

/** Encryption as postgres.js takes it. */
export type Encryption =
  | false
  | "prefer"
  | "require"
  | { rejectUnauthorized: true; ca?: string; host?: string; checkServerIdentity?: () => undefined };

/** Where a server is, and how it is spoken to. */
export interface ServerAddress {
  /** The URL without the parameters that are read here. It holds the password. */
  url: string;
  ssl: Encryption;
}

const EXAMPLE = "postgres://user:password@host:5432/database?sslmode=require";

/** Host, port and database of a URL: what may be printed. Undefined when the text is no URL of Postgres. */
export function printedAddress(text: string): string | undefined {
  const url = parse(text);
  return url && `postgres:${url.host}${url.pathname}`;
}

/** The password in a URL, as the server gets it. Undefined when there is none. */
export function passwordOf(text: string): string | undefined {
  const { password } = parse(text) ?? { password: "" };
  try {
    return decodeURIComponent(password) || undefined;
  } catch {
    return password;
  }
}

/** Reads a connection URL as libpq does: `sslmode` is `disable`, `allow`, `prefer` (the default: encrypted where the
 *  server can), `require`, `verify-ca` or `verify-full`; `sslrootcert` a file with certificates, or `system`.
 *  @throws RunletError CONFIG_INVALID, which never shows the text: it may hold a password */
export async function readAddress(text: string): Promise<ServerAddress> {
  const url = parse(text);
  if (!url) {
    throw new RunletError("CONFIG_INVALID", "the address of the Postgres server is not a URL", {
      hint: `it looks like ${EXAMPLE}; special characters in the password are percent-encoded`,
    });
  }
  const mode = url.searchParams.get("sslmode") ?? "prefer";
  const root = url.searchParams.get("sslrootcert");
  url.searchParams.delete("sslmode");
  url.searchParams.delete("sslrootcert");
  return { url: url.href, ssl: await encryption(mode, root, hostOf(url)) };
}

function parse(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return ["postgres:", "postgresql:"].includes(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The host without the brackets of an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}

async function encryption(mode: string, root: string | null, host: string): Promise<Encryption> {
  switch (mode) {
    case "disable":
      return false;
    case "allow":
    case "prefer":
      return "prefer";
    case "require":
      // As in libpq: with certificates to check against, `require` checks.
      return root === null ? "require" : withoutName(await certificates(root));
    case "verify-ca":
      return withoutName(await certificates(root));
    case "verify-full":
      // The driver names no host that is an IP address; the certificate would be checked for `localhost`.
      return { rejectUnauthorized: true, host, ...(await certificates(root)) };
    default:
      throw new RunletError("CONFIG_INVALID", "the address of the Postgres server has an unknown sslmode", {
        hint: "it is disable, allow, prefer, require, verify-ca or verify-full",
      });
  }
}

function withoutName(ca: { ca?: string }): Encryption {
  return { rejectUnauthorized: true, checkServerIdentity: () => undefined, ...ca };
}

async function certificates(path: string | null): Promise<{ ca?: string }> {
  if (path === null || path === "system") return {};
  const file = await host().readFile?.(path);
  if (!file) {
    throw new RunletError("CONFIG_INVALID", `the certificates of sslrootcert are not at ${path}`, {
      hint: "give the path of a PEM file, or sslrootcert=system",
    });
  }
  return { ca: await new Response(file as BodyInit).text() };
}
