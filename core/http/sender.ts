let loaded: Promise<typeof import("./send.ts")> | undefined;

/** Loads what sends requests with the first one: most of what a run without any would load. */
export function sender(): Promise<typeof import("./send.ts")> {
  // Finding a module that is there takes longer than most of what a page needs.
  loaded ??= import("./send.ts").catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}
