import { RunletError } from "../errors.ts";
import type { Value } from "../pipeline/value.ts";
import { isValue } from "../pipeline/value.ts";
import { host } from "../host.ts";
import { type Folder, type FolderOptions, prefixOf } from "./folder.ts";

export interface S3Options {
  bucket: string;
  /** Part of the bucket: names begin with it. */
  prefix?: string;
  /** Of a service other than AWS, with its scheme: `https://<account>.r2.cloudflarestorage.com`. Default:
   *  AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else AWS. */
  endpoint?: string | Value<string>;
  /** Default: AWS_REGION, AWS_DEFAULT_REGION, else us-east-1. */
  region?: string | Value<string>;
  /** Default: AWS_ACCESS_KEY_ID. */
  accessKeyId?: string | Value<string>;
  /** Default: AWS_SECRET_ACCESS_KEY. */
  secretAccessKey?: string | Value<string>;
  /** Default: AWS_SESSION_TOKEN, where the access key is looked up as well. */
  sessionToken?: string | Value<string>;
  /** The bucket is part of the path, not of the host. Default: true for an endpoint other than AWS, and for buckets with
   *  a dot in their names, which TLS certificates do not cover. */
  pathStyle?: boolean;
}

/** A bucket of S3, or of what speaks like it, or the part of it below a prefix: `s3("s3://bucket/prefix")`. Credentials
 *  are those of AWS's own tools in the run's settings, unless given. */
export function s3(where: string | S3Options): Folder {
  const options = typeof where === "string" ? readUrl(where) : where;
  if (!/^[a-z0-9][a-z0-9._-]{1,62}$/i.test(options.bucket ?? "")) {
    throw new RunletError("CONFIG_INVALID", "s3() needs the name of a bucket", {
      hint: 'write s3("s3://bucket/prefix") or s3({ bucket, prefix, endpoint })',
    });
  }
  const prefix = prefixOf(options.prefix ?? "");
  return {
    at: `s3://${options.bucket}/${prefix}`.replace(/\/$/, ""),
    async open(run) {
      const [target, { AwsClient }, { S3Client }] = await Promise.all([
        targetOf(options, run),
        import("aws4fetch"),
        import("./s3-client.ts"),
      ]);
      const { region, accessKeyId, secretAccessKey, sessionToken } = target;
      run.conceal?.(secretAccessKey, "secretAccessKey");
      if (sessionToken) run.conceal?.(sessionToken, "sessionToken");
      const signer = new AwsClient({
        accessKeyId,
        secretAccessKey,
        region,
        service: "s3",
        retries: 0,
        ...(sessionToken ? { sessionToken } : {}),
      });
      return new S3Client({ signer, base: target.base, bucket: options.bucket, prefix, signal: run.signal });
    },
  };
}

function readUrl(text: string): S3Options {
  const match = /^s3:\/\/([^/?#]+)(?:\/([^?#]*))?$/i.exec(text);
  if (match) return { bucket: match[1]!, prefix: match[2] ?? "" };
  throw new RunletError("CONFIG_INVALID", "the address of the bucket is not one of S3", {
    hint: "it looks like s3://bucket/prefix; credentials and endpoint are options or settings (AWS_ACCESS_KEY_ID, …)",
  });
}

interface Target {
  /** Address of the bucket, without a `/` at its end. */
  base: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
}

async function targetOf(options: S3Options, run: FolderOptions): Promise<Target> {
  const text = async (given: string | Value<string> | undefined, ...names: string[]): Promise<string> => {
    if (given !== undefined) return isValue(given) ? resolved(given, run) : given;
    for (const name of names) {
      const found = await resolved({ kind: "setting", name, fallback: "" }, run);
      if (found !== "") return found;
    }
    return "";
  };
  const secret = (given: string | Value<string> | undefined, name: string): Promise<string> =>
    given !== undefined ? text(given) : resolved({ kind: "secret", name }, run);
  const own = options.accessKeyId !== undefined;
  const accessKeyId = own
    ? await text(options.accessKeyId)
    : await resolved({ kind: "setting", name: "AWS_ACCESS_KEY_ID" }, run);
  const secretAccessKey = await secret(options.secretAccessKey, "AWS_SECRET_ACCESS_KEY");
  const sessionToken = await text(options.sessionToken, ...(own ? [] : ["AWS_SESSION_TOKEN"]));
  const region = (await text(options.region, "AWS_REGION", "AWS_DEFAULT_REGION")) || "us-east-1";
  const endpoint = await text(options.endpoint, "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");
  const base = baseOf(options, endpoint, region);
  return { base, region, accessKeyId, secretAccessKey, sessionToken };
}

function baseOf({ bucket, pathStyle }: S3Options, endpoint: string, region: string): string {
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const text = endpoint || `https://s3.${region}.${domain}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.search !== "") {
    throw new RunletError("CONFIG_INVALID", "the endpoint of S3 is not a URL", {
      hint: "it looks like https://s3.example.com; the bucket and the credentials are not in it",
    });
  }
  const path = url.pathname.replace(/\/+$/, "");
  const inPath = pathStyle ?? (endpoint !== "" || bucket.includes("."));
  if (inPath) return `${url.origin}${path}/${bucket}`;
  return `${url.protocol}//${bucket}.${url.host}${path}`;
}

/** As the run has it; without a run, as the host has it. */
async function resolved(value: Value<string>, { resolve }: FolderOptions): Promise<string> {
  if (resolve) return resolve(value);
  const found = (await host().env(value.name)) ?? value.fallback;
  if (found !== undefined && !(found === "" && value.kind === "secret")) return found;
  throw new RunletError("CONFIG_MISSING", `${value.kind} ${value.name} is not set (S3)`, {
    hint: `looked in: ${host().envPlaces.join(", ")}`,
  });
}
