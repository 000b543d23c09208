import { command } from "../child.ts";
import { packageBinary } from "../package-binary.ts";

export function denoProgram(): string {
  return packageBinary("deno", process.platform === "win32" ? "deno.exe" : "deno");
}

/** Under Deno, with leave to reach the API and no other. `more` are further permissions. */
export function underDeno(app: string, origin: string, more: string[] = []): ReturnType<typeof command> {
  const net = `--allow-net=${new URL(origin).host}`;
  const args = ["run", "--no-prompt", "--no-remote", net, ...more, "command.js", `${origin}/api`];
  return command(denoProgram(), args, app);
}
