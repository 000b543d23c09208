import { accessSync, constants } from "node:fs";
import { hostname } from "node:os";

/** What is asked of the machine beside its files. A runtime that needs leave for each puts its own ways in. */
export interface Machine {
  /** An environment variable. */
  variable(name: string): string | undefined;
  /** Whether a file may be looked into where that is not what the run is about. */
  mayRead(path: string): boolean;
  canWrite(path: string): boolean;
  hostName(): string;
  /** Whether there is a process of that number; undefined where that is not told. */
  isRunning(pid: number): boolean | undefined;
  /** Whether Linux programs here use glibc; absent: it is to be found out. */
  readonly hasGlibc?: boolean;
  /** Throws where a native addon may not be loaded, rather than have a person be asked. */
  mustLoad?(addon: string): void;
  /** Locks a file for this process, until it ends or lets go; undefined where another has it. Absent: there are no such
   *  locks. */
  claim?(file: string): (() => void) | undefined;
}

const plain: Machine = {
  variable: (name) => process.env[name],
  mayRead: () => true,
  canWrite(path) {
    try {
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
  hostName: hostname,
  isRunning(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== "ESRCH";
    }
  },
};

let current = plain;

/** Its name where that is not told. */
export const SOME_MACHINE = "this machine";

/** The machine this process runs on. */
export const machine = (): Machine => current;

export function useMachine(other: Machine): void {
  current = other;
}
