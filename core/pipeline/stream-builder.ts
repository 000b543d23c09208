/** End-of-stream marker of the Arrow IPC streaming format. */
const END_OF_STREAM = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** Gathers messages to one complete Arrow IPC stream, each copied once. */
export class StreamBuilder {
  private bytes: Uint8Array<ArrayBuffer>;
  private used = 0;

  /** `schema`: the schema message; `room`: bytes of the messages that are to come at the least, since most tables of most
   *  loads are small. `memory`: what to begin with, where it is large enough. */
  constructor(schema: Uint8Array, room: number, memory?: ArrayBuffer) {
    const need = schema.byteLength + room + END_OF_STREAM.byteLength;
    this.bytes = memory && memory.byteLength >= need ? new Uint8Array(memory) : new Uint8Array(need);
    this.add(schema);
  }

  get byteLength(): number {
    return this.used;
  }

  add(message: Uint8Array): void {
    const need = this.used + message.byteLength;
    if (need > this.bytes.byteLength) {
      const larger = new Uint8Array(Math.max(need, this.bytes.byteLength * 2));
      larger.set(this.bytes.subarray(0, this.used));
      this.bytes = larger;
    }
    this.bytes.set(message, this.used);
    this.used = need;
  }

  /** The stream, ended. The builder is spent. */
  finish(): Uint8Array<ArrayBuffer> {
    this.add(END_OF_STREAM);
    return this.bytes.subarray(0, this.used);
  }
}
