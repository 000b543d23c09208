/** Points at which a run may be made to fail, in the order a load passes them. Tests kill a process at each of them and
 *  show that nothing is lost, doubled or half visible; otherwise they do nothing. */
export const FAILPOINTS = [
  "lock.after",
  "destination.begin.before",
  "destination.begin.after",
  "package.create.before",
  "package.create.after",
  "extract.page",
  "extract.after",
  "package.segment.before",
  "package.segment.during",
  "package.segment.after",
  "destination.write.before",
  "destination.write.after",
  "destination.widen.before",
  "destination.merge.before",
  "destination.merge.after",
  "package.state.before",
  "package.state.after",
  "package.seal.before",
  "package.seal.during",
  "package.seal.after",
  "destination.commit.before",
  "destination.commit.during",
  "destination.commit.after",
  "package.remove.before",
  "package.remove.during",
  "package.remove.after",
  "recover.before",
  "recover.write",
  "recover.commit.before",
  "recover.commit.after",
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

let hit: ((point: Failpoint) => void) | undefined;

/** What happens at every point from now on: it may throw, or end the process. Undefined: nothing. */
export function armFailpoints(handler: ((point: Failpoint) => void) | undefined): void {
  hit = handler;
}

export function failpoint(point: Failpoint): void {
  hit?.(point);
}
