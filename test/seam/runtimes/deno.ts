import { output } from "../child.ts";
import { packageBinary } from "../package-binary.ts";

/** Under Deno, with leave to reach the API and no other. `more` are further permissions. */
export function underDeno(app: string, origin: string, more: string[] = []): ReturnType<typeof output> {
  const program = packageBinary("deno", process.platform === "win32" ? "deno.exe" : "deno");
  const net = `--allow-net=${new URL(origin).host}`;
  const args = ["run", "--no-prompt", "--no-remote", net, ...more, "command.js", `${origin}/api`];
  return output(program, args, app);
}
