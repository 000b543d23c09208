/** End-of-stream marker of the Arrow IPC streaming format. */
const END_OF_STREAM = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** Gathers messages to one complete Arrow IPC stream, each copied once. */
export class StreamBuilder {
  private bytes: Uint8Array;
  private used = 0;

  /** `schema`: the schema message; `room`: bytes to begin with. */
  constructor(schema: Uint8Array, room: number) {
    this.bytes = new Uint8Array(Math.max(room, schema.byteLength * 2));
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
  finish(): Uint8Array {
    this.add(END_OF_STREAM);
    return this.bytes.subarray(0, this.used);
  }
}
