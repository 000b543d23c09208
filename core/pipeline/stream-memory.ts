/** Memory of streams that are written, for the next ones of the same tables. */
export class StreamMemory {
  private readonly kept = new Map<string, ArrayBuffer>();
  private readonly most: number;
  private bytes = 0;

  /** `most`: bytes to keep. */
  constructor(most: number) {
    this.most = most;
  }

  keep(table: string, memory: ArrayBuffer): void {
    if (this.bytes + memory.byteLength > this.most || this.kept.has(table)) return;
    this.bytes += memory.byteLength;
    this.kept.set(table, memory);
  }

  taken(table: string): ArrayBuffer | undefined {
    const memory = this.kept.get(table);
    if (!memory) return undefined;
    this.kept.delete(table);
    this.bytes -= memory.byteLength;
    return memory;
  }
}
