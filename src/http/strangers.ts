import type { Socket } from 'node:net';

/** What tells a connection from all others, whether one sees it as it is or through its encryption. */
type End = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/**
 * Connections over which nobody has shown yet that he is welcome. They have their own share of all connections; where it is
 * full the oldest one of the address with the most of them goes, so that silent ones keep nobody out.
 */
export class Strangers {
  private readonly sockets = new Map<string, Socket>();

  /** `limit`: how many there may be at a time. */
  constructor(private readonly limit: number) {}

  /** A connection was made. */
  add(socket: Socket): void {
    const key = keyOf(socket);
    if (this.sockets.size >= this.limit) this.makeRoom();
    this.sockets.set(key, socket);
    socket.once('close', () => {
      if (this.sockets.get(key) === socket) this.sockets.delete(key);
    });
  }

  /** Who is at the other end is welcome. */
  know(socket: End): void {
    this.sockets.delete(keyOf(socket));
  }

  private makeRoom(): void {
    const ofAddress = new Map<string, string[]>();
    for (const key of this.sockets.keys()) {
      const [address = ''] = key.split(' ');
      const keys = ofAddress.get(address);
      if (keys) keys.push(key);
      else ofAddress.set(address, [key]);
    }
    const [oldest = ''] = [...ofAddress.values()].reduce((most, keys) => (keys.length > most.length ? keys : most), []);
    this.sockets.get(oldest)?.destroy();
    this.sockets.delete(oldest);
  }
}

function keyOf({ remoteAddress, remotePort }: End): string {
  return `${remoteAddress} ${remotePort}`;
}
