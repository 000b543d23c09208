import { Socket } from "node:net";

/** A TCP connection being opened that sends each piece at once: a protocol of short questions and answers would else
 *  wait some 40 ms for most of them, the network's acknowledgement of the piece before (Nagle's algorithm). */
export function openSocket(host: string, port: number): Socket {
  const socket = new Socket();
  socket.setNoDelay(true);
  // The driver reads from here whose certificate to ask for.
  Object.assign(socket, { host, port });
  socket.connect(port, host);
  return socket;
}
