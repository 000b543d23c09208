/** A socket of workerd (https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets), as far as it is used. */
interface RawSocket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly closed: Promise<void>;
  close(): Promise<void>;
  startTls(options: object): RawSocket;
}

/** The server's answer to SSLRequest: yes. */
const YES = 0x53;

interface Emitter {
  emit(event: string, ...values: unknown[]): boolean;
}

/** What postgres.js writes before it speaks TLS: SSLRequest
 *  (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
const SSL_REQUEST = [0, 0, 0, 8, 4, 210, 22, 47];

/** Opens a TCP connection that looks, to postgres.js, like the one it would open itself. That one stops to read when the
 *  server answers that it has no TLS, so that `sslmode=prefer`, the default, would wait for ever. `raw`, `reader`,
 *  `writer` and `readyState` are what the driver's own upgrade to TLS takes over.
 *
 *  Needs the compatibility flag `nodejs_compat`, as the driver does. */
export async function openSocket(host: string, port: number): Promise<unknown> {
  // Named where no bundler looks: these are parts of the runtime.
  const [sockets, events] = ["cloudflare:sockets", "node:events"] as const;
  const { connect } = (await import(sockets)) as {
    connect(address: { hostname: string; port: number }, options: object): RawSocket;
  };
  const { EventEmitter } = (await import(events)) as { EventEmitter: new () => Emitter };
  const raw = connect({ hostname: host, port }, { secureTransport: "starttls", allowHalfOpen: false });
  const socket = Object.assign(new EventEmitter(), {
    host,
    port,
    raw: {
      readable: raw.readable,
      writable: raw.writable,
      closed: raw.closed,
      close: () => raw.close(),
      startTls(options: object): RawSocket {
        if (!refused) return raw.startTls(options);
        // The driver goes on all the same; the handshake would wait for an answer that never comes.
        queueMicrotask(() => failed(new Error("the server does not support TLS, which sslmode asks for")));
        return raw;
      },
    } as RawSocket,
    reader: raw.readable.getReader(),
    writer: raw.writable.getWriter(),
    readyState: "open",
    destroyed: false,
    write(bytes: Uint8Array, done?: () => void): boolean {
      asked ||= bytes.length === SSL_REQUEST.length && SSL_REQUEST.every((byte, at) => bytes[at] === byte);
      socket.writer.write(bytes).then(done, failed);
      // What is written after the answer, and not by TLS, is plain, and so is what comes then.
      if (answered) void socket.read();
      return true;
    },
    end(bytes?: Uint8Array): void {
      const close = () => void socket.raw.close().catch(() => undefined);
      if (bytes) socket.write(bytes, close);
      else close();
    },
    destroy(): void {
      socket.destroyed = true;
      socket.end();
    },
    async read(): Promise<void> {
      answered = false;
      try {
        for (;;) {
          const { done, value } = await socket.reader.read();
          if (done) return;
          // What follows the answer to SSLRequest may be TLS's to read.
          answered = asked;
          refused = asked && value[0] !== YES;
          asked = false;
          socket.emit("data", Buffer.from(value.buffer, value.byteOffset, value.byteLength));
          if (answered) return;
        }
      } catch (error) {
        failed(error);
      }
    },
  });
  let asked = false;
  let answered = false;
  let refused = false;
  function closed(): void {
    if (socket.readyState === "closed") return;
    socket.readyState = "closed";
    socket.emit("close");
  }
  function failed(error: unknown): void {
    if (socket.readyState === "closed") return;
    socket.emit("error", error);
    closed();
    void socket.raw.close().catch(() => undefined);
  }
  raw.closed.then(() => {
    // The plain connection ends when TLS takes over.
    if (!socket.readyState.startsWith("upgrad")) return closed();
    socket.readyState = "open";
    socket.emit("secureConnect");
  }, failed);
  void socket.read();
  return socket;
}
