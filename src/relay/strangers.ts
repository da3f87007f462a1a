import type { Socket } from 'node:net';

/** What tells a connection from all others, whether one sees it as it is or through its encryption. */
type End = Pick<Socket, 'remoteAddress' | 'remotePort'>;

/**
 * Connections over which nobody has shown yet that he is welcome. They have their own share of all connections; where it is
 * full the oldest one goes, so that silent ones keep nobody out.
 */
export class Strangers {
  private readonly sockets = new Map<string, Socket>();

  /** `limit`: how many there may be at a time. */
  constructor(private readonly limit: number) {}

  /** A connection was made. */
  add(socket: Socket): void {
    const key = keyOf(socket);
    if (this.sockets.size >= this.limit) {
      const [oldest] = this.sockets;
      oldest?.[1].destroy();
      if (oldest) this.sockets.delete(oldest[0]);
    }
    this.sockets.set(key, socket);
    socket.once('close', () => {
      if (this.sockets.get(key) === socket) this.sockets.delete(key);
    });
  }

  /** Who is at the other end is welcome. */
  know(socket: End): void {
    this.sockets.delete(keyOf(socket));
  }
}

function keyOf({ remoteAddress, remotePort }: End): string {
  return `${remoteAddress} ${remotePort}`;
}
