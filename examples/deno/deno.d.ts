// What main.ts uses of Deno, for editors that do not know it; Deno itself does not read this.
declare const Deno: {
  env: { get(name: string): string | undefined };
  cron(name: string, schedule: string, work: () => Promise<void>): void;
  serve(options: { hostname: string; port: number }, handler: (request: Request) => Promise<Response>): void;
};
